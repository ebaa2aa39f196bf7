"""The router's rules as one would say them aloud, without regard to cost; and random histories.

Nothing here uses the router's own structures: lists are searched, everybody is looked at.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from cti.ids import SeatId, SkillGroupCode
from seats.floor import Floor
from seats.line import Line
from seats.model import Seat, SeatState, WaitingCitizen
from seats.router import decide
from seats.rules import GroupRules, Relaxation, Rules
from tests.fakes.floor import NOON, a_seat, call


@dataclass(frozen=True)
class Said:
    """What the words say."""

    call_id: str
    seat_id: str
    step: int
    flag: str | None
    sticky: bool
    ahead: int
    considered: int
    same_level: int


def service_order(citizen: WaitingCitizen, rules: Rules):
    group = rules.groups.get(citizen.skill_group)
    head_start = group.head_start_s if group else 0.0
    credit = timedelta(seconds=citizen.priority * rules.priority_worth_s + head_start)
    return (citizen.joined_at - credit, citizen.joined_at, citizen.call_id)


def in_words(line: list[WaitingCitizen], seats: list[Seat], rules: Rules, now: datetime):
    """The offer, or None."""
    ready = [s for s in seats if s.state is SeatState.READY and s.phone_reachable]
    for ahead, citizen in enumerate(sorted(line, key=lambda c: service_order(c, rules))):
        own = citizen.skill_group
        group = rules.groups.get(own) or GroupRules(code=own, name=own)
        signed_in = [
            s for s in seats
            if own in s.definition.skills and s.state is not SeatState.SIGNED_OUT
        ]  # fmt: skip
        waited = now - citizen.joined_at
        step, limit, groups, flag = 0, group.first_level, [own], None
        by_time = sorted(group.relaxations, key=lambda one: one.after_s)
        for number, relaxation in enumerate(by_time, start=1):
            if not signed_in or waited >= timedelta(seconds=relaxation.after_s):
                step, limit = number, relaxation.max_level
                groups, flag = [own, *relaxation.also], relaxation.flag
        sticky = [
            s for s in ready
            if s.seat_id == citizen.sticky_seat
            and own in s.definition.skills
            and waited <= timedelta(seconds=rules.sticky_s)
        ]  # fmt: skip
        if sticky:
            level = sticky[0].definition.skills[own]
            serving = [s for s in ready if own in s.definition.skills]
            equal = [s for s in serving if s.definition.skills[own] == level]
            return Said(
                citizen.call_id, sticky[0].seat_id, step, None, True, ahead,
                len(serving), len(equal),
            )  # fmt: skip
        for code in groups:
            able = [
                s for s in ready
                if code in s.definition.skills
                and (limit is None or s.definition.skills[code] <= limit)
            ]  # fmt: skip
            if not able:
                continue
            chosen = min(able, key=lambda s: (s.definition.skills[code], s.idle_since, s.seat_id))
            level = chosen.definition.skills[code]
            at_first = code == own and (group.first_level is None or level <= group.first_level)
            equal = [s for s in able if s.definition.skills[code] == level]
            return Said(
                citizen.call_id, chosen.seat_id, step, None if at_first else flag, False, ahead,
                len(able), len(equal),
            )  # fmt: skip
    return None


def as_said(line: Line, floor: Floor, rules: Rules, now: datetime):
    """The router's own decision in the same form."""
    decision = decide(line, floor, rules, now)
    if decision.offer is None:
        return None
    reasons = decision.reasons
    return Said(
        decision.offer.call_id, decision.offer.seat_id, reasons.step, reasons.flag,
        reasons.sticky, reasons.ahead, reasons.considered, reasons.same_level,
    )  # fmt: skip


CODES = [SkillGroupCode(code) for code in ("general", "law", "dialect", "english")]
SEAT_IDS = [SeatId(f"80{n:02}") for n in range(5)]
STATES = [*SeatState, *[SeatState.READY] * 9]

