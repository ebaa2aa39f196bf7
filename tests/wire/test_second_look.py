"""A second look over a live link: shown, not met, while events go on being met."""

import asyncio

import pytest

from cti.call import CallState
from cti.errors import ActionLost, LinkLost, MalformedMessage
from cti.facts import CitizenArrived, PhoneState
from cti.second_look import calls_seen, remedies
from tests.fakes.asterisk_ami import FakeAsterisk, message, rows
from tests.wire.test_ami_link import CALL, citizen, hangup, linked, newchannel


async def test_a_look_shows_channels_and_phones_and_changes_nothing_by_itself():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")
        story, phones = witness.story.copy(), len(witness.phones)
        asterisk.channels = [citizen()]
        asterisk.devices = {"PJSIP/8001": "UNAVAILABLE", "PJSIP/8002": "INUSE"}
        look = await link.look_again()
        assert [p.phone for p in look.phones] == [PhoneState.UNREACHABLE, PhoneState.IN_USE]
        assert look.listed.legs == {CALL}
        assert calls_seen(look)[CALL].state is CallState.QUEUED
        assert (witness.story, len(witness.phones)) == (story, phones)
        assert CALL not in witness.tracker.calls
        (remedy,) = remedies(witness.tracker.calls, look)
        for fact in remedy.facts:
            witness.tracker.meet(fact)
        assert witness.tracker.calls[CALL].state is CallState.QUEUED
        assert remedies(witness.tracker.calls, await link.look_again()) == ()


async def test_events_during_a_look_are_met_and_phones_news_is_told():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")

        def channels_after_an_event(action):
            news = message("Event: DeviceStateChange", "Device: PJSIP/8001\nState: NOT_INUSE")
            listed = rows(action, "CoreShowChannels", "CoreShowChannel", [])
            return newchannel() + news + listed + hangup()

        asterisk.answers["CoreShowChannels"] = channels_after_an_event
        look = await link.look_again()
        await witness.hears("CallAbandoned")
        assert witness.story[-2:] == ["CallArrived", "CallAbandoned"]
        assert [p.seat_id for p in witness.phones] == ["8001"]
        assert not [fact for fact in look.facts if isinstance(fact, CitizenArrived)]


async def test_a_leg_that_is_not_listed_is_gone_only_for_who_acts_on_the_look():
    async with FakeAsterisk() as asterisk:
        asterisk.channels = [citizen()]
        async with linked(asterisk) as (link, witness):
            await witness.hears("LinkRestored")
            asterisk.channels = []
            look = await link.look_again()
            assert witness.tracker.calls[CALL].state is CallState.QUEUED
            (remedy,) = remedies(witness.tracker.calls, look)
            assert [type(fact).__name__ for fact in remedy.facts] == ["CitizenGone"]


async def test_a_list_with_a_hole_is_no_look():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")

        def with_a_hole(action):
            whole = rows(action, "CoreShowChannels", "CoreShowChannel", [citizen()])
            return whole.replace(b"ListItems: 1", b"ListItems: 2")

        asterisk.answers["CoreShowChannels"] = with_a_hole
        with pytest.raises(MalformedMessage):
            await link.look_again()
        del asterisk.answers["CoreShowChannels"]
        assert (await link.look_again()).facts == ()


async def test_without_phones_there_is_a_look_all_the_same():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")
        asterisk.answers["DeviceStateList"] = lambda action: (
            f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: no\r\n\r\n".encode()
        )
        assert (await link.look_again()).phones == ()


async def test_there_is_one_look_at_a_time_and_none_after_the_link_is_lost():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")
        asterisk.answers["CoreShowChannels"] = lambda _action: None

        async def refused():
            await asterisk.asked("CoreShowChannels", times=2)
            with pytest.raises(LinkLost):
                await link.look_again()
            asterisk.hang_up()

        async with asyncio.TaskGroup() as group:
            group.create_task(refused(), name="a second look beside the first")
            with pytest.raises(ActionLost):
                await link.look_again()
        del asterisk.answers["CoreShowChannels"]
        await witness.hears("LinkRestored", times=2)
        assert (await link.look_again()).facts == ()
