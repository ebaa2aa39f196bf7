"""Who calls too often comes later or is refused; a citizen below the limits never is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cti.events import Blame, CallArrived, CallEnded, Direction, Ending
from cti.ids import CallId
from hotline.story_joints import admit_by
from orders.blocks import Block, BlockState
from orders.call_gate import CallGate
from orders.citizen_events import CallLimited
from orders.limits import (
    LATER,
    NEVER_LIMITED,
    NORMAL,
    Arrivals,
    Counts,
    Limits,
    Standing,
    Verdict,
    WhyLimited,
    judge,
)
from tests.fakes.citizens import CitizensInMemory

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
LIMITS = Limits(limited=(3, 5, 8), refused=(6, 10, 15), prefix_digits=8, prefix_calls_min=10)
ANYBODY = Standing()

seconds = st.integers(0, 90_000)
numbers = st.sampled_from([f"138000000{n:02}" for n in range(12)] + ["", "anonymous", "0315123"])
stream = st.lists(st.tuples(seconds, numbers), max_size=120)


def judged(arrivals, limits=LIMITS):
    """(at, number, judgement) of each, in the order of time."""
    window, found = Arrivals(), []
    for count, (second, number) in enumerate(sorted(arrivals, key=lambda one: one[0])):
        at = NOON + timedelta(seconds=second)
        counts = window.note(CallId(f"c{count}"), number, at, limits)
        found.append((at, number, judge(counts, limits, ANYBODY)))
    return found


@settings(max_examples=300)
@given(stream)
def test_a_citizen_below_his_own_limits_is_never_refused_whatever_others_do(arrivals):
    found = judged(arrivals)
    for place, (at, number, judgement) in enumerate(found):
        own = [t for t, other, _ in found[: place + 1] if other == number]
        spans = (timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
        counts = [sum(t > at - span for t in own) for span in spans]
        below = all(many <= most for many, most in zip(counts, LIMITS.refused, strict=True))
        shown = any(char.isdecimal() for char in number)
        if below or not shown:
            assert judgement.verdict is not Verdict.REFUSED
        alike = sum(
            t > at - timedelta(minutes=1) and other[:8] == number[:8]
            for t, other, _ in found[: place + 1]
            if any(char.isdecimal() for char in other) == shown
        )
        few = all(many <= most for many, most in zip(counts, LIMITS.limited, strict=True))
        if (few or not shown) and shown and alike <= LIMITS.prefix_calls_min:
            assert judgement == NORMAL


@given(
    st.tuples(*[st.integers(1, 500)] * 4),
    st.sampled_from(sorted(NEVER_LIMITED)),
    st.booleans(),
)
def test_the_listed_and_the_emergencies_are_never_limited(counts, name, has_number):
    told = Counts(
        ten_minutes=counts[0], hour=counts[1], day=counts[2], prefix_minute=counts[3],
        has_number=has_number,
    )  # fmt: skip
    assert judge(told, LIMITS, Standing(lists=frozenset({name, "other"}))) == NORMAL
    blocked = Standing(emergency=True, blocked_until=NOON, lists=frozenset({"nuisance"}))
    assert judge(told, LIMITS, blocked) == NORMAL


@given(st.tuples(*[st.integers(1, 30)] * 4), st.integers(0, 3), st.integers(1, 20))
def test_more_calls_never_help(counts, which, more):
    grades = [Verdict.NORMAL, Verdict.LIMITED, Verdict.REFUSED]
    names = ("ten_minutes", "hour", "day", "prefix_minute")

    def grade(numbers):
        told = Counts(**dict(zip(names, numbers, strict=True)))
        return grades.index(judge(told, LIMITS, ANYBODY).verdict)

    higher = tuple(n + more if i == which else n for i, n in enumerate(counts))
    assert grade(higher) >= grade(counts)


def test_a_flood_of_one_number_is_first_put_back_then_refused_and_ends_with_the_flood():
    found = judged([(second, "13800000001") for second in range(8)] + [(700, "13800000001")])
    verdicts = [one.verdict for _, _, one in found]
    assert verdicts[:3] == [Verdict.NORMAL] * 3
    assert verdicts[3:6] == [Verdict.LIMITED] * 3
    assert verdicts[6:8] == [Verdict.REFUSED] * 2
    assert found[3][2].priority == LATER
    assert (found[7][2].why, found[7][2].announcement) == (
        WhyLimited.TOO_OFTEN, "too-many-calls",
    )  # fmt: skip
    # Ten minutes later only the hour's limit counts, and that is not reached for refusal.
    assert verdicts[8] is Verdict.LIMITED


def test_a_burst_of_one_prefix_goes_back_in_the_line_and_others_do_not_notice():
    burst = [(second / 2, f"1390000{1000 + second:04}") for second in range(40)]
    found = judged([*burst, (19.9, "13800000001")])
    robots = [one for _, number, one in found if number.startswith("1390000")]
    assert robots[0] == NORMAL
    assert {one.verdict for one in robots} == {Verdict.NORMAL, Verdict.LIMITED}
    assert robots[-1].why is WhyLimited.BURST
    (citizen,) = [one for _, number, one in found if number == "13800000001"]
    assert citizen == NORMAL


def test_callers_without_a_number_are_not_one_caller():
    found = judged([(second * 60, "") for second in range(40)])
    assert {one.verdict for _, _, one in found} == {Verdict.NORMAL}
    at_once = judged([(second, "") for second in range(40)])
    assert at_once[-1][2].verdict is Verdict.LIMITED


def test_without_limits_nobody_is_limited():
    none = Limits(limited=(0, 0, 0), refused=(0, 0, 0), prefix_calls_min=0)
    found = judged([(0, "13800000001")] * 300, none)
    assert {one for _, _, one in found} == {NORMAL}


def test_a_flood_of_made_up_numbers_does_not_fill_the_memory():
    window = Arrivals(most_numbers=50)
    for count in range(500):
        at = NOON + timedelta(seconds=count)
        window.note(CallId(f"c{count}"), f"139{count:08}", at, LIMITS)
    assert len(window._numbers) <= 50
    assert len(window._prefixes) <= 50
    assert len(window._noted) <= 50


# The gate.


class Door:
    def __init__(self, stored=None):
        self.stored = stored or CitizensInMemory()
        self.at = NOON
        self.lists = {}
        self.block = None
        self.gate = CallGate(
            self.stored,
            lambda: LIMITS,
            lambda number: frozenset(self.lists.get(number, ())),
            lambda number: self.block,
            self.stored.tell,
            lambda: self.at,
        )

    def arrive(self, call, number="13800000001", direction=Direction.IN):
        event = CallArrived(
            at=self.at,
            call_id=CallId(call),
            caller_number=number,
            called_number="12345",
            direction=direction,
        )
        self.stored.tell(event)
        self.gate.on_event(event)
        return self.gate.judge(CallId(call), number) if direction is Direction.IN else None

    def end(self, call):
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        event = CallEnded(at=self.at, call_id=CallId(call), talked_ms=0, ending=ending)
        self.stored.tell(event)
        self.gate.on_event(event)


def test_a_call_is_judged_once_and_only_what_is_not_normal_is_told():
    door = Door()
    for count in range(4):
        found = door.arrive(f"c{count}")
    assert found.verdict is Verdict.LIMITED
    assert door.gate.judge(CallId("c3"), "13800000001") == found
    (told,) = door.stored.told(CallLimited)
    assert (told.call_id, told.why) == ("c3", WhyLimited.TOO_OFTEN)
    assert door.gate.judged[Verdict.NORMAL, None] == 3


def test_the_same_number_however_the_trunk_writes_it_is_one_number():
    door = Door()
    for count, number in enumerate(("+8613800000001", "013800000001", "13800000001")):
        door.arrive(f"c{count}", number)
    assert door.arrive("c9", "+8613800000001").verdict is Verdict.LIMITED


def test_calls_that_we_make_are_not_the_citizens():
    door = Door()
    for count in range(20):
        door.arrive(f"out{count}", direction=Direction.OUT)
    assert door.arrive("c1") == NORMAL


def test_a_blocked_number_hears_its_own_announcement_until_its_end_and_emergencies_pass():
    door = Door()
    door.block = Block(
        call_id=CallId("c0"),
        caller_number="13800000001",
        until=NOON + timedelta(days=1),
        proposed_at=NOON,
        proposed_by="wang",
        note="骚扰",
        state=BlockState.ACTIVE,
    )
    refused = door.arrive("c1")
    assert (refused.verdict, refused.announcement) == (Verdict.REFUSED, "number-blocked")
    assert refused.blocked_until == door.block.until
    assert door.stored.told(CallLimited)[-1].blocked_until == door.block.until
    admission = admit_by(door.gate)(CallId("c1"), "13800000001", False)
    assert admission.values == {"until": door.block.until}
    assert door.gate.judge(CallId("c2"), "13800000001", emergency=True) == NORMAL
    door.at = NOON + timedelta(days=1)
    assert door.arrive("c3") == NORMAL


async def test_after_a_restart_the_window_is_as_it_was_and_a_call_is_not_counted_twice():
    before = Door()
    for count in range(3):
        before.arrive(f"c{count}")
    after = Door(before.stored)
    await after.gate.restore()
    assert after.gate.judge(CallId("c2"), "13800000001") == NORMAL
    assert after.arrive("c3").verdict is Verdict.LIMITED


def test_a_call_that_is_over_still_counts():
    door = Door()
    for count in range(3):
        door.arrive(f"c{count}")
        door.end(f"c{count}")
    assert door.arrive("c3").verdict is Verdict.LIMITED
