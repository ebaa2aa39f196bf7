"""Holds every call that is going on and takes each fact to its own. 通话跟踪

What a fact does to a call is decided in cti/call.py; nothing about single calls belongs here.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from cti.call import Call, CallState, Step
from cti.course import advance, begin
from cti.facts import (
    CallFact,
    ChannelsListed,
    CitizenArrived,
    CitizenGone,
    Fact,
    LegGone,
    SeatDidNotAnswer,
    WhyNotAnswered,
)
from cti.fence import call_fence
from cti.ids import CallId, LegId
from cti.parties import about
from cti.ports import Now, Tell

log = structlog.get_logger(__name__)

FORGET_AFTER = timedelta(minutes=10)
"""An ended call is kept so long, so that late echoes find it and screens can still show it."""
ENDED_LIMIT = 5_000
"""Ended calls kept at most; a surge must not eat the memory."""


class CallTracker:
    """The only writer of Call. 通话跟踪

    `unexpected` counts facts that fit no table, by (state, kind of fact); `unknown` those of calls
    that never began here.
    """

    def __init__(self, tell: Tell, now: Now, open_calls: Iterable[Call] = ()) -> None:
        self._tell = tell
        self._now = now
        self._calls = {call.call_id: call for call in open_calls}
        self._ended: deque[tuple[datetime, CallId]] = deque()
        self.unexpected: Counter[tuple[CallState, str]] = Counter()
        self.unknown: Counter[str] = Counter()

    @property
    def calls(self) -> Mapping[CallId, Call]:
        """All open calls and those that ended lately; a live view."""
        return MappingProxyType(self._calls)

    def meet(self, fact: Fact) -> None:
        """Take a fact to its call. Never raises: trouble on one call stays there."""
        match fact:
            case CallFact(call_id=call_id):
                with call_fence(call_id):
                    self._meet(fact)
            case ChannelsListed():
                for gone in list(missing(self._calls.values(), fact)):
                    self.meet(gone)
            case _:
                self.unknown[type(fact).__name__] += 1

    def revive(self, call_id: CallId) -> None:
        """It was held to be over and Asterisk has it still: what is met next begins it anew."""
        call = self._calls.get(call_id)
        if call is None or not call.over:
            return
        del self._calls[call_id]
        self._ended = deque(one for one in self._ended if one[1] != call_id)

    def _meet(self, fact: CallFact) -> None:
        call = self._calls.get(fact.call_id)
        if call is not None:
            step = advance(call, fact)
        elif isinstance(fact, CitizenArrived):
            step = begin(fact)
        else:
            # A seat's own dialling, or a call older than our hearing: a snapshot will bring it.
            self.unknown[type(fact).__name__] += 1
            return
        self._keep(step)
        if not step.expected:
            self._count_unexpected(step.call, fact)
        for event in step.events:
            self._tell(event)

    def _keep(self, step: Step) -> None:
        call = step.call
        was = self._calls.get(call.call_id)
        self._calls[call.call_id] = call
        if call.over and (was is None or not was.over):
            self._ended.append((self._now(), call.call_id))
            self._forget()

    def _forget(self) -> None:
        long_ago = self._now() - FORGET_AFTER
        while self._ended and (self._ended[0][0] < long_ago or len(self._ended) > ENDED_LIMIT):
            _, call_id = self._ended.popleft()
            del self._calls[call_id]

    def _count_unexpected(self, call: Call, fact: CallFact) -> None:
        kind = type(fact).__name__
        self.unexpected[call.state, kind] += 1
        log.info(
            "a fact did not fit its call", call_id=call.call_id, state=call.state.value, fact=kind
        )


def missing(calls: Iterable[Call], listed: ChannelsListed) -> Iterator[CallFact]:
    """What must have happened to legs that Asterisk no longer has."""
    for call in calls:
        if call.over or not call.call_id.startswith(f"{listed.node}-"):
            continue
        # The call's id is the citizen's leg's; one whom we call may not have been dialled yet.
        if call.citizen_rung and LegId(call.call_id) not in listed.legs:
            lost = _how_lost(call, listed)
            yield CitizenGone(call_id=call.call_id, at=listed.at, lost=lost)
            continue
        for party in call.parties:
            if party.leg_id not in listed.legs:
                yield about(LegGone, call.call_id, party, listed.at, cause=0)
        if call.state is not CallState.RINGING or call.seat_id is None or call.leg_id is None:
            continue
        if call.leg_id not in listed.legs:
            yield SeatDidNotAnswer(
                call_id=call.call_id,
                at=listed.at,
                seat_id=call.seat_id,
                leg_id=call.leg_id,
                why=WhyNotAnswered.UNSEEN,
            )


def _how_lost(call: Call, listed: ChannelsListed) -> str:
    started_at = listed.asterisk_started_at
    if started_at is not None and call.arrived_at < started_at <= listed.at:
        return "asterisk-restarted"
    return "ended-while-away"
