"""Which calls ended without the citizen having got what he called for. 未接与中断

Follows every call from its arrival to its end, and names the loss, if it is one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from asr.spoken_numbers import national
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallbackRequested,
    CallEnded,
    CallEvent,
    CallOffered,
    CallQueued,
    CallReturnedToLine,
    CallTookLifeboat,
    CallTransferred,
    Direction,
    Ending,
    Event,
    PartyJoined,
    Room,
)
from cti.ids import CallId, SkillGroupCode
from orders.citizen_events import CallLimited
from orders.limits import Verdict
from orders.model import CallbackReason
from orders.ports import Caller

log = structlog.get_logger(__name__)

LOST = frozenset({"asterisk-restarted", "ended-while-away"})
"""Endings that nobody saw: the line broke, the citizen did not hang up on us. 异常中断的原因"""
LEFT_WAITING = "left-waiting"
"""cti/course.py's word for one who had been answered and gave up in the line. 转接退回后放弃"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Somebody who is owed a call, and why. 应回拨"""

    call_id: CallId
    caller_number: str
    reason: CallbackReason
    arrived_at: datetime
    joined_at: datetime | None
    skill_group: SkillGroupCode | None


def number_key(number: str) -> str:
    """The same phone however the trunk writes it: +86138…, 0138…, 138…."""
    return national(number) or number


class LossWatch:
    """Knows everybody who is on a call. 在线来电登记"""

    def __init__(self) -> None:
        self._callers: dict[CallId, Caller] = {}
        self._came_to_line: set[CallId] = set()
        self._asked: set[CallId] = set()

    def restore(self, callers: Mapping[CallId, Caller]) -> None:
        self._callers.update(callers)
        self._came_to_line.update(one for one, caller in callers.items() if caller.joined_at)

    def knows(self, call_id: CallId) -> bool:
        """Whether this call is not over."""
        return call_id in self._callers

    def number_of(self, call_id: CallId) -> str | None:
        caller = self._callers.get(call_id)
        return None if caller is None else caller.caller_number

    def called_by_us(self, call_id: CallId) -> bool:
        caller = self._callers.get(call_id)
        return caller is not None and caller.direction is Direction.OUT

    def came_to_line(self, call_id: CallId | None) -> bool:
        """Whether he has answered and waited for a seat; also just after the call's end."""
        return call_id in self._came_to_line

    def asked(self, call_id: CallId) -> None:
        """His own request is his callback; his hanging up makes no other."""
        if call_id in self._callers:
            self._asked.add(call_id)

    def numbers_on_line(self) -> frozenset[str]:
        """Who is on a call of his own at this moment."""
        return frozenset(
            number_key(caller.caller_number)
            for caller in self._callers.values()
            if caller.direction is Direction.IN
        )

    def on_line(self, key: str) -> bool:
        return key in self.numbers_on_line()

    def take(self, event: Event, after_wait: timedelta) -> Loss | None:
        """Follow the call; the loss if this event is one."""
        match event:
            case CallArrived(call_id=call_id):
                self._callers[call_id] = Caller(
                    caller_number=event.caller_number,
                    arrived_at=event.at,
                    direction=event.direction,
                )
            case CallbackRequested():
                return self._requested(event)
            case CallAbandoned() | CallEnded():
                return self._over(event, after_wait)
            case CallEvent():
                self._follow(event)
            case _:
                pass
        return None

    def _follow(self, event: CallEvent) -> None:
        caller = self._callers.get(event.call_id)
        if caller is None:
            return
        match event:
            case CallQueued(joined_at=joined_at, skill_group=group):
                caller = replace(caller, joined_at=joined_at, skill_group=group, waiting=True)
                self._came_to_line.add(event.call_id)
            case CallTookLifeboat() | CallReturnedToLine():
                caller = replace(caller, joined_at=caller.joined_at or event.at, waiting=True)
                self._came_to_line.add(event.call_id)
            case CallLimited(verdict=Verdict.REFUSED):
                caller = replace(caller, refused=True)
            case CallOffered():
                caller = replace(caller, rung=True)
            case CallAnswered():
                caller = replace(caller, answered=True, waiting=False)
            case CallTransferred() | PartyJoined(room=Room.TALK):
                caller = replace(caller, waiting=False)
            case _:
                return
        self._callers[event.call_id] = caller

    def _requested(self, event: CallbackRequested) -> Loss:
        caller = self._callers.get(event.call_id)
        return Loss(
            call_id=event.call_id,
            caller_number=event.caller_number,
            reason=CallbackReason.REQUESTED,
            arrived_at=event.joined_at if caller is None else caller.arrived_at,
            joined_at=event.joined_at,
            skill_group=event.skill_group,
        )

    def _over(self, event: CallAbandoned | CallEnded, after_wait: timedelta) -> Loss | None:
        call_id = event.call_id
        caller = self._callers.pop(call_id, None)
        asked = call_id in self._asked
        self._asked.discard(call_id)
        if caller is None:
            log.warning("nobody knows who called", call_id=call_id)
            return None
        reason = None if asked else _reason(event, caller, after_wait)
        if reason is None:
            return None
        return Loss(
            call_id=call_id,
            caller_number=caller.caller_number,
            reason=reason,
            arrived_at=caller.arrived_at,
            joined_at=caller.joined_at,
            skill_group=caller.skill_group,
        )

    def forget(self, call_id: CallId) -> None:
        """Its end has been told to everybody."""
        self._came_to_line.discard(call_id)


def _reason(
    event: CallAbandoned | CallEnded, caller: Caller, after_wait: timedelta
) -> CallbackReason | None:
    if caller.direction is Direction.OUT and not caller.answered:
        return None  # we called him; the attempt's own outcome counts
    if caller.refused and not caller.answered:
        return None  # he was told that he cannot be served, and why
    if _is_lost(event.ending):
        return CallbackReason.DROPPED
    if caller.answered:
        gave_up = caller.waiting or event.ending.reason == LEFT_WAITING
        return CallbackReason.RETURNED if gave_up else None
    if isinstance(event, CallEnded) or event.waited_ms < after_wait.total_seconds() * 1000:
        return None
    return CallbackReason.UNANSWERED if caller.rung else CallbackReason.ABANDONED


def _is_lost(ending: Ending) -> bool:
    return ending.reason in LOST or ending.blame is Blame.TRUNK
