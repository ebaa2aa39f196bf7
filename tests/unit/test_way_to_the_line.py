"""The story asks the routing table once, and a place once given stays."""

import asyncio

from ivr.model import Way
from ivr.navigator import Navigator
from ivr.settings import IvrSettings
from tests.fakes.agi_asterisk import CALL, FakeAsterisk
from tests.fakes.waiting_room import FakeWaitingRoom
from tests.unit.test_navigator import NOON, WAITED


class OneWay:
    def __init__(self, way):
        self.way_given = way
        self.asked = []

    def way(self, coming):
        self.asked.append(coming)
        return self.way_given


async def place_of(variables, way):
    room, asterisk, routes = FakeWaitingRoom(), FakeAsterisk(variables), OneWay(way)
    navigator = Navigator(room, IvrSettings(), lambda: NOON, routes)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(navigator.tell_story(asterisk.channel))
        place = await room.entries(1)
        story.cancel()
    return place, asterisk, routes.asked


async def test_a_new_call_joins_the_group_of_its_way_after_the_ways_prompt():
    chosen = {"HOTLINE_CALLED": "12329", "HOTLINE_KEY": "1", "HOTLINE_LANGUAGE": "en"}
    way = Way(skill_group="law", priority=2, prompt="hotline/please-wait")
    place, asterisk, (asked,) = await place_of(chosen, way)
    assert (place.skill_group, place.priority) == ("law", 2)
    assert (asked.call_id, asked.called_number, asked.key, asked.language) == (
        CALL,
        "12329",
        "1",
        "en",
    )
    assert asterisk.played == ["hotline/recording-notice", "hotline/please-wait"]
    assert asterisk.variables["HOTLINE_GROUP"] == "law"
    assert asterisk.variables["HOTLINE_PRIORITY"] == "2"


async def test_who_has_a_place_keeps_it_whatever_the_table_says_now():
    place, _, asked = await place_of(WAITED, Way(skill_group="law", priority=5))
    assert (place.skill_group, place.priority, asked) == ("tax", -2, [])
