"""Cues, sentences and signals over REST and on the live socket: who may see which."""

import json

import pytest

from asr.events import Side
from cti.events import CallAnswered, CallEnded
from cti.ids import SeatId
from quality.errors import RerunTooLarge
from quality.events import (
    CueJudged,
    CueKind,
    CueLevel,
    CueRaised,
    SentenceDue,
    SentenceMissed,
    SentenceSaid,
    SignalFound,
)
from tests.fakes.quality import HUNG_UP
from tests.fakes.services import CALL, NOON, encode_event, user
from tests.unit.test_web import browser, run
from web.errors import status_of
from web.live import Window
from web.ports import Role, Told

CUE = f"{CALL}-gas-leak-3600"
CUES = f"/api/calls/{CALL}/cues"
PERIOD = {"since": "2026-01-05T00:00:00+08:00", "until": "2026-01-06T00:00:00+08:00"}


def test_a_call_shows_its_cues_sentences_and_measures(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            body = (await b.client.get(CUES)).json()
            (cue,) = body["cues"]
            assert cue | {
                "cue_id": CUE, "kind": "danger", "level": "red", "code": "gas-leak",
                "title": "燃气泄漏", "side": "citizen", "starts_at_ms": 3600, "ends_at_ms": 4400,
                "found": "煤气泄漏", "word": "煤气泄漏", "false_alarm": None,
            } == cue  # fmt: skip
            states = {one["sentence_id"]: one["state"] for one in body["sentences"]}
            assert states == {"P01": "said", "P05": "missed", "P11": "due"}
            assert "耐心等待" in body["sentences"][1]["text"]
            assert body["measures"]["operator_chars_per_min"] == 200

    run(story())


def test_a_false_alarm_is_marked_and_taken_back(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            marked = (await b.client.post(f"{CUES}/{CUE}/judge", json={"false_alarm": True})).json()
            assert (marked["cues"][0]["false_alarm"], marked["cues"][0]["judged_by"]) == (
                True,
                "wang",
            )
            back = await b.client.post(f"{CUES}/{CUE}/judge", json={"false_alarm": False})
            assert back.json()["cues"][0]["false_alarm"] is False
            other = await b.client.post(f"{CUES}/nothing/judge", json={})
            assert (other.status_code, other.json()["code"]) == (404, "cue-unknown")
            wrong = await b.client.post(f"{CUES}/{CUE}/judge", json={"false_alarm": "是"})
            assert wrong.status_code == 422

    run(story())


@pytest.mark.parametrize(
    ("name", "own", "floor", "counts"),
    [
        ("wang", 200, 403, 403),
        ("li", 403, 403, 403),
        ("leader", 200, 200, 200),
        ("inspector", 200, 200, 200),
        ("admin", 403, 403, 200),
    ],
)
def test_each_role_sees_what_it_may(tmp_path, name, own, floor, counts):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            got = {path: (await b.client.get(path)).status_code for path in (
                CUES, "/api/cues", "/api/signals", "/api/words/hits", "/api/sentences",
                "/api/sentences/counts", "/api/quality/reruns",
            )}  # fmt: skip
            assert got == {
                CUES: own, "/api/cues": floor, "/api/signals": floor, "/api/words/hits": counts,
                "/api/sentences": 200, "/api/sentences/counts": floor, "/api/quality/reruns": floor,
            }  # fmt: skip
            judged = await b.client.post(f"{CUES}/{CUE}/judge", json={"false_alarm": True})
            assert judged.status_code == own
            started = await b.client.post("/api/quality/reruns", json=PERIOD)
            assert started.status_code == (201 if floor == 200 else 403)

    run(story())


def test_lists_pass_on_what_was_asked(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            records = b.services.quality.records
            (cue,) = (await b.client.get("/api/cues?kind=danger&limit=7")).json()["cues"]
            assert (cue["call_id"], cue["seat_id"]) == (CALL, "8001")
            assert records.asked[-1] == (None, CueKind.DANGER, 7)
            assert (await b.client.get("/api/cues?kind=rumour")).status_code == 422
            (signal,) = (await b.client.get("/api/signals?rule=not-ours")).json()["signals"]
            assert (signal["state"], signal["rule"], signal["starts_at_ms"]) == (
                "to_review", "not-ours", 9000,
            )  # fmt: skip
            assert records.asked[-1][0] == "not-ours"
            word, gone = (await b.client.get("/api/words/hits")).json()["words"]
            assert (word["hits"], word["judged"], word["false_alarms"]) == (5, 2, 1)
            assert (word["kind"], word["title"]) == ("danger", "燃气泄漏")
            assert gone["title"] == "旧标题"
            listed = (await b.client.get("/api/sentences")).json()["sentences"]
            assert {"P01", "P21", "C01"} <= {one["sentence_id"] for one in listed}
            assert not any("{" in one["text"] for one in listed)
            (count,) = (await b.client.get("/api/sentences/counts")).json()["sentences"]
            assert (count["shown"], count["said"], count["missed"]) == (9, 8, 1)

    run(story())


def test_a_rerun_is_started_looked_at_and_stopped(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            started = await b.client.post("/api/quality/reruns", json=PERIOD)
            assert started.status_code == 201
            path = f"/api/quality/reruns/{started.json()['id']}"
            assert (await b.client.get(path)).json()["calls"] == 0
            assert (await b.client.post(f"{path}/cancel")).json()["done"] == 0
            listed = (await b.client.get("/api/quality/reruns")).json()["reruns"]
            assert [one["id"] for one in listed] == [started.json()["id"]]
            unknown = await b.client.get("/api/quality/reruns/nothing")
            assert (unknown.status_code, unknown.json()["code"]) == (404, "rerun-unknown")
            turned = {"since": PERIOD["until"], "until": PERIOD["since"]}
            wrong = await b.client.post("/api/quality/reruns", json=turned)
            assert (wrong.status_code, wrong.json()["code"]) == (422, "rerun-span-invalid")

    run(story())


def test_refusals_say_whose_mistake_it_is():
    assert status_of(RerunTooLarge.code) == 422
    assert status_of("rerun-going-on") == 409


def cue(level=CueLevel.RED) -> CueRaised:
    return CueRaised(
        at=NOON, call_id=CALL, cue_id=CUE, kind=CueKind.DANGER, level=level, code="gas-leak",
        title="燃气泄漏", side=Side.CITIZEN, starts_at_ms=1, ends_at_ms=2, found="煤气泄漏",
    )  # fmt: skip


EVENTS = (
    cue(),
    SentenceDue(at=NOON, call_id=CALL, sentence_id="P01", reason="answered", at_ms=0),
    SentenceSaid(
        at=NOON, call_id=CALL, sentence_id="P01", at_ms=0, starts_at_ms=1, ends_at_ms=2
    ),
    SentenceMissed(at=NOON, call_id=CALL, sentence_id="P05", at_ms=9),
    CueJudged(at=NOON, call_id=CALL, cue_id=CUE, false_alarm=True, by="wang"),
    SignalFound(
        at=NOON, call_id=CALL, signal_id="x", rule="not-ours", version=1, side=Side.OPERATOR,
        starts_at_ms=1, ends_at_ms=2, found="不归我们管",
    ),
)  # fmt: skip
ALL = [type(one).__name__ for one in EVENTS]


@pytest.mark.parametrize(
    ("roles", "seat", "sees"),
    [
        ((Role.OPERATOR,), "8001", ALL[:-1]),
        ((Role.OPERATOR,), "8002", []),
        ((Role.SUPERVISOR,), None, ALL),
        ((Role.INSPECTOR,), None, ALL),
        ((Role.ADMINISTRATOR,), None, []),
    ],
)
def test_spoken_words_go_live_only_to_whom_may_hear_the_call(roles, seat, sees):
    window = Window(user("wang", *roles, seat=seat), encode_event)
    answered = CallAnswered(at=NOON, call_id=CALL, seat_id=SeatId("8001"), waited_ms=0)
    window.show(Told(1, answered))
    shown = [window.show(Told(2, event))[0] for event in EVENTS]
    assert [json.loads(text)["type"] for text in shown if text is not None] == sees


def test_a_red_cue_reaches_a_shift_leader_at_once_and_an_amber_one_with_the_rest():
    window = Window(user("leader", Role.SUPERVISOR), encode_event)
    assert window.show(Told(1, cue()))[1]
    assert not window.show(Told(2, cue(CueLevel.AMBER)))[1]
    operator = Window(user("li", Role.OPERATOR, seat="8002"), encode_event)
    assert operator.show(Told(3, cue())) == (None, False)


def test_a_red_cue_of_the_last_words_still_reaches_the_leader():
    window = Window(user("leader", Role.SUPERVISOR), encode_event)
    window.show(Told(1, CallEnded(at=NOON, call_id=CALL, talked_ms=1, ending=HUNG_UP)))
    assert window.show(Told(2, cue()))[0] is not None
