"""The service is killed with citizens in hand."""

from datetime import datetime

from hotline.clock import utc_now
from hotline.sounds.voice import speak
from tests.live.afterwards import left_whole, text_of, words_of
from tests.live.stage import QUICK, open_stage

TALKS, FIRST, SECOND = "13800000001", "13800000002", "13800000003"


async def test_a_talk_goes_on_and_the_line_keeps_its_order(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        talking = await stage.world.dial(TALKS)
        talk = await stage.call_of(TALKS)
        await phone.talking()
        await phone.say(speak("您好，请问有什么可以帮您"))
        first, was_first = await stage.queues(FIRST)
        second, was_second = await stage.queues(SECOND)

        with stage.no_watchdog():
            killed = stage.kill_service()
            await talking.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await stage.new_service(killed)

        now = await stage.call_is(talk["call_id"], "talking")
        assert now["answered_at"] is not None
        for was in (was_first, was_second):
            # A long outage is spent in Asterisk's own queue; the place is the same.
            waits = await stage.until(
                f"/api/calls/{was['call_id']}",
                lambda c: c["state"] == "queued" and not c["lifeboat"],
            )
            assert waits["joined_at"] == was["joined_at"]
        await talking.hang_up()
        await phone.rung(2)
        await stage.call_is(was_first["call_id"], "talking")
        assert (await stage.call_of(SECOND))["state"] == "queued"
        await first.hang_up()
        await phone.rung(3)
        await stage.call_is(was_second["call_id"], "talking")
        await second.hang_up()

        for call_id in (was["call_id"] for was in (talk, was_first, was_second)):
            call = await left_whole(stage, call_id)
            assert call["ending"] == {"blame": "citizen", "reason": "hung-up"}
            told = await stage.told(call_id)
            assert told.count("NoticePlayed") == 1, told
            assert told.count("CallQueued") == 1 + told.count("CallTookLifeboat") <= 2, told
            assert told.count("CallAnswered") == told.count("SeatLeftCall") == 1, told
        said = await words_of(stage, talk["call_id"], "citizen")
        assert "路灯坏了" in text_of(said)
        assert all(one["backfilled"] for one in said)
        assert "请问" in text_of(await words_of(stage, talk["call_id"], "operator"))
        assert await stage.channels() == 0


async def test_a_talk_that_begins_while_nobody_listens_is_whole(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001", answers_after_s=None)
        phone = stage.world.phone("8001")
        citizen = await stage.world.dial(TALKS)
        call_id = (await stage.call_of(TALKS))["call_id"]
        await phone.ringing()
        with stage.no_watchdog():
            killed = stage.kill_service()
            await phone.answer()
            answered_at = utc_now()
            await phone.say(speak("您好，请问有什么可以帮您"))
            await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
        await stage.new_service(killed)

        call = await stage.call_is(call_id, "talking")
        told_at = datetime.fromisoformat(call["answered_at"])
        assert abs((told_at - answered_at).total_seconds()) < 1.0
        assert (await stage.seat_is("8001", "talking"))["call_id"] == call_id
        await citizen.hang_up()
        await left_whole(stage, call_id)
        assert "路灯坏了" in text_of(await words_of(stage, call_id, "citizen"))
        assert "请问" in text_of(await words_of(stage, call_id, "operator"))
