"""Records tests/tapes anew from the real Asterisk: bin/hotline test tests/live/record_tapes.py

One session, cut into stories. A tape holds only what Asterisk said to us: no login, no secret.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.tape import TITLE, read_tape
from hotline.outside.far_end import Citizen
from hotline.places import ROOT
from tests.live.stage import QUICK, Stage, open_stage

TAPES = ROOT / "tests" / "tapes"
SIZE_LIMIT = 150_000
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
