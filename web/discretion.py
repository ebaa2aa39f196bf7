"""What an operator is shown of being supervised, and of the floor's alarms. 监督告知

    policies [supervision] told ──► an act of it is shown to the seat it concerns, no other act is
    supervisors, administrators, inspectors ──► see everything

Asked anew for every event and every answer, so that a published policy holds at once. A listener's
leg is known by his room; while he rings nobody can tell what he will do, so that is not shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from asr.events import PartialHeard, Side, UtteranceHeard
from cti.call import Call
from cti.events import (
    CallControlled,
    Event,
    PartyEvent,
    PartyJoined,
    PartyMoved,
    PartyRole,
    Room,
)
from cti.ids import LegId
from cti.parties import Party
from orders.citizen_events import QueryCodeIssued, SurveyAnswered, SurveyOffered
from quality.events import SampledCallChecked, SampledCallGiven, SampleDrawn, SignalFound
from recordings.events import CallMarked, ListeningOpened, MarkRemoved, RecordingHeard
from seats.events import (
    GroupAttendedAgain,
    GroupUnattended,
    SeatAlarmCleared,
    SeatAlarmRaised,
    SeatForced,
    SeatStateChanged,
)
from seats.model import Seat
from seats.rule_documents.policies import ACTS, SupervisionPolicy
from web.access import is_own_seat
from web.ports import Role, User

Policy = Callable[[], SupervisionPolicy]

WATCHERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.INSPECTOR})
ALARMS = (SeatAlarmRaised, SeatAlarmCleared, GroupUnattended, GroupAttendedAgain)
ACT_IN = {Room.LISTENING: "listen", Room.WHISPERING: "whisper", Room.TALK: "barge"}
"""What a supervisor does in a room; aside with a seat he is nobody's secret."""
FORCE = "force"
NOBODYS = (
    QueryCodeIssued,
    ListeningOpened,
    RecordingHeard,
    CallMarked,
    MarkRemoved,
    SampleDrawn,
    SampledCallGiven,
    SampledCallChecked,
)
"""Shown nowhere but where they are asked for: a code was told where it was made, and who heard, marked or
inspects a call is asked by those who may know it."""


def watches(viewer: User) -> bool:
    """Whether he sees whatever a supervisor does, and every alarm."""
    return not viewer.roles.isdisjoint(WATCHERS)


def may_see(party: Party, viewer: User, policy: SupervisionPolicy) -> bool:
    """Whether this one is shown among those who are on the call."""
    if party.role is not PartyRole.SUPERVISOR or watches(viewer):
        return True
    return is_own_seat(viewer, party.who) or _told_of(party.room, policy)


def shown_call(call: Call, viewer: User, policy: SupervisionPolicy) -> Call:
    """Without those whom he does not see."""
    if all(may_see(party, viewer, policy) for party in call.parties):
        return call
    return replace(call, parties=tuple(p for p in call.parties if may_see(p, viewer, policy)))


def shown_seat(seat: Seat, viewer: User) -> Seat:
    """A supervisor's seat without the call that he supervises."""
    if seat.part is not PartyRole.SUPERVISOR or watches(viewer):
        return seat
    if is_own_seat(viewer, seat.seat_id):
        return seat
    return replace(seat, call_id=None, part=PartyRole.SEAT)


class Discretion:
    """One viewer's, through the events of the calls he sees. 告知范围"""

    def __init__(self, viewer: User, policy: Policy) -> None:
        self._viewer = viewer
        self._policy = policy
        self._watches = watches(viewer)
        self._known: set[LegId] = set()
        """Supervisors' legs that he has been shown; they are followed to their end."""

    def know(self, parties: Iterable[Party]) -> None:
        """Whom he was shown before."""
        policy = self._policy()
        self._known.update(
            party.leg_id
            for party in parties
            if party.role is PartyRole.SUPERVISOR and may_see(party, self._viewer, policy)
        )

    def hears(self, words: UtteranceHeard | PartialHeard) -> bool:
        """Whether these words are not a supervisor's of whom he knows nothing."""
        return self._watches or words.side is not Side.SUPERVISOR or words.leg_id in self._known

    def shown(self, event: Event, *, own: bool) -> Event | None:
        """The event as he sees it; `own` says whether it concerns his own seat."""
        if isinstance(event, NOBODYS):
            return None
        if self._watches:
            return event
        match event:
            case SurveyOffered() | SurveyAnswered():
                return None  # no operator learns which citizen rated him how
            case UtteranceHeard():
                return event if self.hears(event) else None
            case SignalFound():
                return None  # for inspectors to look at; nothing that is proved
            case SeatAlarmRaised() | SeatAlarmCleared() | GroupUnattended() | GroupAttendedAgain():
                return None
            case CallControlled(what=what) if what in ACTS:
                return event if what in self._policy().told and own else None
            case SeatForced():
                return event if FORCE in self._policy().told and own else None
            case PartyEvent(role=PartyRole.SUPERVISOR):
                return event if self._sees_party(event) else None
            case SeatStateChanged(part=PartyRole.SUPERVISOR, seat_id=seat_id):
                if is_own_seat(self._viewer, seat_id):
                    return event
                return replace(event, call_id=None, part=PartyRole.SEAT)
            case _:
                return event

    def _sees_party(self, event: PartyEvent) -> bool:
        if is_own_seat(self._viewer, event.who) or event.leg_id in self._known:
            return True
        if isinstance(event, PartyJoined | PartyMoved) and _told_of(event.room, self._policy()):
            self._known.add(event.leg_id)
            return True
        return False


def _told_of(room: Room | None, policy: SupervisionPolicy) -> bool:
    return room is not None and ACT_IN.get(room, "barge") in policy.told
