"""Posts and shifts change skills under a running floor."""

from datetime import UTC, datetime

from cti.events import CallAnswered, CallOffered
from seats.model import SeatDefinition, SeatState
from seats.roster import SeatRoster
from seats.settings import SeatsSettings

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


def definition(seat, **skills):
    return SeatDefinition(seat_id=seat, operator_name=seat, skills=skills)


async def test_a_seat_in_a_call_gets_new_skills_and_nothing_else_changes():
    told, looked = [], []
    roster = SeatRoster([definition("8001", general=1)], SeatsSettings(), told.append, lambda: NOON)
    roster.watch(lambda: looked.append(1))
    roster.sign_in("8001", "wang")
    roster.set_ready("8001", "wang")
    roster.reserve("8001", "c1")
    roster.on_call_event(CallOffered(at=NOON, call_id="c1", seat_id="8001"))
    roster.on_call_event(CallAnswered(at=NOON, call_id="c1", seat_id="8001", waited_ms=0))
    before, said = roster.seats["8001"], len(told)
    looked.clear()
    roster.redefine([definition("8001", law=1), definition("8002", general=2)])
    after = roster.seats["8001"]
    assert after.level_for("law") == 1
    assert after.level_for("general") is None
    assert (after.state, after.call_id, after.since) == (SeatState.TALKING, "c1", before.since)
    assert roster.seats["8002"].state is SeatState.SIGNED_OUT
    assert (len(told), len(looked)) == (said, 1)
    roster.redefine([])
    assert set(roster.seats) == {"8001", "8002"}
