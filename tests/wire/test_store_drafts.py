"""What the store keeps of drafts: the last proposals, and what became of them."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from asr.events import BackfillWanted, Side, TranscriptFinished
from cti.events import Blame, CallAnswered, CallArrived, CallEnded, Ending
from cti.ids import CallId, SeatId
from hotline import administration
from hotline.administration import CommandRefused
from hotline.cli import parser
from hotline.clock import utc_now
from hotline.config import Config
from hotline.places import Places
from hotline.report_commands import report_drafting
from orders.drafting_report import quality_of, weekly
from orders.events import DraftMeasured, DraftOpened, FieldsEdited, FieldsProposed, RepeatMarked
from orders.model import FIELD_NAMES, FieldValue, FilledBy, OrderField, OrderId, Proof
from orders.outcomes import Became, FieldOutcome
from store.drafts import StoredDrafts
from store.orders import StoredOrders
from store.repeats import StoredRepeats
from tests.wire.journals import open_database, writing

F = OrderField
CALL, ORDER, SEAT = CallId("node1-1763716.1"), OrderId("20261121-000001"), SeatId("8001")
SUNDAY_NIGHT = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)
"""One second before Monday in China."""


def machine(value: str) -> FieldValue:
    proof = Proof(side=Side.CITIZEN, starts_at_ms=1, ends_at_ms=2)
    return FieldValue(value=value, by=FilledBy.MACHINE, confidence=0.5, proof=proof)


async def test_the_last_proposal_is_kept_beside_what_a_person_wrote(new_database_url):
    about = {"at": SUNDAY_NIGHT, "call_id": CALL, "order_id": ORDER}
    events = [
        DraftOpened(**about, seat_id=SEAT),
        FieldsProposed(**about, fields=((F.WANT, machine("修")), (F.DISTRICT, machine("路北区"))), revision=1),
        FieldsEdited(**about, fields=((F.WANT, FieldValue(value="", by=FilledBy.PERSON)),), revision=2, by="wang"),
        FieldsProposed(**about, fields=((F.DISTRICT, machine("路南区")),), revision=3),
    ]  # fmt: skip
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in events:
                journal.append(event)
        order = await StoredOrders(database).find_order(ORDER)
    assert order is not None
    assert order.fields[F.WANT] == FieldValue(value="", by=FilledBy.PERSON)
    assert order.proposed == {F.WANT: machine("修"), F.DISTRICT: machine("路南区")}
    assert order.fields[F.DISTRICT] == machine("路南区")


def measured(number: int, at: datetime, outcome: Became, distance: float) -> DraftMeasured:
    fields = tuple(
        FieldOutcome(name=name, outcome=outcome, distance=distance, length=3, confidence=0.5)
        for name in F
    )
    return DraftMeasured(
        at=at, call_id=CALL, order_id=OrderId(f"20261122-{number:06}"), seat_id=SEAT, fields=fields
    )


async def test_outcomes_are_counted_by_field_and_by_weeks_that_begin_on_monday_in_china(
    new_database_url,
):
    events = [
        measured(1, SUNDAY_NIGHT, Became.EDITED, 0.5),
        measured(2, SUNDAY_NIGHT, Became.CONFIRMED, 0.0),
        measured(3, SUNDAY_NIGHT + timedelta(seconds=2), Became.REJECTED, 1.0),
    ]
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in (*events, events[0]):
                journal.append(event)
        drafts = StoredDrafts(database)
        tallies = await drafts.draft_tallies(date(2026, 11, 1), date(2026, 11, 30))
        sunday = await drafts.draft_tallies(date(2026, 11, 22), date(2026, 11, 22))
        before = await drafts.draft_tallies(date(2026, 11, 1), date(2026, 11, 21))
    weeks = dict(weekly(tallies))
    assert set(weeks) == {date(2026, 11, 16), date(2026, 11, 23)}
    quality = quality_of(tallies)
    assert quality.orders == 3
    address = next(one for one in quality.fields if one.name is F.ADDRESS)
    assert (address.proposed, address.edited, address.confirmed, address.rejected) == (3, 1, 1, 1)
    assert address.mean_distance == 0.5
    assert quality_of(sunday).orders == 2
    assert list(before) == []


async def test_earlier_orders_of_the_number_or_of_the_type_are_found_within_the_days(
    new_database_url,
):
    mine, other = "13800000001", "13800000002"
    light = FieldValue(value="市政设施", by=FilledBy.MACHINE)
    heat = FieldValue(value="供热", by=FilledBy.MACHINE)

    def story(number: int, day: int, caller: str, about: FieldValue):
        at = datetime(2026, 11, day, 4, tzinfo=UTC)
        call_id, order_id = CallId(f"node1-{number}"), OrderId(f"202611{day:02}-{number:06}")
        return (
            CallArrived(at=at, call_id=call_id, caller_number=caller, called_number="12345"),
            DraftOpened(at=at, call_id=call_id, order_id=order_id, seat_id=SEAT),
            FieldsProposed(
                at=at, call_id=call_id, order_id=order_id, fields=((F.EVENT_TYPE, about),), revision=1
            ),
        )  # fmt: skip

    stories = [
        story(1, 1, mine, light),
        story(2, 10, mine, heat),
        story(3, 11, other, light),
        story(4, 12, other, heat),
        story(5, 13, mine, light),
    ]
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in [event for one in stories for event in one]:
                journal.append(event)
            journal.append(
                RepeatMarked(
                    at=SUNDAY_NIGHT, call_id=CallId("node1-5"), order_id=OrderId("20261113-000005"),
                    repeat_of=OrderId("20261101-000001"), revision=2, by="wang",
                )
            )  # fmt: skip
        order = await StoredOrders(database).find_order(OrderId("20261113-000005"))
        assert order is not None
        assert (order.repeat_of, order.revision) == ("20261101-000001", 2)
        since = datetime(2026, 11, 5, tzinfo=UTC)
        found = await StoredRepeats(database).earlier(order, mine, since)
        anonymous = await StoredRepeats(database).earlier(order, "", since)
    assert {(one.order.order_id, one.caller_number) for one in found} == {
        ("20261110-000002", mine),
        ("20261111-000003", other),
    }
    assert [one.order.order_id for one in anonymous] == ["20261111-000003"]


async def test_a_draft_whose_words_are_still_to_be_made_up_is_taken_up_after_a_restart(
    new_database_url,
):
    at = SUNDAY_NIGHT
    hung_up = Ending(blame=Blame.CITIZEN, reason="hung-up")
    async with open_database(await new_database_url()) as database:
        async with writing(database) as journal:
            for event in (
                CallArrived(
                    at=at, call_id=CALL, caller_number="13800000001", called_number="12345"
                ),
                DraftOpened(at=at, call_id=CALL, order_id=ORDER, seat_id=SEAT),
                CallAnswered(at=at, call_id=CALL, seat_id=SEAT, waited_ms=1),
                CallEnded(at=at, call_id=CALL, talked_ms=1, ending=hung_up),
                BackfillWanted(at=at, call_id=CALL, why="no-recogniser", by="machine"),
            ):
                journal.append(event)
        wanted = await StoredOrders(database).unfinished_orders()
        async with writing(database) as journal:
            journal.append(TranscriptFinished(at=at, call_id=CALL, utterances=1))
        finished = await StoredOrders(database).unfinished_orders()
    assert [order.order_id for order in wanted] == [ORDER]
    assert finished == []


async def test_the_report_is_printed_for_people_and_for_programs(tmp_path):
    places = Places(tmp_path / "var")
    async with (
        administration.open_database(places, Config()) as database,
        writing(database) as journal,
    ):
        journal.append(measured(1, utc_now(), Became.EDITED, 0.5))

    async def report(*words: str) -> list[str]:
        said: list[str] = []
        arguments = parser().parse_args(["report", "drafting", *words])
        assert await report_drafting(arguments, places, Config(), said.append) == 0
        return said

    lines = await report()
    assert "工单 1 张" in lines[0]
    assert "  摘要  建议 1  采用 0  修改 1  弃用 0  人工补填 0  平均编辑距离 0.500" in lines
    assert set(FIELD_NAMES) == set(F)
    [line] = await report("--json")
    told = json.loads(line)
    assert (told["orders"], len(told["fields"]), len(told["weeks"])) == (1, len(F), 1)
    with pytest.raises(CommandRefused):
        await report("--since", "yesterday")
