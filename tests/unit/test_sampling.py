"""Calls drawn for inspection: fair, repeatable, never an inspector's own; the list is worked off."""

import asyncio
import hashlib
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from cti.ids import SeatId
from quality.errors import (
    SampledCallNotYours,
    SampleEmpty,
    SampleSpanInvalid,
    SampleUnknown,
    SkipReasonMissing,
)
from quality.sampling import Inspector, SampledState, draw, last_week, share
from seats.rule_documents.policies import SamplePolicy, read_policies
from tests.fakes.sampling import MemorySamples, candidate, sampler_over

MONDAY = datetime(2026, 11, 15, 16, tzinfo=UTC)
"""Midnight of Monday the 16th in China."""
WEDNESDAY = MONDAY + timedelta(days=2, hours=10)
LAST_WEEK = MONDAY - timedelta(days=7)
SEED = "0123456789abcdef0123456789abcdef"


def week_of(agents, each=40, **more):
    return [
        candidate(100 * a + n, agent, LAST_WEEK, **more)
        for a, agent in enumerate(agents)
        for n in range(each)
    ]


def test_each_agent_has_as_many_calls_drawn_and_who_has_fewer_has_all_of_them():
    calls = [*week_of(["wang", "li"]), candidate(990, "zhang", LAST_WEEK)]
    drawn = draw(calls, seed=SEED, per_agent=5)
    assert Counter(one.agent for one in drawn) == {"wang": 5, "li": 5, "zhang": 1}


def test_anybody_with_the_seed_draws_the_same_calls_in_whatever_order_he_reads_them():
    calls = week_of(["wang", "li"])
    mixed = random.Random(7).sample(calls, len(calls))
    first, again = (draw(some, seed=SEED, per_agent=5) for some in (calls, mixed))
    assert first == again
    his = [one for one in calls if one.agent == "wang"]
    by_hand = sorted(
        his, key=lambda one: hashlib.sha256(f"{SEED} {one.call_id}".encode()).hexdigest()
    )
    assert [one for one in first if one.agent == "wang"] == by_hand[:5]


def test_another_seed_draws_other_calls_and_no_call_is_drawn_more_often_than_others():
    calls = week_of(["wang"], each=10)
    times = Counter(
        one.call_id
        for number in range(2000)
        for one in draw(calls, seed=f"{number:032x}", per_agent=5)
    )
    assert len(times) == 10
    assert all(880 < many < 1120 for many in times.values()), times


def test_inspectors_get_the_same_number_and_nobody_his_own_call():
    calls = week_of(["wang", "li", "zhao"])
    drawn = draw(calls, seed=SEED, per_agent=5)
    picks = share(drawn, [Inspector(username=name) for name in ("wang", "qin")], SEED)
    assert all(pick.inspector == "qin" for pick in picks if pick.agent == "wang")
    counts = Counter(pick.inspector for pick in picks)
    assert max(counts.values()) - min(counts.values()) <= 1


def test_who_only_sat_at_one_of_the_calls_seats_does_not_inspect_it_either():
    handed_over = candidate(1, "wang", LAST_WEEK, seats=frozenset({"8001", "8002"}))
    (pick,) = share([handed_over], [Inspector(username="li", seat_id=SeatId("8002"))], SEED)
    assert pick.inspector is None


def test_an_inspector_of_a_district_gets_its_calls_only():
    here, there = (
        candidate(n, "wang", LAST_WEEK, district=name) for n, name in ((1, "路南区"), (2, ""))
    )
    picks = share([here, there], [Inspector(username="lu", area="路南区")], SEED)
    assert [pick.inspector for pick in picks] == ["lu", None]


def test_the_week_begins_on_monday_in_china():
    assert last_week(MONDAY - timedelta(seconds=1))[1] == MONDAY - timedelta(days=7)
    assert last_week(MONDAY) == (LAST_WEEK, MONDAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SamplePolicy()),
        ("[sample]\nper_agent = 8\nshortest_s = 60\nweekly = false", SamplePolicy(
            per_agent=8, shortest_s=60, weekly=False)),
    ],
)  # fmt: skip
def test_the_published_policy_says_how_many(text, expected):
    policies, problems = read_policies(f'kind = "policies"\n{text}')
    assert (policies.sample, problems) == (expected, [])


def test_a_policy_of_no_calls_is_refused():
    assert read_policies('kind = "policies"\n[sample]\nper_agent = 0')[1]


class Desk:
    """A sampler with its records; time stands."""

    def __init__(self, *inspectors, calls=None, now=WEDNESDAY, policy=SamplePolicy()):  # noqa: B008
        self.records = MemorySamples(*(week_of(["wang", "li"]) if calls is None else calls))
        self.now = now
        self.inspectors = list(inspectors or ["qin"])
        self.sampler = sampler_over(self.records, self.inspectors, lambda: self.now, policy)

    async def drawn(self):
        sample_id = await self.sampler.draw_week()
        return sample_id, await self.records.calls_of(sample_id)


