"""Whom an operation waits for, and how long. 待续操作"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cti.ids import CallId, LegId, SeatId
from cti.invitations import Invitation
from cti.ports import Now

OVERDUE_S = 3
"""A leg of which nothing is heard so long was never rung: an unreachable phone has no channel at all.
So much longer than it may ring is also the end of waiting for one that rang."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What is to be done when this leg answers. 待续操作

    `what` is "transfer" (the first seat is let go), "intercept" (the citizen comes over) or "consult"
    (nothing; but only one is rung aside at a time). `until` is when we stop waiting.
    """

    leg_id: LegId
    what: str
    seat_leg: LegId | None
    until: datetime
    rang: bool = False
    seat_id: SeatId | None = None
    """The seat that is rung, if it is one. 被叫座席"""


class AwaitedLegs:
    """At most one a call. 待续记录"""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._awaited: dict[CallId, Awaited] = {}

    def __contains__(self, call_id: CallId) -> bool:
        return call_id in self._awaited

    def get(self, call_id: CallId) -> Awaited | None:
        return self._awaited.get(call_id)

    def pop(self, call_id: CallId) -> Awaited | None:
        """Nothing is awaited any more."""
        return self._awaited.pop(call_id, None)

    def put(self, call_id: CallId, awaited: Awaited) -> None:
        self._awaited[call_id] = awaited

    def leg(self, invitation: Invitation, what: str, seat_leg: LegId | None) -> Awaited:
        """The leg of this invitation, from now on."""
        return Awaited(
            leg_id=invitation.leg_id,
            what=what,
            seat_leg=seat_leg,
            seat_id=invitation.seat_id,
            until=self._now() + timedelta(seconds=OVERDUE_S),
        )

    def later(self, awaited: Awaited) -> Awaited:
        """The same, to be looked at again after a while."""
        return replace(awaited, until=self._now() + timedelta(seconds=OVERDUE_S))

    def patience_s(self) -> float | None:
        """Until the first of them is overdue; None when nobody is awaited."""
        if not self._awaited:
            return None
        first = min(awaited.until for awaited in self._awaited.values())
        return max(0.0, (first - self._now()).total_seconds())

    def overdue(self) -> Sequence[CallId]:
        now = self._now()
        return [call_id for call_id, one in self._awaited.items() if one.until <= now]
