"""Calls as they are and were, and why they went where they went. 通话表"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, func, literal, select, update

from asr.events import (
    TranscriptFinished,
    TranscriptionLeftOut,
    TranscriptionPaused,
    TranscriptionResumed,
)
from cti.call import OPEN, Call, CallState
from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallHeld,
    CallOffered,
    CallQueued,
    CallRetrieved,
    CallReturnedToLine,
    CallTookLifeboat,
    CallTransferred,
    Direction,
    Ending,
    Event,
    NoticePlayed,
    RecordingStarted,
    SeatLeftCall,
    TalkChanged,
)
from cti.ids import CallId, SeatId, SkillGroupCode
from cti.recollection import recollect
from orders.codes import NUISANCE
from orders.model import OrderId, OrderState
from recordings.model import RecordingId
from seats.events import SeatReserved
from store.codec import EventUnreadable, body_of, build, decode
from store.database import Database, change_row, insert_new
from store.tables import (
    Instant,
    call_codes,
    calls,
    decisions,
    journal,
    orders,
    recordings,
    seat_spans,
)


def _set(connection: Connection, call_id: CallId, **values: Any) -> None:
    change_row(connection, calls, "call_id", call_id, **values)


def _arrived(connection: Connection, _seq: int, event: CallArrived) -> None:
    insert_new(
        connection,
        calls,
        call_id=event.call_id,
        caller_number=event.caller_number,
        called_number=event.called_number,
        state=CallState.ARRIVED.value,
        direction=event.direction.value,
        arrived_at=event.at,
        priority=0,
        lifeboat=False,
        transcription="off",
    )


def _recording(connection: Connection, _seq: int, event: RecordingStarted) -> None:
    _set(connection, event.call_id, recording_started_at=event.at)


def _notice(connection: Connection, _seq: int, event: NoticePlayed) -> None:
    _set(connection, event.call_id, notice_at=event.at)


def _queued(connection: Connection, _seq: int, event: CallQueued) -> None:
    _set(
        connection,
        event.call_id,
        state=CallState.QUEUED.value,
        skill_group=event.skill_group,
        joined_at=event.joined_at,
        priority=event.priority,
        lifeboat=False,
    )


def _offered(connection: Connection, _seq: int, event: CallOffered) -> None:
    _set(
        connection,
        event.call_id,
        state=CallState.RINGING.value,
        seat_id=event.seat_id,
        offered_at=event.at,
    )


def _returned(connection: Connection, _seq: int, event: CallReturnedToLine) -> None:
    _set(
        connection,
        event.call_id,
        state=CallState.QUEUED.value,
        seat_id=None,
        offered_at=None,
    )


def _answered(connection: Connection, _seq: int, event: CallAnswered) -> None:
    """The first answer counts, however often he comes back into the line."""
    first = func.coalesce(calls.c.answered_at, literal(event.at, Instant))
    connection.execute(
        update(calls)
        .where(calls.c.call_id == event.call_id)
        .values(
            state=CallState.TALKING.value,
            seat_id=event.seat_id,
            answered_at=first,
            transcription="live",
        )
    )
    _seat_hears(connection, event)


def _held(connection: Connection, _seq: int, event: CallHeld) -> None:
    _set(connection, event.call_id, state=CallState.HELD.value)
    _seat_hears_no_more(connection, event)


def _retrieved(connection: Connection, _seq: int, event: CallRetrieved) -> None:
    _set(connection, event.call_id, state=CallState.TALKING.value)
    _seat_hears(connection, event)


def _changed_form(connection: Connection, _seq: int, event: TalkChanged) -> None:
    _set(connection, event.call_id, state=event.state)


def _transferred(connection: Connection, _seq: int, event: CallTransferred) -> None:
    _set(connection, event.call_id, seat_id=event.to_seat)


def _seat_left(connection: Connection, _seq: int, event: SeatLeftCall) -> None:
    if not event.last:
        return
    _set(connection, event.call_id, state=CallState.SEAT_LEFT.value, seat_left_at=event.at)
    _seat_hears_no_more(connection, event)


def _seat_hears(connection: Connection, event: CallAnswered | CallRetrieved) -> None:
    insert_new(
        connection,
        seat_spans,
        call_id=event.call_id,
        starts_at=event.at,
        seat_id=event.seat_id,
    )


def _seat_hears_no_more(connection: Connection, event: CallEvent) -> None:
    connection.execute(
        update(seat_spans)
        .where(seat_spans.c.call_id == event.call_id, seat_spans.c.ends_at.is_(None))
        .values(ends_at=event.at)
    )


def _lifeboat(connection: Connection, _seq: int, event: CallTookLifeboat) -> None:
    """A phone that rings goes on ringing; who had not joined the line has now."""
    state = case(
        (calls.c.state == CallState.ARRIVED.value, CallState.QUEUED.value), else_=calls.c.state
    )
    joined_at = func.coalesce(calls.c.joined_at, literal(event.at, Instant))
    connection.execute(
        update(calls)
        .where(calls.c.call_id == event.call_id)
        .values(state=state, joined_at=joined_at, lifeboat=True)
    )


def _over(connection: Connection, _seq: int, event: CallEnded | CallAbandoned) -> None:
    state = CallState.ENDED if isinstance(event, CallEnded) else CallState.ABANDONED
    _set(
        connection,
        event.call_id,
        state=state.value,
        ended_at=event.at,
        ending_blame=event.ending.blame.value,
        ending_reason=event.ending.reason,
    )
    _seat_hears_no_more(connection, event)


def _transcription(word: str) -> Any:
    def set_word(connection: Connection, _seq: int, event: Any) -> None:
        _set(connection, event.call_id, transcription=word)

    return set_word


def _transcript_finished(connection: Connection, _seq: int, event: TranscriptFinished) -> None:
    """A call of which nothing was taken down for want of a model may still be made up one day."""
    wanted = update(calls).where(calls.c.call_id == event.call_id)
    if not event.utterances:
        wanted = wanted.where(calls.c.transcription != "left_out")
    connection.execute(wanted.values(transcription="finished"))


def _decided(connection: Connection, seq: int, event: SeatReserved) -> None:
    insert_new(
        connection,
        decisions,
        seq=seq,
        call_id=event.call_id,
        seat_id=event.seat_id,
        skill_group=event.skill_group,
        at=event.at,
        reasons=list(event.reasons),
        considered=event.considered,
        grounds=body_of(event),
    )


PROJECTIONS: dict[type[Event], Any] = {
    CallArrived: _arrived,
    RecordingStarted: _recording,
    NoticePlayed: _notice,
    CallQueued: _queued,
    CallOffered: _offered,
    CallReturnedToLine: _returned,
    CallAnswered: _answered,
    CallHeld: _held,
    CallRetrieved: _retrieved,
    TalkChanged: _changed_form,
    CallTransferred: _transferred,
    SeatLeftCall: _seat_left,
    CallTookLifeboat: _lifeboat,
    CallEnded: _over,
    CallAbandoned: _over,
    TranscriptionPaused: _transcription("paused"),
    TranscriptionResumed: _transcription("live"),
    TranscriptionLeftOut: _transcription("left_out"),
    TranscriptFinished: _transcript_finished,
    SeatReserved: _decided,
}

OPEN_STATES = [state.value for state in OPEN]


class StoredCalls:
    """Questions about calls. 通话查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def live(self) -> list[Call]:
        """Calls that are not over, with all who are on them, in the order of their arrival."""
        return [call for call, _ in await self.live_stories()]

    async def live_stories(self) -> list[tuple[Call, list[Event]]]:
        """The same, each with its events so far."""
        wanted = select(calls).where(calls.c.state.in_(OPEN_STATES)).order_by(calls.c.arrived_at)
        stories = []
        for call in await self._calls(wanted):
            told = [event for _, event in await self.events(call.call_id)]
            its_own = (event for event in told if isinstance(event, CallEvent))
            stories.append((recollect(call, its_own), told))
        return stories

    async def ended(self, limit: int) -> list[Call]:
        """Calls that are over, newest first."""
        wanted = (
            select(calls).where(calls.c.ended_at.is_not(None)).order_by(calls.c.ended_at.desc())
        )
        return await self._calls(wanted.limit(limit))

    async def ended_by_seat(self, limit: int) -> list[Call]:
        """Calls that the seat ended first, without having called them a nuisance; newest first."""
        nuisance = select(call_codes.c.call_id).where(call_codes.c.code == NUISANCE)
        wanted = select(calls).where(
            calls.c.ended_at.is_not(None),
            calls.c.ending_blame == Blame.SEAT.value,
            calls.c.answered_at.is_not(None),
            calls.c.call_id.not_in(nuisance),
        )
        return await self._calls(wanted.order_by(calls.c.ended_at.desc()).limit(limit))

    async def find(self, call_id: CallId) -> Call | None:
        found = await self._calls(select(calls).where(calls.c.call_id == call_id))
        return found[0] if found else None

    async def find_many(self, call_ids: Sequence[CallId]) -> Mapping[CallId, Call]:
        found = await self._calls(select(calls).where(calls.c.call_id.in_(call_ids)))
        return {call.call_id: call for call in found}

    async def _calls(self, wanted: Any) -> list[Call]:
        async with self._database.read() as connection:
            return [_call(row) for row in await connection.execute(wanted)]

    async def links(
        self, call_ids: Sequence[CallId]
    ) -> dict[CallId, tuple[OrderId | None, RecordingId | None, str]]:
        """(newest order, first recording, transcription state) of each call."""
        wanted = (
            select(
                calls.c.call_id,
                calls.c.transcription,
                orders.c.order_id,
                recordings.c.recording_id,
            )
            .outerjoin(
                orders,
                (orders.c.call_id == calls.c.call_id)
                & (orders.c.state != OrderState.DISCARDED.value),
            )
            .outerjoin(
                recordings,
                (recordings.c.call_id == calls.c.call_id) & recordings.c.leg_id.is_(None),
            )
            .where(calls.c.call_id.in_(call_ids))
            .order_by(recordings.c.recording_id.desc(), orders.c.order_id)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).all()
        return {
            CallId(row.call_id): (row.order_id, row.recording_id, row.transcription)
            for row in found
        }

    async def events(self, call_id: CallId) -> list[tuple[int, Event]]:
        """(seq, event) of one call in order; rows that cannot be read are left out."""
        wanted = select(journal).where(journal.c.call_id == call_id).order_by(journal.c.seq)
        told = []
        async with self._database.read() as connection:
            for row in await connection.execute(wanted):
                try:
                    told.append((row.seq, decode(row.type, row.body)))
                except EventUnreadable:
                    continue
        return told

    async def decisions(self, call_id: CallId) -> list[SeatReserved]:
        wanted = select(decisions).where(decisions.c.call_id == call_id).order_by(decisions.c.seq)
        async with self._database.read() as connection:
            return [_reserved(row) for row in await connection.execute(wanted)]


