"""The shipped flows on a channel: what Asterisk is asked to do, and what is left behind."""

import asyncio
import contextlib
from datetime import UTC, date, datetime, timedelta

import pytest

from cti.errors import ActionRefused
from cti.events import KeyPressed
from ivr.errors import CitizenHungUp
from ivr.flow_position import read_position
from ivr.flow_steps import LookedUp
from ivr.model import Admission, Way
from ivr.navigator import Navigator
from ivr.settings import IvrSettings
from ivr.spoken import spoken
from tests.fakes.agi_asterisk import CALL, FakeAsterisk
from tests.fakes.story_desks import DesksInMemory
from tests.fakes.waiting_room import FakeWaitingRoom

START = datetime(2026, 3, 1, 4, tzinfo=UTC)
NOTICE, GOODBYE = "hotline/recording-notice", "hotline/goodbye"


class Wishes:
    """A routing table that takes every wish."""

    def __init__(self):
        self.came = []

    def way(self, coming):
        self.came.append(coming)
        return Way(skill_group=coming.wish or "general")


class Call:
    """One citizen, one channel, one story."""

    def __init__(self, variables=None, **desks):
        self.asterisk = FakeAsterisk(variables)
        self.desks = DesksInMemory(hush=self.asterisk.hush, **desks)
        self.room, self.routes = FakeWaitingRoom(), Wishes()
        self.navigator = Navigator(
            self.room, IvrSettings(), self.now, self.routes, desks=self.desks.desks()
        )

    def now(self):
        # Aware, and as fast as the (virtual) loop's clock.
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def story(self):
        await self.navigator.tell_story(self.asterisk.channel)

    async def hung_up(self):
        with pytest.raises(CitizenHungUp):
            await self.story()

    def press(self, key):
        self.desks.keys.on_event(KeyPressed(call_id=CALL, at=self.now(), key=key))

    async def until_talk_ends(self):
        self.room.give("8001")
        await self.asterisk.dialled()
        self.asterisk.dial_ends("ANSWER")

    @property
    def position(self):
        return read_position(self.asterisk.variables["HOTLINE_FLOW"])

    @property
    def heard(self):
        return self.asterisk.played


async def test_the_direct_profile_is_the_notice_and_then_the_line():
    call = Call()
    async with asyncio.TaskGroup() as group:
        group.create_task(call.story())
        place = await call.room.entries(1)
        assert (place.skill_group, place.turn) == ("general", 1)
        assert call.heard == [NOTICE]
        assert call.asterisk.told[0] == f"HotlineNotice,HotlineCall: {CALL}"
        assert call.asterisk.variables["HOTLINE_STATE"] == "waiting"
        assert (call.position.node, call.position.room) == ("line", "line")
        await call.until_talk_ends()
    assert call.heard == [NOTICE, GOODBYE]
    assert call.desks.nodes() == ["known-language", "notice", "line"]
    assert call.asterisk.hung_up_by_us


@pytest.mark.parametrize(
    ("keys", "group"),
    [(["0"], ""), (["1"], "general"), (["6"], "law"), (["9"], "dialect"), (["8"], "foreign_en")],
)
async def test_a_key_of_the_menu_leads_to_its_group(keys, group):
    call = Call(switches=["menu"])
    call.asterisk.answers = list(keys)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.routes.came[-1].wish == group
        await call.until_talk_ends()
    assert call.asterisk.hung_up_by_us


async def test_silence_in_the_menu_ends_at_a_person_too():
    call = Call(switches=["menu"])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.heard.count("hotline/main-menu-1") == 2
        await call.until_talk_ends()


async def test_who_is_known_to_speak_english_hears_english_and_gets_the_group():
    call = Call(language="en")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.asterisk.variables["CHANNEL(language)"] == "en"
        assert call.routes.came[-1].language == "en"
        await call.until_talk_ends()
    assert "LanguageChosen" in call.desks.names()


