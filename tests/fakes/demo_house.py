"""A service and an outside world for the demonstration, on virtual time and in one place.

The house answers the same REST paths as the real one; what is wrong with it is set by the test.
"""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

from hotline.api_client import ApiRefused
from hotline.outside.errors import CallNotAnswered, FarEndGone, PhoneNotTalking
from hotline.outside.scripts import Script, ScriptLine

SOUND = b"an opus file"


class FakeCitizen:
    def __init__(self, house: "FakeHouse", call: dict[str, Any]) -> None:
        self.house, self.call = house, call
        self.gone = False
        self.said: list[bytes] = []

    async def say(self, audio: bytes | Path) -> None:
        if self.gone:
            raise FarEndGone
        assert isinstance(audio, bytes)
        await asyncio.sleep(2)
        self.said.append(audio)
        self.house.told.append(("citizen", audio))

    async def hang_up(self) -> None:
        if not self.gone:
            self.gone = True
            self.house.end(self.call)


class FakePhone:
    def __init__(self, house: "FakeHouse", seat_id: str) -> None:
        self.house, self.seat_id = house, seat_id
        self.call: dict[str, Any] | None = None

    async def registered(self, limit_s: float) -> None:
        self.house.registered.add(self.seat_id)

    async def answer_after(self, seconds: float) -> None:
        pass

    async def say(self, audio: bytes | Path) -> None:
        assert isinstance(audio, bytes)
        await asyncio.sleep(2)
        self.house.told.append((self.seat_id, audio))
        if self.house.seat_drops_after is not None:
            self.house.seat_drops_after -= 1
            if self.house.seat_drops_after < 0:
                raise FarEndGone


class FakeHouse:
    """Both the world and the service."""

    def __init__(self, archive: Path, seat_ids: tuple[str, ...]) -> None:
        self.archive = archive
        self.seats = {s: {"seat_id": s, "state": "signed_out"} for s in seat_ids}
        self.phones = {s: FakePhone(self, s) for s in seat_ids}
        self.registered: set[str] = set()
        self.calls: dict[str, dict[str, Any]] = {}
        self.told: list[tuple[str, bytes]] = []
        self.most_at_once = 0
        self.waited_for_a_seat = 0
        self.ready_refusals = 1
        """The phone's registration is noticed late."""
        self.sides = ("operator", "citizen")
        self.order_drafted = True
        self.file_spoiled = False
        self.answers_trunk = True
        self.seat_drops_after: int | None = None
        self.not_ready_looks = 2

    def session(self) -> "FakeSession":
        return FakeSession(self)

    # the outside world

    def phone(self, seat_id: str) -> FakePhone:
        return self.phones[seat_id]

    async def dial(self, caller_number: str, called_number: str, limit_s: float) -> FakeCitizen:
        if not self.answers_trunk:
            raise CallNotAnswered("cause 21", 21)
        assert called_number == "12345"
        call_id = f"node1-{len(self.calls) + 1}"
        call = {
            "call_id": call_id,
            "caller_number": caller_number,
            "ended_at": None,
            "answered_at": None,
            "seat_id": None,
            "skill_group": "general",
            "waited_ms": 10,
            "talked_ms": 20,
            "ending": None,
            "order_id": None,
            "recording_id": None,
            "transcription": "live",
            "looks": 0,
        }
        self.calls[call_id] = call
        live = sum(c["ended_at"] is None for c in self.calls.values())
        self.most_at_once = max(self.most_at_once, live)
        return FakeCitizen(self, call)

    async def seat_of(self, citizen: Any, call_id: str, limit_s: float) -> FakePhone:
        for tried in range(round(limit_s)):
            for seat_id, seat in self.seats.items():
                if seat["state"] == "ready":
                    self.waited_for_a_seat += tried > 0
                    seat["state"] = "talking"
                    self.calls[call_id].update(seat_id=seat_id, answered_at="now")
                    return self.phones[seat_id]
            await asyncio.sleep(1)
        raise PhoneNotTalking

    def end(self, call: dict[str, Any]) -> None:
        call["ended_at"] = "now"
        call["ending"] = {"blame": "citizen", "reason": "hung-up"}
        if call["seat_id"]:
            self.seats[call["seat_id"]]["state"] = "wrap_up"


class FakeSession:
    def __init__(self, house: FakeHouse) -> None:
        self.house = house
        self.who: str | None = None

    async def log_in(self, username: str, password: str) -> dict[str, Any]:
        assert password == f"secret-{username}"
        self.who = username
        return {}

    async def get(self, path: str) -> dict[str, Any]:
        house = self.house
        if path == "/readyz":
            house.not_ready_looks -= 1
            return {"ready": house.not_ready_looks < 0}
        assert self.who is not None
        match path.split("?")[0].split("/")[2:]:
            case ["calls"]:
                return {"calls": [c for c in house.calls.values() if c["ended_at"] is None]}
            case ["calls", call_id]:
                return self._grown(house.calls[call_id])
            case ["calls", _, "transcript"]:
                said = [
                    {"side": s, "text": "您好", "starts_at_ms": 1, "ends_at_ms": 2}
                    for s in house.sides
                ]
                return {"utterances": said, "finished": True}
            case ["seats", seat_id]:
                return dict(house.seats[seat_id])
            case ["orders", order_id]:
                fields = {"request_type": {"value": "help"}, "summary": {"value": "路灯"}}
                return {"order_id": order_id, "state": "draft", "fields": fields}
            case ["recordings", recording_id]:
                digest = hashlib.sha256(SOUND).hexdigest()
                (house.archive / "one.opus").write_bytes(b"other" if house.file_spoiled else SOUND)
                return {
                    "recording_id": recording_id,
                    "state": "archived",
                    "path": "one.opus",
                    "sha256": digest,
                    "duration_ms": 30,
                }
        raise AssertionError(path)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        _, _, kind, seat_id, command = path.split("/")
        if kind == "calls":
            assert (command, body) == ("code", {"code": "consultation"})
            assert self.who == f"operator-{self.house.calls[seat_id]['seat_id']}"
            return {"missing": None}
        assert self.who == f"operator-{seat_id}"
        seat = self.house.seats[seat_id]
        if command == "ready" and self.house.ready_refusals > 0:
            self.house.ready_refusals -= 1
            raise ApiRefused(409, {"code": "seat-phone-unreachable"})
        seat["state"] = {"sign-in": "not_ready", "ready": "ready", "finish-wrap-up": "ready"}[
            command
        ]
        return {"seat": dict(seat)}

    def _grown(self, call: dict[str, Any]) -> dict[str, Any]:
        """After its end a call's traces appear one look after the other."""
        if call["ended_at"] is not None:
            call["looks"] += 1
            if call["looks"] > 2:
                call["transcription"] = "finished"
            if call["looks"] > 3 and self.house.order_drafted:
                call["order_id"] = "20261121-000001"
            if call["looks"] > 4:
                call["recording_id"] = f"{call['call_id']}-1"
        return dict(call)


async def quiet_voice(script: Script, line: ScriptLine) -> bytes:
    return line.text.encode()