def _reserved(row: Row[Any]) -> SeatReserved:
    """Rows from before `grounds` have what their columns hold."""
    if row.grounds is not None:
        return build(SeatReserved, row.grounds)
    return SeatReserved(
        at=row.at,
        seat_id=SeatId(row.seat_id),
        call_id=CallId(row.call_id),
        skill_group=SkillGroupCode(row.skill_group),
        reasons=tuple(row.reasons),
        considered=row.considered,
    )


def _call(row: Row[Any]) -> Call:
    ended = None
    if row.ending_blame is not None:
        ended = Ending(blame=Blame(row.ending_blame), reason=row.ending_reason)
    return Call(
        call_id=CallId(row.call_id),
        caller_number=row.caller_number,
        called_number=row.called_number,
        state=CallState(row.state),
        direction=Direction(row.direction),
        arrived_at=row.arrived_at,
        recording_started_at=row.recording_started_at,
        notice_at=row.notice_at,
        skill_group=None if row.skill_group is None else SkillGroupCode(row.skill_group),
        joined_at=row.joined_at,
        priority=row.priority,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        offered_at=row.offered_at,
        answered_at=row.answered_at,
        seat_left_at=row.seat_left_at,
        ended_at=row.ended_at,
        ending=ended,
        lifeboat=row.lifeboat,
    )
