"""Operations that wait for somebody to answer: one at a time, given up in time, and never half."""

import asyncio

import pytest

from cti.awaited import OVERDUE_S
from cti.errors import CommandUnderWay, LinkLost
from cti.events import Room
from cti.facts import CitizenHeld, LegInRoom, LegRang
from tests.unit.test_switchboard import B_SEAT, BY, CALL, DEPARTMENT, A, open_house


async def _held(house):
    await house.happens(
        house.fact(CitizenHeld), house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE)
    )


async def test_a_phone_of_which_nothing_is_heard_gives_the_citizen_back():
    async with open_house() as house:
        await house.board.transfer(CALL, B_SEAT, **BY)
        await _held(house)
        assert house.asked
        await asyncio.sleep(OVERDUE_S + 0.1)
        assert house.asked == [("hang-up", "new"), ("lead", "citizen>talk-citizen", "A>talk-seat")]
        assert house.seats.given_back == ["8002"]


async def test_a_phone_that_rings_is_given_its_time():
    async with open_house() as house:
        leg = await house.board.transfer(CALL, B_SEAT, **BY)
        await _held(house)
        await house.happens(house.leg(LegRang, leg, "seat", "8002"))
        assert house.asked
        await asyncio.sleep(25)
        assert house.asked == []
        await asyncio.sleep(15)
        assert house.asked == [("hang-up", "new"), ("lead", "citizen>talk-citizen", "A>talk-seat")]


async def test_a_link_that_is_down_is_asked_again_and_not_without_pause():
    async with open_house() as house:
        await house.board.transfer(CALL, B_SEAT, **BY)
        await _held(house)
        tries = []

        async def lost(leg_id):
            tries.append(leg_id)
            raise LinkLost

        house.control.hang_up_leg = lost
        await asyncio.sleep(4 * OVERDUE_S + 0.1)
        assert len(tries) == 4


async def test_only_one_is_rung_aside_at_a_time():
    async with open_house() as house:
        await house.board.consult(CALL, DEPARTMENT, **BY)
        await _held(house)
        assert house.asked
        with pytest.raises(CommandUnderWay):
            await house.board.transfer(CALL, B_SEAT, **BY)
        assert house.asked == []
        assert "8002" in house.seats.free


async def test_who_takes_the_citizen_back_stops_the_ringing():
    async with open_house() as house:
        await house.board.transfer(CALL, B_SEAT, **BY)
        await _held(house)
        assert house.asked
        await house.board.retrieve(CALL, **BY)
        assert house.asked == [("hang-up", "new"), ("lead", "citizen>talk-citizen", "A>talk-seat")]
        await asyncio.sleep(60)
        assert house.asked == []


async def test_muting_a_seat_aside_does_not_bring_the_citizen_back():
    async with open_house() as house:
        await house.board.hold(CALL, **BY)
        await _held(house)
        assert house.asked
        await house.board.mute(CALL, None, on=True, **BY)
        assert house.asked == [("mute", "A", True)]
