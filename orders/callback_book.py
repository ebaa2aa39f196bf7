"""The callbacks that are owed and those that are being made. 回拨簿"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cti.ids import CallId
from orders.errors import CallbackUnknown
from orders.events import CallbackClosed
from orders.model import CallbackTask
from orders.ports import Tell


@dataclass(slots=True, eq=False)
class Attempt:
    """A call that is being made. 进行中的回拨"""

    number: int
    silent_until: datetime
    """Without a word from Asterisk by then it is over. 静默时限"""
    reached: CallId | None = None


class CallbackBook:
    """Open tasks by the caller's number; an attempt stands only beside its task. 回拨簿"""

    def __init__(self, tell: Tell, changed: Callable[[], None]) -> None:
        self.owed: dict[str, CallbackTask] = {}
        self.attempts: dict[str, Attempt] = {}
        self._tell = tell
        self._changed = changed

    def find(self, call_id: CallId) -> tuple[str, CallbackTask]:
        """The number's key and its task. Raises CallbackUnknown."""
        for key, task in self.owed.items():
            if task.call_id == call_id:
                return key, task
        raise CallbackUnknown

    def close(
        self,
        key: str,
        why: str,
        at: datetime,
        *,
        by: str | None = None,
        note: str | None = None,
        reached: CallId | None = None,
        given_up: bool = False,
    ) -> None:
        """He is owed a call no more."""
        task = self.owed.pop(key)
        self.attempts.pop(key, None)
        self._tell(
            CallbackClosed(
                at=at,
                call_id=task.call_id,
                why=why,
                by=by,
                note=note,
                reached=reached,
                given_up=given_up,
            )
        )
        self._changed()
