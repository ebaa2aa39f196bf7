"""Who is served next, by whom, and the sentences that say why."""

import math
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.ids import SeatId, SkillGroupCode
from seats.explain import why_this_offer, why_waiting
from seats.floor import Floor
from seats.line import Line
from seats.model import GroupPresence, Seat, SeatState, WaitingCitizen
from seats.router import decide
from seats.rules import GroupRules, Relaxation, Rules
from tests.fakes.floor import GENERAL, LAW, NOON, a_seat, call
from tests.fakes.router_in_words import HISTORIES, check

ENGLISH = SkillGroupCode("english")
NO_RULES = Rules()


def waiting(number: int, waited_s: float = 0, group: str = "general", priority: int = 0, own=None):
    return WaitingCitizen(
        call_id=call(number),
        skill_group=SkillGroupCode(group),
        joined_at=NOON - timedelta(seconds=waited_s),
        priority=priority,
        sticky_seat=own,
    )


def decided(line, floor, rules=NO_RULES, now=NOON):
    return decide(Line(line), Floor(floor), rules, now)


def chosen(line, floor, rules=NO_RULES, now=NOON):
    offer = decided(line, floor, rules, now).offer
    return None if offer is None else (offer.call_id, offer.seat_id)


def sentences(decision, rules=NO_RULES):
    return why_this_offer(decision, rules, GroupPresence(free=1), 0)


def why(line, floor, rules=NO_RULES):
    line, floor = Line(line), Floor(floor)
    return [why_waiting(citizen, line, floor, rules, NOON) for citizen in line]


def rules_for(*groups: GroupRules, **other) -> Rules:
    return Rules(groups={group.code: group for group in groups}, **other)


def test_first_come_is_first_served():
    line = [waiting(2, 10), waiting(1, 30), waiting(3, 20)]
    assert chosen(line, [a_seat("8001")]) == (call(1), "8001")


def test_an_urgent_citizen_goes_before_one_who_came_earlier():
    line = [waiting(1, 300), waiting(2, 1, priority=5)]
    assert chosen(line, [a_seat("8001")]) == (call(2), "8001")


def test_but_not_before_one_who_came_earlier_by_more_than_his_priority_is_worth():
    line = [waiting(1, 302), waiting(2, 1, priority=5)]
    assert chosen(line, [a_seat("8001")]) == (call(1), "8001")


def test_a_groups_head_start_counts_like_waiting():
    rules = rules_for(GroupRules(code=LAW, name="法律", head_start_s=20))
    seat = [a_seat("8001", general=1, law=1)]
    assert chosen([waiting(1, 19), waiting(2, 0, "law")], seat, rules) == (call(2), "8001")
    assert chosen([waiting(1, 21), waiting(2, 0, "law")], seat, rules) == (call(1), "8001")


def test_the_better_skill_wins_and_among_equals_the_longest_idle():
    floor = [
        a_seat("8001", idle_s=900, general=2),
        a_seat("8002", idle_s=10),
        a_seat("8003", idle_s=60),
    ]
    decision = decided([waiting(1, 12)], floor)
    assert decision.offer is not None
    assert decision.offer.seat_id == "8003"
    assert decision.reasons is not None
    assert decision.reasons.considered == 3
    assert sentences(decision) == (
        "市民已等候12秒，排在队首",
        "座席8003技能等级1，为技能组“general”3个空闲座席中最优",
        "同等级2个座席中空闲最久，已空闲60秒",
    )


def test_a_citizen_nobody_can_take_does_not_block_those_behind_him():
    line = [waiting(1, 60, "law"), waiting(2, 5)]
    floor = [a_seat("8001"), a_seat("8002", SeatState.TALKING, law=1)]
    decision = decided(line, floor)
    assert decision.offer is not None
    assert decision.offer.call_id == call(2)
    (rejection,) = decision.rejected
    assert (rejection.skill_group, rejection.citizens) == ("law", 1)
    assert rejection.presence == GroupPresence(talking=1)
    assert why(line, floor)[0] == "技能组“law”没有空闲座席：通话1"
    assert sentences(decision)[0] == "市民已等候5秒，前面1位市民的技能组暂无空闲座席"


def test_every_citizen_left_waiting_is_told_why():
    floor = [a_seat("8001", SeatState.SIGNED_OUT), a_seat("8002", SeatState.WRAP_UP, law=1)]
    line = [waiting(1), waiting(2, group="law"), waiting(3, group="dialect")]
    decision = decided(line, floor)
    assert decision.offer is None
    assert [r.citizens for r in decision.rejected] == [1, 1, 1]
    assert why(line, floor) == [
        "技能组“general”的1个座席均未签入",
        "技能组“law”没有空闲座席：话后处理1",
        "没有座席服务技能组“dialect”",
    ]


