"""Says to a citizen how his own order stands, and takes his urging. 进度台

    submit ──► issue: six digits, told once ──► QueryCodeIssued (keyed hash only)
    his number + the digits ──► ask ──► Progress, or nothing ──► ProgressAsked
    after that, one key ──► urge ──► OrderUrged

Sole writer of query codes and urges. Wrong codes are counted per call and per number and day; when
they are used up even the right one opens nothing, and a person goes on (IVR-05).
"""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from cti.events import CallAbandoned, CallEnded, Event
from cti.ids import CallId
from orders.citizen_events import OrderUrged, ProgressAsked, QueryCodeIssued
from orders.errors import ProgressUnavailable, QueryCodeNotYet
from orders.lost_calls import number_key
from orders.model import OrderId, OrderState, WorkOrder
from orders.ports import Now, StoredProgress, Tell
from orders.progress import (
    TOLD_STATES,
    WRONG_IN_A_CALL,
    WRONG_IN_A_DAY,
    Asked,
    NotDisclosed,
    Progress,
    hash_of,
    is_code,
    matching,
    new_code,
)
from orders.serial import SHANGHAI


class ProgressDesk:
    """Knows who may be told what. 进度台"""

    def __init__(
        self,
        stored: StoredProgress,
        key: bytes,
        tell: Tell,
        now: Now,
        department_of: Callable[[WorkOrder], str | None] = lambda _: None,
        below: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._stored = stored
        self._key = key
        self._tell = tell
        self._now = now
        self._department_of = department_of
        self._below = below
        self._wrong_in_call: Counter[CallId] = Counter()
        self._wrong_today: Counter[str] = Counter()
        self._day = ""
        self._told: dict[CallId, OrderId] = {}
        """Which order each call's citizen was told of: only that one can he urge. 已告知"""
        self._urged: set[CallId] = set()

    async def restore(self) -> None:
        """Take up today's attempts; before any event is told."""
        at = self._now()
        self._turn_the_day(at)
        midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
        for one in await self._stored.asked_since(midnight):
            call_id = CallId(one.call_id)
            if one.outcome is Asked.WRONG:
                self._wrong_in_call[call_id] += 1
                self._wrong_today[one.caller_number] += 1
            elif one.order_id is not None:
                self._told[call_id] = one.order_id

    def on_event(self, event: Event) -> None:
        """A call that is over asks no more; everything else is ignored."""
        match event:
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._wrong_in_call.pop(call_id, None)
                self._told.pop(call_id, None)
                self._urged.discard(call_id)
            case _:
                pass

    def issue(self, order: WorkOrder, caller_number: str, by: str) -> str:
        """The order's new code, to be told to the citizen now; an earlier one holds no longer.

        Raises QueryCodeNotYet.
        """
        number = number_key(caller_number)
        if order.state is not OrderState.ACCEPTED or not _is_shown(number):
            raise QueryCodeNotYet
        code = new_code(self._below)
        self._tell(
            QueryCodeIssued(
                at=self._now(),
                call_id=order.call_id,
                order_id=order.order_id,
                caller_number=number,
                code_hash=hash_of(self._key, order.order_id, code),
                by=by,
            )
        )
        return code

    async def ask(self, call_id: CallId, caller_number: str, code: str) -> Progress | NotDisclosed:
        """How his order stands, if number and code are right; why not is never said."""
        at = self._now()
        self._turn_the_day(at)
        number = number_key(caller_number)
        if self._locked(call_id, number):
            return self._refuse(call_id, number, at, Asked.LOCKED)
        # Wrong until it is proved right: calls that ask at the same time shall not get more tries.
        self._wrong_in_call[call_id] += 1
        self._wrong_today[number] += 1
        try:
            order = await self._order_behind(number, code)
        except ProgressUnavailable:
            self._take_back(call_id, number)
            return NotDisclosed(to_person=True)
        if order is None:
            return self._refuse(call_id, number, at, Asked.WRONG)
        self._take_back(call_id, number)
        self._told[call_id] = order.order_id
        self._say(call_id, number, at, Asked.TOLD, order.order_id)
        return Progress(
            order_id=order.order_id,
            state=order.state,
            since=order.submitted_at or order.opened_at,
            department=self._department_of(order),
            urges=order.urges,
        )

    def urge(self, call_id: CallId) -> bool:
        """He wants it sooner; False when he was told of no order in this call. Counts once a call."""
        order_id = self._told.get(call_id)
        if order_id is None:
            return False
        if call_id not in self._urged:
            self._urged.add(call_id)
            self._tell(OrderUrged(at=self._now(), call_id=call_id, order_id=order_id))
        return True

    async def _order_behind(self, number: str, code: str) -> WorkOrder | None:
        if not _is_shown(number) or not is_code(code):
            return None
        issued = tuple(await self._stored.codes_of(number))
        order_id = matching(self._key, issued, code)
        order = None if order_id is None else await self._stored.find_order(order_id)
        return order if order is not None and order.state in TOLD_STATES else None

    def _locked(self, call_id: CallId, number: str) -> bool:
        return (
            self._wrong_in_call[call_id] >= WRONG_IN_A_CALL
            or self._wrong_today[number] >= WRONG_IN_A_DAY
        )

    def _refuse(self, call_id: CallId, number: str, at: datetime, outcome: Asked) -> NotDisclosed:
        self._say(call_id, number, at, outcome, None)
        left = min(
            WRONG_IN_A_CALL - self._wrong_in_call[call_id],
            WRONG_IN_A_DAY - self._wrong_today[number],
        )
        return NotDisclosed(to_person=left <= 0, tries_left=max(0, left))

    def _say(
        self,
        call_id: CallId,
        number: str,
        at: datetime,
        outcome: Asked,
        order_id: OrderId | None,
    ) -> None:
        self._tell(
            ProgressAsked(
                at=at, call_id=call_id, caller_number=number, outcome=outcome, order_id=order_id
            )
        )

    def _take_back(self, call_id: CallId, number: str) -> None:
        self._wrong_in_call[call_id] -= 1
        self._wrong_today[number] -= 1

    def _turn_the_day(self, at: datetime) -> None:
        day = at.astimezone(SHANGHAI).strftime("%Y%m%d")
        if day != self._day:
            self._day = day
            self._wrong_today.clear()


def _is_shown(number: str) -> bool:
    return any(char.isdecimal() for char in number)
