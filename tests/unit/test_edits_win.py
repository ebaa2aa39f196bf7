"""What a person wrote stays, whatever is said, transcribed, transferred or restarted afterwards."""

import pytest

from asr.events import BackfillWanted, TranscriptFinished
from cti.events import CallTransferred
from orders.draftsman import Draftsman
from orders.errors import OrderValueInvalid
from orders.events import DraftMeasured, FieldsProposed
from orders.model import FilledBy
from orders.outcomes import Became
from tests.fakes.talk import PLACES, WORDS, heard, talk
from tests.unit.test_order_desk import FIRST, FULL, NOON, A, B, F, Office, X

EVERY_FIELD = """
市：我要投诉路北区河西里三号楼物业电梯坏了三天了
市：我姓王电话是幺三八零零零零零零零二
市：希望他们尽快修好
市：昨天晚上还着火了
"""


def office(store=None) -> Office:
    return Office(store, Draftsman(lambda: WORDS.danger, lambda: PLACES))


async def edited_everywhere(at: Office) -> dict[F, str]:
    """A person writes half of the fields and clears the other half, before anything is said."""
    wanted = {
        F.CALLER_NAME: "赵女士",
        F.CONTACT_NUMBER: "",
        F.REQUEST_TYPE: "suggestion",
        F.EVENT_TYPE: "",
        F.URGENCY: "ordinary",
        F.CONTENT: "另有内容",
        F.ADDRESS: "",
        F.SUMMARY: "",
        F.DISTRICT: "丰南区",
        F.HAPPENED_AT: "2026-01-02T03:04",
        F.PERSONS: "",
        F.WANT: "无",
    }
    assert set(wanted) == set(F)
    at.happens(*talk(EVERY_FIELD))
    await at.desk.edit(FIRST, wanted, at.order.revision, "user8001")
    return wanted


def values(at: Office) -> dict[F, str]:
    return {name: value.value for name, value in at.order.fields.items()}


async def test_further_words_change_no_field_that_a_person_wrote_or_cleared():
    at = office().rings()
    wanted = await edited_everywhere(at)
    at.happens(heard("我要表扬路南区的医生他救了我希望奖励他我姓李今天早上八点", at_s=99))
    assert values(at) == wanted
    assert all(value.by is FilledBy.PERSON for value in at.order.fields.values())


async def test_the_talk_proposes_every_field_so_that_the_test_above_means_something():
    at = office().rings()
    at.happens(*talk(EVERY_FIELD))
    assert set(at.order.fields) == set(F)


async def test_after_a_restart_and_a_transfer_a_persons_words_still_stand():
    before = office().rings()
    wanted = await edited_everywhere(before)
    again = office(before.store)
    await again.desk.restore()
    again.happens(
        CallTransferred(at=NOON, call_id=X, from_seat=A, to_seat=B),
        heard("电梯困人了在翔云里", at_s=99),
    )
    assert values(again) == wanted
    assert again.order.seat_id == B


async def test_words_made_up_after_the_call_fill_only_what_nobody_wrote():
    at = office().rings()
    at.happens(heard("在东湖小区"))
    cleared = {"address": "", "summary": "电梯"}
    await at.desk.edit(FIRST, cleared, at.order.revision, "user8001")
    at.ends()
    at.happens(*talk(EVERY_FIELD), TranscriptFinished(at=NOON, call_id=X, utterances=4))
    assert (values(at)[F.ADDRESS], values(at)[F.SUMMARY]) == ("", "电梯")
    assert values(at)[F.REQUEST_TYPE] == "complaint"
    assert at.order.fields[F.REQUEST_TYPE].by is FilledBy.MACHINE
    assert at.order.fields[F.REQUEST_TYPE].proof is not None


async def test_a_transcript_wanted_after_all_fills_the_draft_that_nobody_submitted():
    at = office().rings()
    await at.desk.edit(FIRST, {"summary": "电梯"}, 1, "user8001")
    at.ends()
    finished = TranscriptFinished(at=NOON, call_id=X, utterances=0)
    at.happens(finished, heard("我要投诉物业"))
    assert F.REQUEST_TYPE not in values(at)
    at.happens(BackfillWanted(at=NOON, call_id=X, why="asked", by="wang"), heard("我要投诉物业"))
    assert (values(at)[F.REQUEST_TYPE], values(at)[F.SUMMARY]) == ("complaint", "电梯")
    at.happens(finished, heard("我要表扬物业", at_s=9))
    assert "表扬" not in values(at)[F.CONTENT]


async def test_the_machines_last_proposal_outlives_the_edit_and_the_restart():
    at = office().rings()
    at.happens(heard("我要投诉物业"))
    await at.desk.edit(FIRST, {"request_type": "help"}, at.order.revision, "user8001")
    again = office(at.store)
    await again.desk.restore()
    order = await again.desk.edit(FIRST, FULL, again.order.revision, "user8001")
    await again.desk.submit(FIRST, order.revision, "user8001")
    [measured] = again.told(DraftMeasured)
    outcomes = {one.name: one for one in measured.fields}
    assert set(outcomes) == set(F)
    assert outcomes[F.REQUEST_TYPE].outcome is Became.EDITED
    assert outcomes[F.URGENCY].outcome is Became.CONFIRMED
    assert outcomes[F.CONTENT].outcome is Became.EDITED
    assert outcomes[F.CALLER_NAME].outcome is Became.ADDED
    assert outcomes[F.HAPPENED_AT].outcome is Became.EMPTY
    assert measured.seat_id == A


async def test_a_cleared_proposal_was_rejected_and_an_untouched_one_confirmed():
    at = office().rings()
    at.happens(heard("我要投诉东湖小区物业"))
    order = await at.desk.edit(
        FIRST, {"address": "", "caller_name": "匿名"}, at.order.revision, "user8001"
    )
    await at.desk.submit(FIRST, order.revision, "user8001")
    [measured] = at.told(DraftMeasured)
    outcomes = {one.name: one for one in measured.fields}
    assert (outcomes[F.ADDRESS].outcome, outcomes[F.ADDRESS].distance) == (Became.REJECTED, 1.0)
    assert (outcomes[F.CONTENT].outcome, outcomes[F.CONTENT].distance) == (Became.CONFIRMED, 0.0)
    assert outcomes[F.CONTENT].confidence > 0
    told = "".join(str(one) for one in measured.fields)
    assert "东湖" not in told


@pytest.mark.parametrize(
    ("field", "value", "good"),
    [
        ("district", "路北区", True),
        ("district", "月球区", False),
        ("happened_at", "2026-11-20", True),
        ("happened_at", "2026-11-20T20:00", True),
        ("happened_at", "昨天", False),
        ("happened_at", "2026-02-30", False),
        ("happened_at", "2026-11-20T25:00", False),
        ("want", "长" * 201, False),
        ("persons", "东湖小区物业", True),
    ],
)
async def test_a_district_is_one_of_the_citys_and_a_time_is_a_time(field, value, good):
    at = office().rings()
    if good:
        order = await at.desk.edit(FIRST, {field: value}, 1, "user8001")
        assert order.fields[F(field)].value == value
        return
    with pytest.raises(OrderValueInvalid):
        await at.desk.edit(FIRST, {field: value}, 1, "user8001")


async def test_without_a_list_of_districts_any_name_will_do():
    at = Office().rings()
    order = await at.desk.edit(FIRST, {"district": "月球区"}, 1, "user8001")
    assert order.fields[F.DISTRICT].value == "月球区"
    assert len(at.told(FieldsProposed)) == 1