def test_a_ready_seat_with_a_dead_phone_is_not_offered_anything():

    dead = replace(a_seat("8001"), phone_reachable=False)
    assert decided([waiting(1)], [dead]).offer is None
    assert why([waiting(1)], [dead]) == ["技能组“general”没有空闲座席：话机离线1"]


FOREIGN = rules_for(
    GroupRules(code=GENERAL, name="综合受理"),
    GroupRules(
        code=ENGLISH,
        name="英语",
        first_level=1,
        relaxations=(
            Relaxation(after_s=20, max_level=2),
            Relaxation(after_s=40, also=(GENERAL,), flag="需外语支持"),
        ),
    ),
    version=7,
)


def test_requirements_relax_while_he_waits():
    floor = [
        a_seat("8001", english=2),
        a_seat("8002"),
        a_seat("8003", SeatState.TALKING, english=1),
    ]
    assert chosen([waiting(1, 19.9, "english")], floor, FOREIGN) is None
    assert chosen([waiting(1, 20, "english")], floor, FOREIGN) == (call(1), "8001")
    assert chosen([waiting(1, 39, "english")], floor[1:], FOREIGN) is None
    decision = decided([waiting(1, 40, "english")], floor[1:], FOREIGN)
    assert decision.offer is not None
    assert decision.reasons is not None
    assert decision.offer.seat_id == "8002"
    assert (decision.reasons.step, decision.reasons.flag) == (2, "需外语支持")
    assert decision.reasons.found_by == "general"
    assert decision.reasons.rules_version == 7
    assert sentences(decision, FOREIGN)[1:] == (
        "等候满40秒，已不限等级，并可由“综合受理”座席接听",
        "座席8002是技能组“综合受理”唯一空闲的座席，技能等级1",
    )


def test_a_seat_of_his_own_group_goes_before_any_of_another_and_needs_no_flag():
    floor = [a_seat("8001", idle_s=900), a_seat("8002", english=1)]
    decision = decided([waiting(1, 60, "english")], floor, FOREIGN)
    assert decision.offer is not None
    assert decision.reasons is not None
    assert decision.offer.seat_id == "8002"
    assert decision.reasons.flag is None


def test_who_has_waited_longer_may_be_served_where_the_head_of_another_row_may_not():
    line = [waiting(1, 5, "english", priority=9), waiting(2, 45, "english")]
    signed_in = a_seat("8009", SeatState.TALKING, english=1)
    assert chosen(line, [a_seat("8001"), signed_in], FOREIGN) == (call(2), "8001")


def test_a_group_with_nobody_signed_in_does_not_wait_for_its_last_relaxation():
    floor = [a_seat("8001"), a_seat("8002", SeatState.SIGNED_OUT, english=1)]
    decision = decided([waiting(1, 0, "english")], floor, FOREIGN)
    assert decision.offer is not None
    assert decision.offer.seat_id == "8001"
    assert sentences(decision, FOREIGN)[1] == (
        "技能组“英语”无人签入，已直接不限等级，并可由“综合受理”座席接听"
    )
    signed_in = replace(floor[1], state=SeatState.NOT_READY)
    assert chosen([waiting(1, 0, "english")], [floor[0], signed_in], FOREIGN) is None


def test_a_waiting_citizen_is_told_what_the_next_relaxation_brings_and_when():
    floor = [a_seat("8001", english=2), a_seat("8003", SeatState.TALKING, english=1)]
    assert why([waiting(1, 8, "english"), waiting(2, 3, "english")], floor, FOREIGN) == [
        "技能组“英语”1个空闲座席的等级不在要求的1级以内，再等12秒后放宽到等级2",
        "技能组“英语”1个空闲座席的等级不在要求的1级以内，本组前面还有1位市民，"
        "再等17秒后放宽到等级2",
    ]


def test_the_seat_with_his_open_order_is_preferred_for_a_while_whatever_its_level():
    floor = [a_seat("8001"), a_seat("8002", general=3)]
    own = SeatId("8002")
    decision = decided([waiting(1, 30, own=own)], floor)
    assert decision.offer is not None
    assert decision.offer.seat_id == "8002"
    assert sentences(decision)[-1] == "座席8002有其未办结的工单，且当前空闲"
    assert chosen([waiting(1, 31, own=own)], floor) == (call(1), "8001")


def test_the_seat_with_his_open_order_is_not_waited_for_and_must_serve_his_group():
    busy = [a_seat("8001"), a_seat("8002", SeatState.TALKING)]
    assert chosen([waiting(1, 3, own=SeatId("8002"))], busy) == (call(1), "8001")
    other = [a_seat("8001"), a_seat("8002", law=1)]
    assert chosen([waiting(1, 3, own=SeatId("8002"))], other) == (call(1), "8001")


def test_who_came_first_is_not_overtaken_by_somebody_whose_own_seat_is_free():
    line = [waiting(1, 20), waiting(2, 10, own=SeatId("8001"))]
    assert chosen(line, [a_seat("8001")]) == (call(1), "8001")


