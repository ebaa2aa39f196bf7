"""Call control over REST: what is asked of the switchboard, by whom, and who is refused."""

from dataclasses import replace

import pytest

from cti.call import CallState
from cti.errors import CtiError
from cti.events import CallAnswered, CallArrived, CallQueued, PartyRole, Room
from cti.ids import LegId, SeatId, SkillGroupCode
from cti.parties import Party
from cti.targets import LineTarget, SeatTarget
from tests.fakes.call_commands import waiting
from tests.fakes.services import CALL, GENERAL, NOON
from tests.unit.test_web import browser, run
from web.control_ports import Supervision

SEAT = SeatTarget(seat_id=SeatId("8002"))
FIRE = LineTarget(who="119", number="119")
MOBILE = LineTarget(who="outside", number="13800000009")
ORDER = {"order_id": "20260105-000001"}
TO_SEAT = {"target": {"kind": "seat", "seat_id": "8002"}}
TO_FIRE = {"target": {"kind": "line", "code": "119"}}
TO_MOBILE = {"target": {"kind": "number", "number": "13800000009"}}

OPERATOR_COMMANDS = [
    ("hang-up", {"reason": "办理完毕"}, ("hang_up", CALL, {"reason": "办理完毕"})),
    ("hold", None, ("hold", CALL, {})),
    ("retrieve", None, ("retrieve", CALL, {})),
    ("mute", {"on": True}, ("mute", CALL, None, {"on": True})),
    ("mute", {"leg_id": "a-p1", "on": False}, ("mute", CALL, "a-p1", {"on": False})),
    ("consult", TO_SEAT, ("consult", CALL, SEAT, ORDER)),
    ("consult", TO_FIRE, ("consult", CALL, FIRE, ORDER)),
    ("cancel-consult", None, ("cancel_consult", CALL, {})),
    ("complete", None, ("complete", CALL, {})),
    ("conference", None, ("conference", CALL, {})),
    ("invite", TO_MOBILE, ("invite", CALL, MOBILE, ORDER)),
    ("transfer", TO_SEAT, ("transfer", CALL, SEAT, ORDER)),
    ("to-line", {"skill_group": "general"}, ("to_line", CALL, "general", {})),
    ("drop", {"leg_id": "a-p1"}, ("drop", CALL, "a-p1", {})),
    ("leave", None, ("leave", CALL, {})),
    ("release", None, ("release", CALL, {})),
    ("keys", {"leg_id": "a-p1", "keys": "12#"}, ("keys", CALL, "a-p1", "12#", {})),
]


def talking(services, seat="8001", **more):
    services.calls.call = replace(
        services.calls.call,
        state=CallState.TALKING,
        seat_id=SeatId(seat),
        ended_at=None,
        ending=None,
        seat_left_at=None,
        **more,
    )


def party(who, role=PartyRole.SEAT, room=None):
    return Party(leg_id=LegId("a-p1"), role=role, who=who, room=room, since=NOON)


def url(what):
    return f"/api/calls/{CALL}/{what}"