def test_the_week_that_is_over_is_drawn_once_and_keeps_its_seed():
    async def story():
        desk = Desk()
        sample_id, calls = await desk.drawn()
        sample = desk.records.samples[sample_id]
        assert (sample.since, sample.until, sample.by) == (LAST_WEEK, MONDAY, None)
        assert (sample.seed, sample.candidates, len(calls)) == ("0" * 32, 80, 10)
        assert await desk.sampler.draw_week() is None
        desk.now += timedelta(days=7)
        assert await desk.sampler.draw_week() is None, "nobody was called in that week"

    asyncio.run(story())


def test_a_week_is_not_drawn_twice_while_the_store_cannot_write():
    async def story():
        desk = Desk()
        desk.sampler._tell = desk.records.told.append
        await desk.sampler.draw_week()
        assert desk.records.samples == {}
        assert await desk.sampler.draw_week() is None
        assert len(desk.records.told) == 1

    asyncio.run(story())


def test_nothing_is_drawn_before_the_recordings_are_settled_or_against_the_policy():
    async def story():
        assert await Desk(now=MONDAY + timedelta(minutes=5)).sampler.draw_week() is None
        assert await Desk(policy=SamplePolicy(weekly=False)).sampler.draw_week() is None

    asyncio.run(story())


async def test_the_sampler_draws_by_itself_on_monday():
    desk = Desk(now=MONDAY)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(desk.sampler.run(), name="sampler")
        await asyncio.sleep(60)
        assert desk.records.samples == {}
        desk.now += timedelta(hours=3)
        await asyncio.sleep(1000)
        assert len(desk.records.samples) == 1
        running.cancel()


@pytest.mark.parametrize(
    ("since", "until"),
    [(MONDAY, MONDAY), (LAST_WEEK, WEDNESDAY + timedelta(days=1)), (MONDAY - timedelta(days=99), MONDAY)],
)  # fmt: skip
def test_a_period_that_cannot_be_is_refused(since, until):
    with pytest.raises(SampleSpanInvalid):
        asyncio.run(Desk().sampler.draw_period(since, until, "qin", "抽查"))


def test_short_calls_are_not_drawn_and_a_period_of_short_calls_is_refused():
    short = week_of(["wang"], each=3, duration_ms=20_000)
    with pytest.raises(SampleEmpty):
        asyncio.run(Desk(calls=short).sampler.draw_period(LAST_WEEK, MONDAY, "qin", "抽查"))


def test_the_list_is_worked_off_one_by_one():
    async def story():
        desk = Desk()
        sample_id, calls = await desk.drawn()
        seen = []
        while (one := await desk.sampler.next_for(sample_id, "qin")) is not None:
            seen.append(one.call_id)
            state = SampledState.SKIPPED if len(seen) == 1 else SampledState.DONE
            await desk.sampler.check(sample_id, one.call_id, state, "qin", "录音无内容")
        assert sorted(seen) == sorted(one.call_id for one in calls)
        kept = await desk.records.calls_of(sample_id)
        assert [one.reason for one in kept if one.state is SampledState.SKIPPED] == ["录音无内容"]
        assert {one.reason for one in kept if one.state is SampledState.DONE} == {""}
        await desk.sampler.check(sample_id, seen[0], SampledState.WAITING, "qin", "")
        assert (await desk.sampler.next_for(sample_id, "qin")).call_id == seen[0]

    asyncio.run(story())


def test_a_call_is_skipped_for_a_reason_only_and_nobody_ticks_off_anothers():
    async def story():
        desk = Desk("qin", "zhou")
        sample_id, calls = await desk.drawn()
        his = next(one for one in calls if one.inspector == "qin")
        with pytest.raises(SkipReasonMissing):
            await desk.sampler.check(sample_id, his.call_id, SampledState.SKIPPED, "qin", " ")
        with pytest.raises(SampledCallNotYours):
            await desk.sampler.check(sample_id, his.call_id, SampledState.DONE, "zhou", "")
        with pytest.raises(SampleUnknown):
            await desk.sampler.check(sample_id, "node1-9.9", SampledState.DONE, "qin", "")
        with pytest.raises(SampleUnknown):
            await desk.sampler.next_for("never", "qin")

    asyncio.run(story())


def test_calls_of_an_inspector_who_has_left_go_to_those_who_ask_and_to_each_another():
    async def story():
        desk = Desk("gone")
        sample_id, calls = await desk.drawn()
        desk.inspectors[:] = ["qin", "zhou"]
        first, second = await asyncio.gather(
            desk.sampler.next_for(sample_id, "qin"), desk.sampler.next_for(sample_id, "zhou")
        )
        assert first.call_id != second.call_id
        await desk.sampler.check(sample_id, first.call_id, SampledState.DONE, "qin", "")
        assert len(calls) == 10

    asyncio.run(story())


def test_nobody_is_given_his_own_call_later_either():
    async def story():
        desk = Desk("gone", calls=week_of(["wang"], each=2))
        sample_id, _ = await desk.drawn()
        desk.inspectors[:] = ["wang"]
        assert await desk.sampler.next_for(sample_id, "wang") is None

    asyncio.run(story())