async def test_who_chooses_english_in_the_menu_is_told_of_the_recording_in_english_too():
    call = Call(switches=["menu"])
    call.asterisk.answers = ["8"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        languages = [c[3] for c in call.asterisk.commands if c[2:3] == ("CHANNEL(language)",)]
        assert languages == ["zh", "en"]
        assert call.heard.count(NOTICE) == 2
        await call.until_talk_ends()


async def test_a_refused_number_hears_why_and_waits_in_no_line():
    call = Call()
    call.desks.admission = Admission(refused=True, announcement="too-many-calls")
    await call.story()
    assert call.heard == ["hotline/too-many-calls"]
    assert call.room.entered == []
    assert call.asterisk.hung_up_by_us
    assert call.asterisk.variables["HOTLINE_STATE"] == "goodbye"


async def test_a_blocked_number_is_told_when_the_block_ends():
    call = Call()
    end = datetime(2026, 11, 30, 7, tzinfo=UTC)  # three in the afternoon in China
    call.desks.admission = Admission(
        refused=True, announcement="number-blocked", values={"until": end}
    )
    await call.story()
    assert "&".join(call.heard).split("&") == [
        "hotline/number-blocked-1",
        *(f"hotline/{part}" for part in spoken("moment", end, "zh")),
        "hotline/number-blocked-3",
    ]


async def test_a_limited_number_stands_behind_the_others():
    call = Call()
    call.desks.admission = Admission(priority=-3)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        assert (await call.room.entries(1)).priority == -3
        await call.until_talk_ends()


async def test_waiting_he_is_comforted_told_his_place_and_something_useful():
    call = Call()
    call.desks.place_is(2, (3, 5))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(35)
        told = call.heard[1:]
        assert told[0] == "hotline/comfort"
        assert {"hotline/place-1", "hotline/say-n-2", "hotline/estimate-1"} <= set(told)
        assert told[-1] == "hotline/useful-ready"
        assert call.asterisk.commands[-1] == ("SET", "MUSIC", "ON")
        assert "PlaceAnnounced" in call.desks.names()
        await call.until_talk_ends()


async def test_an_announcement_is_cut_short_at_once_when_a_seat_is_free():
    call = Call()
    call.asterisk.holds_announcements = True
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert await call.asterisk.announced.get() == "hotline/comfort"
        before = call.now()
        call.room.give("8001")
        await call.asterisk.dialled()
        assert call.now() - before < timedelta(seconds=0.2)
        assert call.asterisk.hushed == 1
        call.asterisk.dial_ends("ANSWER")


async def test_a_hang_up_in_an_announcement_leaves_the_line():
    call = Call()
    call.asterisk.holds_announcements = True
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.hung_up())
        await call.room.entries(1)
        await call.asterisk.announced.get()
        call.asterisk.channel.went()
        await call.room.is_empty()
    assert call.room.ended == []


async def test_a_service_that_ends_in_an_announcement_leaves_his_place_on_the_channel():
    call = Call()
    call.asterisk.holds_announcements = True
    async with asyncio.TaskGroup() as tasks:
        story = tasks.create_task(call.story())
        await call.room.entries(1)
        await call.asterisk.announced.get()
        story.cancel()
    assert call.room.line == {}
    assert call.asterisk.variables["HOTLINE_STATE"] == "waiting"
    again = Call(call.asterisk.variables)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(again.story())
        place = await again.room.entries(1)
        # The channel keeps milliseconds.
        assert abs(place.joined_at - call.room.entered[0].joined_at) < timedelta(seconds=0.002)
        assert NOTICE not in again.heard
        await again.until_talk_ends()


async def test_an_announcement_that_cannot_be_cut_short_only_delays_the_seat():
    call = Call()
    call.asterisk.holds_announcements = True
    refusals = [ActionRefused("not playing"), ActionRefused("not playing")]

    def hush():
        if refusals:
            raise refusals.pop()
        call.asterisk.hush()

    call.desks._hush = hush
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await call.asterisk.announced.get()
        await call.until_talk_ends()
    assert refusals == []


async def test_a_seat_that_is_free_while_he_only_waits_needs_no_hush():
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(10)
        await call.until_talk_ends()
    assert call.asterisk.hushed == 0


