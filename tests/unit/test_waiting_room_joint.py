"""A waiting citizen's story believes his own line, and no event alone."""

import asyncio

import pytest

from cti.events import Blame, CallAbandoned, Ending
from hotline.joints import STILL_THERE_S, UsherWaitingRoom
from ivr.errors import CitizenHungUp
from ivr.model import Place
from seats.usher import Usher
from tests.fakes.floor import GENERAL, Floor, call, definition

X = call(1)


def place(floor):
    return Place(call_id=X, skill_group=GENERAL, joined_at=floor.now(), priority=0)


def abandoned(floor):
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    return CallAbandoned(at=floor.now(), call_id=X, waited_ms=0, ending=ending)


async def test_a_false_word_of_his_hanging_up_costs_the_citizen_seconds_and_not_his_call():
    floor = Floor(definition("8001"))
    usher = Usher(floor.roster, (), floor.told.append, floor.now)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(UsherWaitingRoom(usher).seat_for(place(floor)), name="story")
        await asyncio.sleep(30)
        joined_at = usher.line[0].joined_at
        usher.on_call_event(abandoned(floor))
        assert usher.line == ()
        await asyncio.sleep(STILL_THERE_S + 0.1)
        assert [citizen.joined_at for citizen in usher.line] == [joined_at]
        floor.ready("8001")
        assert (await story).seat_id == "8001"


async def test_a_true_one_ends_the_story_because_its_own_line_says_so_too():
    floor = Floor(definition("8001"))
    usher = Usher(floor.roster, (), floor.told.append, floor.now)
    async with asyncio.TaskGroup() as group:
        story = group.create_task(UsherWaitingRoom(usher).seat_for(place(floor)), name="story")
        await asyncio.sleep(1)
        usher.on_call_event(abandoned(floor))
        story.cancel()
        await asyncio.sleep(60)
    assert usher.line == ()


async def test_a_citizen_without_a_channel_waits_no_more():
    floor = Floor(definition("8001"))
    usher = Usher(floor.roster, (), floor.told.append, floor.now)
    async with asyncio.TaskGroup() as group:

        async def story():
            with pytest.raises(CitizenHungUp):
                await UsherWaitingRoom(usher).seat_for(place(floor))

        group.create_task(story(), name="story")
        await asyncio.sleep(1)
        usher.forget(X)
