"""Callbacks, codes, warnings and blocks over REST; who is rung for a call may read it."""

from dataclasses import replace

import pytest

from cti.call import CallState
from cti.events import (
    Blame,
    CallTransferred,
    Ending,
    PartyDidNotAnswer,
    PartyRang,
    PartyRole,
    SeatLeftCall,
)
from cti.ids import LegId, SeatId
from cti.parties import Party
from orders.errors import NuisanceStepsMissing
from orders.model import CallbackState
from tests.fakes.services import CALL, NOON, user, utterance
from tests.unit.test_web import browser, run
from web.live import Window
from web.ports import Role, Told

ORDER = "20260105-000001"


def rung(call, seat="8002"):
    party = Party(leg_id=LegId(f"{CALL}-p1"), role=PartyRole.SEAT, who=seat, room=None, since=NOON)
    return replace(call, state=CallState.CONSULTING, ended_at=None, ending=None, parties=(party,))


def test_a_callback_is_called_put_off_and_closed_by_whom_it_may(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            asked = b.services.callbacks.asked
            await b.log_in("wang")
            path = f"/api/callbacks/{CALL}"
            answer = await b.client.post(f"{path}/call", json={"seat_id": "8001"})
            assert (answer.status_code, answer.json()["state"]) == (200, "owed")
            assert answer.json()["caller_number"] == "138****0002"
            other = await b.client.post(f"{path}/call", json={"seat_id": "8002"})
            assert other.status_code == 403
            nobody = await b.client.post("/api/callbacks/nobody/call", json={"seat_id": "8001"})
            assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown-callback")
            await b.client.post("/api/callbacks/call-next", json={"seat_id": "8001"})
            later = {"due_at": "2026-01-05T10:00:00+08:00"}
            assert (await b.client.post(f"{path}/postpone", json=later)).status_code == 200
            close = {"note": "已由承办单位联系"}
            assert (await b.client.post(f"{path}/close", json=close)).status_code == 403
            await b.log_in("leader")
            assert (await b.client.post(f"{path}/close", json={"note": " "})).status_code == 422
            assert (await b.client.post(f"{path}/close", json=close)).status_code == 200
            assert [one[0] for one in asked] == ["call", "call", "postpone", "close"]

    run(story())


def test_callbacks_are_listed_by_state_and_one_shows_its_attempts(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            listed = (await b.client.get("/api/callbacks?state=given_up")).json()
            assert listed["callbacks"] == []
            b.services.callbacks.task = replace(
                b.services.callbacks.task, state=CallbackState.GIVEN_UP
            )
            (one,) = (await b.client.get("/api/callbacks?state=given_up")).json()["callbacks"]
            assert one["state"] == "given_up"
            whole = (await b.client.get(f"/api/callbacks/{CALL}")).json()
            (attempt,) = whole["attempt_list"]
            assert (attempt["outcome"], attempt["order_id"]) == ("answered", ORDER)

    run(story())


def test_a_call_is_coded_by_its_own_seat_and_the_code_is_shown(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            path = f"/api/calls/{CALL}/code"
            await b.log_in("li")
            assert (await b.client.post(path, json={"code": "silent"})).status_code == 403
            assert (await b.client.get(path)).status_code == 403
            await b.log_in("wang")
            wrong = await b.client.post(path, json={"code": "nonsense"})
            assert (wrong.status_code, wrong.json()["code"]) == (422, "code-unknown")
            answer = await b.client.post(path, json={"code": "wrong-number"})
            assert answer.json()["missing"] is None
            assert answer.json()["summary"]["name"] == "打错"
            codes = (await b.client.get("/api/codes")).json()["codes"]
            assert {"打错", "无声", "听不清", "骚扰"} <= {one["name"] for one in codes}
            span = "since=2026-01-01T00:00:00Z&until=2026-02-01T00:00:00Z"
            assert (await b.client.get(f"/api/codes/counts?{span}")).status_code == 403
            await b.log_in("inspector")
            counts = (await b.client.get(f"/api/codes/counts?{span}")).json()["counts"]
            assert counts == [{"code": "wrong-number", "name": "打错", "calls": 1}]
            assert (await b.client.get("/api/unregistered")).json() == {"calls": []}

    run(story())


def test_calls_that_the_seat_ended_first_are_listed_for_inspection(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            assert (await b.client.get("/api/calls?ended_by=seat")).status_code == 403
            await b.log_in("inspector")
            (one,) = (await b.client.get("/api/calls?ended_by=seat")).json()["calls"]
            assert one["call_id"] == CALL

    run(story())


def test_hanging_up_on_a_nuisance_is_refused_until_both_warnings_are_ticked(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.calls.call = replace(
                b.services.calls.call, state=CallState.TALKING, ended_at=None, ending=None
            )
            await b.log_in("wang")
            hang_up = f"/api/calls/{CALL}/hang-up"
            b.services.commands.error = NuisanceStepsMissing(0)
            refused = await b.client.post(hang_up, json={"reason": "骚扰"})
            assert (refused.status_code, refused.json()["code"]) == (409, "nuisance-steps-missing")
            assert refused.json()["details"] == {"ticked": 0}
            b.services.commands.error = None
            seen = (await b.client.get(f"/api/nuisance/{CALL}")).json()
            assert (seen["ticked"], seen["may_hang_up"]) == (0, False)
            assert "唐山市" in seen["warnings"][0]
            for step in (1, 2):
                told = await b.client.post(f"/api/calls/{CALL}/nuisance", json={"step": step})
                assert told.json()["ticked"] == step
            assert told.json()["may_hang_up"] is True
            assert (await b.client.post(hang_up, json={"reason": "骚扰"})).status_code == 200

    run(story())


def test_a_nuisance_is_counted_and_blocking_needs_a_second_person_and_an_end(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.users.users["boss"] = user("boss", Role.SUPERVISOR)
            await b.log_in("wang")
            await b.client.post(f"/api/calls/{CALL}/code", json={"code": "nuisance"})
            seen = (await b.client.get(f"/api/nuisance/{CALL}")).json()
            assert (seen["tag_count"], seen["block"]) == (1, None)
            propose = f"/api/calls/{CALL}/nuisance/propose-block"
            late = {"until": "2027-01-05T00:00:00Z", "note": "骚扰"}
            refused = await b.client.post(propose, json=late)
            assert (refused.status_code, refused.json()["code"]) == (422, "block-end-invalid")
            endless = await b.client.post(propose, json={"note": "骚扰"})
            assert endless.status_code == 422
            await b.log_in("leader")
            wanted = {"until": "2026-02-05T00:00:00Z", "note": "三日内骚扰十次"}
            assert (await b.client.post(propose, json=wanted)).json()["state"] == "proposed"
            approve = f"/api/blocks/{CALL}/approve"
            own = await b.client.post(approve, json={})
            assert (own.status_code, own.json()["code"]) == (409, "block-own-proposal")
            await b.log_in("wang")
            assert (await b.client.post(approve, json={})).status_code == 403
            await b.log_in("boss")
            assert (await b.client.post(approve, json={})).json()["state"] == "active"
            assert b.services.nuisance.is_blocked("13800000001", NOON)
            (block,) = (await b.client.get("/api/blocks")).json()["blocks"]
            assert (block["decided_by"], block["proposed_by"]) == ("boss", "leader")
            await b.client.post(f"/api/blocks/{CALL}/lift", json={})
            assert not b.services.nuisance.is_blocked("13800000001", NOON)

    run(story())


@pytest.mark.parametrize("path", [f"/api/calls/{CALL}/transcript", f"/api/orders/{ORDER}"])
def test_a_seat_that_is_rung_for_a_call_reads_its_words_and_form_before_answering(path, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("li")
            assert (await b.client.get(path)).status_code == 403
            b.services.calls.call = rung(b.services.calls.call)
            assert (await b.client.get(path)).status_code == 200
            number = (await b.client.get(f"/api/calls/{CALL}")).json()["caller_number"]
            assert number == "13800000001"
            edit = {"revision": 0, "fields": {"content": "不许"}}
            answer = await b.client.patch(f"/api/orders/{ORDER}", json=edit)
            assert answer.status_code == 403

    run(story())


def party(kind, **more):
    return Told(
        3,
        kind(
            at=NOON, call_id=CALL, leg_id=LegId(f"{CALL}-p1"), role=PartyRole.SEAT, who="8002",
            **more,
        ),
    )  # fmt: skip


def test_the_live_stream_shows_the_words_to_a_seat_from_its_ring_to_its_end():
    window = Window(user("li", Role.OPERATOR, seat="8002"), lambda event: {"type": "words"})
    window.know(CALL, "8001")
    words = Told(1, utterance())
    assert window.show(words) == (None, False)
    assert window.show(party(PartyRang))[1] is True
    assert window.show(words)[0] is not None
    gone = Ending(blame=Blame.SEAT, reason="no-answer")
    window.show(party(PartyDidNotAnswer, ending=gone))
    assert window.show(words) == (None, False)


def test_after_a_transfer_the_words_are_the_new_seats_and_no_longer_the_old_ones():
    left = Told(2, SeatLeftCall(at=NOON, call_id=CALL, seat_id=SeatId("8001"), talked_ms=1))
    transferred = Told(
        1,
        CallTransferred(at=NOON, call_id=CALL, from_seat=SeatId("8001"), to_seat=SeatId("8002")),
    )
    for seat, sees in (("8001", False), ("8002", True)):
        window = Window(user("x", Role.OPERATOR, seat=seat), lambda event: {"type": "words"})
        window.know(CALL, "8001")
        window.show(transferred)
        window.show(left)
        assert (window.show(Told(3, utterance()))[0] is not None) is sees


def test_nobody_writes_the_list_of_blocked_numbers_past_the_approval(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            entry = {"number": "13800000001", "until": "2026-02-05T00:00:00Z", "note": "骚扰"}
            answer = await b.client.post("/api/caller-lists/blocked", json=entry)
            assert (answer.status_code, answer.json()["code"]) == (409, "block-needs-approval")

    run(story())
