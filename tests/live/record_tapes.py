"""Records tests/tapes anew from the real Asterisk: bin/hotline test tests/live/record_tapes.py

One session, cut into stories; the shapes (shapes.py), played side by side, are cut call by call. A tape
holds only what Asterisk said to us: no login, no secret.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti import events
from cti.tape import TITLE, read_tape
from hotline.outside.far_end import Citizen
from hotline.places import ROOT
from tests.fakes.tape_replay import Replay, replay
from tests.live.afterwards import journal
from tests.live.playing import open_lanes_stage, play_all
from tests.live.stage import QUICK, Stage, open_stage
from tests.live.tape_cutting import compact, cut_out, tape_of

TAPES = ROOT / "tests" / "tapes"
SHAPES = TAPES / "shapes"
TOLD = SHAPES / "told.json"
"""What each shape's calls told, event by event, as recorded."""
SIZE_LIMIT = 150_000
OF_NO_LEG = frozenset({"CallControlled", "CallbackRequested", "LinkLost", "LinkRestored"})
"""Told of a call by others than its tracker."""
CALLER = "13800000001"


@asynccontextmanager
async def on_tape(stage: Stage, name: str) -> AsyncIterator[None]:
    """What Asterisk says from here until the house is empty again goes onto a tape of that name."""
    began = stage.tape.stat().st_size
    yield
    # The last leg's end has been heard once no call is live and Asterisk has no channel.
    await stage.until("/api/calls?state=live", lambda a: not a["calls"])
    while await stage.channels():
        pass
    heard = stage.tape.read_bytes()[began:].decode(errors="surrogateescape")
    text = heard if heard.startswith(TITLE) else f"{TITLE}\n{heard}"
    assert list(read_tape(text))
    assert len(text) < SIZE_LIMIT
    for secrets in stage.secrets.values():
        assert not [secret for secret in secrets.values() if secret in text]
    (TAPES / f"{name}.tape").write_text(text, encoding="utf-8", errors="surrogateescape")


async def arrive(stage: Stage) -> tuple[Citizen, str]:
    citizen = await stage.world.dial(CALLER)
    return citizen, (await stage.call_of(CALLER))["call_id"]


async def not_ready(stage: Stage, seat_id: str) -> None:
    await (await stage.api(seat_id)).post(f"/api/seats/{seat_id}/not-ready", {"reason": "break"})


async def test_record(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        first = stage.world.phone("8001")

        async with on_tape(stage, "abandoned_in_queue"):
            citizen, call_id = await arrive(stage)
            await stage.call_is(call_id, "queued")
            await citizen.hang_up()

        await stage.take_seat("8001")
        async with on_tape(stage, "answered_citizen_hangs_up"):
            citizen, call_id = await arrive(stage)
            await first.talking()
            await stage.call_is(call_id, "talking")
            await citizen.press("5")
            await citizen.hang_up()
        await stage.seat_is("8001", "ready")

        async with on_tape(stage, "seat_hangs_up"):
            citizen, call_id = await arrive(stage)
            await first.talking()
            await stage.call_is(call_id, "talking")
            await first.hang_up()
            await citizen.until_gone(10)
        await stage.seat_is("8001", "ready")

        await first.let_ring()
        async with on_tape(stage, "citizen_gives_up_while_ringing"):
            citizen, call_id = await arrive(stage)
            await first.ringing()
            await stage.call_is(call_id, "ringing")
            await citizen.hang_up()
        await stage.seat_is("8001", "ready")

        # The second seat comes only when the first has failed: so the first is asked for certain.
        async with on_tape(stage, "no_answer_then_next_seat"):
            citizen, call_id = await arrive(stage)
            await stage.seat_is("8001", "not_ready")
            await stage.take_seat("8002")
            await stage.call_is(call_id, "talking")
            await citizen.hang_up()
        await stage.seat_is("8002", "ready")
        await not_ready(stage, "8002")

        await first.refuse()
        await (await stage.api("8001")).post("/api/seats/8001/ready")
        async with on_tape(stage, "seat_busy_then_next_seat"):
            citizen, call_id = await arrive(stage)
            await stage.seat_is("8001", "not_ready")
            await (await stage.api("8002")).post("/api/seats/8002/ready")
            await stage.call_is(call_id, "talking")
            await citizen.hang_up()
        await stage.seat_is("8002", "ready")
        await not_ready(stage, "8002")
        await first.answer_after(0.3)
        await (await stage.api("8001")).post("/api/seats/8001/ready")

        async with on_tape(stage, "service_killed_and_resumed"):
            talking, talk_id = await arrive(stage)
            await first.talking()
            await stage.call_is(talk_id, "talking")
            waiting = await stage.world.dial("13800000002")
            wait_id = (await stage.call_of("13800000002"))["call_id"]
            await stage.call_is(wait_id, "queued")
            killed = stage.kill_service()
            await stage.new_service(killed)
            await stage.call_is(wait_id, "queued")
            await talking.hang_up()
            await first.rung(first.rings + 1)
            await stage.call_is(wait_id, "talking")
            await waiting.hang_up()
        await stage.seat_is("8001", "ready")

        async with on_tape(stage, "lifeboat_answered"):
            with stage.no_watchdog():
                killed = stage.kill_service()
                citizen = await stage.world.dial(CALLER)
                await first.talking()
            await stage.new_service(killed)
            await stage.call_of(CALLER)
            await citizen.hang_up()


async def test_record_shapes(ready_var, short_path):
    """Each shape's tape must tell what the service told when it happened."""
    async with open_lanes_stage(ready_var, short_path) as stage:
        played = await play_all(stage, _nothing_more)
        assert not played.troubles, "\n\n".join(played.troubles.values())
        session = list(read_tape(stage.tape.read_text(errors="surrogateescape")))
        SHAPES.mkdir(exist_ok=True)
        told: dict[str, list[list[str]]] = {}
        for name, calls in sorted(played.calls.items()):
            whole = cut_out(session, calls)
            small = compact(whole)
            again = replay(small)
            assert again.told == replay(whole).told
            told[name] = [_kinds(again, call_id) for call_id in calls]
            assert told[name] == [_lived(stage, call_id) for call_id in calls], name
            text = tape_of(small)
            for secrets in stage.secrets.values():
                assert not [secret for secret in secrets.values() if secret in text]
            place = SHAPES / f"{name}.tape"
            place.write_text(text, encoding="utf-8", errors="surrogateescape")
        TOLD.write_text(json.dumps(told, indent=1) + "\n")


async def _nothing_more(_lane: object) -> None:
    """The story itself is enough."""


def _kinds(played: Replay, call_id: str) -> list[str]:
    return [
        type(event).__name__
        for event in played.told
        if isinstance(event, events.CallEvent) and event.call_id == call_id
    ]


def _lived(stage: Stage, call_id: str) -> list[str]:
    """What the service told of that call as it went on."""
    kinds = sorted(vars(events).keys() - OF_NO_LEG)
    return [told["type"] for told in journal(stage, *kinds) if told.get("call_id") == call_id]
