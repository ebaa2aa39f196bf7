"""Who is served next, by whom, and the sentence that says why."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cti.ids import SkillGroupCode
from seats.model import Seat, SeatState, WaitingCitizen
from seats.router import decide
from tests.fakes.floor import GENERAL, LAW, NOON, a_seat, call


def waiting(number: int, waited_s: int = 0, group: str = "general", priority: int = 0):
    return WaitingCitizen(
        call_id=call(number),
        skill_group=SkillGroupCode(group),
        joined_at=NOON - timedelta(seconds=waited_s),
        priority=priority,
    )


def chosen(line, floor):
    offer = decide(line, floor, NOON).offer
    return None if offer is None else (offer.call_id, offer.seat_id)


def test_first_come_is_first_served():
    line = [waiting(2, 10), waiting(1, 30), waiting(3, 20)]
    assert chosen(line, [a_seat("8001")]) == (call(1), "8001")


def test_an_urgent_citizen_goes_before_one_who_came_earlier():
    line = [waiting(1, 300), waiting(2, 1, priority=5)]
    assert chosen(line, [a_seat("8001")]) == (call(2), "8001")


def test_the_better_skill_wins_and_among_equals_the_longest_idle():
    floor = [
        a_seat("8001", idle_s=900, general=2),
        a_seat("8002", idle_s=10),
        a_seat("8003", idle_s=60),
    ]
    decision = decide([waiting(1, 12)], floor, NOON)
    assert decision.offer is not None
    assert decision.offer.seat_id == "8003"
    assert decision.considered == 3
    assert decision.reasons == (
        "市民已等候12秒，排在队首",
        "座席8003技能等级1，为技能组“general”3个空闲座席中最优",
        "同等级2个座席中空闲最久，已空闲60秒",
    )


def test_a_citizen_nobody_can_take_does_not_block_those_behind_him():
    line = [waiting(1, 60, "law"), waiting(2, 5)]
    floor = [a_seat("8001"), a_seat("8002", SeatState.TALKING, law=1)]
    decision = decide(line, floor, NOON)
    assert decision.offer is not None
    assert decision.offer.call_id == call(2)
    assert decision.rejected == {call(1): "技能组“law”没有空闲座席：通话1"}
    assert decision.reasons[0] == "市民已等候5秒，前面1位市民的技能组暂无空闲座席"


def test_every_citizen_left_waiting_is_told_why():
    floor = [a_seat("8001", SeatState.SIGNED_OUT), a_seat("8002", SeatState.WRAP_UP, law=1)]
    line = [waiting(1), waiting(2, group="law"), waiting(3, group="dialect")]
    decision = decide(line, floor, NOON)
    assert decision.offer is None
    assert list(decision.rejected.values()) == [
        "技能组“general”的1个座席均未签入",
        "技能组“law”没有空闲座席：话后处理1",
        "没有座席服务技能组“dialect”",
    ]


def test_a_ready_seat_with_a_dead_phone_is_not_offered_anything():

    dead = replace(a_seat("8001"), phone_reachable=False)
    decision = decide([waiting(1)], [dead], NOON)
    assert decision.offer is None
    assert decision.rejected == {call(1): "技能组“general”没有空闲座席：话机离线1"}


GROUPS = st.sampled_from(["general", "law", "dialect", "nobody"])
LINES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), GROUPS), max_size=12).map(
    lambda rows: [waiting(i, s, g, p) for i, (s, p, g) in enumerate(rows)]
)
SKILLS = st.dictionaries(st.sampled_from(["general", "law", "dialect"]), st.integers(1, 3))
FLOORS = st.lists(
    st.tuples(st.sampled_from([*SeatState, *[SeatState.READY] * 7]), st.integers(0, 4), SKILLS),
    max_size=8,
).map(lambda rows: [a_seat(f"80{i:02}", s, t, **k) for i, (s, t, k) in enumerate(rows)])


def by_hand(line: list[WaitingCitizen], floor: list[Seat]):
    """The rule as one would say it aloud, without regard to cost."""
    pairs = [
        ((-c.priority, c.joined_at, c.call_id), (level, s.idle_since, s.seat_id))
        for c in line
        for s in floor
        if s.state is SeatState.READY and (level := s.level_for(c.skill_group)) is not None
    ]
    if not pairs:
        return None
    citizen, seat = min(pairs)
    return citizen[2], seat[2]


@given(LINES, FLOORS)
def test_the_router_agrees_with_the_rule_said_aloud(line, floor):
    assert chosen(line, floor) == by_hand(line, floor)


@given(LINES, FLOORS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_does_not_matter(line, floor, shuffler):
    first = decide(line, floor, NOON)
    shuffler.shuffle(line)
    shuffler.shuffle(floor)
    assert decide(line, floor, NOON) == first


@given(LINES, FLOORS)
def test_a_rejected_citizen_has_no_free_seat_and_an_offered_one_was_counted_right(line, floor):
    decision = decide(line, floor, NOON)
    free = [s for s in floor if s.state is SeatState.READY]
    for citizen in line:
        if citizen.call_id in decision.rejected:
            assert all(s.level_for(citizen.skill_group) is None for s in free)
    if decision.offer:
        group = decision.offer.skill_group
        assert decision.considered == sum(s.level_for(group) is not None for s in free)
    else:
        assert set(decision.rejected) == {c.call_id for c in line}


@given(
    st.lists(st.tuples(st.sampled_from([GENERAL, LAW]), st.integers(0, 9)), min_size=1),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
)
def test_within_a_group_and_priority_nobody_is_ever_overtaken(arrivals, levels):
    floor = [a_seat(f"80{i:02}", general=level, law=level) for i, level in enumerate(levels)]
    line = [waiting(i, 100 - at, group) for i, (group, at) in enumerate(arrivals)]
    served = []
    while line:
        offer = decide(line, floor, NOON).offer
        assert offer is not None
        citizen = next(c for c in line if c.call_id == offer.call_id)
        served.append((citizen.joined_at, citizen.call_id))
        line.remove(citizen)
    assert served == sorted(served)


def test_work_is_shared_when_each_served_seat_goes_to_the_end_of_the_idle_order():

    floor = {f"800{i}": a_seat(f"800{i}", idle_s=10 - i) for i in range(5)}
    calls: Counter[str] = Counter()
    for turn in range(50):
        offer = decide([waiting(turn)], floor.values(), NOON).offer
        assert offer is not None
        calls[offer.seat_id] += 1
        served = floor[offer.seat_id]
        floor[offer.seat_id] = replace(served, idle_since=NOON + timedelta(seconds=turn))
    assert set(calls.values()) == {10}