@settings(max_examples=300, database=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_the_router_agrees_with_the_rules_said_aloud_after_every_step_of_any_history(history):
    check(history)


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
    """The rule without relaxations, in one line for each of its parts."""
    minute = timedelta(seconds=60)
    pairs = [
        (
            (c.joined_at - c.priority * minute, c.joined_at, c.call_id),
            (level, s.idle_since, s.seat_id),
        )
        for c in line
        for s in floor
        if s.state is SeatState.READY and (level := s.level_for(c.skill_group)) is not None
    ]
    if not pairs:
        return None
    citizen, seat = min(pairs)
    return citizen[2], seat[2]


@given(LINES, FLOORS)
def test_without_relaxations_the_router_agrees_with_the_rule_said_aloud(line, floor):
    assert chosen(line, floor) == by_hand(line, floor)


@given(LINES, FLOORS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_does_not_matter(line, floor, shuffler):
    first = decided(line, floor)
    shuffler.shuffle(line)
    shuffler.shuffle(floor)
    again = decided(line, floor)
    assert (again.offer, again.reasons) == (first.offer, first.reasons)
    assert {r.skill_group: r for r in again.rejected} == {r.skill_group: r for r in first.rejected}


@given(LINES, FLOORS)
def test_a_rejected_citizen_has_no_free_seat_and_an_offered_one_was_counted_right(line, floor):
    decision = decided(line, floor)
    free = [s for s in floor if s.state is SeatState.READY]
    for rejection in decision.rejected:
        assert all(s.level_for(rejection.skill_group) is None for s in free)
    if decision.offer:
        assert decision.reasons is not None
        group = decision.offer.skill_group
        serving = sum(s.level_for(group) is not None for s in free)
        assert decision.reasons.considered == serving
    else:
        assert {r.skill_group: r.citizens for r in decision.rejected} == Counter(
            c.skill_group for c in line
        )


@given(
    st.lists(st.tuples(st.sampled_from([GENERAL, LAW]), st.integers(0, 9)), min_size=1),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
)
def test_within_a_group_and_priority_nobody_is_ever_overtaken(arrivals, levels):
    floor = [a_seat(f"80{i:02}", general=level, law=level) for i, level in enumerate(levels)]
    line = [waiting(i, 100 - at, group) for i, (group, at) in enumerate(arrivals)]
    served = []
    while line:
        offer = decided(line, floor).offer
        assert offer is not None
        citizen = next(c for c in line if c.call_id == offer.call_id)
        served.append((citizen.joined_at, citizen.call_id))
        line.remove(citizen)
    assert served == sorted(served)


@given(st.integers(1, 20), st.integers(0, 90), st.integers(1, 30))
def test_nobody_starves_however_many_urgent_citizens_go_on_coming(priority, worth_s, gap_s):
    """One seat, each served citizen takes `gap_s`, and an urgent one has always just come."""
    rules = Rules(priority_worth_s=worth_s)
    floor = Floor([a_seat("8001")])
    line = Line([waiting(0, 0)])
    limit = math.ceil(priority * worth_s / gap_s) + 1
    for turn in range(1, limit + 1):
        now = NOON + timedelta(seconds=turn * gap_s)
        urgent = WaitingCitizen(
            call_id=call(turn), skill_group=GENERAL, joined_at=now, priority=priority
        )
        line.enter(urgent)
        offer = decide(line, floor, rules, now).offer
        assert offer is not None
        line.leave(offer.call_id)
        if offer.call_id == call(0):
            return
    raise AssertionError(f"still waiting after {limit} turns")


@given(LINES, st.integers(0, 3_600))
def test_the_order_does_not_depend_on_when_one_looks(line, later_s):
    floor = [a_seat("8001", general=1, law=1, dialect=1, nobody=1)]
    assert chosen(line, floor) == chosen(line, floor, now=NOON + timedelta(seconds=later_s))


def test_work_is_shared_when_each_served_seat_goes_to_the_end_of_the_idle_order():

    floor = {f"800{i}": a_seat(f"800{i}", idle_s=10 - i) for i in range(5)}
    calls: Counter[str] = Counter()
    for turn in range(50):
        offer = decided([waiting(turn)], floor.values()).offer
        assert offer is not None
        calls[offer.seat_id] += 1
        served = floor[offer.seat_id]
        floor[offer.seat_id] = replace(served, idle_since=NOON + timedelta(seconds=turn))
    assert set(calls.values()) == {10}


def test_the_next_relaxation_is_the_nearest_of_anybodys():
    line = Line([waiting(1, 45, "english"), waiting(2, 12, "english"), waiting(3, 25, "english")])
    assert line.next_relaxation(FOREIGN, NOON) == NOON + timedelta(seconds=8)
    line.leave(call(2))
    assert line.next_relaxation(FOREIGN, NOON) == NOON + timedelta(seconds=15)
    assert line.next_relaxation(NO_RULES, NOON) is None
