"""Surveys, messages and query codes over REST: who sees what, one click, a code shown once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cti.call import CallState
from cti.errors import CallInOtherForm
from cti.events import CallArrived, RecordingStarted
from cti.ids import CallId, SeatId, message_id_of
from orders.citizen_events import (
    CallFoundSilent,
    CallLimited,
    CallStayedSilent,
    MessageDiscarded,
    MessageLeft,
    QueryCodeIssued,
    SilentCallerSpoke,
    SurveyAnswered,
    SurveyOffered,
)
from orders.limits import Verdict, WhyLimited
from orders.messages import HowLeft
from orders.model import FieldValue, FilledBy
from orders.surveys import AskedHow, Satisfaction
from tests.fakes.services import CALL, NOON, utterance
from tests.unit.test_web import browser, run
from web.discretion import Discretion
from web.live import Window
from web.ports import Told
from web.views import instant

MESSAGE, EMPTY = message_id_of(CALL, 1), message_id_of(CALL, 2)
SPAN = "since=2026-01-05T00:00:00Z&until=2026-01-06T00:00:00Z"
WHOLE = "13800000001"


def leave(b):
    stored = b.services.citizens.message_records
    stored.zero[CALL] = NOON
    stored.tell(CallArrived(at=NOON, call_id=CALL, caller_number=WHOLE, called_number="12345"))
    common = {"at": NOON, "call_id": CALL, "began_at": NOON, "how": HowLeft.CONFIRMED}
    told = MessageLeft(message_id=MESSAGE, duration_ms=20_000, **common)
    stored.tell(told)
    stored.tell(MessageDiscarded(message_id=EMPTY, duration_ms=900, **common))
    stored.said.append(utterance())
    desk = b.services.citizens.messages
    desk._open[MESSAGE] = stored.messages[MESSAGE]
    return stored


def rate(b, *answers):
    stored = b.services.citizens.survey_records
    for count, (seat, meaning) in enumerate(answers):
        call = CallId(f"c{count}")
        stored.tell(SurveyOffered(at=NOON, call_id=call, how=AskedHow.TRANSFERRED, seat_id=seat))
        stored.tell(
            SurveyAnswered(
                at=NOON, call_id=call, score=None, scale=5, satisfaction=meaning,
                how=AskedHow.TRANSFERRED,
            )
        )  # fmt: skip


def test_a_message_is_listed_with_text_and_masked_number_and_empty_ones_only_counted(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            assert (await b.client.get("/api/messages")).status_code == 401
            leave(b)
            await b.log_in("admin")
            assert (await b.client.get("/api/messages")).status_code == 403
            await b.log_in("wang")
            listed = (await b.client.get("/api/messages")).json()
            (one,) = listed["messages"]
            assert (one["message_id"], one["state"], one["text"]) == (MESSAGE, "new", "我要投诉")
            assert one["caller_number"] == "138****0001"
            assert listed["counts"] == {"new": 1, "taken": 0, "done": 0, "discarded": 1}
            assert (await b.client.get(f"/api/messages/{EMPTY}")).status_code == 404
            assert (await b.client.get("/api/messages/nothing")).status_code == 404
            (empty,) = (await b.client.get("/api/messages?state=discarded")).json()["messages"]
            assert empty["message_id"] == EMPTY

    run(story())


def test_everybody_on_the_floor_may_hear_it_before_and_after_it_is_archived(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            leave(b)
            await b.log_in("wang")
            heard = await b.client.get(
                f"/api/messages/{MESSAGE}/audio", headers={"Range": "bytes=2-4"}
            )
            assert (heard.status_code, heard.content) == (206, b"234")
            whole = (await b.client.get(f"/api/messages/{MESSAGE}")).json()
            assert whole["recording"] is None
            await b.log_in("admin")
            refused = await b.client.get(f"/api/messages/{MESSAGE}/audio")
            assert refused.status_code == 403

    run(story())


def test_who_takes_it_sees_the_number_and_another_operator_is_refused(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            leave(b)
            path = f"/api/messages/{MESSAGE}"
            await b.log_in("inspector")
            assert (await b.client.post(f"{path}/take")).status_code == 403
            await b.log_in("wang")
            taken = (await b.client.post(f"{path}/take")).json()
            assert (taken["state"], taken["taken_by"], taken["caller_number"]) == (
                "taken", "wang", WHOLE,
            )  # fmt: skip
            await b.log_in("li")
            refused = await b.client.post(f"{path}/order")
            assert (refused.status_code, refused.json()["code"]) == (409, "message-taken-by-other")
            assert (await b.client.get(path)).json()["caller_number"] == "138****0001"
            await b.log_in("leader")
            why = {"reason": "市民已再次来电"}
            assert (await b.client.post(f"{path}/close", json={"reason": " "})).status_code == 422
            done = (await b.client.post(f"{path}/close", json=why)).json()
            assert (done["state"], done["reason"], done["done_by"]) == (
                "done", "市民已再次来电", "leader",
            )  # fmt: skip
            again = await b.client.post(f"{path}/close", json=why)
            assert (again.status_code, again.json()["code"]) == (409, "message-already-done")

    run(story())


def test_one_click_makes_an_order_whose_channel_is_voice_message(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            leave(b)
            await b.log_in("wang")
            made = (await b.client.post(f"/api/messages/{MESSAGE}/order")).json()
            assert (made["order"]["channel"], made["order"]["message_id"]) == ("message", MESSAGE)
            assert made["message"]["order_id"] == made["order"]["order_id"]
            assert (made["message"]["state"], made["order"]["seat_id"]) == ("done", "8001")
            assert (await b.client.post(f"/api/messages/{MESSAGE}/order")).status_code == 409

    run(story())


def test_satisfaction_is_summed_for_leaders_and_inspectors_only(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            s = Satisfaction
            rate(
                b, ("8001", s.SATISFIED), ("8001", s.BASICALLY), ("8001", s.NOT_RATED),
                ("8002", s.UNSATISFIED),
            )  # fmt: skip
            await b.log_in("wang")
            for path in (f"surveys?{SPAN}", f"surveys/summary?{SPAN}", f"calls/{CALL}/survey"):
                assert (await b.client.get(f"/api/{path}")).status_code == 403
            await b.log_in("inspector")
            told = (await b.client.get(f"/api/surveys/summary?{SPAN}")).json()
            assert told["all"] == {
                "asked": 4, "rated": 3, "satisfied": 1, "basically": 1, "unsatisfied": 1,
                "not_rated": 1, "rated_share": 0.75, "satisfied_share": 0.6667,
            }  # fmt: skip
            shares = [(row["seat_id"], row["satisfied_share"]) for row in told["seats"]]
            assert shares == [("8001", 1.0), ("8002", 0.0)]
            query = f"/api/surveys?{SPAN}&seat_id=8001&satisfaction=not_rated"
            listed = (await b.client.get(query)).json()
            assert [one["call_id"] for one in listed["surveys"]] == ["c2"]
            assert listed["scale"]["last"] == 5
            nobody = (await b.client.get(f"/api/calls/{CALL}/survey")).json()
            assert nobody == {"survey": None}
            assert (await b.client.get("/api/surveys")).status_code == 422

    run(story())


def complete(b):
    order = b.services.orders.order
    for name in order.missing:
        order.fields[name] = FieldValue(value="匿名", by=FilledBy.PERSON)


def test_submitting_shows_the_query_code_once_and_no_other_answer_holds_it(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            complete(b)
            await b.log_in("wang")
            path = f"/api/orders/{b.services.orders.order.order_id}"
            submitted = (await b.client.post(f"{path}/submit", json={"revision": 0})).json()
            code = submitted["query_code"]
            assert len(code) == 6
            assert code.isdecimal()
            assert "query_code" not in (await b.client.get(path)).json()
            renewed = (await b.client.post(f"{path}/query-code")).json()
            assert set(renewed) == {"order_id", "query_code"}
            await b.log_in("li")
            assert (await b.client.post(f"{path}/query-code")).status_code == 403

    run(story())


def test_an_order_of_a_caller_without_number_has_no_code_and_is_submitted_all_the_same(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.calls.call = replace(b.services.calls.call, caller_number="")
            complete(b)
            await b.log_in("wang")
            path = f"/api/orders/{b.services.orders.order.order_id}"
            submitted = await b.client.post(f"{path}/submit", json={"revision": 0})
            assert (submitted.status_code, submitted.json()["query_code"]) == (200, None)
            refused = await b.client.post(f"{path}/query-code")
            assert (refused.status_code, refused.json()["code"]) == (409, "query-code-not-yet")

    run(story())


@pytest.mark.parametrize("name", ["wang", "leader", "inspector", "admin"])
def test_no_screen_is_told_of_a_code_and_no_operator_of_a_rating(name, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            viewer = await b.services.users.find(name)
            seen = Discretion(viewer, b.services.supervision)
            issued = QueryCodeIssued(
                at=NOON, call_id=CALL, order_id="20260105-000001", caller_number=WHOLE,
                code_hash="0" * 64, by="wang",
            )  # fmt: skip
            answered = SurveyAnswered(
                at=NOON + timedelta(seconds=1), call_id=CALL, score=1, scale=5,
                satisfaction=Satisfaction.UNSATISFIED, how=AskedHow.TRANSFERRED,
            )  # fmt: skip
            assert seen.shown(issued, own=True) is None
            assert (seen.shown(answered, own=True) is None) == (name == "wang")
            window = Window(viewer, b.services.encode_event, b.services.supervision)
            assert window.show(Told(1, issued)) == (None, False)
            began = RecordingStarted(at=NOON, call_id=CALL)
            assert window.show(Told(2, began))[0] is not None

    run(story())


def test_releasing_sends_the_citizen_on_to_the_question_unless_it_is_refused(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.calls.call = replace(
                b.services.calls.call, state=CallState.TALKING, ended_at=None, ending=None
            )
            surveys = b.services.citizens.surveys
            await b.log_in("li")
            assert (await b.client.post(f"/api/calls/{CALL}/release")).status_code == 403
            assert not surveys.released(CALL)
            await b.log_in("wang")
            b.services.commands.error = CallInOtherForm()
            assert (await b.client.post(f"/api/calls/{CALL}/release")).status_code == 409
            assert not surveys.released(CALL)
            b.services.commands.error = None
            assert (await b.client.post(f"/api/calls/{CALL}/release")).status_code == 200
            assert surveys.released(CALL)

    run(story())


def test_limited_and_refused_calls_are_counted_and_listed_for_supervisors(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            stored = b.services.citizens.limits
            for count, verdict in enumerate((Verdict.LIMITED, Verdict.REFUSED, Verdict.REFUSED)):
                why = WhyLimited.TOO_OFTEN
                call = CallId(f"c{count}")
                stored.tell(CallLimited(at=NOON, call_id=call, verdict=verdict, why=why))
            stored.tell(
                CallLimited(
                    at=NOON,
                    call_id=CallId("c3"),
                    verdict=Verdict.REFUSED,
                    why=WhyLimited.BLOCKED,
                    blocked_until=NOON + timedelta(days=7),
                )
            )
            await b.log_in("wang")
            assert (await b.client.get(f"/api/limited-calls?{SPAN}")).status_code == 403
            await b.log_in("leader")
            told = (await b.client.get(f"/api/limited-calls?{SPAN}&limit=2")).json()
            assert told["counts"] == {"limited": 1, "refused": 3}
            assert [one["call_id"] for one in told["calls"]] == ["c3", "c2"]
            ends = [one["blocked_until"] for one in told["calls"]]
            assert ends == [instant(NOON + timedelta(days=7)), None]

    run(story())


def test_silent_calls_are_listed_for_supervisors_with_what_came_of_each(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            stored = b.services.citizens.silence
            for count, number in enumerate((WHOLE, WHOLE, WHOLE, "")):
                stored.tell(
                    CallFoundSilent(
                        at=NOON + timedelta(minutes=count),
                        call_id=CallId(f"c{count}"),
                        caller_number=number,
                        seat_id=SeatId("8001"),
                        after_s=8,
                    )
                )
            later = NOON + timedelta(minutes=9)
            for call in (CallId("c0"), CallId("c1")):
                stored.tell(CallStayedSilent(at=later, call_id=call, caller_number=WHOLE, times=1))
            stored.tell(SilentCallerSpoke(at=later, call_id=CallId("c2")))
            for nosy in ("wang", "inspector", "admin"):
                await b.log_in(nosy)
                refused = await b.client.get(f"/api/silent-calls?{SPAN}")
                assert refused.status_code == 403
            await b.log_in("leader")
            told = (await b.client.get(f"/api/silent-calls?{SPAN}&limit=3")).json()
            assert told["counts"] == {"going_on": 1, "spoke": 1, "stayed_silent": 2}
            assert [(one["call_id"], one["outcome"], one["times"]) for one in told["calls"]] == [
                ("c3", "going_on", None),
                ("c2", "spoke", 2),
                ("c1", "stayed_silent", 2),
            ]
            first = told["calls"][-1]
            assert (first["caller_number"], first["seat_id"]) == (WHOLE, "8001")
            assert (await b.client.get("/api/silent-calls")).status_code == 422

    run(story())


def test_times_of_urging_are_told_to_who_may_see_the_order(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.order_records.urgings = ((NOON, CallId("c9")),)
            order_id = b.services.order_records.order.order_id
            await b.log_in("wang")
            told = (await b.client.get(f"/api/orders/{order_id}/urges")).json()
            assert [one["call_id"] for one in told["urges"]] == ["c9"]
            assert (await b.client.get("/api/orders/none/urges")).status_code == 404

    run(story())
