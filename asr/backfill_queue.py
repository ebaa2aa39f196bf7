"""Who is wanted, who rests, whose turn it is. 后补队列

Rules of moments only; the backfill owns the tasks and the one timer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asr.backfill_ports import Wish
from cti.ids import CallId

LONGEST_REST_S = 3_600


@dataclass(frozen=True, slots=True)
class _Rest:
    failures: int
    until: datetime


class WishQueue:
    """Wishes, each of a call of its own; the oldest first. 后补队列"""

    def __init__(self, retry_s: int) -> None:
        self._retry_s = retry_s
        self._wishes: dict[CallId, Wish] = {}
        self._rests: dict[CallId, _Rest] = {}

    def __len__(self) -> int:
        return len(self._wishes)

    def __contains__(self, call_id: CallId) -> bool:
        return call_id in self._wishes

    def rests(self, call_id: CallId) -> bool:
        """It was tried in vain and waits to be tried again."""
        return call_id in self._rests

    def take(self, wish: Wish) -> None:
        """Who is wanted a second time keeps his place, and need not rest."""
        self._rests.pop(wish.call_id, None)
        if wish.call_id not in self._wishes or wish.from_ms is not None:
            self._wishes[wish.call_id] = wish

    def forget(self, call_id: CallId) -> None:
        """Done, or given up."""
        self._wishes.pop(call_id, None)
        self._rests.pop(call_id, None)

    def rest(self, call_id: CallId, now: datetime) -> None:
        """It failed: each time twice as long."""
        before = self._rests.get(call_id)
        failures = 0 if before is None else before.failures
        rest_s = min(self._retry_s * 2 ** min(failures, 10), LONGEST_REST_S)
        self._rests[call_id] = _Rest(failures + 1, now + timedelta(seconds=rest_s))

    def wait(self, call_id: CallId, now: datetime) -> None:
        """It has not failed; something was not to be had just now."""
        before = self._rests.get(call_id)
        failures = 0 if before is None else before.failures
        self._rests[call_id] = _Rest(failures, now + timedelta(seconds=self._retry_s))

    def next(self, count: int, now: datetime, but: Collection[CallId]) -> Sequence[Wish]:
        """At most so many whose turn it is."""
        due = [
            wish
            for call_id, wish in self._wishes.items()
            if call_id not in but
            and (call_id not in self._rests or self._rests[call_id].until <= now)
        ]
        return sorted(due, key=lambda wish: wish.wanted_at)[: max(0, count)]
