"""What every call must have left behind, whatever was killed meanwhile."""

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from typing import Any

from tests.live.stage import Stage

OVER = ("CallEnded", "CallAbandoned")
SLACK_MS = 1500
"""Asterisk names a call's beginning to the second only where we did not hear it ourselves."""

ON_ITS_WAY_S = 1.0
"""On a busy machine the last word arrives so much later than it was said."""


async def left_whole(stage: Stage, call_id: str, slack_ms: float = 0) -> dict[str, Any]:
    """One ending, one recording as long as the call and true to its SHA; the call as it stays."""
    recording = await stage.archived(call_id)
    api = await stage.api()
    call = await api.get(f"/api/calls/{call_id}")
    told = await stage.told(call_id)
    assert sum(told.count(kind) for kind in OVER) == 1, told
    assert told.count("CallArrived") == 1, told
    recordings = (await api.get("/api/recordings?limit=500"))["recordings"]
    assert [r["recording_id"] for r in recordings if r["call_id"] == call_id] == [f"{call_id}-1"]
    await voices_are_kept(stage, call_id)
    file = stage.places.archive / recording["path"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == recording["sha256"]
    lasted_ms = ms_between(call["recording_started_at"], call["ended_at"])
    assert abs(recording["duration_ms"] - lasted_ms) < SLACK_MS + slack_ms, (
        recording["duration_ms"],
        call,
    )
    await legs_are_gone(stage, call_id)
    return call


async def voices_are_kept(stage: Stage, call_id: str) -> None:
    """The whole call is archived once, and so is every party's own voice that was ever recorded."""

    def of_call(*kinds: str) -> list[dict[str, Any]]:
        return [told for told in journal(stage, *kinds) if told["call_id"] == call_id]

    begun = {told["leg_id"] for told in of_call("PartyRecordingStarted")}
    await stage.eventually(
        lambda: (
            begun <= {told["leg_id"] for told in of_call("RecordingArchived", "RecordingSkipped")}
        ),
        60.0,
        f"not every own voice is archived: {begun}",
    )
    archived = [told["recording_id"] for told in of_call("RecordingArchived")]
    assert archived.count(f"{call_id}-1") == 1, archived
    assert len(archived) == len(set(archived)), archived


async def legs_are_gone(stage: Stage, call_id: str) -> None:
    """The raw legs go only once the archived copy is in the journal on disk: a moment later."""
    legs = stage.places.legs
    await stage.eventually(
        lambda: not [leg for leg in legs.iterdir() if leg.name.startswith(call_id)],
        20,
        "the raw legs are still there",
    )


async def words_of(stage: Stage, call_id: str, side: str) -> list[dict[str, Any]]:
    """A side's utterances, once the transcript is finished."""
    transcript = await stage.transcribed(call_id)
    return [said for said in transcript["utterances"] if said["side"] == side]


def text_of(utterances: list[dict[str, Any]]) -> str:
    return "".join(said["text"] for said in utterances)


def ms_between(since: str, until: str) -> float:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds() * 1000


def journal(stage: Stage, *kinds: str) -> list[dict[str, Any]]:
    """The journal's events of these kinds, read from its table: what would survive a power cut."""
    places = ",".join("?" * len(kinds))
    uri = f"file:{stage.places.var / 'hotline.sqlite'}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        rows = connection.execute(
            f"SELECT type, body FROM journal WHERE type IN ({places}) ORDER BY seq", kinds
        ).fetchall()
    return [{"type": kind, **json.loads(body)} for kind, body in rows]
