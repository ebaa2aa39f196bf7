"""Sees to it that every call in which somebody spoke is taken down. 转写台"""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from asr.errors import TranscriptsUnavailable
from asr.events import TranscriptFinished
from asr.legs import open_voice
from asr.ports import Now, Recognisers, Tell, TellPartial, Transcripts, UnfinishedTranscript
from asr.resuming import heard_of, retrace
from asr.scribe import Surroundings
from asr.settings import AsrSettings
from asr.transcriber import HeardUntil, Transcriber
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallHeld,
    CallRetrieved,
    Event,
    PartyJoined,
    PartyLeft,
    PartyRecordingStarted,
    PartyRole,
    RecordingStarted,
    SeatLeftCall,
)
from cti.fence import call_fence
from cti.ids import CallId, SeatId, is_leg_id

log = structlog.get_logger(__name__)

_STORE_RETRY_S = 2.0
_OF_INTEREST = (
    CallArrived,
    RecordingStarted,
    CallAnswered,
    CallHeld,
    CallRetrieved,
    PartyRecordingStarted,
    PartyJoined,
    PartyLeft,
    SeatLeftCall,
    CallEnded,
    CallAbandoned,
)


class SpeechDesk:
    """Starts and ends one Transcriber per call. 转写台

    `on_event` only puts the event down; everything happens in `run`. At the start, calls that an
    earlier service left unfinished are resumed from their last utterances: the live ones at once,
    the ended ones a few at a time.
    """

    name = "speech desk"

    def __init__(
        self,
        *,
        legs_folder: Path,
        transcripts: Transcripts,
        recognisers: Recognisers,
        tell: Tell,
        tell_partial: TellPartial,
        settings: AsrSettings,
        now: Now,
    ) -> None:
        self._legs_folder = legs_folder
        self._transcripts = transcripts
        self._recognisers = recognisers
        self._tell = tell
        self._tell_partial = tell_partial
        self._settings = settings
        self._now = now
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._zeros: dict[CallId, datetime] = {}
        self._recorded: set[CallId] = set()
        """Calls whose zero is the recording's own word."""
        self._ahead: dict[CallId, list[PartyRecordingStarted]] = {}
        """A seat may wait in the room for a citizen whom it calls: its leg is there before the call."""
        self._transcribers: dict[CallId, Transcriber] = {}
        self._made_up: set[CallId] = set()
        """Ended calls of an earlier life whose transcripts are in the making."""
        self._backfills = asyncio.Semaphore(settings.backfills_at_once)
        # Until the unfinished calls could be read, events of calls that arrived before our time
        # are kept back: the store knows where their recordings began.
        self._early: list[CallEvent] | None = []
        self._ours: set[CallId] = set()

    @property
    def at_work(self) -> dict[CallId, Transcriber]:
        """The calls being taken down now."""
        return dict(self._transcribers)

    def on_event(self, event: Event) -> None:
        """Note what happened on a call; cheap, never waits, never raises."""
        if isinstance(event, _OF_INTEREST):
            self._events.put_nowait(event)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._resume_all(group), name="resume transcripts")
            while True:
                event = await self._events.get()
                for due in self._due_now(event):
                    with call_fence(due.call_id):
                        self._meet(due, group)

    def _due_now(self, event: CallEvent) -> list[CallEvent]:
        """What can be met now; all else waits until the unfinished calls are known."""
        if self._early is None or event.call_id in self._ours:
            return [event]
        if not isinstance(event, CallArrived):
            self._early.append(event)
            return []
        self._ours.add(event.call_id)
        # Of a call that we place the seat's leg may have been told before the call itself.
        ahead = [early for early in self._early if early.call_id == event.call_id]
        self._early = [early for early in self._early if early.call_id != event.call_id]
        return [*ahead, event]

    def _meet(self, event: CallEvent, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        transcriber = self._transcribers.get(call_id)
        match event:
            case CallArrived():
                # The recording starts a moment after the arrival and then says so itself.
                self._zeros.setdefault(call_id, event.at)
            case RecordingStarted():
                self._zeros[call_id] = event.at
                self._recorded.add(call_id)
                self._meet_those_ahead(call_id, group)
            case CallAnswered():
                self._meet_those_ahead(call_id, group)
                self._at(call_id, event.at, group).seat_answered(event.at, event.leg_id)
            case PartyRecordingStarted():
                self._party_recorded(event, group)
            case CallEnded() | CallAbandoned():
                self._over(event, group)
            case _ if transcriber is not None:
                self._follow(transcriber, event)

    def _follow(self, transcriber: Transcriber, event: CallEvent) -> None:
        match event:
            case CallRetrieved():
                transcriber.seat_connected(event.at)
            case CallHeld():
                transcriber.citizen_held(event.at)
            case SeatLeftCall():
                transcriber.seat_left(event.seat_id, event.at, event.leg_id)
            case PartyJoined(role=PartyRole.SEAT):
                transcriber.party_became_seat(event.leg_id, SeatId(event.who), event.at)
            case PartyLeft():
                transcriber.party_left(event.leg_id)

    def _party_recorded(self, event: PartyRecordingStarted, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        if not is_leg_id(event.leg_id):
            log.warning("a leg's id cannot be a file's name", call_id=call_id)
        elif call_id in self._recorded or call_id in self._transcribers:
            transcriber = self._at(call_id, event.at, group)
            transcriber.party_recorded(event.leg_id, event.role, event.who, event.at)
        else:
            self._ahead.setdefault(call_id, []).append(event)

    def _meet_those_ahead(self, call_id: CallId, group: asyncio.TaskGroup) -> None:
        for event in self._ahead.pop(call_id, ()):
            transcriber = self._at(call_id, event.at, group)
            transcriber.party_recorded(event.leg_id, event.role, event.who, event.at)

    def _over(self, event: CallEnded | CallAbandoned, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        if call_id in self._made_up:
            return
        self._meet_those_ahead(call_id, group)
        # Also who gave up may have spoken before: a seat sent him back into the line.
        transcriber = self._transcribers.get(call_id)
        if transcriber is not None:
            transcriber.call_ended(event.at)
        else:
            # Nobody spoke with the citizen: whoever waits for the transcript need not.
            self._tell(TranscriptFinished(at=self._now(), call_id=call_id, utterances=0))
        self._zeros.pop(call_id, None)
        self._recorded.discard(call_id)

    def _at(self, call_id: CallId, at: datetime, group: asyncio.TaskGroup) -> Transcriber:
        """The call's transcriber; its first talk begins now if there is none yet."""
        transcriber = self._transcribers.get(call_id)
        if transcriber is None:
            transcriber = Transcriber(self._around(call_id, at))
            self._start(call_id, transcriber, group)
        return transcriber

    def _around(self, call_id: CallId, answered_at: datetime) -> Surroundings:
        zero = self._zeros.get(call_id)
        if zero is None:
            # Better a transcript with shifted times than none.
            log.warning("start of the recording is not known", call_id=call_id)
            zero = answered_at
        return Surroundings(
            call_id=call_id,
            zero=zero,
            open_leg=partial(open_voice, self._legs_folder, call_id),
            recognisers=self._recognisers,
            tell=self._tell,
            tell_partial=self._tell_partial,
            settings=self._settings,
            now=self._now,
        )

    def _start(self, call_id: CallId, transcriber: Transcriber, group: asyncio.TaskGroup) -> None:
        self._transcribers[call_id] = transcriber
        task = group.create_task(transcriber.run(), name=f"transcript of {call_id}")
        task.add_done_callback(partial(self._done, call_id))

    def _done(self, call_id: CallId, _task: asyncio.Task[None]) -> None:
        self._transcribers.pop(call_id, None)

    async def _resume_all(self, group: asyncio.TaskGroup) -> None:
        while True:
            try:
                unfinished = await self._transcripts.unfinished()
                heard = {
                    call.call_id: await heard_of(call, self._transcripts) for call in unfinished
                }
                break
            except TranscriptsUnavailable:
                log.warning("unfinished transcripts cannot be read yet")
                await asyncio.sleep(_STORE_RETRY_S)
        for call in unfinished:
            with call_fence(call.call_id):
                self._resume(call, heard[call.call_id], group)
        early, self._early = self._early or [], None
        self._ours.clear()
        for event in early:
            with call_fence(event.call_id):
                self._meet(event, group)

    def _resume(
        self, call: UnfinishedTranscript, heard_until_ms: HeardUntil, group: asyncio.TaskGroup
    ) -> None:
        if call.call_id in self._ours:
            return
        zero = call.recording_started_at
        self._zeros[call.call_id] = zero
        self._recorded.add(call.call_id)
        if not call.seat_spans and not call.own_legs:
            return
        transcriber = Transcriber(
            self._around(call.call_id, zero),
            heard_until_ms,
            call.utterances,
            after_outage=True,
            paused=call.paused,
        )
        retrace(call, transcriber)
        if call.ended_at is None:
            self._start(call.call_id, transcriber, group)
            return
        self._zeros.pop(call.call_id, None)
        self._recorded.discard(call.call_id)
        transcriber.call_ended(call.ended_at)
        self._made_up.add(call.call_id)
        task = group.create_task(self._backfill(transcriber), name=f"backfill of {call.call_id}")
        task.add_done_callback(lambda _task: self._made_up.discard(call.call_id))

    async def _backfill(self, transcriber: Transcriber) -> None:
        async with self._backfills:
            await transcriber.run()
