"""Every speech worker is killed while twenty citizens and twenty seats talk with one another."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from hotline.sounds.voice import speak
from tests.live.afterwards import journal, left_whole, text_of
from tests.live.stage import LOOK_EVERY_S, QUICK, Stage, open_stage

CALLS = 20
SEATS = [str(8101 + number) for number in range(CALLS)]
CALLERS = [f"1380000{number:04d}" for number in range(1, CALLS + 1)]
OPENING, COMPLAINT, CLOSING = (
    "您好，请问有什么可以帮您",
    "我要投诉，楼下的路灯坏了三天没人修",
    "好的，已经为您登记",
)
COURSE = {
    *("CallArrived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded", "CallAbandoned"),
    *("CallHeld", "CallRetrieved", "CallReturnedToLine", "CallTransferred"),
    *("TalkChanged", "PartyJoined", "PartyLeft", "LinkLost"),
}
"""Whatever a call can go through."""
SLOW_S = 150.0
"""Forty voices on a machine that has other things to do; waited for only where it is so."""
SETTINGS = QUICK.replace("[asr]\n", "[asr]\nworkers = 2\n")


async def test_no_call_changes_each_seat_is_told_and_no_word_is_missing_or_twice(
    ready_var, short_path
):
    async with open_stage(ready_var, short_path, SETTINGS, seats=SEATS) as stage:
        async with asyncio.TaskGroup() as group:
            for seat in SEATS:
                group.create_task(stage.take_seat(seat), name=seat)
        citizens = [await stage.world.dial(caller) for caller in CALLERS]
        call_ids = [(await stage.call_of(caller))["call_id"] for caller in CALLERS]
        seat_of = {}
        for call_id in call_ids:
            seat_of[call_id] = (await stage.call_is(call_id, "talking"))["seat_id"]
        phones = [stage.world.phone(seat_of[call_id]) for call_id in call_ids]
        async with watching(stage, seat_of[call_ids[0]]) as seen:
            await all_say(phones, OPENING)
            for call_id in call_ids:
                await stage.until(
                    f"/api/calls/{call_id}/transcript", lambda t: t["utterances"], SLOW_S
                )
            spoken = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                killing = keep_killing(stage, call_ids, spoken)
                killer = group.create_task(killing, name="killer")
                await all_say(citizens, COMPLAINT)
                spoken.set()
            assert killer.result() >= 2
            for call_id in call_ids:
                await stage.until(
                    f"/api/calls/{call_id}/events",
                    lambda e: "TranscriptionResumed" in [one["type"] for one in e["events"]],
                    SLOW_S,
                )
            states = (await (await stage.api()).get("/api/calls?state=live"))["calls"]
            assert {call["state"] for call in states} == {"talking"}
            assert len(states) == CALLS
            await all_say(phones, CLOSING)
            await all_say(citizens, "谢谢")  # what the seats said last is on its way meanwhile
            await asyncio.gather(*(citizen.hang_up() for citizen in citizens))
            for call_id in call_ids:
                await stage.until(
                    f"/api/calls/{call_id}/transcript", lambda t: t["finished"], SLOW_S
                )
        legs = stage.places.legs
        await stage.eventually(lambda: not any(legs.iterdir()), SLOW_S, "raw legs are left")
        assert seen.kinds(call_ids[0]) == ["TranscriptionPaused", "TranscriptionResumed"]
        for call_id in call_ids:
            await whole_and_unchanged(stage, call_id)


async def whole_and_unchanged(stage: Stage, call_id: str) -> None:
    call = await left_whole(stage, call_id)
    assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
    told = await stage.told(call_id)
    course = [kind for kind in told if kind in COURSE]
    assert course == ["CallArrived", "CallQueued", "CallOffered", "CallAnswered", "CallEnded"]
    speech = [kind for kind in told if kind.startswith("Transcription")]
    assert speech == ["TranscriptionPaused", "TranscriptionResumed"]
    said = (await stage.transcribed(call_id))["utterances"]
    citizen = [one for one in said if one["side"] == "citizen"]
    assert text_of(citizen).count("路灯坏了") == 1, text_of(citizen)
    assert any(one["backfilled"] for one in citizen)
    operator = [one for one in said if one["side"] == "operator"]
    assert text_of(operator).count("请问") == 1
    assert text_of(operator).count("已经为您") == 1
    spans = {(one["side"], one["starts_at_ms"]) for one in said}
    assert len(spans) == len(said)


async def all_say(far_ends: list[Any], text: str) -> None:
    """All at once; one first, because a sentence is laid down once for all."""
    sound = speak(text)
    async with asyncio.TaskGroup() as group:
        for number, far_end in enumerate(far_ends):
            # Some silence more for each: files of their own, and nobody speaks in chorus.
            group.create_task(far_end.say(bytes(1600 * number) + sound), name=f"voice {number}")


async def keep_killing(stage: Stage, call_ids: list[str], spoken: asyncio.Event) -> int:
    """Every worker, and those that follow, until all is spoken and every call's pause was told."""
    killed = 0
    async with asyncio.timeout(SLOW_S):
        while not spoken.is_set() or not paused(stage) >= set(call_ids):
            for pid in stage.worker_pids():
                os.kill(pid, signal.SIGKILL)
                killed += 1
            await asyncio.sleep(LOOK_EVERY_S)
    return killed


def paused(stage: Stage) -> set[str]:
    return {told["call_id"] for told in journal(stage, "TranscriptionPaused")}


class Seen:
    """What an operator's page was sent."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    async def watch(self, socket: ClientConnection) -> None:
        async for frame in socket:
            self.events += json.loads(frame)

    def kinds(self, call_id: str) -> list[str]:
        return [
            event["type"]
            for event in self.events
            if event.get("call_id") == call_id and event["type"].startswith("Transcription")
        ]


@asynccontextmanager
async def watching(stage: Stage, seat: str) -> AsyncIterator[Seen]:
    """That seat's live stream."""
    api = await stage.api(seat)
    seen = Seen()
    address = stage.address.replace("http", "ws") + "/live"
    headers = {"Cookie": api.cookie}
    async with (
        connect(address, additional_headers=headers) as socket,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(seen.watch(socket), name="live stream")
        yield seen
        task.cancel()
