"""Every route × every role: who is let in and who is refused (SEC-11).

The table below is the whole list; a route that is not in it fails the test, so nobody adds one without
saying who may use it. Letters: w the operator of the call's seat, l another operator, S supervisor,
I inspector, A administrator, W a screen on the wall.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from cti.ids import message_id_of
from orders.citizen_events import MessageLeft
from orders.messages import HowLeft
from tests.fakes.services import CALL, NOON, memory_services, user
from web.accounts import hash_token
from web.app import build_app
from web.ports import Login, Role
from web.settings import WebSettings

SITE = "http://hotline.test"
PEOPLE = {"w": "wang", "l": "li", "S": "leader", "I": "inspector", "A": "admin", "W": "wall"}
EVERYBODY = "wlSIAW"
RIGHTS = {
    line.rsplit(maxsplit=1)[0]: line.rsplit(maxsplit=1)[1].replace("-", "")
    for line in (Path(__file__).parent / "rights.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
PARTS = {
    "call_id": CALL,
    "order_id": "20260105-000001",
    "recording_id": f"{CALL}-1",
    "message_id": message_id_of(CALL, 1),
    "seat_id": "8001",
    "username": "nobody",
    "kind": "texts",
    "list_name": "enterprise",
    "name": "emergency",
    "language": "zh",
}
"""What stands in an address; anything else is a word that names nothing."""
NUMBER = {"kind": "number", "number": "13800000009"}
DAYS = {"since": "2026-01-04T00:00:00+08:00", "until": "2026-01-06T00:00:00+08:00"}
QUERY = {**DAYS, "year": "2026", "old": "0", "text": "路灯", "limit": "5"}
BODIES = {
    "/consult": {"target": NUMBER},
    "/invite": {"target": NUMBER},
    "/transfer": {"target": NUMBER},
    "/mute": {"on": True},
    "/nuisance": {"step": 1},
    "/propose-block": {"until": "2026-02-01T00:00:00+08:00", "note": "骚扰"},
    "/supervise": {"how": "listen", "seat_id": "8001", "reason": "抽查"},
    "/force": {"state": "not_ready", "reason": "离席"},
    "/not-ready": {"reason": "break"},
    "/hang-up": {"reason": "no-response"},
    "/keys": {"leg_id": "x", "keys": "1"},
    "/postpone": {"due_at": "2026-01-06T00:00:00+08:00"},
    "/judge": {"false_alarm": True},
    "/marks": {"at_ms": 1000, "text": "x"},
    "/calls-out": {"seat_id": "8001", "number": "13800000009"},
    "/heard": {"spans": []},
    "/listenings": {"purpose": "quality"},
    "/repeat": {"of": None},
    "/submit": {"revision": 0},
    "/orders/{order_id}": {"revision": 0, "fields": {}},
    "/reruns": DAYS,
    "/samples": {**DAYS, "reason": "抽查"},
    "/samples/{sample_id}/calls/{call_id}": {"state": "done"},
    "/switches/{name}": {"on": False, "reason": "x", "text": ""},
    "/notices": {"text": "请注意"},
    "/publish": {"body": "", "note": "x", "based_on": 0},
    "/people": {"username": "zhao", "name": "赵", "roles": ["supervisor"], "reason": "批复"},
    "/account-requests": {
        "username": "zhao",
        "name": "赵",
        "roles": ["supervisor"],
        "reason": "批复",
    },
    "/people/{username}": {"name": "赵", "roles": ["supervisor"], "reason": "批复"},
    "/seat-definitions": {"seat_id": "8009", "name": "赵", "skills": {"general": 1}},
    "/seat-definitions/{seat_id}": {"name": "赵", "skills": {"general": 1}},
}
WORDS = {
    "password": "not mine", "new_password": "x", "code": "consultation", "reason": "批复",
    "note": "x", "body": "", "seat_id": "8001", "number": "13800000009", "leg_id": "x",
    "skill_group": "general", "text": "x", "ticket": "x", "username": "x",
    "words": {"zh": "您好"},
}  # fmt: skip
"""A value for a field that a body must have, by its name."""


class Asking:
    """One application; everybody has a session of his own for each request."""

    def __init__(self, tmp_path):
        self.services = replace(memory_services(), now=lambda: NOON)
        self.services.users.users["wall"] = user("wall", Role.WALL)
        self._leave_a_message()
        self.app = build_app(self.services, WebSettings(), static=tmp_path)
        self.schema = self.app.openapi()

    def _leave_a_message(self):
        stored = self.services.citizens.message_records
        left = MessageLeft(
            at=NOON, call_id=CALL, message_id=PARTS["message_id"], began_at=NOON,
            duration_ms=20_000, how=HowLeft.CONFIRMED,
        )  # fmt: skip
        stored.tell(left)
        self.services.citizens.messages._open[left.message_id] = stored.messages[left.message_id]

    @property
    def routes(self):
        return [
            f"{method.upper()} {path}"
            for path, methods in self.schema["paths"].items()
            for method in methods
        ]

    async def ask(self, client, route, who):
        method, path = route.split(" ")
        await self.services.users.open_login(
            Login(
                token_hash=hash_token(who), username=PEOPLE[who],
                created_at=NOON, expires_at=NOON + timedelta(hours=1),
            )
        )  # fmt: skip
        client.cookies.set("hotline_session", who)
        return await client.request(method, self._address(path), **self._said(method, path))

    def _said(self, method, path):
        asked = self.schema["paths"][path][method.lower()].get("parameters", ())
        names = {one["name"] for one in asked if one["in"] == "query"}
        query = {name: value for name, value in QUERY.items() if name in names}
        return {"params": query, "json": self._body(method, path)}

    def _address(self, path):
        for part in path.split("{")[1:]:
            name = part.split("}")[0]
            path = path.replace(f"{{{name}}}", PARTS.get(name, "x"))
        return path

    def _body(self, method, path):
        asked = self.schema["paths"][path][method.lower()].get("requestBody")
        if asked is None:
            return None
        known = next((BODIES[end] for end in sorted(BODIES, key=len, reverse=True)
                      if path.endswith(end)), None)  # fmt: skip
        if known is not None:
            return known
        wanted = next(iter(asked["content"].values()))["schema"]
        kind = self.schema["components"]["schemas"].get(wanted.get("$ref", "/").rsplit("/")[-1], {})
        return {name: WORDS[name] for name in kind.get("required", ())}


async def everything(tmp_path, note):
    asking = Asking(tmp_path)
    transport = httpx.ASGITransport(app=asking.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
        for route in asking.routes:
            for who in EVERYBODY:
                note(route, who, await asking.ask(client, route, who))


def code_of(answer):
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    found = answer.json() if is_json and answer.content else {}
    return found.get("code") if isinstance(found, dict) else None


def test_each_role_gets_in_where_the_table_says_and_nowhere_else(tmp_path):
    let_in, malformed = {}, []

    def note(route, who, answer):
        code = code_of(answer)
        let_in.setdefault(route, "")
        if code == "bad-request":
            malformed.append((route, who, answer.json()["details"]))
        if code != "forbidden":
            let_in[route] += who

    asyncio.run(everything(tmp_path, note))
    assert malformed == [], "the question itself must be right, or nothing is proven"
    assert let_in == RIGHTS


@pytest.mark.parametrize("who", ["nobody", None])
def test_without_a_session_nothing_is_open_but_the_log_in(tmp_path, who):
    asking = Asking(tmp_path)
    open_to_all = []

    async def ask():
        transport = httpx.ASGITransport(app=asking.app)
        cookies = {} if who is None else {"hotline_session": who}
        async with httpx.AsyncClient(transport=transport, base_url=SITE, cookies=cookies) as client:
            for route in asking.routes:
                method, path = route.split(" ")
                answer = await client.request(
                    method, asking._address(path), **asking._said(method, path)
                )
                if code_of(answer) != "not-logged-in":
                    open_to_all.append(route)

    asyncio.run(ask())
    assert sorted(open_to_all) == ["POST /api/session", "POST /api/session/second-factor"]
