"""How many characters of held-out sentences arrive wrong, through real calls. 识别准确率

Two hundred of the kind the demonstration speaks (`generated`, which the goal is about), and two hundred
written by hand (`by_hand`, harder: their words were chosen without regard to the templates).

Each sentence is spoken once by a voice that no training heard, half of them by citizens over the trunk,
half by operators at their telephones: simulator ► A-law ► the product's Asterisk ► the leg ► live
transcription. What is compared is UtteranceHeard.text with the sentence, in spoken form (scoring.py),
leg by leg; and the same before the gazetteer corrected it.
"""

import asyncio
from typing import Any

from asr.events import Side
from bench.speech_exam.calls import GENERATED, SENTENCES, read_sentences
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
from bench.speech_exam.scoring import Errors, by_sentence, spoken_form
from hotline.outside.conversation import Speaker

CALLS = 20
PAUSE_S = 1.2
"""Long enough for the recogniser to end the utterance."""
GOAL = 0.05
NOTHING = Errors(characters=0)


async def measure(calls: int = CALLS) -> dict[str, Any]:
    """Play and compare; every call has its share of the sentences, its sides take turns."""
    result: dict[str, Any] = {
        "bench": "speech", "part": "accuracy", "voices": [CITIZEN_VOICE, OPERATOR_VOICE],
    }  # fmt: skip
    for name, path in (("generated", GENERATED), ("by_hand", SENTENCES)):
        result[name] = _summary(await _examined(read_sentences(path), calls))
    return {**result, "goal": GOAL, "holds": result["generated"]["cer"] <= GOAL}


async def _examined(sentences: tuple[str, ...], calls: int) -> "list[Row]":
    shares = [sentences[number::calls] for number in range(calls)]

    async def talk(number: int, _call_id: str, citizen: Speaker, phone: Speaker) -> None:
        for turn, sentence in enumerate(shares[number]):
            side = _side(turn)
            sound = await sound_of(sentence, voice_of(side), pitch=44 + number * 5 % 13)
            await (citizen if side is Side.CITIZEN else phone).say(sound)
            await asyncio.sleep(PAUSE_S)

    async with exam_floor(calls) as stage:
        callers = [f"1380000{9700 + number}" for number in range(calls)]
        played = await play(stage, callers, calls, talk)
        heard = [await transcript(stage, call_id) for call_id in played if call_id]
    rows = [_compared(share, said) for share, said in zip(shares, heard, strict=True)]
    return [row for call in rows for row in call]


def _side(turn: int) -> Side:
    return Side.OPERATOR if turn % 2 else Side.CITIZEN


Row = tuple[Side, str, Errors, Errors]
"""Side, sentence, errors of the text, errors of the raw text."""


def _compared(share: tuple[str, ...], said: list[dict[str, Any]]) -> list[Row]:
    rows: list[Row] = []
    for side in (Side.CITIZEN, Side.OPERATOR):
        spoken = [s for turn, s in enumerate(share) if _side(turn) is side]
        own = [row for row in said if row["side"] == side.value]
        forms = [spoken_form(sentence) for sentence in spoken]
        texts = spoken_form("".join(row["text"] for row in own))
        raws = spoken_form("".join(raw_text(row) for row in own))
        pairs = zip(spoken, by_sentence(forms, texts), by_sentence(forms, raws), strict=True)
        rows += [(side, sentence, errors, raw) for sentence, errors, raw in pairs]
    return rows


def _summary(rows: list[Row]) -> dict[str, Any]:
    whole = sum((errors for _, _, errors, _ in rows), NOTHING)
    raw = sum((errors for _, _, _, errors in rows), NOTHING)
    sides = {
        side.value: round(sum((e for s, _, e, _ in rows if s is side), NOTHING).rate, 4)
        for side in (Side.CITIZEN, Side.OPERATOR)
    }
    worst = sorted(rows, key=lambda row: -row[2].count)[:12]
    return {
        "sentences": len(rows), "characters": whole.characters,
        "cer": round(whole.rate, 4), "cer_without_correction": round(raw.rate, 4),
        "changed": whole.changed, "left_out": whole.left_out, "put_in": whole.put_in,
        "cer_by_side": sides,
        "sentences_without_error": sum(errors.count == 0 for _, _, errors, _ in rows),
        "worst": [[sentence, errors.count] for _, sentence, errors, _ in worst],
    }  # fmt: skip
