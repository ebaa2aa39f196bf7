"""One question a call; no key is 未评价 and never 满意."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.call import Call, CallState
from cti.events import Blame, CallArrived, CallEnded, Ending
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.citizen_events import SurveyAnswered, SurveyOffered
from orders.errors import SurveyNotOffered
from orders.model import OrderId
from orders.survey_desk import SurveyDesk
from orders.surveys import AskedHow, Satisfaction, Scale, ScaleWrong, Survey, tallies, tally
from tests.fakes.citizens import CitizensInMemory

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
CALL = CallId("node1-1.1")
S = Satisfaction
HUNG_UP = CallEnded(
    at=NOON, call_id=CALL, talked_ms=1, ending=Ending(blame=Blame.CITIZEN, reason="hung-up")
)


def answered_call():
    return Call(
        call_id=CALL,
        caller_number="13800000001",
        called_number="12345",
        state=CallState.SEAT_LEFT,
        arrived_at=NOON,
        answered_at=NOON,
        seat_id=SeatId("8001"),
        skill_group=SkillGroupCode("general"),
    )


class Office:
    def __init__(self, call=None, stored=None, scale=None):
        self.stored = stored or CitizensInMemory()
        self.calls = {CALL: call or answered_call()}
        self.scale = scale or Scale()
        if stored is None:
            self.stored.tell(
                CallArrived(
                    at=NOON, call_id=CALL, caller_number="13800000001", called_number="12345"
                )
            )
        self.desk = SurveyDesk(
            self.stored,
            lambda: self.scale,
            self.calls.get,
            lambda _: OrderId("20261121-000001"),
            self.stored.tell,
            lambda: NOON,
        )

    def tell(self, event):
        self.stored.tell(event)
        self.desk.on_event(event)


@pytest.mark.parametrize(
    ("key", "meaning"),
    [("5", S.SATISFIED), ("4", S.SATISFIED), ("3", S.BASICALLY), ("2", S.UNSATISFIED),
     ("1", S.UNSATISFIED), ("0", S.NOT_RATED), ("6", S.NOT_RATED), ("*", S.NOT_RATED),
     ("55", S.NOT_RATED), ("５", S.NOT_RATED), ("", S.NOT_RATED), (None, S.NOT_RATED)],
)  # fmt: skip
def test_each_key_has_one_meaning_and_no_key_or_a_wrong_one_is_not_rated(key, meaning):
    scale = Scale()
    assert scale.meaning(scale.score_of(key)) is meaning


def test_a_scale_may_run_the_other_way_but_may_not_leave_a_key_out():
    three = Scale(satisfied=(1,), basically=(2,), unsatisfied=(3,))
    assert (three.last, three.meaning(three.score_of("1"))) == (3, S.SATISFIED)
    assert three.score_of("4") is None
    for wrong in (
        {"satisfied": (5,)}, {"satisfied": (5, 5, 4)}, {"satisfied": (), "basically": (3, 4, 5)},
        {"unsatisfied": ()},
    ):  # fmt: skip
        with pytest.raises(ScaleWrong):
            Scale(**wrong)


def test_the_answer_is_kept_with_call_seat_group_and_order():
    office = Office()
    office.desk.release(CALL)
    assert office.desk.offer(CALL)
    assert office.desk.answer(CALL, "5") is S.SATISFIED
    kept = office.stored.surveys[CALL]
    assert (kept.seat_id, kept.skill_group, kept.order_id) == (
        "8001", "general", "20261121-000001",
    )  # fmt: skip
    assert (kept.score, kept.scale, kept.satisfaction, kept.how) == (
        5, 5, S.SATISFIED, AskedHow.TRANSFERRED,
    )  # fmt: skip


def test_he_is_asked_once_and_a_second_answer_changes_nothing_and_is_counted():
    office = Office()
    office.desk.offer(CALL)
    assert not office.desk.offer(CALL)
    office.desk.answer(CALL, "1")
    assert not office.desk.offer(CALL)
    assert office.desk.answer(CALL, "5") is S.UNSATISFIED
    assert office.desk.second_answers == 1
    assert len(office.stored.told(SurveyOffered)) == len(office.stored.told(SurveyAnswered)) == 1
    assert office.stored.surveys[CALL].satisfaction is S.UNSATISFIED


def test_who_was_not_sent_by_his_seat_is_asked_after_the_call_and_the_flow_can_tell():
    office = Office()
    assert not office.desk.released(CALL)
    office.desk.offer(CALL)
    assert office.stored.surveys[CALL].how is AskedHow.AFTER_CALL


def test_hanging_up_without_a_key_is_not_rated_and_not_satisfied():
    office = Office()
    office.desk.offer(CALL)
    office.tell(HUNG_UP)
    (answer,) = office.stored.told(SurveyAnswered)
    assert (answer.score, answer.satisfaction) == (None, S.NOT_RATED)
    with pytest.raises(SurveyNotOffered):
        office.desk.answer(CALL, "5")


def test_nobody_is_asked_whom_nobody_served_or_who_has_gone():
    for call in (
        replace(answered_call(), answered_at=None),
        replace(answered_call(), state=CallState.ENDED, ended_at=NOON),
    ):
        office = Office(call)
        assert not office.desk.offer(CALL)
        assert office.stored.told(SurveyOffered) == []
        with pytest.raises(SurveyNotOffered):
            office.desk.answer(CALL, "5")


async def test_a_restart_in_the_middle_asks_nobody_twice_and_loses_no_answer():
    before = Office()
    before.desk.offer(CALL)
    after = Office(stored=before.stored)
    await after.desk.restore()
    assert not after.desk.offer(CALL)
    assert after.desk.answer(CALL, "4") is S.SATISFIED
    last = Office(stored=before.stored)
    await last.desk.restore()
    assert last.desk.answer(CALL, "1") is S.SATISFIED
    assert last.desk.second_answers == 1


def test_six_of_ten_rated_and_five_of_them_good_is_83_percent_of_60():
    """RPT-02's own example."""
    told = tally([S.SATISFIED] * 4 + [S.BASICALLY] + [S.UNSATISFIED] + [S.NOT_RATED] * 3 + [None])
    assert (told.asked, told.rated, told.not_rated) == (10, 6, 4)
    assert told.rated_share == pytest.approx(0.6)
    assert told.satisfied_share == pytest.approx(5 / 6)


@given(st.lists(st.sampled_from([*Satisfaction, None])))
def test_whoever_did_not_rate_moves_no_satisfaction(meanings):
    silent = tally([*meanings, S.NOT_RATED, None])
    told = tally(meanings)
    assert silent.satisfied_share == told.satisfied_share
    assert silent.asked == told.asked + 2
    assert told.rated_share is None or 0 <= told.rated_share <= 1


def test_tallies_are_kept_apart_by_seat():
    def of(seat, meaning):
        return Survey(
            call_id=CallId(f"c-{seat}-{meaning}"), how=AskedHow.AFTER_CALL, offered_at=NOON,
            seat_id=SeatId(seat), satisfaction=meaning,
        )  # fmt: skip

    surveys = [of("8001", S.SATISFIED), of("8001", S.UNSATISFIED), of("8002", S.NOT_RATED)]
    found = tallies(surveys, lambda one: one.seat_id)
    assert found["8001"].satisfied_share == 0.5
    assert found["8002"].satisfied_share is None
    assert found["8002"].rated_share == 0
