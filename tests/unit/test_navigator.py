"""The citizen's story, on virtual time, against Asterisk's side of the AGI."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cti.facts import WhyNotAnswered
from ivr.errors import AgiCommandRefused, CitizenHungUp
from ivr.model import Offer
from ivr.navigator import Navigator
from ivr.settings import IvrSettings
from tests.fakes.agi_asterisk import CALL, FakeAsterisk
from tests.fakes.waiting_room import FakeWaitingRoom

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOON_MS = "1772337600000"
SECOND = timedelta(seconds=1)
NOTICE, GOODBYE = "hotline/recording-notice", "hotline/goodbye"
WAITED = {
    "HOTLINE_STATE": "waiting",
    "HOTLINE_GROUP": "tax",
    "HOTLINE_JOINED_AT": "1772337000123",
    "HOTLINE_PRIORITY": "-2",
}


MET = []
"""Facts that stories told themselves."""


def navigator(room: FakeWaitingRoom) -> Navigator:
    return Navigator(room, IvrSettings(ring_s=15), lambda: NOON, meet=MET.append)


async def ended_by(trouble: type[Exception], room: FakeWaitingRoom, asterisk: FakeAsterisk):
    with pytest.raises(trouble):
        await navigator(room).tell_story(asterisk.channel)


async def test_notice_then_waiting_then_a_seat_then_goodbye():
    MET.clear()
    room, asterisk = FakeWaitingRoom(), FakeAsterisk()
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        place = await room.entries(1)
        assert (place.call_id, place.skill_group) == (CALL, "general")
        assert (place.joined_at, place.priority) == (NOON, 0)
        assert asterisk.played == [NOTICE]
        assert asterisk.told == [
            f"HotlineNotice,HotlineCall: {CALL}",
            f"HotlineWaiting,HotlineCall: {CALL},Group: general,JoinedAt: {NOON_MS},Priority: 0,Turn: 1",
        ]
        assert asterisk.variables["HOTLINE_STATE"] == "waiting"
        assert asterisk.variables["HOTLINE_JOINED_AT"] == NOON_MS
        assert asterisk.commands[-1] == ("SET", "MUSIC", "ON")
        room.give("8001")
        assert await asterisk.dialled() == (
            "PJSIP/8001,15,gmb(hotline-seat-leg^s^1)U(hotline-seat-answered)"
        )
        assert not story.done()
        asterisk.dial_ends("ANSWER")
    assert room.ended == [("8001", None)]
    # AMI may have been deaf: the story itself says who came.
    assert [(fact.call_id, fact.caller_number) for fact in MET] == [(CALL, "13800000001")]
    assert asterisk.played == [NOTICE, GOODBYE]
    assert asterisk.variables["HOTLINE_STATE"] == "goodbye"
    assert asterisk.hung_up_by_us


async def test_nothing_is_said_to_asterisk_while_he_waits():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk()
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        await room.entries(1)
        before = len(asterisk.commands)
        await asyncio.sleep(7200)
        assert len(asterisk.commands) == before
        story.cancel()


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("NOANSWER", WhyNotAnswered.NO_ANSWER),
        ("BUSY", WhyNotAnswered.BUSY),
        ("CHANUNAVAIL", WhyNotAnswered.UNREACHABLE),
        ("CONGESTION", WhyNotAnswered.UNREACHABLE),
        ("INVALIDARGS", WhyNotAnswered.UNREACHABLE),
        ("", WhyNotAnswered.UNREACHABLE),
    ],
)
async def test_a_seat_that_does_not_answer_gives_him_back_to_his_old_place(status, why):
    room = FakeWaitingRoom()
    asterisk = FakeAsterisk({"HOTLINE_RETRIES": "2"})
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        first = await room.entries(1)
        assert asterisk.variables["HOTLINE_RETRIES"] == "2"
        room.give("8001")
        await asterisk.dialled()
        asterisk.dial_ends(status)
        assert await room.entries(2) == first
        assert room.ended == [("8001", why)]
        assert asterisk.variables["DIALSTATUS"] == ""
        assert asterisk.variables["HOTLINE_RETRIES"] == "0"
        assert asterisk.variables["HOTLINE_STATE"] == "waiting"
        assert asterisk.commands[-1] == ("SET", "MUSIC", "ON")
        story.cancel()


async def test_who_waited_already_waits_on_at_his_old_place_without_a_second_notice():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk(WAITED)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        place = await room.entries(1)
        story.cancel()
    assert (place.skill_group, place.priority) == ("tax", -2)
    assert place.joined_at == datetime(2026, 3, 1, 3, 50, 0, 123000, UTC)
    assert asterisk.played == []
    assert asterisk.told == [
        f"HotlineWaiting,HotlineCall: {CALL},Group: tax,JoinedAt: 1772337000123,Priority: -2,Turn: 1"
    ]


async def test_who_has_heard_the_notice_does_not_hear_it_again():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk({"HOTLINE_STATE": "noticed"})
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        place = await room.entries(1)
        story.cancel()
    assert asterisk.played == []
    assert place.joined_at == NOON


@pytest.mark.parametrize("state", ["", "arrived", "nonsense"])
async def test_nobody_is_recorded_without_having_been_told(state):
    room, asterisk = FakeWaitingRoom(), FakeAsterisk({"HOTLINE_STATE": state})
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        await room.entries(1)
        story.cancel()
    assert asterisk.played == [NOTICE]


@pytest.mark.parametrize("spoilt", ["abc", "9" * 40, "--5", "1.5", "²", "-"])
async def test_spoilt_variables_do_not_end_the_story(spoilt):
    variables = {"HOTLINE_JOINED_AT": spoilt, "HOTLINE_PRIORITY": spoilt}
    room, asterisk = FakeWaitingRoom(), FakeAsterisk({**WAITED, **variables})
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        place = await room.entries(1)
        story.cancel()
    assert (place.joined_at, place.priority) == (NOON, 0)


@pytest.mark.parametrize("known", [{"DIALSTATUS": "ANSWER"}, {"HOTLINE_STATE": "goodbye"}])
async def test_who_has_talked_with_a_seat_is_not_queued_again(known):
    room, asterisk = FakeWaitingRoom(), FakeAsterisk({**WAITED, **known})
    await navigator(room).tell_story(asterisk.channel)
    assert room.entered == []
    assert asterisk.played == [GOODBYE]
    assert asterisk.hung_up_by_us


async def test_a_missing_prompt_silences_no_call():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk(missing=(NOTICE, GOODBYE))
    async with asyncio.TaskGroup() as group:
        group.create_task(navigator(room).tell_story(asterisk.channel))
        await room.entries(1)
        room.give("8001")
        await asterisk.dialled()
        asterisk.dial_ends("ANSWER")
    assert asterisk.hung_up_by_us


async def _told_with_one_refusal_and_one_answer(asterisk: FakeAsterisk, room: FakeWaitingRoom):
    """The longest story there is; returns when it is over."""
    statuses = iter(("NOANSWER", "ANSWER"))

    async def floor() -> None:
        for count in (1, 2):
            await room.entries(count)
            room.give("8001")

    async def phones() -> None:
        while True:
            await asterisk.dialled()
            asterisk.dial_ends(next(statuses))

    async with asyncio.TaskGroup() as group:
        others = [group.create_task(floor()), group.create_task(phones())]
        try:
            await navigator(room).tell_story(asterisk.channel)
        finally:
            for other in others:
                other.cancel()


async def test_a_hang_up_at_any_command_leaves_the_line_and_ends_every_offer():
    whole = FakeAsterisk()
    await _told_with_one_refusal_and_one_answer(whole, FakeWaitingRoom())
    assert len(whole.commands) > 15
    for step in range(1, len(whole.commands) + 1):
        asterisk, room = FakeAsterisk(hangs_up_at=step), FakeWaitingRoom()
        with pytest.raises(ExceptionGroup) as ended:
            await _told_with_one_refusal_and_one_answer(asterisk, room)
        assert ended.group_contains(CitizenHungUp)
        assert len(asterisk.commands) == step
        assert room.line == {}
        dials = [command for command in asterisk.commands if command[:2] == ("EXEC", "Dial")]
        assert len(room.ended) == len(dials)
        if dials and asterisk.commands[-1] is dials[-1]:
            assert room.ended[-1][1] is WhyNotAnswered.CITIZEN_GONE


async def test_a_hang_up_while_he_waits_leaves_the_line_at_once():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk()
    async with asyncio.TaskGroup() as group:
        story = group.create_task(ended_by(CitizenHungUp, room, asterisk))
        await room.entries(1)
        asterisk.channel.went()
        await room.is_empty()
        await story
    assert room.ended == []


async def test_a_hang_up_just_before_a_seat_was_found_ends_that_offer():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk()

    class LateRoom(FakeWaitingRoom):
        async def seat_for(self, place) -> Offer:
            asterisk.channel._is_gone = True  # gone, and nobody was told: it came in this turn
            return Offer(seat_id="8001", dial="PJSIP/8001")

    room = LateRoom()
    with pytest.raises(CitizenHungUp):
        await navigator(room).tell_story(asterisk.channel)
    assert room.ended == [("8001", WhyNotAnswered.CITIZEN_GONE)]


async def test_a_cancelled_story_leaves_the_line_and_what_it_knew_on_the_channel():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk({"HOTLINE_RETRIES": "1"})
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        await room.entries(1)
        story.cancel()
    assert story.cancelled()
    assert room.line == {}
    assert asterisk.variables["HOTLINE_STATE"] == "waiting"
    assert asterisk.variables["HOTLINE_JOINED_AT"] == NOON_MS


async def test_a_story_cancelled_while_a_seat_rings_ends_the_offer():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk()
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        await room.entries(1)
        room.give("8001")
        await asterisk.dialled()
        story.cancel()
    assert room.ended == [("8001", WhyNotAnswered.CITIZEN_GONE)]


async def test_a_dial_that_asterisk_refuses_ends_the_offer():
    room, asterisk = FakeWaitingRoom(), FakeAsterisk(WAITED)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(ended_by(AgiCommandRefused, room, asterisk))
        await room.entries(1)
        asterisk.refuses = "EXEC"
        room.give("8001")
        await story
    assert room.ended == [("8001", WhyNotAnswered.CITIZEN_GONE)]
    # The dialplan counts on: a story that fails each time ends in the lifeboat.
    assert asterisk.variables.get("HOTLINE_RETRIES") is None


@pytest.mark.parametrize(("noted", "comes_back"), [(NOON, True), (NOON - 9 * SECOND, False)])
async def test_who_loses_his_seat_in_mid_talk_has_his_place_again_and_is_told(noted, comes_back):
    room, asterisk = FakeWaitingRoom(), FakeAsterisk(WAITED)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator(room).tell_story(asterisk.channel))
        first = await room.entries(1)
        room.give("8001")
        await asterisk.dialled()
        asterisk.variables["SHARED(HOTLINE_LOST)"] = str(int(noted.timestamp()))
        asterisk.dial_ends("ANSWER")
        if not comes_back:
            # An older leg's: this talk was ended by its operator.
            await story
            assert asterisk.played == [GOODBYE]
            return
        again = await room.entries(2)
        assert again == replace(first, turn=2)
        assert asterisk.played == ["hotline/talk-lost"]
        assert asterisk.variables["SHARED(HOTLINE_LOST)"] == asterisk.variables["DIALSTATUS"] == ""
        assert asterisk.variables["HOTLINE_TURN"] == "2"
        room.give("8002")
        await asterisk.dialled()
        asterisk.dial_ends("ANSWER")
    assert asterisk.played == ["hotline/talk-lost", GOODBYE]
    assert room.ended == [("8001", None), ("8002", None)]