@pytest.mark.parametrize(("what", "body", "expected"), OPERATOR_COMMANDS)
def test_the_operator_on_the_call_may_ask_for_it(what, body, expected, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            await b.log_in("wang")
            answer = await b.client.post(url(what), json=body)
            assert answer.status_code == 200, answer.text
            assert (answer.json()["by"], answer.json()["call_id"]) == ("wang", CALL)
            (*command, how) = expected
            assert b.services.commands.asked == [
                (*command, {**how, "by": "wang", "seat_id": "8001"})
            ]

    run(story())


@pytest.mark.parametrize(("what", "body", "_"), OPERATOR_COMMANDS)
@pytest.mark.parametrize("who", ["li", "inspector", "admin"])
def test_nobody_else_may(what, body, _, who, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            await b.log_in(who)
            answer = await b.client.post(url(what), json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
            assert b.services.commands.asked == []

    run(story())


@pytest.mark.parametrize(("what", "body", "_"), OPERATOR_COMMANDS)
def test_a_supervisor_may_on_any_call_though_his_seat_is_not_on_it(what, body, _, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            await b.log_in("leader")
            assert (await b.client.post(url(what), json=body)).status_code == 200
            ((*_command, how),) = b.services.commands.asked
            in_nobodys_name = what in ("hang-up", "drop")
            assert (how["by"], how["seat_id"]) == ("leader", None if in_nobodys_name else "8001")

    run(story())


@pytest.mark.parametrize(
    "body",
    [*OPERATOR_COMMANDS, ("supervise", {"how": "listen", "seat_id": "8001", "reason": "x"}, None),
     ("pick", {"seat_id": "8001", "reason": "x"}, None)],
)  # fmt: skip
def test_nothing_is_asked_without_a_login_or_about_a_call_that_is_not_there(body, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            what, asked, _ = body
            assert (await b.client.post(url(what), json=asked)).status_code == 401
            await b.log_in("leader")
            gone = await b.client.post(f"/api/calls/node1-1.77/{what}", json=asked)
            assert (gone.status_code, gone.json()["code"]) == (404, "not-found")
            assert b.services.commands.asked == []

    run(story())


def test_a_seat_that_is_consulted_or_rung_is_on_the_call_and_a_third_party_is_not_a_seat(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("li")
            talking(b.services, parties=(party("8002", PartyRole.THIRD, Room.TALK),))
            assert (await b.client.post(url("leave"))).status_code == 403
            for room in (Room.ASIDE, None):
                talking(b.services, parties=(party("8002", room=room),))
                assert (await b.client.post(url("leave"))).status_code == 200

    run(story())


def test_a_supervisor_cannot_hold_for_a_seat_that_is_not_there_yet(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            b.services.calls.call = replace(
                b.services.calls.call, state=CallState.QUEUED, seat_id=None
            )
            await b.log_in("leader")
            answer = await b.client.post(url("hold"))
            assert (answer.status_code, answer.json()["code"]) == (409, "call-not-answered")
            assert (await b.client.post(url("hang-up"), json={"reason": "x"})).status_code == 200

    run(story())


def test_an_operator_whose_call_is_over_commands_it_no_more(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            refused = await b.client.post(url("hold"))
            assert (refused.status_code, refused.json()["code"]) == (409, "call-over")

    run(story())


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("hang-up", {}, 422),
        ("hang-up", {"reason": ""}, 422),
        ("mute", {"on": "yes"}, 422),
        ("consult", {"target": {"kind": "seat"}}, 422),
        ("consult", {"target": {"kind": "moon", "seat_id": "8002"}}, 422),
        ("consult", {"target": {"kind": "number", "number": "+44 1"}}, 422),
        ("consult", {"target": {"kind": "seat", "seat_id": "8002"}, "loud": True}, 422),
        ("consult", {"target": {"kind": "seat", "seat_id": "9999"}}, 404),
        ("invite", {"target": {"kind": "line", "code": "nobody"}}, 404),
        ("to-line", {"skill_group": "nobody"}, 404),
        ("keys", {"leg_id": "a-p1", "keys": "1;2"}, 422),
        ("drop", {"leg_id": 7}, 422),
    ],
)
def test_wrong_bodies_and_unknown_targets_reach_nobody(what, body, status, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            await b.log_in("wang")
            answer = await b.client.post(url(what), json=body)
            assert answer.status_code == status
            assert answer.json()["code"] in ("bad-request", "not-found")
            assert b.services.commands.asked == []

    run(story())


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("unknown-call", 404),
        ("number-refused", 422),
        ("target-already-there", 422),
        ("spying-on-oneself", 422),
        ("call-over", 409),
        ("call-in-other-form", 409),
        ("target-not-free", 409),
        ("command-under-way", 409),
        ("link-lost", 409),
    ],
)
def test_what_the_switchboard_refuses_is_told_by_its_code(code, status, tmp_path):
    error = type("Refused", (CtiError,), {"code": code, "__doc__": "Refused. 拒绝"})

    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            b.services.commands.error = error()
            await b.log_in("wang")
            answer = await b.client.post(url("hold"))
            assert (answer.status_code, answer.json()["code"]) == (status, code)

    run(story())


@pytest.mark.parametrize("how", list(Supervision))
def test_only_a_supervisor_listens_and_only_from_his_own_phone(how, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            talking(b.services)
            body = {"how": how.value, "seat_id": "8002", "reason": "新人带教"}
            for name in ("wang", "inspector", "admin"):
                await b.log_in(name)
                assert (await b.client.post(url("supervise"), json=body)).status_code == 403
            await b.log_in("leader")
            answer = await b.client.post(url("supervise"), json=body)
            assert (answer.json()["asked"], answer.json()["target"]) == (how.value, "8001")
            expected = {"reason": "新人带教", "by": "leader", "seat_id": "8002"}
            assert b.services.commands.asked == [("supervise", CALL, how.value, expected)]
            leader = b.services.users.users["leader"]
            b.services.users.users["leader"] = replace(leader, seat_id=SeatId("8001"))
            assert (await b.client.post(url("supervise"), json=body)).status_code == 403

    run(story())


def test_a_waiting_citizen_is_given_to_a_seat_by_supervisors_and_administrators(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            body = {"seat_id": "8002", "reason": "急事"}
            await b.log_in("wang")
            assert (await b.client.post(url("pick"), json=body)).status_code == 403
            for name in ("leader", "admin"):
                await b.log_in(name)
                assert (await b.client.post(url("pick"), json=body)).status_code == 200
            assert b.services.line.picked == [
                (CALL, "8002", name, "急事") for name in ("leader", "admin")
            ]
            lost = await b.client.post(url("pick"), json={"seat_id": "9999", "reason": "x"})
            assert lost.status_code == 404
            assert (await b.client.post(url("pick"), json={"seat_id": "8002"})).status_code == 422

    run(story())


def test_calls_out_go_from_ones_own_seat_to_a_number_or_to_an_orders_citizen(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            plain = {"number": "13800000009", "seat_id": "8001"}
            answer = await b.client.post("/api/calls-out", json=plain)
            assert answer.json()["call_id"] == "node1-1767585600.9001"
            order = {"order_id": "20260105-000001", "seat_id": "8001", "first": "citizen"}
            assert (await b.client.post("/api/calls-out", json=order)).status_code == 200
            assert b.services.calls_out.asked == [
                ("seat_first", "13800000009", {"by": "wang", "seat_id": "8001", "reason": None}),
                ("citizen_first", "13800000001",
                 {"by": "wang", "skill_group": "general", "joined_at": NOON,
                  "reason": "20260105-000001"}),
            ]  # fmt: skip
            for wrong in (
                {"seat_id": "8001"},
                {**plain, "order_id": "x"},
                {**plain, "number": "00x"},
            ):
                assert (await b.client.post("/api/calls-out", json=wrong)).status_code == 422
            other = await b.client.post("/api/calls-out", json={**plain, "seat_id": "8002"})
            assert other.status_code == 403
            await b.log_in("li")
            not_his = {**order, "seat_id": "8002"}
            assert (await b.client.post("/api/calls-out", json=not_his)).status_code == 403

    run(story())


@pytest.mark.parametrize(
    ("words", "codes"),
    [("", ["110", "119", "water"]), ("消防", ["119"]), ("供水 夜间", ["water"]), ("9", ["119", "water"]),
     ("WATER", ["water"]), ("教育", [])],
)  # fmt: skip
def test_the_directory_is_searched_by_plain_words(words, codes, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            answer = await b.client.get("/api/directory", params={"q": words})
            assert [line["code"] for line in answer.json()["lines"]] == codes

    run(story())


def test_the_line_says_who_waits_and_why_without_the_number_for_operators(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            b.services.line.line.append(waiting(CALL, NOON))
            await b.log_in("wang")
            talking(b.services, "8002")
            (one,) = (await b.client.get("/api/line")).json()["line"]
            assert one["place"] == 1
            assert one["why"].startswith("技能组")
            assert one["caller_number"] == "138****0001"
            await b.log_in("leader")
            (one,) = (await b.client.get("/api/line")).json()["line"]
            assert one["caller_number"] == "13800000001"

    run(story())


def test_a_timeline_is_made_of_the_calls_events(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            body = (await b.client.get(url("timeline"))).json()
            assert [part["state"] for part in body["parts"]] == ["arrived"]
            assert (body["total_ms"], body["parties"], body["holds"]) == (0, [], [])
            gone = await b.client.get("/api/calls/node1-1.77/timeline")
            assert gone.status_code == 404

    run(story())


def test_board_and_report_show_the_same_waits(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            clock = b.services.service_level.clock
            for event in (
                CallArrived(at=NOON, call_id=CALL, caller_number="13800000001", called_number="12345"),
                CallQueued(
                    at=NOON, call_id=CALL, skill_group=SkillGroupCode(GENERAL), joined_at=NOON, priority=0
                ),
                CallAnswered(at=NOON, call_id=CALL, seat_id=SeatId("8001"), waited_ms=0),
            ):  # fmt: skip
                clock.on_event(event)
            await b.log_in("wang")
            live = (await b.client.get("/api/service-level")).json()
            assert live["targets"]["answer_limit_s"] == 15
            today = live["windows"]["today"]
            assert (today["offered"], today["in_time_share"], today["answer_rate"]) == (1, 1.0, 1.0)
            day = (await b.client.get("/api/service-level", params={"day": "2026-01-05"})).json()
            assert (day["offered"], day["in_time_share"]) == (1, 1.0)
            assert day["hours"][12]["offered"] == 1, "04:00 UTC is noon in China"
            assert len(day["hours"]) == 24
            assert b.services.service_level.waits[0].skill_group == GENERAL
            wrong = await b.client.get("/api/service-level", params={"day": "yesterday"})
            assert wrong.status_code == 422

    run(story())
