"""A supervisor's word never hurts a talk, a quiet floor is left alone, and the day adds up."""

import asyncio

import pytest

from hotline.api_client import ApiRefused
from tests.live.afterwards import journal, left_whole
from tests.live.stage import QUICK, open_stage

CITIZEN, SECOND = "13800000001", "13800000002"
LOOKS_OFTEN = QUICK.replace(
    "wrap_up_limit_s = 2", "wrap_up_limit_s = 2\nlook_every_s = 0.5\nsecond_look_s = 0.5"
)


async def test_a_talk_goes_on_after_its_operator_was_signed_out_by_force(ready_var, short_path):
    async with open_stage(ready_var, short_path, LOOKS_OFTEN) as stage:
        leader = await stage.api()
        await stage.take_seat("8001")
        citizen = await stage.world.dial(CITIZEN)
        call_id = (await stage.call_of(CITIZEN))["call_id"]
        await stage.call_is(call_id, "talking")
        with pytest.raises(ApiRefused, match="forbidden"):
            await (await stage.api("8001")).post(
                "/api/seats/8001/force", {"state": "ready", "reason": "x"}
            )
        answer = await leader.post(
            "/api/seats/8001/force", {"state": "signed_out", "reason": "换班"}
        )
        assert answer["effect"] == "after-call"
        assert answer["seat"]["pending_sign_out"]
        # Meanwhile the witness looks about ten times and finds nothing to mend.
        await asyncio.sleep(5)
        await stage.call_is(call_id, "talking")
        await citizen.hang_up()
        await stage.seat_is("8001", "signed_out")
        await left_whole(stage, call_id)
        (forced,) = journal(stage, "SeatForced")
        assert (forced["seat_id"], forced["by"], forced["reason"]) == ("8001", "admin", "换班")
        assert journal(stage, "SeatRepaired") == []
        assert "was repaired" not in stage.log.read_text()

        day = await leader.get("/api/seats/8001/history")
        assert sum(one["ms"] for one in day["spent"]) == day["signed_in_ms"] > 5_000
        assert {one["state"] for one in day["spent"]} >= {"ready", "talking", "wrap_up"}
        assert [note["why"] for note in day["notes"]] == ["换班"]
        talked = next(stay for stay in day["stays"] if stay["state"] == "talking")
        found = await leader.get(f"/api/attendance?at={talked['since']}")
        assert [(s["seat_id"], s["operator"]) for s in found["seats"]] == [("8001", "8001")]


async def test_a_busy_floor_is_looked_at_all_the_time_and_nothing_is_mended(ready_var, short_path):
    async with open_stage(ready_var, short_path, LOOKS_OFTEN) as stage:
        await stage.take_seat("8001")
        await stage.take_seat("8002", answers_after_s=None)
        for number in (CITIZEN, SECOND):
            citizen = await stage.world.dial(number)
            call_id = (await stage.call_of(number))["call_id"]
            await stage.call_is(call_id, "talking")
            await asyncio.sleep(1.5)
            await citizen.hang_up()
            await left_whole(stage, call_id)
        assert journal(stage, "SeatRepaired") == []
        assert "was repaired" not in stage.log.read_text()
