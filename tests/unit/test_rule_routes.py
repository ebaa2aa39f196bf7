"""Rules and caller lists over REST: who may, what is refused, what is shown."""

from dataclasses import replace

import pytest

from cti.call import CallState
from documents.problems import DocumentKind
from seats.rule_versions import shipped
from tests.fakes.services import CALL
from tests.unit.test_web import browser, run

ROUTING = shipped(DocumentKind.ROUTING).body
CHANGED = ROUTING.replace("骚扰名单", "骚扰来电")
PUBLISH = {"body": CHANGED, "note": "改名", "accept_warnings": True}


def test_an_administrator_publishes_and_undoes_and_a_supervisor_reads(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            made = await b.client.post("/api/rules/routing/publish", json=PUBLISH)
            assert (made.status_code, made.json()["version"]) == (200, 1), made.text
            assert b.services.rules.version(DocumentKind.ROUTING).version == 1
            undone = await b.client.post("/api/rules/routing/undo", json={})
            assert (undone.json()["version"], undone.json()["undoes"]) == (2, 1)

            await b.log_in("leader")
            holds = (await b.client.get("/api/rules/routing")).json()
            assert (holds["version"], holds["by"], holds["body"]) == (2, "admin", ROUTING)
            old = (await b.client.get("/api/rules/routing?version=1")).json()
            assert old["body"] == CHANGED
            listed = (await b.client.get("/api/rules/routing/history")).json()["versions"]
            assert [(one["version"], one["note"]) for one in listed][1:] == [
                (1, "改名"),
                (0, "出厂默认"),
            ]
            diff = (await b.client.get("/api/rules/routing/diff?old=0&new=1")).json()["diff"]
            assert '+name = "骚扰来电"' in diff
            kinds = (await b.client.get("/api/rules")).json()["rules"]
            assert {one["kind"] for one in kinds} == set(DocumentKind)

    run(story())


def test_errors_are_answered_with_line_and_reason_and_warnings_must_be_accepted(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            wrong = {**PUBLISH, "body": CHANGED.replace('"law"', '"kings"')}
            answer = await b.client.post("/api/rules/routing/publish", json=wrong)
            assert (answer.status_code, answer.json()["code"]) == (422, "rules-refused")
            problem = answer.json()["details"]["problems"][0]
            assert (problem["code"], problem["severity"]) == ("group-unknown", "error")
            assert wrong["body"].splitlines()[problem["line"] - 1] == "[[row]]"

            lonely = 'kind = "groups"\n[[group]]\ncode = "general"\nname = "综合"\n[[group]]\n'
            lonely += 'code = "law"\nname = "法律"\n'
            checked = await b.client.post("/api/rules/groups/check", json={"body": lonely})
            assert checked.json()["problems"]
            alone = CHANGED.split("[[row]]")[0] + (
                '[[row]]\nname = "甲"\nkey = "1"\ngroup = "law"\nnote = "x"\n'
                '[[row]]\nname = "其余"\ngroup = "general"\n'
            )
            b.services.rule_office._records.defined = {}
            doubtful = {**PUBLISH, "body": alone, "accept_warnings": False}
            answer = await b.client.post("/api/rules/routing/publish", json=doubtful)
            assert (answer.status_code, answer.json()["code"]) == (422, "rules-doubtful")

    run(story())


def test_a_draft_is_kept_checked_and_published(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            empty = await b.client.get("/api/rules/routing/draft")
            assert empty.json() == {"draft": None}
            saved = await b.client.put("/api/rules/routing/draft", json={"body": CHANGED})
            assert saved.json() == {"problems": []}
            assert (await b.client.get("/api/rules/routing/draft")).json()["draft"]["by"] == "admin"
            made = await b.client.post("/api/rules/routing/publish", json={"note": "x"})
            assert made.status_code == 200, made.text
            missing = await b.client.post("/api/rules/routing/publish", json={"note": "x"})
            assert (missing.status_code, missing.json()["code"]) == (404, "rule-draft-missing")

    run(story())


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        ("wang", "GET", "/api/rules", None, 403),
        ("wang", "GET", "/api/caller-lists/elderly", None, 403),
        ("inspector", "POST", "/api/rules/routing/check", {"body": ""}, 403),
        ("leader", "POST", "/api/rules/routing/publish", PUBLISH, 403),
        ("leader", "PUT", "/api/rules/routing/draft", {"body": ""}, 403),
        ("leader", "POST", "/api/rules/routing/undo", {}, 403),
        ("admin", "POST", "/api/rules/routing/undo", {}, 409),
        ("admin", "GET", "/api/rules/kings", None, 404),
        ("admin", "GET", "/api/rules/routing?version=9", None, 404),
        ("admin", "POST", "/api/rules/routing/publish", {**PUBLISH, "note": ""}, 422),
        ("admin", "POST", "/api/rules/routing/publish", {**PUBLISH, "based_on": 3}, 409),
        ("admin", "POST", "/api/rules/routing/publish", {**PUBLISH, "at": "2020-01-01T00:00:00Z"}, 422),
        ("admin", "POST", "/api/caller-lists/vip", {"number": "13800000001"}, 404),
        ("admin", "POST", "/api/caller-lists/elderly", {"number": "某"}, 422),
        ("admin", "POST", "/api/caller-lists/elderly/remove", {"number": "13800000001"}, 404),
    ],
)  # fmt: skip
def test_who_may_not_and_what_is_wrong_is_refused(who, method, path, body, status, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(who)
            answer = await b.client.request(method, path, json=body)
            assert answer.status_code == status, answer.text
            assert answer.json()["code"]

    run(story())


def test_a_number_is_listed_and_taken_off(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            entry = {"number": "+8613800000001", "note": "本人申请"}
            await b.client.post("/api/caller-lists/elderly", json=entry)
            listed = (await b.client.get("/api/caller-lists/elderly")).json()["entries"]
            assert [(one["number"], one["by"]) for one in listed] == [("13800000001", "leader")]
            await b.client.post("/api/caller-lists/elderly/remove", json=entry)
            assert (await b.client.get("/api/caller-lists/elderly")).json() == {"entries": []}

    run(story())


def test_a_published_group_is_a_target_at_once_and_is_gone_with_its_undo(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            call = b.services.calls.call
            b.services.calls.call = replace(
                call, state=CallState.TALKING, ended_at=None, ending=None
            )

            async def listed():
                groups = (await b.client.get("/api/skill-groups")).json()["skill_groups"]
                return [one["code"] for one in groups]

            async def led_there():
                to_line = f"/api/calls/{CALL}/to-line"
                return (await b.client.post(to_line, json={"skill_group": "harbour"})).status_code

            await b.log_in("leader")
            assert ("harbour" in await listed(), await led_there()) == (False, 404)
            await b.log_in("admin")
            groups = (
                f'{shipped(DocumentKind.GROUPS).body}\n[[group]]\ncode = "harbour"\nname = "港口"\n'
            )
            body = {"body": groups, "note": "新组", "accept_warnings": True}
            made = await b.client.post("/api/rules/groups/publish", json=body)
            assert made.status_code == 200, made.text
            await b.log_in("leader")
            assert ("harbour" in await listed(), await led_there()) == (True, 200)
            await b.log_in("admin")
            await b.client.post("/api/rules/groups/undo", json={})
            await b.log_in("leader")
            assert ("harbour" in await listed(), await led_there()) == (False, 404)

    run(story())
