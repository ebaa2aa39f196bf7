"""Notes what people do and look at, for every route there is. 自动留痕

An act is whatever is not read; a view is whatever is read of one call, order, recording or message,
or a list of them. What it is called follows from the route, so a new route is noted from its first
day. Routes that say more of what they do note it themselves, together with the change.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import HTTPConnection

from web.admin_ports import Audit, AuditNote
from web.asked import address_of
from web.ports import User

READING = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_NOTES = (
    "/api/session",
    "/api/account",
    "/api/people",
    "/api/account-requests",
    "/api/seat-definitions",
    "/api/audit",
)
"""Their successes are noted by themselves; what they refuse is noted here."""
NOT_ACTS = frozenset({"/api/rules/{kind}/check", "/api/flows/draw"})
"""They change nothing, though they are posted."""
VIEWED = ("call_id", "order_id", "recording_id", "message_id")
LISTS = frozenset(
    {"/api/calls", "/api/orders", "/api/recordings", "/api/callbacks", "/api/messages"}
)
UNSEEN = frozenset(
    {
        "/api/calls/{call_id}/decision",
        "/api/calls/{call_id}/code",
        "/api/calls/{call_id}/survey",
        "/api/orders/{order_id}/urges",
        "/api/recordings/{recording_id}/peaks",
    }
)
"""They show nothing of the citizen that the call's or order's own page does not."""
REMEMBERED = 20_000
REFUSED = 403
SUCCEEDED = range(200, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request was, once it is answered. 已答请求"""

    method: str
    template: str
    parts: Mapping[str, Any]
    status: int


def kind_of(method: str, template: str) -> str:
    """The route's words with dots: POST /api/seats/{seat_id}/force is seats.force."""
    words = [word for word in template.split("/")[2:] if not word.startswith("{")]
    if template in LISTS and method in READING:
        return ".".join([*words, "list"])
    if method in READING or len(words) > 1:
        return ".".join(words)
    return ".".join([*words, method.lower()])


def is_view(asked: Asked) -> bool:
    if asked.method not in READING or asked.template in UNSEEN:
        return False
    return asked.template in LISTS or any(name in asked.parts for name in VIEWED)


def is_act(asked: Asked) -> bool:
    return asked.method not in READING and asked.template not in NOT_ACTS


class Noting:
    """Around the whole application; answers are not held up. 留痕中间件"""

    def __init__(
        self, app: Any, audit: Audit, now: Callable[[], datetime], view_again: timedelta
    ) -> None:
        self._app = app
        self._audit = audit
        self._now = now
        self._view_again = view_again
        self._viewed: OrderedDict[tuple[str, str, str], datetime] = OrderedDict()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def send_and_see(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_see)
        finally:
            self._look_at(scope, status)

    def _look_at(self, scope: Any, status: int) -> None:
        viewer = scope.get("state", {}).get("viewer")
        template = getattr(scope.get("route"), "path", "")
        if not isinstance(viewer, User) or not template.startswith("/api/"):
            return
        asked = Asked(
            method=scope["method"],
            template=template,
            parts=scope.get("path_params", {}),
            status=status,
        )
        address = address_of(HTTPConnection(scope))
        if is_view(asked):
            self._note_view(asked, viewer, address)
        elif is_act(asked):
            self._note_act(asked, viewer, address)

    def _note_act(self, asked: Asked, viewer: User, address: str) -> None:
        done = asked.status in SUCCEEDED
        if done and asked.template.startswith(OWN_NOTES):
            return
        outcome = "done" if done else "refused" if asked.status == REFUSED else "failed"
        self._audit.note(self._note(asked, viewer, address, outcome))

    def _note_view(self, asked: Asked, viewer: User, address: str) -> None:
        if asked.status not in SUCCEEDED and asked.status != REFUSED:
            return
        outcome = "done" if asked.status in SUCCEEDED else "refused"
        note = self._note(asked, viewer, address, outcome)
        which = note.subject or note.call_id or note.order_id or ""
        key = (viewer.username, f"{note.kind} {outcome}", which)
        before = self._viewed.get(key)
        # A page asks for the same thing again and again, a player for the next few bytes.
        if before is not None and note.at - before < self._view_again:
            return
        self._viewed[key] = note.at
        self._viewed.move_to_end(key)
        if len(self._viewed) > REMEMBERED:
            self._viewed.popitem(last=False)
        self._audit.note_view(note)

    def _note(self, asked: Asked, viewer: User, address: str, outcome: str) -> AuditNote:
        parts = {name: str(value)[:120] for name, value in asked.parts.items()}
        call_id, order_id = parts.pop("call_id", None), parts.pop("order_id", None)
        return AuditNote(
            at=self._now(),
            who=viewer.username,
            kind=kind_of(asked.method, asked.template),
            subject=" ".join(parts.values())[:160],
            call_id=call_id,
            order_id=order_id,
            address=address,
            outcome=outcome,
            details={} if outcome != "failed" else {"status": asked.status},
        )
