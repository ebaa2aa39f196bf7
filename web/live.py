"""/live: every viewer sees what he may and needs to see, without gap or repeat. 实时流

A viewer's own seat's call is sent at once; everything else is coalesced, because one frame per
event and viewer is what a core cannot do (1,000 events/s to 200 viewers).
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from asr.events import PartialHeard
from cti.events import CallEvent, Event
from cti.ids import CallId
from cti.parties import Party
from orders.events import FieldsEdited, FieldsProposed
from orders.model import OrderField
from quality.events import CueLevel, CueRaised
from seats.rule_documents.policies import SupervisionPolicy
from web import views
from web.access import (
    accounts_of,
    is_own_seat,
    may_hear,
    refuse_foreign_origin,
    seat_through_which,
    services_of,
    viewer_of,
)
from web.accounts import COOKIE
from web.areas import sees_everything
from web.discretion import Discretion, Policy
from web.errors import Forbidden, ForeignOrigin, NotLoggedIn, Owing, StoreAway, ViewerTooSlow
from web.metrics import slow_viewers, viewers
from web.ports import Subscription, Told, User
from web.within import within

router = APIRouter()

GOING_AWAY = 1001
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013
SIGN_OF_LIFE_S = 15.0
"""An empty frame after so long without events, so that a page notices a pulled cable."""
SESSION_EVERY_S = 10.0
"""So often it is looked whether the session still is one; nobody sees more than this after its end."""
ORDERS_FOLLOWED = 2_000
"""Of a district's orders, whose further course its people see as it happens. 跟踪上限"""
ENDINGS = frozenset({"CallEnded", "CallAbandoned"})
WORDS = frozenset(
    {
        "PartialHeard",
        "UtteranceHeard",
        "FieldsProposed",
        "FieldsEdited",
        "CueRaised",
        "SentenceDue",
        "SentenceSaid",
        "SentenceMissed",
        "CueJudged",
        "SignalFound",
    }
)
CITIZENS_SEAT = frozenset({"SeatReserved", "CallOffered", "CallAnswered", "CallTransferred"})
"""Events that say whose call it is now; others name a seat that only has a part in it."""
COMES = frozenset({"PartyRang", "PartyJoined"})
GOES = frozenset({"PartyDidNotAnswer", "PartyLeft", "SeatLeftCall"})

Json = dict[str, Any]


def mask_numbers(body: Json, viewer: User, seat_id: str | None) -> Json:
    """The body with the citizen's number as this viewer may see it."""
    number = body.get("caller_number")
    if not isinstance(number, str):
        return body
    return {**body, "caller_number": views.shown_number(number, viewer, seat_id)}


def hide_words(body: Json, viewer: User, seat_id: str | None) -> Json:
    """The body without what was said, unless this viewer may hear that seat's calls."""
    if body.get("type") not in WORDS or may_hear(viewer, seat_id):
        return body
    return {name: body[name] for name in ("seq", "type", "at", "call_id") if name in body}


class Window:
    """One viewer's view of the stream. 视窗"""

    def __init__(
        self,
        viewer: User,
        encode: Callable[[Event | PartialHeard], Json],
        policy: Policy = SupervisionPolicy,
        of_area: Iterable[CallId] = (),
    ) -> None:
        self._viewer = viewer
        self._of_area = set(of_area)
        """Calls of his district, if he is of one. 本区域通话"""
        self._encode = encode
        self._discretion = Discretion(viewer, policy)
        self._seat_of: dict[CallId, str] = {}
        self._guest_on: set[CallId] = set()
        """Calls for which the viewer's seat is rung, or in which it takes part as a further one."""

    def know(self, call_id: CallId, seat_id: str | None, parties: Iterable[Party] = ()) -> None:
        """A call that was there before this viewer came, and who was on it."""
        if seat_id is not None:
            self._seat_of[call_id] = seat_id
        self._discretion.know(parties)

    def show(self, told: Told) -> tuple[str | None, bool]:
        """(JSON to send or None, whether it is urgent: about his own seat, or a danger)."""
        event = told.event
        kind = type(event).__name__
        call_id: CallId | None = getattr(event, "call_id", None)
        seat_id = named = getattr(event, "seat_id", None)
        if call_id is not None:
            self._follow(kind, call_id, event)
            seat_id = self._seat_of.get(call_id, seat_id)
            if call_id in self._guest_on:
                seat_id = self._viewer.seat_id
        if not self._is_of_area(event, call_id, own_seat=is_own_seat(self._viewer, seat_id)):
            return None, False
        if kind in WORDS and not may_hear(self._viewer, seat_id):
            return None, False
        if kind in ENDINGS and call_id is not None:
            self._seat_of.pop(call_id, None)
            self._guest_on.discard(call_id)
        own = is_own_seat(self._viewer, seat_id) or is_own_seat(self._viewer, named)
        shown = event
        if isinstance(event, PartialHeard):
            if not self._discretion.hears(event):
                return None, False
        else:
            seen = self._discretion.shown(event, own=own)
            if seen is None:
                return None, False
            shown = seen
        # A red cue is a danger: whoever may see it sees it at once.
        red = isinstance(event, CueRaised) and event.level is CueLevel.RED
        return self._text(told, shown, seat_id), own or red

    def _is_of_area(
        self, event: Event | PartialHeard, call_id: CallId | None, *, own_seat: bool
    ) -> bool:
        """Everything is, for who sees the whole city; an order's district may change (web/areas.py)."""
        if sees_everything(self._viewer):
            return True
        if isinstance(event, FieldsProposed | FieldsEdited):
            district = dict(event.fields).get(OrderField.DISTRICT)
            if district is not None and district.value == self._viewer.area:
                self._of_area.add(event.call_id)
            elif district is not None:
                self._of_area.discard(event.call_id)
        if not isinstance(event, CallEvent | PartialHeard):
            return not hasattr(event, "caller_number")
        return own_seat or call_id in self._of_area

    def _follow(self, kind: str, call_id: CallId, event: Event | PartialHeard) -> None:
        """Whose citizen it is, and whether the viewer's own seat has a part in the call."""
        seat_id = getattr(event, "to_seat", None) or getattr(event, "seat_id", None)
        if kind in CITIZENS_SEAT and seat_id is not None:
            self._seat_of[call_id] = seat_id
        if kind in COMES and is_own_seat(self._viewer, getattr(event, "who", None)):
            self._guest_on.add(call_id)
        leaves = getattr(event, "who", None) or getattr(event, "seat_id", None)
        if kind in GOES and is_own_seat(self._viewer, leaves):
            self._guest_on.discard(call_id)

    def _text(self, told: Told, event: Event | PartialHeard, seat_id: str | None) -> str:
        number = getattr(event, "caller_number", "")
        shown = views.shown_number(number, self._viewer, seat_id) if number else ""
        # What is shown with something left out is the same for all to whom it is shown so.
        key = shown if event is told.event else f"{shown}, in part"
        text = told.texts.get(key)
        if text is None:
            body = {"seq": told.seq, **self._encode(event)}
            if number:
                body["caller_number"] = shown
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            told.texts[key] = text
        return text


