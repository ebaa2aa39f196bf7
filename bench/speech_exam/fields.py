"""How many fields of 100 scripted calls the draft has right, field by field. 填单准确率

The calls are spoken by the held-out voices through the whole product, AT_ONCE at a time. Marked are
product        what the draft of each call held when its transcript was finished
shipped        drafted again from the recognised words, corrected by the shipped list of places
               (the same as `product`, unless something in between lost a word)
no_correction  the same without any correction and without the list when addresses are read
city           with a list that has the streets and communities of the calls, as a city's own has
perfect_text   drafted from the script itself: what better ears would give

`right` / `of` counts calls whose truth has the field; `invented`, proposals where it has none.
With `fields=FILE` the transcripts are kept in FILE, or, if it is there, marked again without calls.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from asr.events import Side
from bench.speech_exam.answers import Proposed, marked
from bench.speech_exam.calls import ScriptedCall, read_calls
from bench.speech_exam.floor import (
    CITIZEN_VOICE,
    OPERATOR_VOICE,
    exam_floor,
    play,
    raw_text,
    sound_of,
    transcript,
    voice_of,
)
from bench.speech_exam.redrafting import (
    city_places,
    drafted,
    heard_again,
    local,
    perfect,
    shipped_dangers,
    shipped_places,
)
from bench.speech_exam.scoring import Errors, compared, spoken_form
from hotline.outside.conversation import PAUSE_S, Speaker

AT_ONCE = 16
LISTEN_S = 1.5
"""The citizen hangs up so long after the last word, so that it is heard."""
FIRST_CALLER = 13800000100
"""Callers' numbers are no call's truth: a number shown is not a number said."""

Json = dict[str, Any]


async def measure(kept: str = "") -> dict[str, Any]:
    """Play (or take what was kept) and mark."""
    calls = read_calls()
    place = Path(kept) if kept else None
    if place is not None and place.exists():
        papers = json.loads(place.read_text())
    else:
        papers = await played(calls)
        if place is not None:
            await asyncio.to_thread(place.write_text, json.dumps(papers, ensure_ascii=False))
    return _summary(calls, papers)


async def played(calls: Sequence[ScriptedCall]) -> list[Json]:
    """Every call's transcript, draft and moment."""

    async def talk(number: int, _call_id: str, citizen: Speaker, phone: Speaker) -> None:
        for line in calls[number].lines:
            sound = await sound_of(line.text, voice_of(line.side), pitch=44 + number * 5 % 13)
            await asyncio.sleep(PAUSE_S)
            await (citizen if line.side is Side.CITIZEN else phone).say(sound)
        await asyncio.sleep(LISTEN_S)

    papers = []
    async with exam_floor(AT_ONCE) as stage:
        callers = [str(FIRST_CALLER + number) for number in range(len(calls))]
        ids = await play(stage, callers, AT_ONCE, talk)
        api = await stage.api()
        for caller, call_id in zip(callers, ids, strict=True):
            rows = await transcript(stage, str(call_id))
            shown = await stage.until(f"/api/calls/{call_id}", lambda c: c["order_id"])
            order = await api.get(f"/api/orders/{shown['order_id']}")
            papers.append(
                {
                    "caller": caller,
                    "at": shown["arrived_at"],
                    "rows": rows,
                    "fields": {n: f["value"] for n, f in order["fields"].items() if f},
                }
            )
    return papers


def _summary(calls: Sequence[ScriptedCall], papers: Sequence[Json]) -> dict[str, Any]:
    dangers, few, many = shipped_dangers(), shipped_places(), city_places(calls)
    districts_only = tuple(row for row in few if row.kind == "district")
    opened = [datetime.fromisoformat(paper["at"]) for paper in papers]

    def again(texts: Callable[[int], Any], places: Any) -> list[Proposed]:
        return [
            drafted(texts(number), paper["caller"], opened[number], places, dangers)
            for number, paper in enumerate(papers)
        ]

    def rows_with(places: Any) -> Callable[[int], Any]:
        return lambda number: heard_again(papers[number]["rows"], places, opened[number])

    drafts = {
        "product": [paper["fields"] for paper in papers],
        "shipped": again(rows_with(few), few),
        "no_correction": again(rows_with(None), districts_only),
        "city": again(rows_with(many), many),
        "perfect_text": again(lambda number: perfect(calls[number], opened[number]), few),
    }
    days = [local(at) for at in opened]
    truths = [call.truth.as_of(at) for call, at in zip(calls, days, strict=True)]
    marks = {
        name: marked(zip(truths, proposed, (at.date() for at in days), strict=True))
        for name, proposed in drafts.items()
    }
    return {
        "bench": "speech", "part": "fields", "calls": len(papers),
        "voices": [CITIZEN_VOICE, OPERATOR_VOICE],
        "cer_without_correction": _cer(calls, papers),
        "right": {
            name: {field: f"{mark.right}/{mark.of}" for field, mark in fields.items()}
            for name, fields in marks.items()
        },
        "summaries_of_50_to_150": {
            name: sum(50 <= len(proposed.get("summary", "")) <= 150 for proposed in drafted_all)
            for name, drafted_all in drafts.items()
        },
        "details": {
            name: {field: mark.row() for field, mark in fields.items()}
            for name, fields in marks.items()
        },
    }  # fmt: skip


def _cer(calls: Sequence[ScriptedCall], papers: Sequence[Json]) -> float:
    whole = Errors(characters=0)
    for call, paper in zip(calls, papers, strict=True):
        for side in (Side.CITIZEN, Side.OPERATOR):
            spoken = "".join(line.text for line in call.lines if line.side is side)
            heard = "".join(raw_text(row) for row in paper["rows"] if row["side"] == side.value)
            whole += compared(spoken_form(spoken), spoken_form(heard))
    return round(whole.rate, 4)
