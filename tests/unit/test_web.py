"""The REST interface over services in memory; no sockets."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest

from cti.events import CallArrived
from cti.ids import SkillGroupCode
from seats.events import CallRouted
from seats.hints import Hints
from seats.model import WaitingCitizen
from tests.fakes.services import CALL, NOON, PASSWORD, memory_services, user, utterance
from web.app import build_app
from web.live import Window
from web.ports import Role, Told
from web.settings import WebSettings
from web.views import masked

SITE = "http://hotline.test"


class Browser:
    """Blocking-free client on an ordinary loop: httpx's own tasks need one."""

    def __init__(self, client, services):
        self.client, self.services = client, services

    async def log_in(self, name):
        answer = await self.client.post(
            "/api/session", json={"username": name, "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text
        return answer

    async def says_why(self, recording_id=f"{CALL}-1", purpose="质量抽检", note=""):
        """Without it only the call's own seat hears anything."""
        why = {"purpose": purpose, "note": note}
        return await self.client.post(f"/api/recordings/{recording_id}/listenings", json=why)


@asynccontextmanager
async def browser(tmp_path, **settings):
    services = memory_services()
    app = build_app(services, WebSettings(**settings), static=tmp_path)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        yield Browser(client, services)


def run(story):
    asyncio.run(story)


@pytest.mark.parametrize(
    "path",
    ["/api/calls", "/api/seats", "/api/orders", "/api/recordings", "/api/callbacks", "/api/health",
     f"/api/calls/{CALL}/transcript", "/api/session"],
)  # fmt: skip
def test_nothing_is_shown_without_a_login(path, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            answer = await b.client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, "not-logged-in")

    run(story())


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(tmp_path):
    async def story():
        async with browser(tmp_path, failed_logins=5) as b:
            wrong = {"username": "wang", "password": "guess"}
            codes = [
                (await b.client.post("/api/session", json=wrong)).json()["code"] for _ in range(5)
            ]
            assert codes == ["wrong-password"] * 5
            right = {"username": "wang", "password": PASSWORD}
            answer = await b.client.post("/api/session", json=right)
            assert (answer.status_code, answer.json()["code"]) == (423, "account-locked")

    run(story())


def test_the_session_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            cookie = (await b.log_in("wang")).headers["set-cookie"].lower()
            assert "httponly" in cookie
            assert "samesite=strict" in cookie

    run(story())


def test_another_sites_page_cannot_act_with_our_cookie(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            answer = await b.client.post(
                "/api/seats/8001/ready", headers={"Origin": "http://evil.test"}
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign-origin")
            assert b.services.seats.asked == []

    run(story())


def test_an_operator_drives_his_own_seat_only_and_a_supervisor_any(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            own = await b.client.post("/api/seats/8001/ready")
            assert own.json()["asked"] == "ready"
            assert own.json()["by"] == "wang"
            other = await b.client.post("/api/seats/8002/not-ready", json={"reason": "break"})
            assert other.status_code == 403
            await b.log_in("leader")
            forced = await b.client.post("/api/seats/8002/not-ready", json={"reason": "break"})
            assert forced.status_code == 200
            assert b.services.seats.asked == [
                ("ready", "8001", "wang"),
                ("not-ready", "8002", "break", "leader"),
            ]

    run(story())


@pytest.mark.parametrize(
    ("name", "status"),
    [("wang", 200), ("li", 403), ("leader", 200), ("inspector", 200), ("admin", 403)],
)
def test_who_may_hear_a_call(name, status, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            assert (await b.says_why()).status_code == (201 if status == 200 else 403)
            for path in (
                f"/api/calls/{CALL}/transcript",
                f"/api/recordings/{CALL}-1/audio",
                f"/api/recordings/{CALL}-1/replay",
                "/api/orders/20260105-000001",
            ):
                assert (await b.client.get(path)).status_code == status, path

    run(story())


def test_what_was_recorded_so_far_is_heard_while_the_call_goes_on(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            calls, catalogue = b.services.calls, b.services.recordings
            calls.call = replace(calls.call, ended_at=None, recording_started_at=NOON)
            # The catalogue learns of it when the call is over.
            catalogue.recording = replace(catalogue.recording, recording_id="another-1")
            for name, status in (("li", 403), ("admin", 403), ("wang", 200), ("leader", 200)):
                await b.log_in(name)
                await b.says_why()
                answer = await b.client.get(f"/api/recordings/{CALL}-1/audio")
                assert answer.status_code == status, name
            assert answer.headers["etag"] == '"legs"'
            for path in (f"{CALL}-1/replay", f"{CALL}-7/audio", "nobody-1/audio"):
                assert (await b.client.get(f"/api/recordings/{path}")).status_code == 404, path

    run(story())


@pytest.mark.parametrize(
    ("name", "shown"),
    [("wang", "13800000001"), ("leader", "13800000001"), ("li", "138****0001"),
     ("inspector", "138****0001"), ("admin", "138****0001")],
)  # fmt: skip
def test_who_sees_the_callers_whole_number(name, shown, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            one = (await b.client.get(f"/api/calls/{CALL}")).json()
            story_of = (await b.client.get(f"/api/calls/{CALL}/events")).json()["events"]
            assert one["caller_number"] == shown
            assert story_of[0]["caller_number"] == shown

    run(story())


def test_the_events_of_a_call_do_not_leak_words_to_those_who_may_not_hear_it(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("li")
            told = (await b.client.get(f"/api/calls/{CALL}/events")).json()["events"]
            assert told[1] == {
                "seq": 2, "type": "UtteranceHeard", "at": NOON.isoformat(), "call_id": CALL,
            }  # fmt: skip

    run(story())


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [("bytes=2-4", 206, b"234"), ("bytes=7-", 206, b"789"), ("bytes=-3", 206, b"789"),
     ("bytes=10-", 416, None), ("bytes=5-2", 416, None), ("lines=1-2", 416, None), (None, 200, b"0123456789")],
)  # fmt: skip
def test_sound_is_served_in_ranges(asked, status, content, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            await b.says_why()
            headers = {} if asked is None else {"Range": asked}
            answer = await b.client.get(f"/api/recordings/{CALL}-1/audio", headers=headers)
            assert answer.status_code == status
            if content is not None:
                assert answer.content == content

    run(story())


def test_a_player_that_began_before_the_archived_copy_starts_anew(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            await b.says_why()
            whole = await b.client.get(f"/api/recordings/{CALL}-1/audio")
            asked = {"Range": "bytes=2-4"}
            same = await b.client.get(
                f"/api/recordings/{CALL}-1/audio",
                headers={**asked, "If-Range": whole.headers["etag"]},
            )
            assert (same.status_code, same.content) == (206, b"234")
            other = await b.client.get(
                f"/api/recordings/{CALL}-1/audio", headers={**asked, "If-Range": '"legs"'}
            )
            assert (other.status_code, other.content) == (200, b"0123456789")

    run(story())


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"revision": 0, "fields": {"content": "新内容"}}, 200),
        ({"revision": 5, "fields": {"content": "新内容"}}, 409),
        ({"revision": "0", "fields": {}}, 422),
        ({"revision": 0, "fields": {"no_such_field": "x"}}, 422),
        ({"revision": 0, "fields": {"content": 7}}, 422),
        ({"revision": 0}, 422),
        ({"revision": 0, "fields": {}, "extra": 1}, 422),
        ([], 422),
    ],
)
def test_a_wrong_edit_is_named_and_changes_nothing(body, status, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            before = b.services.orders.order
            answer = await b.client.patch("/api/orders/20260105-000001", json=body)
            assert answer.status_code == status
            if status != 200:
                assert set(answer.json()) == {"code", "message", "details"}
                assert b.services.orders.order == before

    run(story())


def test_a_wrong_body_is_not_repeated_to_the_caller_because_it_may_hold_a_citizens_words(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            body = {"revision": "13800000009", "fields": {"content": 7}}
            answer = await b.client.patch("/api/orders/20260105-000001", json=body)
            assert "13800000009" not in answer.text

    run(story())


def test_an_inspector_reads_orders_and_writes_none(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            body = {"revision": 0, "fields": {"content": "改"}}
            answer = await b.client.patch("/api/orders/20260105-000001", json=body)
            assert answer.status_code == 403

    run(story())


def test_readiness_names_the_ill_part_and_refusals_are_counted(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            assert (await b.client.get("/readyz")).status_code == 200
            b.services.health.ok = False
            ill = await b.client.get("/readyz")
            assert (ill.status_code, ill.json()["ill"]) == (503, ["AMI"])
            await b.client.get("/api/calls")
            page = (await b.client.get("/metrics")).text
            assert 'hotline_refused_total{code="not-logged-in"}' in page

    run(story())


def test_every_interface_is_described_in_openapi(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            paths = (await b.client.get("/api/openapi.json")).json()["paths"]
            assert {
                "/api/session", "/api/calls", "/api/calls/{call_id}/transcript",
                "/api/calls/{call_id}/decision", "/api/seats", "/api/skill-groups", "/api/orders",
                "/api/recordings/{recording_id}/audio", "/api/recordings/{recording_id}/peaks",
                "/api/recordings/{recording_id}/replay",
            } <= set(paths)  # fmt: skip

    run(story())


def test_masking_keeps_only_the_ends():
    assert masked("13800000001") == "138****0001"
    assert masked("110") == "*10"


def test_a_live_viewer_sees_masked_numbers_and_only_the_words_he_may_hear():
    def encode(event):
        return {
            "type": type(event).__name__,
            "caller_number": getattr(event, "caller_number", None),
        }

    arrived = CallArrived(at=NOON, call_id=CALL, caller_number="13800000001", called_number="12345")
    other = Window(user("li", Role.OPERATOR, seat="8002"), encode)
    other.know(CALL, "8001")
    text, urgent = other.show(Told(1, arrived))
    assert json.loads(text)["caller_number"] == "138****0001"
    assert not urgent
    assert other.show(Told(2, utterance())) == (None, False)
    own = Window(user("wang", Role.OPERATOR, seat="8001"), encode)
    own.know(CALL, "8001")
    text, urgent = own.show(Told(2, utterance()))
    assert json.loads(text)["type"] == "UtteranceHeard"
    assert urgent


def test_a_decision_is_one_sentence_with_its_numbers_beside_it(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            told = (await b.client.get(f"/api/calls/{CALL}/decision")).json()
            assert told["sentence"] == "分配给座席8001：技能等级 1；空闲最久。"
            assert told["decisions"][0]["considered"] == 2
            assert told["decisions"][0]["at_joining"] is None

    run(story())


def test_the_screen_has_the_flags_and_notes_and_the_decision_names_the_row(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            plain = (await b.client.get(f"/api/calls/{CALL}")).json()
            assert (plain["flags"], plain["notes"]) == ([], [])
            routed = CallRouted(
                at=NOON, call_id=CALL, skill_group=SkillGroupCode("enterprise"), priority=1,
                row="企业来电", number=2, version=3, flags=("企业",), notes=("先问统一社会信用代码",),
            )  # fmt: skip
            b.services.calls.hinted = Hints(routed=routed, lacking=("需外语支持",))
            seen = (await b.client.get(f"/api/calls/{CALL}")).json()
            assert seen["flags"] == ["企业", "需外语支持"]
            assert seen["notes"] == ["先问统一社会信用代码"]
            told = (await b.client.get(f"/api/calls/{CALL}/decision")).json()
            assert told["sentence"].startswith("路由表第2行“企业来电”，分配给座席8001：")
            assert (told["routing"]["row"], told["routing"]["version"]) == ("企业来电", 3)

    run(story())


def test_who_still_waits_is_told_why(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            b.services.line.line.append(
                WaitingCitizen(call_id=CALL, skill_group=SkillGroupCode("general"), joined_at=NOON)
            )
            told = (await b.client.get(f"/api/calls/{CALL}/decision")).json()
            assert told["sentence"] == "正在等候：技能组“综合”没有空闲座席：通话2。"

    run(story())
