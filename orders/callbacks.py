"""Who got nobody, or was cut off, is owed a call. 回拨

One open task a caller's number, the earliest arrival's; it closes by itself when the same number
is answered later (CTI-09). A caller without a number cannot be called back and is only counted.
"""

from datetime import datetime

import structlog

from cti.events import CallAbandoned, CallAnswered, CallArrived, CallEnded, Ending, Event
from cti.ids import CallId
from orders.events import CallbackClosed, CallbackOwed
from orders.model import CallbackReason, CallbackTask
from orders.ports import Caller, StoredCallbacks, Tell
from orders.settings import OrdersSettings
from orders.spoken_numbers import national

log = structlog.get_logger(__name__)

LOST = frozenset({"asterisk-restarted", "ended-while-away"})
"""Endings that nobody saw: the line broke, the citizen did not hang up on us. 异常中断的原因"""

GOT_THROUGH = "caller-got-through"
EARLIER_CALL = "earlier-call-kept"


class CallbackDesk:
    """Sole writer of every CallbackTask. 回拨台"""

    def __init__(self, stored: StoredCallbacks, settings: OrdersSettings, tell: Tell) -> None:
        self._stored = stored
        self._settings = settings
        self._tell = tell
        self._callers: dict[CallId, Caller] = {}
        self._owed: dict[str, CallbackTask] = {}
        self.without_number = 0
        """Callers who would be owed a call but showed no number; shown in /metrics."""

    async def restore(self) -> None:
        """Take up the open tasks and the calls in hand; before any event is told."""
        self._callers.update(await self._stored.open_callers())
        for task in await self._stored.open_callbacks():
            self._owed[_key(task.caller_number)] = task

    @property
    def open_tasks(self) -> tuple[CallbackTask, ...]:
        """Every task that is not closed, the earliest arrival first."""
        return tuple(sorted(self._owed.values(), key=lambda t: (t.arrived_at, t.call_id)))

    def on_event(self, event: Event) -> None:
        """Take what calls say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id, caller_number=number, at=at):
                self._callers[call_id] = Caller(caller_number=number, arrived_at=at)
            case CallAnswered(call_id=call_id, at=at):
                self._got_through(call_id, at)
            case CallAbandoned(call_id=call_id, at=at, waited_ms=waited_ms, ending=ending):
                caller = self._callers.pop(call_id, None)
                long_enough = waited_ms >= self._settings.callback_after_wait_s * 1000
                if _is_lost(ending):
                    self._owe(call_id, caller, CallbackReason.DROPPED, at)
                elif long_enough:
                    self._owe(call_id, caller, CallbackReason.ABANDONED, at)
            case CallEnded(call_id=call_id, at=at, ending=ending):
                caller = self._callers.pop(call_id, None)
                if _is_lost(ending):
                    self._owe(call_id, caller, CallbackReason.DROPPED, at)
            case _:
                pass

    def _owe(
        self, call_id: CallId, caller: Caller | None, reason: CallbackReason, at: datetime
    ) -> None:
        if caller is None:
            log.warning("nobody knows who called", call_id=call_id)
            return
        key = _key(caller.caller_number)
        if not any(char.isdecimal() for char in key):
            self.without_number += 1
            return
        present = self._owed.get(key)
        if present is not None:
            if present.arrived_at <= caller.arrived_at:
                return
            self._close(key, EARLIER_CALL, at)
        self._owed[key] = CallbackTask(
            call_id=call_id,
            caller_number=caller.caller_number,
            reason=reason,
            arrived_at=caller.arrived_at,
        )
        self._tell(
            CallbackOwed(
                at=at,
                call_id=call_id,
                caller_number=caller.caller_number,
                reason=reason,
                arrived_at=caller.arrived_at,
            )
        )

    def _got_through(self, call_id: CallId, at: datetime) -> None:
        caller = self._callers.get(call_id)
        if caller is not None and _key(caller.caller_number) in self._owed:
            self._close(_key(caller.caller_number), GOT_THROUGH, at)

    def _close(self, key: str, why: str, at: datetime) -> None:
        task = self._owed.pop(key)
        self._tell(CallbackClosed(at=at, call_id=task.call_id, why=why))


def _is_lost(ending: Ending) -> bool:
    return ending.reason in LOST


def _key(number: str) -> str:
    """The same phone however the trunk writes it: +86138…, 0138…, 138…."""
    return national(number) or number