relaxations = st.builds(
    Relaxation,
    after_s=st.sampled_from([0.0, 5.0, 10.0, 20.0, 20.0, 40.5]),
    max_level=st.one_of(st.none(), st.integers(1, 3)),
    also=st.lists(st.sampled_from(CODES), max_size=2).map(tuple),
    flag=st.sampled_from([None, "需外语支持"]),
)
all_rules = st.builds(
    lambda groups, worth, sticky: Rules(
        groups={g.code: g for g in groups}, priority_worth_s=worth, sticky_s=sticky
    ),
    groups=st.lists(
        st.builds(
            GroupRules,
            code=st.sampled_from(CODES),
            name=st.just("组"),
            first_level=st.one_of(st.none(), st.integers(1, 2)),
            relaxations=st.lists(relaxations, max_size=3).map(tuple),
            head_start_s=st.sampled_from([0.0, 0.0, 7.5, 30.0]),
        ),
        max_size=4,
    ),
    worth=st.sampled_from([0.0, 10.0, 60.0]),
    sticky=st.sampled_from([0.0, 10.0, 30.0]),
)
joins = st.tuples(
    st.just("join"),
    st.integers(0, 15),
    st.sampled_from(CODES),
    st.integers(-50, 5),
    st.integers(0, 2),
    st.sampled_from([None, None, *SEAT_IDS]),
)
leaves = st.tuples(st.just("leave"), st.integers(0, 15))
seat_changes = st.tuples(
    st.just("seat"),
    st.sampled_from(SEAT_IDS),
    st.sampled_from(STATES),
    st.integers(0, 4),
    st.dictionaries(st.sampled_from(CODES), st.integers(1, 3), min_size=1, max_size=3),
    st.sampled_from([True, True, True, False]),
)
waits = st.tuples(st.just("wait"), st.sampled_from([1, 5, 10, 20]))
rule_changes = st.tuples(st.just("rules"), all_rules)
one_or_many = st.one_of(joins, joins, joins, seat_changes, seat_changes, leaves, waits)

mixed = st.one_of(one_or_many, one_or_many, one_or_many, rule_changes)
HISTORIES = st.tuples(
    all_rules,
    st.builds(
        lambda waiting, working, then: [*waiting, *working, *then],
        st.lists(joins, min_size=3, max_size=10),
        st.lists(seat_changes, min_size=3, max_size=8),
        st.lists(mixed, min_size=3, max_size=15),
    ),
)
"""Rules, and what happens one after another."""


def check(history) -> int:
    """After every step both make the same offers until there is none; how many there were."""
    rules, steps = history
    now = NOON
    line, floor = Line(), Floor()
    citizens: dict[str, WaitingCitizen] = {}
    seats: dict[str, Seat] = {}
    offers = 0
    for step in steps:
        match step:
            case ("join", number, group, at, priority, seat_id):
                joined = now + timedelta(seconds=at)
                citizen = WaitingCitizen(
                    call_id=call(number), skill_group=group, joined_at=joined,
                    priority=priority, sticky_seat=seat_id,
                )  # fmt: skip
                citizens[citizen.call_id] = citizen
                line.enter(citizen)
            case ("leave", number):
                citizens.pop(call(number), None)
                line.leave(call(number))
            case ("seat", seat_id, state, idle_s, skills, reachable):
                seat = a_seat(seat_id, state, idle_s)
                definition = replace(seat.definition, skills=skills)
                seat = replace(seat, definition=definition, phone_reachable=reachable)
                seats[seat_id] = seat
                floor.follow(seats)
            case ("wait", seconds):
                now += timedelta(seconds=seconds)
            case ("rules", changed):
                rules = changed
        while True:
            said = in_words(list(citizens.values()), list(seats.values()), rules, now)
            assert as_said(line, floor, rules, now) == said
            if said is None:
                break
            offers += 1
            del citizens[said.call_id]
            line.leave(said.call_id)
            seats[said.seat_id] = replace(seats[said.seat_id], state=SeatState.RESERVED)
            floor.put(seats[said.seat_id])
    expected = sorted(citizens.values(), key=lambda c: service_order(c, rules))
    assert list(line.in_order(rules)) == expected
    return offers