async def test_after_a_while_he_may_be_called_back_and_keeps_his_place():
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        place = await call.room.entries(1)
        await asyncio.sleep(61)
        assert call.heard[-1] == "hotline/offer"
        call.press("1")
    assert call.desks.called_back == [(place, "13800000001")]
    assert call.room.line == {}
    assert call.heard[-2:] == ["hotline/callback-noted", GOODBYE]
    assert call.asterisk.hung_up_by_us


async def test_a_key_of_the_offer_counts_before_it_is_asked():
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(5)
        call.press("5")
        call.press("1")
    assert len(call.desks.called_back) == 1


async def test_a_late_key_of_the_menu_is_no_answer_in_the_line():
    call = Call(switches=["menu"])
    call.asterisk.answers = ["1"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        call.press("1")  # AMI says again what the menu has taken
        await asyncio.sleep(10)
        assert call.desks.called_back == []
        await call.until_talk_ends()


async def test_who_goes_on_waiting_keeps_his_place_and_is_served():
    call = Call()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(61)
        call.press("3")
        await asyncio.sleep(5)
        assert len(call.room.entered) == 1
        await call.until_talk_ends()


async def test_he_leaves_a_message_says_it_anew_and_confirms():
    call = Call()
    call.asterisk.speaks = ["#", "#"]
    call.asterisk.answers = ["2", "1"]
    call.asterisk.variables["HOTLINE_LEGS"] = "/legs"
    slow_clock(call)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await asyncio.sleep(61)
        call.press("2")
    assert call.asterisk.recorded == [f"/legs/{CALL}-own-{CALL}-m1"] * 2
    assert call.desks.left_messages == [(f"{CALL}-m1", True)]
    assert call.heard[-1] == "hotline/message-kept"
    assert call.room.line == {}
    assert call.asterisk.hung_up_by_us


def slow_clock(call):
    """He speaks for seconds though the fake answers at once: each look at the clock is 2 s later."""
    looks = iter(range(0, 100_000, 2))
    call.navigator._now = lambda: START + timedelta(seconds=next(looks))
    call.now = lambda: START + timedelta(days=1)


async def test_who_hangs_up_at_the_question_has_left_his_message():
    call = Call()
    call.asterisk.speaks = ["#"]
    call.asterisk.answers = ["hang up"]
    slow_clock(call)

    async def first_prompt_is_heard():
        # The prompt before the recording is a question too: he does not hang up in it.
        call.asterisk.answers = []
        await call.hung_up()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(first_prompt_is_heard())
        await call.room.entries(1)
        await asyncio.sleep(61)
        call.press("2")
        while not call.asterisk.recorded:  # noqa: ASYNC110 - the fake answers within turns
            await asyncio.sleep(0)
        call.asterisk.answers = ["hang up"]
    assert call.desks.left_messages == [(f"{CALL}-m1", False)]


async def test_his_own_order_is_told_to_him_and_he_urges_it():
    call = Call(switches=["menu"])
    call.desks.order = LookedUp(
        order="20261121-000042", values={"day": date(2026, 11, 21), "state": "state-accepted"}
    )
    call.asterisk.answers = ["2", "482913", "1"]
    await call.story()
    assert call.desks.codes == [("13800000001", "482913")]
    assert call.desks.urged == 1
    assert "hotline/state-accepted" in call.heard
    assert call.asterisk.variables["HOTLINE_DIGITS"] == ""
    sets = [c[2:] for c in call.asterisk.commands if c[:2] == ("SET", "VARIABLE")]
    private = [value for name, value in sets if name == "HOTLINE_PRIVATE"]
    assert private == ["yes", ""]
    assert not [value for _, value in sets if "482913" in value]


async def test_three_wrong_codes_bring_a_person():
    call = Call(switches=["menu"])
    call.asterisk.answers = ["2", "111111", "222222", "333333"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert len(call.desks.codes) == 3
        await call.until_talk_ends()


async def test_a_single_zero_among_digits_is_a_person():
    call = Call(switches=["menu"])
    call.asterisk.answers = ["2", "0"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.desks.codes == []
        await call.until_talk_ends()


async def test_after_the_talk_he_is_asked_once():
    call = Call()
    call.desks.wants_survey = True
    call.asterisk.answers = ["5"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await call.until_talk_ends()
    assert call.desks.answers == ["5"]
    assert call.heard[-2:] == ["hotline/survey", GOODBYE]


async def test_a_survey_without_a_key_is_no_answer():
    call = Call()
    call.desks.wants_survey = True
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        await call.until_talk_ends()
    assert call.desks.answers == [None]


async def test_zero_in_the_survey_is_a_person_once_more_at_his_old_place():
    call = Call()
    call.desks.wants_survey = True
    call.asterisk.answers = ["0"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        first = await call.room.entries(1)
        await call.until_talk_ends()
        again = await call.room.entries(2)
        assert (again.turn, again.skill_group) == (2, first.skill_group)
        await call.until_talk_ends()
    assert call.asterisk.hung_up_by_us


async def test_from_a_room_he_comes_back_to_the_question():
    call = Call({"HOTLINE_STATE": "goodbye", "HOTLINE_GROUP": "general"})
    call.desks.wants_survey = True
    call.asterisk.answers = ["4"]
    await call.story()
    assert call.desks.answers == ["4"]
    assert call.room.entered == []


async def test_a_service_that_dies_in_the_menu_goes_on_in_the_menu_and_not_in_the_greeting():
    variables = {"HOTLINE_STATE": "noticed", "HOTLINE_FLOW": "menu@7/menu/ask/0/4/0/0/zh/-/"}
    call = Call(variables, switches=["menu"])
    call.asterisk.answers = ["6"]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert NOTICE not in call.heard
        assert call.routes.came[-1].wish == "law"
        assert "FlowStarted" not in call.desks.names()
        await call.until_talk_ends()


async def test_taken_up_for_the_third_time_he_goes_to_a_person():
    variables = {"HOTLINE_STATE": "noticed", "HOTLINE_FLOW": "menu@7/menu/ask/0/4/0/2/zh/-/"}
    call = Call(variables, switches=["menu"])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.asterisk.questions == []
        await call.until_talk_ends()


@pytest.mark.parametrize(
    "word", ["nonsense", "menu@3/menu/ask/0/4/0/0/zh/-/", "gone@7/x/say/0/1/0/0/zh/-/"]
)
async def test_a_position_that_nobody_knows_leads_to_a_person(word):
    call = Call({"HOTLINE_STATE": "noticed", "HOTLINE_FLOW": word}, switches=["menu"])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        await call.room.entries(1)
        assert call.heard == []
        await call.until_talk_ends()


async def test_who_waited_in_the_lifeboat_is_asked_nothing_more():
    variables = {"HOTLINE_STATE": "noticed", "HOTLINE_JOINED_AT": "1772337000123"}
    call = Call(variables, switches=["menu"])
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call.story())
        place = await call.room.entries(1)
        assert place.joined_at == datetime(2026, 3, 1, 3, 50, 0, 123000, UTC)
        assert call.heard == []
        await call.until_talk_ends()


async def test_a_hang_up_at_any_command_ends_the_story_and_every_offer():
    """The menu, his order, the line, a seat."""

    async def told(hangs_up_at):
        call = Call(switches=["menu"])
        call.asterisk._hangs_up_at = hangs_up_at
        call.asterisk.answers = ["2", "111111", "0"]

        async def floor():
            await call.room.entries(1)
            call.room.give("8001")
            await call.asterisk.dialled()
            call.asterisk.dial_ends("ANSWER")

        async with asyncio.TaskGroup() as tasks:
            seats = tasks.create_task(floor())
            with contextlib.suppress(CitizenHungUp):
                await call.story()
            seats.cancel()
        return call

    whole = await told(0)
    assert len(whole.asterisk.commands) > 30
    for step in range(1, len(whole.asterisk.commands) + 1):
        call = await told(step)
        assert len(call.asterisk.commands) == step
        assert call.room.line == {}
        dials = [one for one in call.asterisk.commands if one[:2] == ("EXEC", "Dial")]
        assert len(call.room.ended) == len(dials)
