"""What an operator learns of being supervised follows the policy of the moment; alarms are not his."""

import json
from dataclasses import replace

import pytest

from asr.events import Side
from cti.call import CallState
from cti.events import (
    CallAnswered,
    CallControlled,
    PartyJoined,
    PartyLeft,
    PartyMoved,
    PartyRang,
    PartyRole,
    Room,
)
from cti.ids import LegId, SeatId
from cti.parties import Party
from documents.problems import DocumentKind
from seats.events import (
    ForceEffect,
    GroupAttendedAgain,
    GroupUnattended,
    SeatAlarmCleared,
    SeatAlarmRaised,
    SeatForced,
    SeatStateChanged,
)
from seats.model import SeatState
from seats.rule_documents.policies import SupervisionPolicy
from seats.rule_versions import shipped
from tests.fakes.services import CALL, NOON, encode_event, user, utterance
from tests.unit.test_web import browser, run
from web.live import Window
from web.ports import Role, Told

LEG = LegId(f"{CALL}-p1")
OWN, OTHER = "8001", "8002"
LEADER = SeatId("8099")
POLICIES = shipped(DocumentKind.POLICIES).body


def acted(what):
    return CallControlled(at=NOON, call_id=CALL, what=what, by="leader", seat_id=LEADER)


def party(kind, **more):
    return kind(at=NOON, call_id=CALL, leg_id=LEG, role=PartyRole.SUPERVISOR, who=LEADER, **more)


def viewing(*roles, seat=OWN, told=("whisper", "barge", "force")):
    policy = SupervisionPolicy(told=frozenset(told))
    window = Window(user("wang", *roles, seat=seat), encode_event, lambda: policy)
    answered = CallAnswered(at=NOON, call_id=CALL, seat_id=SeatId(OWN), waited_ms=0)
    window.show(Told(1, answered))
    return window


def sees(window, *events):
    """The kinds of those that are sent."""
    texts = [window.show(Told(2, event))[0] for event in events]
    return [json.loads(text)["type"] for text in texts if text is not None]


@pytest.mark.parametrize(
    ("what", "told", "shown"),
    [
        ("listen", (), False),
        ("listen", ("listen",), True),
        ("whisper", ("whisper",), True),
        ("whisper", ("listen",), False),
        ("intercept", (), False),
        ("hold", (), True),
    ],
)
def test_an_operator_is_told_of_an_act_only_if_the_policy_says_so(what, told, shown):
    assert bool(sees(viewing(Role.OPERATOR, told=told), acted(what))) is shown
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INSPECTOR):
        assert sees(viewing(role, seat=None, told=()), acted(what)) == ["CallControlled"]


def test_nobody_elses_operator_is_told_of_it():
    assert sees(viewing(Role.OPERATOR, seat=OTHER), acted("whisper")) == []


def test_a_listening_leg_is_not_shown_until_it_speaks_and_then_to_its_end():
    window = viewing(Role.OPERATOR)
    rang, listens = party(PartyRang), party(PartyJoined, room=Room.LISTENING)
    mutters = replace(utterance(), side=Side.SUPERVISOR, leg_id=LEG)
    assert sees(window, rang, listens, mutters, party(PartyLeft, present_ms=9)) == []
    assert sees(
        window,
        rang,
        listens,
        party(PartyMoved, room=Room.WHISPERING),
        mutters,
        party(PartyMoved, room=Room.LISTENING),
        party(PartyLeft, present_ms=9),
    ) == ["PartyMoved", "UtteranceHeard", "PartyMoved", "PartyLeft"]
    told = viewing(Role.OPERATOR, told=("listen",))
    assert sees(told, rang, listens) == ["PartyJoined"]


def test_who_was_shown_before_this_viewer_came_is_followed_too():
    window = viewing(Role.OPERATOR)
    whispers = Party(
        leg_id=LEG, role=PartyRole.SUPERVISOR, who=LEADER, room=Room.WHISPERING, since=NOON
    )
    window.know(CALL, OWN, (whispers,))
    assert sees(window, party(PartyLeft, present_ms=9)) == ["PartyLeft"]


def test_a_supervisors_seat_does_not_say_which_call_it_listens_to():
    talks = SeatStateChanged(
        at=NOON, seat_id=LEADER, was=SeatState.RINGING, state=SeatState.TALKING, call_id=CALL,
        part=PartyRole.SUPERVISOR,
    )  # fmt: skip
    both = Told(2, talks)
    hidden, _ = viewing(Role.OPERATOR, seat=OTHER).show(both)
    assert (json.loads(hidden)["call_id"], json.loads(hidden)["part"]) == (None, "seat")
    whole, _ = viewing(Role.SUPERVISOR, seat=None).show(both)
    assert (json.loads(whole)["call_id"], json.loads(whole)["part"]) == (CALL, "supervisor")


def test_a_forced_state_is_told_to_the_seat_itself_by_policy():
    forced = SeatForced(
        at=NOON, seat_id=SeatId(OWN), by="leader", state=SeatState.NOT_READY, reason="培训",
        effect=ForceEffect.DONE,
    )  # fmt: skip
    assert sees(viewing(Role.OPERATOR), forced) == ["SeatForced"]
    assert sees(viewing(Role.OPERATOR, told=()), forced) == []
    assert sees(viewing(Role.OPERATOR, seat=OTHER), forced) == []


def test_alarms_are_for_those_who_lead():
    alarm = {"at": NOON, "seat_id": SeatId(OWN), "state": SeatState.NOT_READY, "reason": None}
    alarms = (
        SeatAlarmRaised(**alarm, since=NOON, limit_s=9.0),
        SeatAlarmCleared(**alarm, since=NOON),
        GroupUnattended(at=NOON, skill_group="law", serving=0, signed_in=1, minimum=1),
        GroupAttendedAgain(at=NOON, skill_group="law", serving=1),
    )
    assert sees(viewing(Role.OPERATOR), *alarms) == []
    for role in (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INSPECTOR):
        assert len(sees(viewing(role, seat=None), *alarms)) == 4


def test_a_published_policy_holds_at_once_for_answers_and_for_who_may_listen(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            calls = b.services.calls
            listens = Party(
                leg_id=LEG, role=PartyRole.SUPERVISOR, who=LEADER, room=Room.LISTENING, since=NOON
            )
            calls.call = replace(
                calls.call, state=CallState.TALKING, ended_at=None, ending=None, parties=(listens,)
            )
            body = {"how": "listen", "seat_id": OTHER, "reason": "质检"}

            async def parties():
                seen = (await b.client.get(f"/api/calls/{CALL}")).json()
                return [one["who"] for one in seen["parties"]]

            async def published(text):
                await b.log_in("admin")
                what = {"body": text, "note": "试", "accept_warnings": True}
                answer = await b.client.post("/api/rules/policies/publish", json=what)
                assert answer.status_code == 200, answer.text

            async def inspector_listens():
                await b.log_in("inspector")
                return (await b.client.post(f"/api/calls/{CALL}/supervise", json=body)).status_code

            await b.log_in("wang")
            assert await parties() == []
            await b.log_in("leader")
            assert await parties() == [LEADER]
            assert await inspector_listens() == 403
            open_ = POLICIES.replace('told = ["whisper"', 'told = ["listen", "whisper"')
            await published(open_.replace('["supervisor"]', '["supervisor", "inspector"]'))
            await b.log_in("wang")
            assert await parties() == [LEADER]
            assert await inspector_listens() == 200
            await published(POLICIES)
            await b.log_in("wang")
            assert await parties() == []
            assert await inspector_listens() == 403

    run(story())
