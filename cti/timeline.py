"""What one call was, minute by minute, and who was there: from its journaled events alone. 通话时间轴

    |arrived|queued      |ringing|talking        |consulting     |conference  |talking |seat_left|
                                  seat 8001 ----------------------------------|
                                                 fire-119 ringing--aside------talk-------------|

The parts follow one another without a gap and add up to the whole call exactly, whatever order Asterisk's
instants came in. A call that is still running has a last part without an end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from cti.call import CONNECTED, OVER, CallState
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallHeld,
    CallOffered,
    CallQueued,
    CallRetrieved,
    CallReturnedToLine,
    CallTookLifeboat,
    Event,
    PartyDidNotAnswer,
    PartyJoined,
    PartyLeft,
    PartyMoved,
    PartyRang,
    PartyRole,
    Room,
    SeatLeftCall,
    TalkChanged,
)
from cti.ids import LegId

S = CallState
_LIVE = CONNECTED | {S.SEAT_LEFT}
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The call was in this state for so long; `until` None: it still is. 阶段"""

    state: CallState
    since: datetime
    until: datetime | None

    def ms(self, now: datetime) -> int:
        """Its length, up to now if it has no end yet."""
        return _ms(self.since, self.until or now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody was in one room for so long; `room` None: he was being rung. 在场区间

    `who` is as in PartyEvent. A party that changes rooms has one of these for each.
    """

    leg_id: LegId
    role: PartyRole
    who: str
    room: Room | None
    since: datetime
    until: datetime | None

    def ms(self, now: datetime) -> int:
        return _ms(self.since, self.until or now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The citizen heard music, alone, for so long. 保持区间"""

    since: datetime
    until: datetime | None


Span = TypeVar("Span", Presence, Hold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """One call from its arrival on. 通话时间轴"""

    parts: tuple[Part, ...] = ()
    parties: tuple[Presence, ...] = ()
    """In the order of their coming. 参与方"""
    holds: tuple[Hold, ...] = ()
    state: CallState = S.ARRIVED
    """What the call is by these events, its two ways of being over included. 当前状态"""

    def total_ms(self, now: datetime) -> int:
        """From the arrival to the end, or to now."""
        return _ms(self.parts[0].since, self.parts[-1].until or now) if self.parts else 0


def timeline(events: Iterable[Event]) -> Timeline:
    """One call's events in the order of the journal; those of other kinds are passed over."""
    weaver = _Weaver()
    for event in events:
        if isinstance(event, CallEvent):
            weaver.take(event)
    return weaver.woven()


class _Weaver:
    """Takes events one by one; what it has taken so far is a timeline. 编织"""

    def __init__(self) -> None:
        self.state = S.ARRIVED
        self._changes: list[tuple[datetime, CallState]] = []
        self._stays: list[Presence] = []
        self._here: dict[LegId, int] = {}
        self._holds: list[Hold] = []
        self._ended_at: datetime | None = None
        self._latest: datetime | None = None

    def take(self, event: CallEvent) -> None:
        # Asterisk's instants may step back by a little; a timeline never does.
        at = event.at if self._latest is None else max(event.at, self._latest)
        if self._ended_at is not None:
            return
        self._latest = at
        if not self._changes:
            self._become(S.ARRIVED, at)
        state = self._state_by(event)
        self._keep_presence(event, at)
        if state in _LIVE and not self._anybody_here():
            state = S.SEAT_LEFT
        self._become(state, at)
        if isinstance(event, CallHeld):
            self._holds.append(Hold(since=at, until=None))
        elif isinstance(event, CallRetrieved | CallQueued) or state not in CONNECTED:
            self._end_hold(at)
        if state in OVER:
            # The end is the one instant that is taken as it was told: the whole must be right.
            self._end(max(event.at, self._changes[0][0]))

    def woven(self) -> Timeline:
        return Timeline(
            parts=tuple(self._parts()),
            parties=tuple(self._stays),
            holds=tuple(self._holds),
            state=self.state,
        )

    def _parts(self) -> Iterable[Part]:
        open_changes = [(at, state) for at, state in self._changes if state not in OVER]
        if not open_changes:
            return
        ends = [at for at, _ in open_changes[1:]]
        for (since, state), until in zip(open_changes, [*ends, self._ended_at], strict=True):
            # What lasted no time at all is no part, unless it is the only one.
            if until != since or len(open_changes) == 1:
                yield Part(state=state, since=since, until=until)

    def _state_by(self, event: CallEvent) -> CallState:
        now = self.state
        match event:
            case CallQueued():
                return S.QUEUED
            case CallTookLifeboat():
                return S.QUEUED if now is S.ARRIVED or now in _LIVE else now
            case CallOffered():
                return S.RINGING
            case CallReturnedToLine():
                return S.QUEUED
            case CallAnswered():
                return S.TALKING
            case TalkChanged(state=state):
                return S(state)
            case CallHeld() if now is S.TALKING:
                return S.HELD  # Journals of the first release have no TalkChanged.
            case CallRetrieved() if now is S.HELD:
                return S.TALKING
            case CallEnded():
                return S.ENDED
            case CallAbandoned():
                return S.ABANDONED
            case _:
                return now

    def _become(self, state: CallState, at: datetime) -> None:
        if self._changes and self._changes[-1][1] is state:
            return
        self.state = state
        self._changes.append((at, state))

    def _keep_presence(self, event: CallEvent, at: datetime) -> None:
        match event:
            case CallAnswered(seat_id=seat):
                self._enter(event.leg_id or _leg_of(seat), PartyRole.SEAT, seat, Room.TALK, at)
            case PartyRang():
                self._enter(event.leg_id, event.role, event.who, None, at)
            case PartyJoined(room=room) | PartyMoved(room=room):
                self._enter(event.leg_id, event.role, event.who, room, at)
            case PartyDidNotAnswer() | PartyLeft():
                self._leave(event.leg_id, at)
            case SeatLeftCall(seat_id=seat):
                leg_id = event.leg_id if event.leg_id in self._here else self._leg_here(seat)
                self._leave(leg_id, at)
            case _:
                pass

    def _enter(
        self, leg_id: LegId, role: PartyRole, who: str, room: Room | None, at: datetime
    ) -> None:
        known = self._here.get(leg_id)
        if known is not None and self._stays[known].room is room:
            return
        self._leave(leg_id, at)
        self._here[leg_id] = len(self._stays)
        stay = Presence(leg_id=leg_id, role=role, who=who, room=room, since=at, until=None)
        self._stays.append(stay)

    def _leave(self, leg_id: LegId | None, at: datetime) -> None:
        place = None if leg_id is None else self._here.pop(leg_id, None)
        if place is not None:
            self._stays[place] = replace(self._stays[place], until=at)

    def _leg_here(self, seat: str) -> LegId | None:
        wanted = (PartyRole.SEAT, seat)
        return next((one.leg_id for one in self._present() if (one.role, one.who) == wanted), None)

    def _present(self) -> Iterable[Presence]:
        return (self._stays[place] for place in self._here.values())

    def _anybody_here(self) -> bool:
        return any(stay.room in (Room.TALK, Room.ASIDE) for stay in self._present())

    def _end_hold(self, at: datetime) -> None:
        if self._holds and self._holds[-1].until is None:
            self._holds[-1] = replace(self._holds[-1], until=at)

    def _end(self, at: datetime) -> None:
        """Nothing lasts longer than the call."""
        for leg_id in tuple(self._here):
            self._leave(leg_id, at)
        self._end_hold(at)
        self._ended_at = at
        self._changes = [(min(since, at), state) for since, state in self._changes]
        self._stays = [_not_beyond(stay, at) for stay in self._stays]
        self._holds = [_not_beyond(hold, at) for hold in self._holds]


def _not_beyond(span: Span, end: datetime) -> Span:
    return replace(span, since=min(span.since, end), until=min(span.until or end, end))


def _leg_of(seat: str) -> LegId:
    """Stands in for the leg in events that are older than the field."""
    return LegId(f"seat-{seat}")


def _ms(since: datetime, until: datetime) -> int:
    return max(0, (until - since) // _MILLISECOND)