@router.websocket("/live")
async def live(socket: WebSocket, after: int = -1) -> None:
    """Events after a seq as JSON arrays; without `after`, only what happens from now on. 实时流"""
    house = services_of(socket)
    try:
        refuse_foreign_origin(socket)
        viewer = await viewer_of(socket)
    except (NotLoggedIn, ForeignOrigin, Forbidden, Owing):
        # Accepted first: a browser learns the reason only from a close code.
        await socket.accept()
        await socket.close(POLICY_VIOLATION)
        return
    await socket.accept()
    of_area: list[CallId] = []
    if not sees_everything(viewer):
        house = within(house, viewer)
        newest = await house.order_records.newest(None, ORDERS_FOLLOWED, None)
        of_area = [order.call_id for order in newest]
    window = Window(viewer, house.encode_event, house.supervision, of_area)
    for call in await house.calls.live():
        window.know(call.call_id, seat_through_which(viewer, call), call.parties)
    subscription = await house.live.subscribe(house.live.last_seq if after < 0 else after)
    viewers.inc()
    try:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_send(socket, subscription, window), name="live sender")
            watching = group.create_task(_until_session_ends(socket), name="live session")
            # Only receive() notices that the browser has gone.
            await _until_gone(socket)
            sending.cancel()
            watching.cancel()
    except* ViewerTooSlow:
        slow_viewers.inc()
        await _close(socket, TRY_AGAIN_LATER)
    except* WebSocketDisconnect:
        pass
    finally:
        viewers.dec()
        subscription.close()


async def _until_session_ends(socket: WebSocket) -> None:
    """A closed account, a new password or the end of the shift ends what is seen, too."""
    token = socket.cookies.get(COOKIE)
    while True:
        await asyncio.sleep(SESSION_EVERY_S)
        try:
            await accounts_of(socket).still_there(token, services_of(socket).now())
        except NotLoggedIn:
            await _close(socket, POLICY_VIOLATION)
            return
        except StoreAway:
            continue


async def _until_gone(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(socket: WebSocket, code: int) -> None:
    if socket.application_state is WebSocketState.CONNECTED:
        await socket.close(code)


async def _send(socket: WebSocket, subscription: Subscription, window: Window) -> None:
    pause_s = socket.app.state.settings.board_every_ms / 1000
    while True:
        frame: list[str] = []
        try:
            async with asyncio.timeout(SIGN_OF_LIFE_S):
                urgent = _collect(frame, window, await subscription.next_batch())
        except TimeoutError:
            await socket.send_text("[]")
            continue
        if not urgent:
            deadline = asyncio.get_running_loop().time() + pause_s
            try:
                async with asyncio.timeout_at(deadline):
                    while not urgent:
                        urgent = _collect(frame, window, await subscription.next_batch())
            except TimeoutError:
                pass
        if frame:
            await socket.send_text(f"[{','.join(frame)}]")


def _collect(frame: list[str], window: Window, batch: Sequence[Told]) -> bool:
    """Put what the viewer sees of the batch into the frame; whether any of it is urgent."""
    urgent = False
    for told in batch:
        text, own = window.show(told)
        if text is not None:
            frame.append(text)
            urgent = urgent or own
    return urgent
