"""A seat whose telephone died in the middle of a talk: the citizen is kept for it, and it comes back."""

import pytest

from cti.errors import CallInOtherForm, CallOver, NotOnThisCall
from cti.events import Room
from cti.facts import CitizenGone, CitizenHeld, LegInRoom, LegRang, SeatGone, WaitingBegan
from tests.unit.test_switchboard import CALL, DEPARTMENT, NOON, A, open_house

SEAT = {"by": "li", "seat_id": "8001"}
KEPT = [
    ("note", "citizen", "HOTLINE_HELD_UNTIL"),
    ("lead", "citizen>hold-citizen"),
    ("hang-up", "A"),
]


async def its_leg_goes(house):
    await house.happens(house.fact(CitizenHeld), house.fact(SeatGone, seat_id="8001", leg_id=A))


async def test_a_page_that_was_loaded_anew_is_rung_and_the_talk_goes_on():
    async with open_house() as house:
        await house.board.bring_back(CALL, **SEAT)
        assert house.asked == [*KEPT, ("ring", "8001", "talk-seat")]
        leg = house.control.last.leg_id
        await house.happens(house.leg(LegRang, leg, "seat", "8001"))
        # The old leg's end is heard of late: nobody who rings is let go for it.
        await its_leg_goes(house)
        assert house.asked == []
        await house.happens(house.leg(LegInRoom, leg, "seat", "8001", room=Room.TALK))
        assert house.asked == [("lead", "citizen>talk-citizen")]
        call = house.calls[CALL]
        assert (call.seat_id, call.leg_id) == ("8001", leg)


async def test_a_citizen_of_a_dead_browser_hears_music_and_the_seat_comes_back_later():
    async with open_house() as house:
        await house.board.keep_for(CALL, seat_id="8001")
        assert house.asked == KEPT
        await its_leg_goes(house)
        assert house.board.kept_for("8001") == CALL
        await house.board.bring_back(CALL, **SEAT)
        assert house.asked == [("ring", "8001", "talk-seat")]


async def test_who_talks_with_a_department_meanwhile_is_not_put_on_hold():
    async with open_house() as house:
        leg = await house.board.invite(CALL, DEPARTMENT, **SEAT)
        await house.happens(
            house.leg(LegRang, leg, "third", "housing"),
            house.leg(LegInRoom, leg, "third", "housing", room=Room.TALK),
        )
        assert house.asked
        await house.board.bring_back(CALL, **SEAT)
        assert house.asked == [("hang-up", "A"), ("ring", "8001", "talk-seat")]


async def test_a_seat_that_was_not_there_or_hung_up_by_itself_is_not_brought_back():
    async with open_house() as house:
        with pytest.raises(NotOnThisCall):
            await house.board.bring_back(CALL, by="zhao", seat_id="8002")
        await house.happens(house.fact(SeatGone, seat_id="8001", leg_id=A))
        with pytest.raises(NotOnThisCall):
            await house.board.bring_back(CALL, **SEAT)


async def test_a_citizen_who_went_on_is_not_taken_out_of_the_line():
    async with open_house() as house:
        await house.board.keep_for(CALL, seat_id="8001")
        await its_leg_goes(house)
        await house.happens(
            house.fact(WaitingBegan, skill_group="general", joined_at=NOON, priority=0, turn=2)
        )
        with pytest.raises(CallInOtherForm):
            await house.board.bring_back(CALL, **SEAT)
        await house.happens(house.fact(CitizenGone, cause=16, lost=None))
        with pytest.raises(CallOver):
            await house.board.bring_back(CALL, **SEAT)
        assert house.board.kept_for("8001") is None
