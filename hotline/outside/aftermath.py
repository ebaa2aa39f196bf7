"""What a call must leave behind: its end, both sides' words, the archived sound, a draft. 通话结果

Waits for each, with a limit, and checks the archived file itself.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

Json = dict[str, Any]

LEFT_OUT = "left_out"
"""Nothing is made up where there is no model for the language (ASR-06). 未转写"""
LOOK_EVERY_S = 1.0
END_LIMIT_S = 20.0
TRANSCRIPT_LIMIT_S = 90.0
ARCHIVE_LIMIT_S = 150.0
DRAFT_LIMIT_S = 30.0


class Reader(Protocol):
    """Somebody logged in who may read everything: ApiClient of a supervisor. 读取者"""

    async def get(self, path: str) -> Any: ...


class DidNotHappen(Exception):
    """A call did not leave what it must leave. 未完成"""

    code = "did-not-happen"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One demonstrated call, as far as it came. 演示结果"""

    caller_number: str
    call_id: str | None = None
    seat_id: str | None = None
    skill_group: str | None = None
    wait_ms: int | None = None
    talk_ms: int | None = None
    ended_by: str | None = None
    reason: str | None = None
    recording: Json | None = None
    transcription: str | None = None
    """"finished", or "left_out" where the call's language has no model. 转写"""
    utterances: list[Json] = field(default_factory=list)
    order: Json | None = None
    answered: bool = False
    trouble: str | None = None
    """What did not happen; None if all did. 未完成事项"""

    def to_json(self) -> Json:
        """The shape that `hotline demo --json` prints."""
        return {
            "call_id": self.call_id,
            "caller_number": self.caller_number,
            "skill_group": self.skill_group,
            "seat_id": self.seat_id,
            "wait_ms": self.wait_ms,
            "talk_ms": self.talk_ms,
            "ended_by": self.ended_by,
            "reason": self.reason,
            "recording": self.recording,
            "utterances": self.utterances,
            "order": self.order,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How the demonstrated calls went. 演示报告"""

    outcomes: tuple[Outcome, ...]

    @property
    def lost(self) -> int:
        """Citizens who never talked to a seat."""
        return sum(not outcome.answered for outcome in self.outcomes)

    @property
    def all_well(self) -> bool:
        """Every call was answered, archived and drafted, and transcribed on both sides if there is a model."""
        return bool(self.outcomes) and all(outcome.trouble is None for outcome in self.outcomes)

    def to_line(self) -> str:
        """The JSON object that ends `hotline demo --json`, on one line."""
        calls = [outcome.to_json() for outcome in self.outcomes]
        return json.dumps({"calls": calls, "lost": self.lost}, ensure_ascii=False)


async def gather_aftermath(outcome: Outcome, reader: Reader, archive_folder: Path) -> None:
    """Fill in what the call left behind. Raises DidNotHappen, naming the part, ApiRefused, OSError."""
    place = f"/api/calls/{outcome.call_id}"
    call = await until(
        lambda: reader.get(place),
        lambda c: c["ended_at"] is not None,
        END_LIMIT_S,
        "the call did not end",
    )
    _note_end(outcome, call)
    call = await until(
        lambda: reader.get(place),
        lambda c: c["transcription"] in ("finished", LEFT_OUT),
        TRANSCRIPT_LIMIT_S,
        "the transcript was not finished",
    )
    outcome.transcription = call["transcription"]
    transcript = await reader.get(f"{place}/transcript")
    outcome.utterances = [_utterance(said) for said in transcript["utterances"]]
    await _note_draft(outcome, reader, place)
    call = await until(
        lambda: reader.get(place),
        lambda c: c["recording_id"] is not None,
        ARCHIVE_LIMIT_S,
        "the recording is not in the catalogue",
    )
    recording = await until(
        lambda: reader.get(f"/api/recordings/{call['recording_id']}"),
        lambda r: r["state"] == "archived",
        ARCHIVE_LIMIT_S,
        "the recording was not archived",
    )
    _note_recording(outcome, recording, archive_folder)
    if outcome.transcription == LEFT_OUT:
        return
    sides = {said["side"] for said in outcome.utterances}
    for side in ("citizen", "operator"):
        if side not in sides:
            raise DidNotHappen(f"the {side}'s side was not transcribed")


async def until(
    look: Callable[[], Awaitable[Json]],
    true: Callable[[Json], bool],
    limit_s: float,
    otherwise: str,
) -> Json:
    """Look once a second until it is true. Raises DidNotHappen."""
    try:
        async with asyncio.timeout(limit_s):
            while True:
                seen = await look()
                if true(seen):
                    return seen
                await asyncio.sleep(LOOK_EVERY_S)
    except TimeoutError:
        raise DidNotHappen(f"{otherwise} within {limit_s:g} s") from None


def _note_end(outcome: Outcome, call: Json) -> None:
    ending = call["ending"] or {}
    outcome.seat_id = call["seat_id"]
    outcome.skill_group = call["skill_group"]
    outcome.wait_ms = call["waited_ms"]
    outcome.talk_ms = call["talked_ms"]
    outcome.ended_by = ending.get("blame")
    outcome.reason = ending.get("reason")
    if call["answered_at"] is None:
        raise DidNotHappen("the service does not know that the call was answered")


def _utterance(said: Json) -> Json:
    return {
        "side": said["side"],
        "text": said["text"],
        "start_ms": said["starts_at_ms"],
        "end_ms": said["ends_at_ms"],
    }


async def _note_draft(outcome: Outcome, reader: Reader, place: str) -> None:
    call = await until(
        lambda: reader.get(place),
        lambda c: c["order_id"] is not None,
        DRAFT_LIMIT_S,
        "no work order was drafted",
    )
    order = await reader.get(f"/api/orders/{call['order_id']}")
    outcome.order = {
        "id": order["order_id"],
        "request_type": _value(order, "request_type"),
        "summary": _value(order, "summary"),
        "state": order["state"],
    }


def _value(order: Json, name: str) -> str | None:
    filled = order["fields"].get(name)
    return None if filled is None else filled["value"]


def _note_recording(outcome: Outcome, recording: Json, archive_folder: Path) -> None:
    path = archive_folder / recording["path"]
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as missing:
        raise DidNotHappen(f"the archived file cannot be read: {path}") from missing
    outcome.recording = {
        "id": recording["recording_id"],
        "path": str(path),
        "sha256": digest,
        "duration_ms": recording["duration_ms"],
    }
    if digest != recording["sha256"]:
        raise DidNotHappen(f"the archived file is not what was archived: {path}")
