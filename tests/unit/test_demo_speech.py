"""What the speech demonstration tells and when it is content."""

import json

from hotline.api_client import ApiRefused
from hotline.demo_speech import CallTold, SpeechReport, clock, right_fields, support, troubles_of
from hotline.outside.aftermath import Outcome, Report
from hotline.outside.speech_script import BURST_PIPE, EXPECTED

CALLER = BURST_PIPE.caller_number
SUMMARY = "路北区建设路26号楼下自来水管爆裂，昨天晚上8点开始漏水，家中停水，无人维修，市民希望尽快派人维修，恢复供水，并电话答复。"


def filled(value: str, **changes) -> dict:
    proof = {"side": "citizen", "starts_at_ms": 12_100, "ends_at_ms": 15_900}
    return {"value": value, "by": "machine", "confidence": 0.812, "proof": proof} | changes


def good_form() -> dict:
    return {
        "caller_name": filled("陈先生"),
        "contact_number": filled("13800004617"),
        "address": filled("路北区建设路26号"),
        "happened_at": filled("2026-11-20T20:00"),
        "event_type": filled("供水"),
        "summary": filled(SUMMARY),
    }


RED = {
    "cue_id": "c-1",
    "kind": "danger",
    "level": "red",
    "title": "爆管漏电",
    "starts_at_ms": 24_552,
}


def test_a_good_form_with_a_warning_lacks_nothing():
    assert set(right_fields(good_form())) == set(EXPECTED)
    assert troubles_of(good_form(), [RED]) == ()


def test_one_wrong_field_of_five_may_be_and_two_may_not():
    form = good_form() | {"caller_name": filled("沈")}
    assert troubles_of(form, [RED]) == ()
    form |= {"happened_at": filled("2026-11-20T08:00")}
    [trouble] = troubles_of(form, [RED])
    assert "3 of 5" in trouble
    assert "caller_name, happened_at" in trouble


def test_no_warning_a_mild_one_or_one_of_another_kind_is_a_lack():
    for cues in ([], [RED | {"level": "info"}], [RED | {"kind": "anger"}]):
        assert troubles_of(good_form(), cues) == ("no cue warned of the danger",)


def test_a_summary_is_neither_too_short_nor_too_long():
    for value in ("水管爆裂", "水" * 151):
        [trouble] = troubles_of(good_form() | {"summary": filled(value)}, [RED])
        assert f"{len(value)} characters" in trouble
    assert len(troubles_of({}, [])) == 3


def test_a_field_is_told_with_its_confidence_and_proof():
    assert clock(65_900) == "01:05"
    assert support(filled("供水")) == "可信度 0.81，依据 00:12–00:15"
    assert support(filled("13800004617", proof=None)) == "可信度 0.81"


class FakeSession:
    """Answers of a service while a call goes on."""

    def __init__(self) -> None:
        self.answers: dict[str, dict] = {"/api/calls?state=live": {"calls": []}}

    async def log_in(self, username: str, password: str) -> dict:
        return {"username": username, "length": len(password)}

    async def get(self, path: str) -> dict:
        if path not in self.answers:
            raise ApiRefused(404, {})
        return self.answers[path]

    async def post(self, path: str, body: dict | None = None) -> dict:
        raise ApiRefused(405, {"path": path, "body": body})


async def test_every_line_cue_and_sentence_is_told_once():
    session, said = FakeSession(), []
    told = CallTold(session, CALLER, said.append)
    await told.look()
    assert said == []
    session.answers = {
        "/api/calls?state=live": {
            "calls": [
                {"call_id": "other", "caller_number": "13800000001"},
                {"call_id": "mine", "caller_number": CALLER},
            ]
        },
        "/api/calls/mine/transcript": {
            "utterances": [
                {"side": "citizen", "starts_at_ms": 20_712, "text": "水管爆了", "written": ""},
                {
                    "side": "operator",
                    "starts_at_ms": 29_862,
                    "text": "在哪里",
                    "written": "在哪里？",
                },
            ]
        },
        "/api/calls/mine/cues": {
            "cues": [RED],
            "sentences": [{"sentence_id": "P01", "state": "due", "text": "您好"}],
        },
    }
    await told.look()
    await told.look()
    assert said == [
        "00:20 市民：水管爆了",
        "00:29 话务员：在哪里？",
        "00:24 【红色提示】爆管漏电",
        "规范用语应说：您好",
    ]
    session.answers["/api/calls/mine/cues"]["sentences"][0]["state"] = "said"
    session.answers["/api/calls?state=live"] = {"calls": []}
    await told.look()
    assert said[4:] == ["规范用语已说：您好"]


def test_the_last_line_has_the_form_and_the_cues_beside_what_every_demo_has():
    outcome = Outcome(caller_number=CALLER, call_id="mine", answered=True)
    outcome.order = {"id": "20261121-000001", "summary": SUMMARY}
    report = SpeechReport(
        report=Report(outcomes=(outcome,)), fields=good_form(), cues=[RED], sentences=[]
    )
    assert report.all_well
    told = json.loads(report.to_line())
    assert told["lost"] == 0
    [call] = told["calls"]
    assert call["call_id"] == "mine"
    assert call["order"]["id"] == "20261121-000001"
    assert call["order"]["fields"] == good_form()
    assert call["cues"] == [RED]
