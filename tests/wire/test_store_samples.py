"""Draws in both databases: what may be drawn, who had a part in it, what became of each call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cti.events import CallTransferred
from cti.ids import SeatId
from orders.events import DraftOpened, FieldsEdited
from orders.model import FieldValue, FilledBy, OrderField, OrderId
from quality.events import SampledCallChecked, SampledCallGiven, SampleDrawn
from quality.samples import SampledCall
from quality.sampling import Pick, SampledState
from recordings.events import ListeningOpened, RecordingArchived, RecordingHeard
from recordings.model import first_recording_of
from seats.events import SeatStateChanged
from seats.model import SeatState
from store.samples import StoredSamples
from tests.wire.journals import open_database
from tests.wire.test_store_replay import LI, WANG, a_call, at, call_id, told


def sits(seat: SeatId, operator: str | None, second: float):
    state = SeatState.SIGNED_OUT if operator is None else SeatState.READY
    return SeatStateChanged(
        at=at(second), seat_id=seat, was=SeatState.NOT_READY, state=state, operator=operator
    )


def archived(number: int, lasts_s: int = 60):
    return RecordingArchived(
        at=at(number * 3600 + lasts_s + 5), call_id=call_id(number),
        recording_id=first_recording_of(call_id(number)), path=f"{number}.opus", sha256="0" * 64,
        size_bytes=9, duration_ms=lasts_s * 1000,
    )  # fmt: skip


def in_district(number: int, district: str):
    about = {"call_id": call_id(number), "order_id": OrderId(f"20261121-00000{number}")}
    value = FieldValue(value=district, by=FilledBy.PERSON)
    return [
        DraftOpened(at=at(number * 3600 + 3), seat_id=WANG, **about),
        FieldsEdited(
            at=at(number * 3600 + 9), fields=((OrderField.DISTRICT, value),), revision=1,
            by="wang", **about,
        ),
    ]  # fmt: skip


@pytest.fixture
def stored(new_database_url):
    """An async context: the records of a database where these events were told."""

    async def ask(events, question):
        async with open_database(await new_database_url()) as database:
            await told(database, *events)
            return await question(StoredSamples(database))

    return ask


async def test_only_finished_answered_and_archived_calls_may_be_drawn(stored):
    unanswered = [one for one in a_call(4) if type(one).__name__ in ("CallArrived", "CallEnded")]
    events = [
        sits(WANG, "wang", 0),
        *a_call(1), archived(1), *in_district(1, "路南区"),
        *a_call(2),
        *a_call(3, lasts_s=20), archived(3, lasts_s=20),
        *unanswered,
        *a_call(5)[:-1],
        *a_call(90), archived(90),
    ]  # fmt: skip

    async def question(records):
        return await records.candidates(at(0), at(50 * 3600), 30)

    (found,) = await stored(events, question)
    assert (found.call_id, found.agent, found.duration_ms) == (call_id(1), "wang", 60_000)
    assert (found.district, found.seat_id, found.seats) == ("路南区", WANG, {WANG})
    assert found.started_at == at(3600)


async def test_a_call_is_the_agents_who_sat_there_then_and_all_who_had_it_are_known(stored):
    handed = [
        replace(one, to_seat=LI) if isinstance(one, CallTransferred) else one for one in a_call(1)
    ]
    transfer = CallTransferred(at=at(3600 + 30), call_id=call_id(1), from_seat=WANG, to_seat=LI)
    events = [
        sits(WANG, "wang", 0), sits(LI, "li", 0),
        *handed[:-1], transfer, handed[-1],
        sits(LI, "zhao", 3600 + 600), archived(1),
        *a_call(3, seat=LI), archived(3),
        *a_call(5, seat=SeatId("8009")), archived(5),
    ]  # fmt: skip

    async def question(records):
        return await records.candidates(at(0), at(50 * 3600), 30)

    first, second, nobody = sorted(await stored(events, question), key=lambda one: one.call_id)
    assert (first.agent, first.people, first.seats) == ("li", {"wang", "li"}, {WANG, LI})
    assert (second.agent, second.people) == ("zhao", {"zhao"})
    assert (nobody.agent, nobody.people) == ("8009", set()), "nobody knows who sat there"


def drawn(by=None):
    picks = tuple(
        Pick(call_id=call_id(n), recording_id=first_recording_of(call_id(n)), agent="wang",
             seat_id=WANG, inspector=who)
        for n, who in ((1, "qin"), (2, None))
    )  # fmt: skip
    return SampleDrawn(
        at=at(99_000), sample_id="s-1", since=at(0), until=at(90_000), by=by, reason="", seed="0f",
        per_agent=5, shortest_s=30, candidates=7, picks=picks,
    )  # fmt: skip


async def test_a_draw_is_kept_with_its_seed_and_a_week_is_known_to_be_drawn(stored):
    async def question(records):
        weekly = await records.drawn_weekly(at(0)), await records.drawn_weekly(at(1))
        return weekly, await records.find("s-1"), await records.newest(9), await records.find("s-2")

    weekly, sample, newest, other = await stored([drawn()], question)
    assert weekly == (True, False)
    assert (sample.seed, sample.candidates, sample.drawn_at) == ("0f", 7, at(99_000))
    assert (newest, other) == ([sample], None)


async def test_a_draw_that_somebody_wanted_is_not_the_weeks(stored):
    async def question(records):
        return await records.drawn_weekly(at(0))

    assert await stored([drawn(by="leader")], question) is False


async def test_what_became_of_a_call_and_how_much_of_it_was_heard(stored):
    recording = first_recording_of(call_id(1))
    about = {"listening_id": "l-1", "recording_id": recording, "call_id": call_id(1)}
    events = [
        *a_call(1), archived(1), *a_call(2), archived(2), drawn(),
        ListeningOpened(at=at(99_100), by="qin", name="秦", purpose="质量抽检", note="", own=False,
                        address="", **about),
        RecordingHeard(at=at(99_110), by="qin", spans=((0, 9000), (4000, 20_000)), **about),
        SampledCallGiven(at=at(99_200), sample_id="s-1", call_id=call_id(2), inspector="zhou"),
        SampledCallChecked(at=at(99_300), sample_id="s-1", call_id=call_id(1),
                           state=SampledState.DONE, by="qin"),
        SampledCallChecked(at=at(99_400), sample_id="s-1", call_id=call_id(2),
                           state=SampledState.SKIPPED, by="zhou", reason="无声"),
    ]  # fmt: skip

    async def question(records):
        return await records.calls_of("s-1"), await records.states(["s-1"])

    (first, second), states = await stored(events, question)
    assert isinstance(first, SampledCall)
    assert (first.state, first.inspector, first.heard_ms) == (SampledState.DONE, "qin", 20_000)
    assert (first.started_at, first.duration_ms, first.skill_group) == (at(3600), 60_000, "general")
    assert (second.state, second.inspector, second.reason) == (SampledState.SKIPPED, "zhou", "无声")
    assert second.checked_at == at(99_000) + timedelta(seconds=400)
    assert sorted(states["s-1"]) == [("qin", SampledState.DONE), ("zhou", SampledState.SKIPPED)]


async def test_a_call_taken_up_again_waits_as_if_nobody_had_checked_it(stored):
    checked = [
        SampledCallChecked(at=at(99_300 + n), sample_id="s-1", call_id=call_id(1), state=state, by="qin")
        for n, state in enumerate((SampledState.DONE, SampledState.WAITING))
    ]  # fmt: skip

    async def question(records):
        return (await records.calls_of("s-1"))[0]

    first = await stored([drawn(), *checked], question)
    assert (first.state, first.checked_at, first.checked_by) == (SampledState.WAITING, None, None)
