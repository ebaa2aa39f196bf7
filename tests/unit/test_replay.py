"""A recorded day is run again: with its own rules the same, with others as they would have it."""

from dataclasses import replace

import pytest

from cti.events import CallQueued
from cti.ids import SkillGroupCode
from seats.events import SeatReserved
from seats.recorded_day import read_day
from seats.replay import as_it_was, replay, same_offers
from seats.rules import GroupRules, Relaxation, Rules
from tests.fakes.floor import GENERAL, LAW
from tests.fakes.generated_day import live_a_day

ENGLISH = SkillGroupCode("english")


def rules(first_level=1, worth=60.0, to_general_s=40.0) -> Rules:
    special = (
        Relaxation(after_s=20, max_level=2),
        Relaxation(after_s=to_general_s, also=(GENERAL,), flag="需外语支持"),
    )
    return Rules(
        version=1,
        groups={
            GENERAL: GroupRules(code=GENERAL, name="综合受理"),
            LAW: GroupRules(code=LAW, name="法律", first_level=first_level, relaxations=special),
            ENGLISH: GroupRules(
                code=ENGLISH, name="英语", first_level=first_level, relaxations=special
            ),
        },
        priority_worth_s=worth,
    )


SEATS = {
    "8001": {"general": 1},
    "8002": {"general": 1, "law": 2},
    "8003": {"general": 2, "law": 1},
    "8004": {"general": 1, "english": 1},
    "8005": {"general": 3, "english": 2, "law": 3},
    "8006": {"general": 2},
    "8007": {"english": 3},
    "8008": {"general": 1},
    "8009": {"law": 1},
}


@pytest.mark.parametrize("seed", [1, 2])
async def test_unchanged_rules_make_the_same_decisions_on_a_day_of_hundreds_of_calls(seed):
    lived = await live_a_day(rules(), SEATS, 400, seed)
    day = read_day(lived.events, lived.seats)
    was, now = as_it_was(day), replay(day, rules())
    made = [event for event in lived.events if isinstance(event, SeatReserved)]
    assert len(made) > 250
    assert [(o.call_id, o.seat_id) for o in now.offers] == [(e.call_id, e.seat_id) for e in made]
    assert same_offers(was, now) == len(made)
    assert [o.step for o in now.offers] == [e.step for e in made]
    assert max(o.step for o in now.offers) == 2
    assert now.waits == was.waits
    assert any(wait.gave_up_at for wait in was.waits)
    assert any(len(visit.attempts) > 1 for visit in day.visits)


async def test_other_rules_make_other_decisions_and_lose_no_call():
    lived = await live_a_day(rules(), SEATS, 300, 3)
    day = read_day(lived.events, lived.seats)
    was, now = as_it_was(day), replay(day, rules(to_general_s=0.0))
    assert same_offers(was, now) < len(was.offers)
    assert [w.call_id for w in now.waits] == [w.call_id for w in was.waits]
    for wait in now.waits:
        assert (wait.answered_at is None) != (wait.gave_up_at is None)
    special = {w.call_id for w in now.waits if w.skill_group != GENERAL}
    steps = {o.step for o in now.offers if o.call_id in special}
    assert steps == {1, 2}, "the general seats are there for them from the first second"


async def test_a_seat_talks_to_one_citizen_at_a_time_under_other_rules_too():
    lived = await live_a_day(rules(), SEATS, 300, 4)
    day = read_day(lived.events, lived.seats)
    now = replay(day, rules(first_level=3, worth=600))
    answered = {w.call_id: w for w in now.waits if w.answered_at}
    taken: dict[str, list] = {}
    for offer in now.offers:
        wait = answered.get(offer.call_id)
        if wait is not None and offer.at <= wait.answered_at:
            taken.setdefault(offer.seat_id, []).append(offer.at)
    assert all(times == sorted(set(times)) for times in taken.values())


async def test_a_day_of_a_smaller_house_has_longer_waits():
    lived = await live_a_day(rules(), SEATS, 300, 5)
    day = read_day(lived.events, lived.seats)
    fewer = {"8001", "8002", "8003", "8004"}
    smaller = replace(
        day,
        seats=tuple(s for s in day.seats if s.seat_id in fewer),
        wishes=tuple(w for w in day.wishes if w.seat_id in fewer),
    )

    def waited(served):
        return sum(w.waited_ms(lived.events[-1].at) for w in served.waits if w.answered_at)

    assert waited(replay(smaller, rules())) > waited(replay(day, rules()))


async def test_a_day_that_begins_in_the_middle_of_calls_goes_on_from_there():
    lived = await live_a_day(rules(), SEATS, 300, 6)
    half = len(lived.events) // 2
    seats = {s.seat_id: s for s in lived.seats}
    for event in lived.events[:half]:
        if hasattr(event, "was") and event.seat_id in seats:
            seats[event.seat_id] = replace(
                seats[event.seat_id],
                state=event.state,
                since=event.at,
                idle_since=event.idle_since,
                call_id=event.call_id,
            )
    day = read_day(lived.events[half:], seats.values())
    was, now = as_it_was(day), replay(day, rules())
    # Only those who waited at the cut are missing, and what followed from their being served.
    assert same_offers(was, now) > 0.9 * len(was.offers)


def test_an_empty_day_is_an_empty_day():
    day = read_day([], [])
    assert replay(day, rules()) == as_it_was(day)


async def test_the_dialplans_milliseconds_and_the_ushers_microseconds_are_one_visit():
    lived = await live_a_day(rules(), SEATS, 100, 7)
    events = []
    for event in lived.events:
        if isinstance(event, CallQueued):
            whole_ms = event.joined_at.microsecond // 1000 * 1000
            event = replace(event, joined_at=event.joined_at.replace(microsecond=whole_ms))
        events.append(event)
    day = read_day(events, lived.seats)
    assert len(day.visits) == 100
    assert same_offers(as_it_was(day), replay(day, rules())) == len(day.decisions)
