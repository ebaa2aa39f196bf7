"""/sip and /api/softphone: an operator's browser as his telephone. 软电话

SIP only passes through here, one message a frame, so that it needs no port and no certificate of its own
and nobody reaches Asterisk who is not logged in. The sound does not come this way: it goes straight between
browser and Asterisk, and goes on when this socket breaks.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Response, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from cti.ids import SeatId
from web.access import House, Viewer, accounts_of, refuse_foreign_origin, services_of, viewer_of
from web.accounts import COOKIE, hash_token
from web.errors import Forbidden, NotFound, SipLineLost, WebError
from web.metrics import softphone_ends, softphones
from web.softphone_ports import SipLine

router = APIRouter(tags=["softphone"])

SUBPROTOCOL = "sip"
PROTOCOL_ERROR = 1002
POLICY_VIOLATION = 1008
TOO_BIG = 1009
TRY_AGAIN_LATER = 1013
TAKEN_OVER = 4001
"""Another page of this seat is its telephone now; this one shall not come back by itself."""
WHY = {
    PROTOCOL_ERROR: "not-sip",
    POLICY_VIOLATION: "logged-out",
    TOO_BIG: "too-big",
    TRY_AGAIN_LATER: "line-lost",
    TAKEN_OVER: "taken-over",
}
MOST_CHARACTERS = 65_536
"""No SIP message of a browser has a tenth of it."""
SEND_LIMIT_S = 10.0
"""A browser that takes nothing for so long is gone; more than one message is never kept for it."""
DISPLACED_KEPT = 16
"""Of each seat; more pages than that are not open at once."""
LOOK_EVERY_S = 10.0
"""So long after a log-out at the latest its socket is closed."""


class _Over(Exception):
    """This socket shall be closed. 连接结束"""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, eq=False)
class Holder:
    """A page that is its seat's telephone. 软电话页面"""

    page: str
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Another one is, from then on. 已被接替"""


class Switchover:
    """One page of a seat is its telephone; the newest. 软电话归属"""

    def __init__(self, look_every_s: float = LOOK_EVERY_S) -> None:
        self.look_every_s = look_every_s
        self._present: dict[SeatId, Holder] = {}
        self._displaced: dict[SeatId, deque[str]] = {}

    def take(self, seat_id: SeatId, page: str) -> Holder | None:
        """From now on it is this one, and the one before is told.

        None for a page that has been displaced: a browser that did not hear of it comes back by itself,
        and two pages would take the line from each other for ever.
        """
        displaced = self._displaced.setdefault(seat_id, deque(maxlen=DISPLACED_KEPT))
        if page in displaced:
            return None
        before = self._present.get(seat_id)
        if before is not None:
            before.over.set()
            if before.page != page:
                displaced.append(before.page)
        mine = self._present[seat_id] = Holder(page)
        return mine

    def leave(self, seat_id: SeatId, mine: Holder) -> bool:
        """Whether its seat has no page now; one that was displaced, or has left, leaves nothing behind."""
        if self._present.get(seat_id) is not mine:
            return False
        del self._present[seat_id]
        return True


@router.get("/api/softphone")
async def softphone(response: Response, house: House, viewer: Viewer) -> dict[str, Any]:
    """As whom this operator's browser registers; his own seat's and nobody else's. 软电话账号"""
    if viewer.seat_id is None:
        raise Forbidden
    identity = house.softphones.identity(viewer.seat_id)
    if identity is None:
        raise NotFound(seat_id=viewer.seat_id)
    response.headers["Cache-Control"] = "no-store"
    return {
        "seat_id": viewer.seat_id,
        "username": identity.username,
        "realm": identity.realm,
        "password": identity.password,
        "desk_phone": house.softphones.desk_phone_there(viewer.seat_id),
    }


@router.post("/api/softphone/return")
async def bring_back(house: House, viewer: Viewer) -> dict[str, Any]:
    """This page was loaded anew in mid-call: its seat is rung for the same talk. 恢复通话"""
    if viewer.seat_id is None:
        raise Forbidden
    call_id = await house.softphones.bring_back(viewer.seat_id, viewer.username)
    return {"asked": "bring-back", "by": viewer.username, "call_id": call_id}


