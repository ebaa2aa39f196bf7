"""What a list of all channels says about calls we may have missed. 快照

Rows are read where they stand in the stream, between the events before and after them, and never put
aside: Asterisk writes events and rows to one link in turn, so an event that stands before the rows
is older than they are. An event after them may be older too (it waited in Asterisk while the rows
were written); it then repeats what the rows have said, and the call's table lets a repetition change
nothing. So no row ever undoes a newer event.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from cti.ami.names import (
    CITIZENS_CONTEXT,
    call_of,
    call_of_our_leg,
    instant_of,
    number_of,
    party_on,
    seat_of,
    whole_number,
)
from cti.ami.party_reading import ROOMS, SPYING
from cti.ami.reading import read_facts
from cti.ami.wire import Message, event_name
from cti.errors import MalformedMessage
from cti.facts import (
    CallFact,
    ChannelsListed,
    CitizenArrived,
    CitizenHeld,
    CitizenInRoom,
    Fact,
    LegInRoom,
    LegRang,
    LifeboatJoined,
    NoticeEnded,
    RecordingBegan,
    SeatConnected,
    SeatRang,
    WaitingBegan,
)
from cti.ids import CallId, LegId, SkillGroupCode

LIFEBOAT_CONTEXT = "hotline-lifeboat"
ROOM = "hotline-room"
_UP = "6"


class Interpreter:
    """Turns Asterisk's words into facts, live events and lists alike. 解读

    The answer to CoreStatus opens a snapshot and the next whole list of channels closes it. Any other
    list is no business of the calls: on a link that hears everything, a leg missing from it has a
    Hangup under way that says more.
    """

    def __init__(self, node: str, counts: Counter[str]) -> None:
        self._node = node
        self._counts = counts
        self._rows: list[Message] = []
        self._open = False
        self._started_at: datetime | None = None

    def facts(self, message: Message, arrived_at: datetime) -> Sequence[Fact]:
        """What this message says; most say one thing or nothing. Raises MalformedMessage."""
        match event_name(message.raw):
            case b"":
                self._open, self._started_at = True, _started_at(message)
                self._rows.clear()
                return ()
            case b"CoreShowChannel" | b"CoreShowChannelsComplete" if not self._open:
                return ()
            case b"CoreShowChannel":
                self._rows.append(message)
                return ()
            case b"CoreShowChannelsComplete":
                return self._whole_list(message, arrived_at)
            case _:
                return read_facts(message, self._node, arrived_at)

    def _whole_list(self, complete: Message, at: datetime) -> Sequence[Fact]:
        rows, self._rows, self._open = self._rows, [], False
        if len(rows) != whole_number(complete.need(b"ListItems")):
            # A list with a hole must not make citizens vanish.
            raise MalformedMessage("a list of channels is not whole")
        listed = ChannelsListed(
            at=at,
            node=self._node,
            legs=frozenset(LegId(row.need(b"Uniqueid")) for row in rows),
            asterisk_started_at=self._started_at,
        )
        return (listed, *self._calls(rows, at))

    def _calls(self, rows: Sequence[Message], at: datetime) -> Iterator[Fact]:
        for call_id, legs in _by_call(rows, self._node).items():
            try:
                facts = list(_call(call_id, legs, at))
            except MalformedMessage:
                # One call that cannot be read must not hide the others.
                self._counts["malformed-message"] += 1
            else:
                yield from facts


def _by_call(rows: Sequence[Message], node: str) -> dict[CallId, list[Message]]:
    legs: dict[CallId, list[Message]] = {}
    for row in rows:
        call_id = call_of(row, node)
        if call_id is not None:
            legs.setdefault(call_id, []).append(row)
    return legs


def _call(call_id: CallId, legs: Sequence[Message], at: datetime) -> Iterator[CallFact]:
    for row in legs:
        # Without the variable it is a channel that the dialplan has not touched yet, if ours.
        if row.need(b"Uniqueid") == call_id and (
            row.variable(b"HOTLINE_CALL") or row.find(b"Context") == CITIZENS_CONTEXT
        ):
            yield from _citizen(call_id, row, at)
            yield from _dialled_seats(call_id, row, legs, at)
            yield from _citizens_room(call_id, row, at)
    for row in legs:
        if row.need(b"Uniqueid") != call_id:
            yield from _party(call_id, row, at)


def _citizen(call_id: CallId, row: Message, at: datetime) -> Iterator[CallFact]:
    in_lifeboat = row.find(b"Context") == LIFEBOAT_CONTEXT
    exten = row.need(b"Exten")
    # The uniqueid is node-<epoch second>.<number>: the only exact word about when he arrived.
    arrived_at = instant_of(call_id.rpartition("-")[2].partition(".")[0], seconds_per_unit=1.0)
    yield CitizenArrived(
        call_id=call_id,
        at=arrived_at,
        caller_number=number_of(row.need(b"CallerIDNum")),
        called_number=exten if exten.isdecimal() else "",
    )
    state = row.variable(b"HOTLINE_STATE")
    if state:
        # The dialplan starts recording before anything else; for a call whose beginning we heard
        # this is an echo, for another it is right to the second.
        yield RecordingBegan(call_id=call_id, at=arrived_at)
    if state in ("noticed", "waiting", "goodbye"):
        yield NoticeEnded(call_id=call_id, at=arrived_at)
    turn = whole_number(row.variable(b"HOTLINE_TURN") or "1")
    if in_lifeboat:
        yield LifeboatJoined(call_id=call_id, at=at, turn=turn)
    elif state == "waiting":
        yield WaitingBegan(
            call_id=call_id,
            at=at,
            skill_group=SkillGroupCode(row.variable(b"HOTLINE_GROUP")),
            joined_at=instant_of(row.variable(b"HOTLINE_JOINED_AT"), seconds_per_unit=0.001),
            priority=whole_number(row.variable(b"HOTLINE_PRIORITY") or "0"),
            turn=turn,
        )


def _dialled_seats(
    call_id: CallId, citizen: Message, legs: Sequence[Message], at: datetime
) -> Iterator[CallFact]:
    bridge = citizen.find(b"BridgeId")
    for row in legs:
        seat_id = seat_of(row.need(b"Channel"))
        leg_id = LegId(row.need(b"Uniqueid"))
        if seat_id is None or call_of_our_leg(leg_id) is not None or row.find(b"Context") == ROOM:
            continue
        # A talk may have begun while nobody listened: it is dated and transcribed from its beginning.
        answered = row.variable(b"HOTLINE_ANSWERED_AT")
        since = min(at, instant_of(answered, seconds_per_unit=0.001)) if answered else at
        yield SeatRang(call_id=call_id, at=since, seat_id=seat_id, leg_id=leg_id)
        if bridge and row.need(b"ChannelState") == _UP and row.find(b"BridgeId") == bridge:
            yield SeatConnected(call_id=call_id, at=since, seat_id=seat_id, leg_id=leg_id)


def _citizens_room(call_id: CallId, row: Message, at: datetime) -> Iterator[CallFact]:
    if row.find(b"Context") != ROOM:
        return
    if (row.find(b"Exten") or "").startswith("hold-"):
        yield CitizenHeld(call_id=call_id, at=at)
    else:
        yield CitizenInRoom(call_id=call_id, at=at)


def _party(call_id: CallId, row: Message, at: datetime) -> Iterator[CallFact]:
    """A leg that is in a room, or that we originated and that still rings."""
    party = party_on(row)
    if party is None:
        return
    leg_id, role, who = party
    place = (row.find(b"Exten") or "").partition("-")[0]
    room = {**ROOMS, **SPYING}.get(place) if row.find(b"Context") == ROOM else None
    if room is not None:
        yield LegInRoom(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who, room=room)
    elif call_of_our_leg(leg_id) is not None:
        yield LegRang(call_id=call_id, at=at, leg_id=leg_id, role=role, who=who)


def _started_at(core_status: Message) -> datetime | None:
    """CoreStatus gives Asterisk's own local time; it runs on our machine or in our time zone."""
    date, time = core_status.find(b"CoreStartupDate"), core_status.find(b"CoreStartupTime")
    try:
        return datetime.fromisoformat(f"{date}T{time}").astimezone(UTC)
    except ValueError:
        return None
