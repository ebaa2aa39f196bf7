"""Seats that do not take a call, and citizens who do not wait."""

from tests.live.afterwards import journal, left_whole
from tests.live.stage import QUICK, open_stage

FIRST, SECOND = "13800000001", "13800000002"


async def test_a_seat_that_does_not_take_the_call_passes_it_on(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001", answers_after_s=None)
        await stage.take_seat("8002")
        await stage.world.phone("8002").refuse()
        await stage.take_seat("8003")
        citizen = await stage.world.dial(FIRST)
        call_id = (await stage.call_of(FIRST))["call_id"]
        joined_at = (await stage.call_of(FIRST))["joined_at"]
        third = stage.world.phone("8003")
        await third.talking()
        call = await stage.call_is(call_id, "talking")
        assert call["seat_id"] == "8003"
        assert joined_at in (None, call["joined_at"])
        assert (await stage.seat_is("8001", "not_ready"))["reason"] == "did_not_answer"
        assert (await stage.seat_is("8002", "not_ready"))["reason"] == "phone_busy"
        assert stage.world.phone("8001").rings == stage.world.phone("8002").rings == 1

        await third.hang_up()
        await citizen.until_gone(10)
        call = await left_whole(stage, call_id)
        assert call["ending"] == {"blame": "seat", "reason": "hung-up"}
        told = await stage.told(call_id)
        assert told.count("NoticePlayed") == told.count("CallQueued") == 1, told
        assert told.count("SeatReserved") == told.count("CallOffered") == 3, told
        refusals = journal(stage, "CallReturnedToLine")
        assert [(event["seat_id"], event["ending"]["reason"]) for event in refusals] == [
            ("8001", "no-answer"),
            ("8002", "busy"),
        ]


async def test_a_phone_that_went_dark_is_tried_at_most_once(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        await stage.take_seat("8002")
        await stage.world.phone("8001").unregister()
        citizen = await stage.world.dial(FIRST)
        call_id = (await stage.call_of(FIRST))["call_id"]
        await stage.world.phone("8002").talking()
        await stage.call_is(call_id, "talking")
        seat = await stage.seat_is("8001", "not_ready")
        assert seat["reason"] == "phone_unreachable"
        tried = [event["seat_id"] for event in journal(stage, "SeatReserved")]
        assert tried in (["8002"], ["8001", "8002"])
        await stage.world.phone("8001").register()
        await stage.seat_is("8001", "ready")
        await citizen.hang_up()
        await left_whole(stage, call_id)


async def test_citizens_who_give_up_are_owed_a_call_and_no_seat_is_blamed(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        waits, was_waiting = await stage.queues(FIRST)
        waits_id = was_waiting["call_id"]
        await waits.hang_up()
        await stage.call_is(waits_id, "abandoned")

        await stage.take_seat("8001", answers_after_s=None)
        rings = await stage.world.dial(SECOND)
        rings_id = (await stage.call_of(SECOND))["call_id"]
        await stage.world.phone("8001").ringing()
        await stage.call_is(rings_id, "ringing")
        await rings.hang_up()
        await stage.call_is(rings_id, "abandoned")
        await stage.world.phone("8001").idle()
        await stage.seat_is("8001", "ready")

        for call_id in (waits_id, rings_id):
            call = await left_whole(stage, call_id)
            assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
            assert call["answered_at"] is None
        owed = (await (await stage.api()).get("/api/callbacks"))["callbacks"]
        assert {(task["call_id"], task["reason"]) for task in owed} == {
            (waits_id, "abandoned"),
            (rings_id, "unanswered"),
        }


async def test_two_callers_are_offered_one_seat_in_turn(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        first, was_first = await stage.queues(FIRST)
        second, was_second = await stage.queues(SECOND)
        ids = [was_first["call_id"], was_second["call_id"]]
        await stage.take_seat("8001", answers_after_s=1.0)
        phone = stage.world.phone("8001")
        await phone.talking()
        await stage.call_is(ids[0], "talking")
        assert (await stage.call_of(SECOND))["state"] == "queued"
        assert phone.rings == 1
        await first.hang_up()
        await phone.rung(2)
        await stage.call_is(ids[1], "talking")
        await second.hang_up()
        for call_id in ids:
            await left_whole(stage, call_id)
        course = journal(stage, "SeatReserved", "SeatLeftCall")
        assert [(event["type"], event["call_id"]) for event in course] == [
            ("SeatReserved", ids[0]),
            ("SeatLeftCall", ids[0]),
            ("SeatReserved", ids[1]),
            ("SeatLeftCall", ids[1]),
        ]
