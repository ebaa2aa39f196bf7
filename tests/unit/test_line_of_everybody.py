"""In the line keys work from the first moment, and who came without a flow has what everybody has."""

import asyncio

import pytest

from ivr.flow_position import read_position
from tests.unit.test_citizen_story import NOTICE, START, Call

HIS, OURS = "13800000009", "12345"
CALLED_BY_US = {
    "HOTLINE_STATE": "arrived",
    "HOTLINE_GROUP": "law",
    "HOTLINE_JOINED_AT": str(round(START.timestamp() * 1000) - 600_000),
    "HOTLINE_PRIORITY": "2",
}
LED_BACK = {**CALLED_BY_US, "HOTLINE_STATE": "waiting", "HOTLINE_TURN": "2"}


def called_by_us(variables=None, **desks):
    """The channel of a call that we made shows our own number."""
    call = Call(variables or CALLED_BY_US, **desks)
    call.asterisk.channel.environment["callerid"] = OURS
    call.desks.number = HIS
    return call


@pytest.mark.parametrize("after_s", [0.01, 0.3, 0.69])
async def test_a_key_in_the_first_moment_of_the_line_counts(after_s):
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(after_s)
        call.press("1")
    assert len(call.desks.called_back) == 1


@pytest.mark.parametrize(
    ("key", "after_s", "leads_to"),
    [("2", 0.01, ["message"]), ("1", 0.2, []), ("1", 1.0, ["call-back"])],
)
async def test_after_the_menu_another_key_counts_at_once_and_the_same_one_a_moment_later(
    key, after_s, leads_to
):
    call = Call(switches=["menu"])
    call.asterisk.answers = ["1"]
    async with asyncio.TaskGroup() as tasks:
        story = tasks.create_task(call.story())
        await call.room.entries(1)
        entered = len(call.desks.nodes())
        await asyncio.sleep(after_s)
        call.press(key)
        await asyncio.sleep(1)
        assert call.desks.nodes()[entered:][:1] == leads_to
        story.cancel()


async def test_a_key_pressed_while_a_seat_rang_in_vain_counts_in_the_line():
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        call.room.give("8001")
        await call.asterisk.dialled()
        await asyncio.sleep(3)
        call.press("1")
        call.asterisk.dial_ends("NOANSWER")
    assert len(call.desks.called_back) == 1


async def test_who_was_called_by_us_hears_the_notice_and_then_what_everybody_hears():
    call = called_by_us()
    call.desks.place_is(1, (2, 4))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        place = await call.room.entries(1)
        assert (place.skill_group, place.priority) == ("law", 2)
        assert (START - place.joined_at).total_seconds() == 600
        assert call.heard == [NOTICE]
        assert call.asterisk.told[0].startswith("HotlineNotice")
        await asyncio.sleep(35)
        assert {"hotline/comfort", "hotline/place-1", "hotline/estimate-1"} <= set(call.heard)
        assert call.desks.nodes() == ["line"]
        await call.until_talk_ends()
    assert call.heard.count(NOTICE) == 1


async def test_who_was_called_by_us_may_ask_to_be_called_again_at_his_own_number():
    call = called_by_us()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        place = await call.room.entries(1)
        await asyncio.sleep(0.1)
        call.press("1")
    assert call.desks.called_back == [(place, HIS)]


async def test_the_routing_table_is_asked_with_his_number_and_not_with_ours():
    call = called_by_us({"HOTLINE_STATE": "waiting"})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert [one.caller_number for one in call.routes.came] == [HIS]
        await call.until_talk_ends()


async def test_who_is_led_back_into_the_line_without_a_flow_is_comforted_and_told_nothing_twice():
    call = called_by_us(LED_BACK)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        place = await call.room.entries(1)
        assert place.turn == 2
        await asyncio.sleep(5)
        assert call.heard == ["hotline/comfort"]
        await call.until_talk_ends()


@pytest.mark.parametrize(("variables", "known"), [({"HOTLINE_LANGUAGE": "en"}, ""), ({}, "en")])
async def test_he_is_spoken_to_in_his_language_there_too(variables, known):
    call = called_by_us({**CALLED_BY_US, **variables}, language=known)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        words = [one[:4] for one in call.asterisk.commands]
        speaks = words.index(("SET", "VARIABLE", "CHANNEL(language)", "en"))
        assert speaks < words.index(("EXEC", "Playback", NOTICE))
        await call.until_talk_ends()


async def test_his_place_in_the_flow_outlives_the_service():
    first = called_by_us()
    async with asyncio.TaskGroup() as tasks:
        story = tasks.create_task(first.story())
        await first.room.entries(1)
        story.cancel()
    at = read_position(first.asterisk.variables["HOTLINE_FLOW"])
    assert (at.flow, at.node, at.room) == ("direct", "line", "line")
    again = called_by_us(first.asterisk.variables)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(again.story())
        await again.room.entries(1)
        assert again.heard == []
        assert "FlowStarted" not in again.desks.names()
        await again.until_talk_ends()