@router.websocket("/sip")
async def sip(socket: WebSocket, page: Annotated[str, Query(max_length=64)] = "") -> None:
    """SIP of a logged-in operator's browser, passed on to Asterisk. 软电话信令

    `page` is the same for every connection of one page.
    """
    try:
        refuse_foreign_origin(socket)
        seat_id = (await viewer_of(socket)).seat_id
    except WebError:
        # Not logged in, from another site's page, or still to choose a password first.
        seat_id = None
    wanted = SUBPROTOCOL in socket.scope.get("subprotocols", ())
    # Accepted first: a browser learns the reason only from a close code.
    await socket.accept(SUBPROTOCOL if wanted else None)
    if seat_id is None or not wanted:
        await _close(socket, PROTOCOL_ERROR if seat_id is not None else POLICY_VIOLATION)
        return
    switchover: Switchover = socket.app.state.softphones
    mine = switchover.take(seat_id, page or uuid4().hex)
    if mine is None:
        await _close(socket, TAKEN_OVER)
        return
    telephones = services_of(socket).softphones

    def left() -> None:
        if switchover.leave(seat_id, mine):
            telephones.line_lost(seat_id)

    softphones.inc()
    try:
        async with telephones.line() as line:
            telephones.line_back(seat_id)
            try:
                await _pass_on(socket, line, seat_id, mine)
            finally:
                left()  # now: until the line is closed the next page may be talking already
    except* _Over as over:
        (first, *_) = (one.code for one in over.exceptions if isinstance(one, _Over))
        await _close(socket, first)
    except* SipLineLost:
        await _close(socket, TRY_AGAIN_LATER)
    except* WebSocketDisconnect:
        softphone_ends.labels("page-gone").inc()
    finally:
        softphones.dec()
        left()


async def _pass_on(socket: WebSocket, line: SipLine, seat_id: SeatId, mine: Holder) -> None:
    """Until one of the four ends, which each does by raising."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_to_browser(socket, line), name="sip to browser")
        group.create_task(_to_asterisk(socket, line), name="sip to asterisk")
        group.create_task(_while_logged_in(socket, seat_id), name="sip session")
        await mine.over.wait()
        raise _Over(TAKEN_OVER)


async def _to_asterisk(socket: WebSocket, line: SipLine) -> None:
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", TRY_AGAIN_LATER))
        text = message.get("text")
        if text is None:
            raise _Over(PROTOCOL_ERROR)
        if len(text) > MOST_CHARACTERS:
            raise _Over(TOO_BIG)
        await line.send(text)


async def _to_browser(socket: WebSocket, line: SipLine) -> None:
    async for message in line.received():
        try:
            async with asyncio.timeout(SEND_LIMIT_S):
                await socket.send_text(message)
        except TimeoutError:
            raise _Over(TRY_AGAIN_LATER) from None
    raise SipLineLost


async def _while_logged_in(socket: WebSocket, seat_id: SeatId) -> None:
    """The call goes on without this socket; who logged out takes no further one."""
    while True:
        await asyncio.sleep(socket.app.state.softphones.look_every_s)
        if await _seat_still_in(socket) != seat_id:
            raise _Over(POLICY_VIOLATION)


async def _seat_still_in(socket: WebSocket) -> SeatId | None:
    """The seat of whoever is logged in behind this socket. Looking is no use of the session: a telephone
    that is registered does not keep an idle one open."""
    accounts, now = accounts_of(socket), services_of(socket).now()
    login = await accounts.users.find_login(hash_token(socket.cookies.get(COOKIE, "")))
    if login is None or accounts.is_over(login, now):
        return None
    user = await accounts.users.find(login.username)
    return None if user is None or user.disabled_at is not None else user.seat_id


async def _close(socket: WebSocket, code: int) -> None:
    softphone_ends.labels(WHY[code]).inc()
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code)
