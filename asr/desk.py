"""Sees to it that every call in which somebody spoke is taken down. 转写台"""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from asr.early_events import EarlyEvents
from asr.errors import TranscriptsUnavailable
from asr.events import BackfillWanted, TranscriptFinished
from asr.following import follow
from asr.legs import open_voice
from asr.load import SpeechLoad
from asr.ports import (
    LanguageOf,
    Languages,
    Now,
    Tell,
    TellPartial,
    Transcripts,
    UnfinishedTranscript,
)
from asr.resuming import heard_of, retrace
from asr.settings import AsrSettings
from asr.surroundings import Surroundings, Tongue
from asr.text import Write, plain
from asr.tongues import CallTongues
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
    RecordingStarted,
    SeatLeftCall,
)
from cti.fence import call_fence
from cti.ids import CallId, is_leg_id

log = structlog.get_logger(__name__)

_STORE_RETRY_S = 2.0
THE_HOUSE = "service"
"""Who wants what nobody asked for. 系统"""
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
    the ended ones are left to the backfill (asr/backfill.py).
    """

    name = "speech desk"

    def __init__(
        self,
        *,
        legs_folder: Path,
        transcripts: Transcripts,
        languages: Languages,
        language_of: LanguageOf,
        tell: Tell,
        tell_partial: TellPartial,
        settings: AsrSettings,
        now: Now,
        write: Write = plain,
    ) -> None:
        self.load = SpeechLoad()
        self._write = write
        self._tongues = CallTongues(languages, language_of, self.load, tell, now)
        self._legs_folder = legs_folder
        self._transcripts = transcripts
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
        self._tasks: dict[CallId, asyncio.Task[None]] = {}
        self._stuck: set[CallId] = set()
        self._left: set[CallId] = set()
        """Calls that are over and left to the backfill: it says when they are finished."""
        self._early = EarlyEvents()

    @property
    def at_work(self) -> dict[CallId, Transcriber]:
        """The calls being taken down now."""
        return dict(self._transcribers)

    def on_event(self, event: Event) -> None:
        """Note what happened on a call; cheap, never waits, never raises."""
        if isinstance(event, _OF_INTEREST):
            if isinstance(event, CallAnswered):
                self._tongues.note(event.call_id)
            self._events.put_nowait(event)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._resume_all(group), name="resume transcripts")
            while True:
                event = await self._events.get()
                for due in self._early.due(event):
                    with call_fence(due.call_id):
                        self._meet(due, group)

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
                self._answered(event, group)
            case PartyRecordingStarted():
                self._party_recorded(event, group)
            case CallEnded() | CallAbandoned():
                self._over(event, group)
            case _ if transcriber is not None:
                follow(transcriber, event)

    def _answered(self, event: CallAnswered, group: asyncio.TaskGroup) -> None:
        """By a seat of his skill group, which may be of another language than the one before."""
        call_id = event.call_id
        tongue = self._tongues.answered(call_id)
        transcriber = self._transcribers.get(call_id)
        if transcriber is not None:
            transcriber.spoken_in(tongue, event.at)
        if tongue is None:
            self._ahead.pop(call_id, None)
            return
        self._meet_those_ahead(call_id, group)
        transcriber = self._at(call_id, event.at, tongue, group)
        transcriber.seat_answered(event.at, event.leg_id)

    def _party_recorded(self, event: PartyRecordingStarted, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        if not is_leg_id(event.leg_id):
            log.warning("a leg's id cannot be a file's name", call_id=call_id)
        elif call_id in self._recorded or call_id in self._transcribers:
            self._hear_party(event, group)
        else:
            self._ahead.setdefault(call_id, []).append(event)

    def _meet_those_ahead(self, call_id: CallId, group: asyncio.TaskGroup) -> None:
        for event in self._ahead.pop(call_id, ()):
            self._hear_party(event, group)

    def _hear_party(self, event: PartyRecordingStarted, group: asyncio.TaskGroup) -> None:
        tongue = self._tongues.of(event.call_id)
        if tongue is not None:
            transcriber = self._at(event.call_id, event.at, tongue, group)
            transcriber.party_recorded(event.leg_id, event.role, event.who, event.at)

    def _over(self, event: CallEnded | CallAbandoned, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        if call_id in self._left:
            return
        self._meet_those_ahead(call_id, group)
        # Also who gave up may have spoken before: a seat sent him back into the line.
        transcriber = self._transcribers.get(call_id)
        if transcriber is not None:
            transcriber.call_ended(event.at)
            patience = self._hand_over_if_stuck(call_id, transcriber)
            group.create_task(patience, name=f"patience with {call_id}")
        else:
            # Nobody spoke with the citizen: whoever waits for the transcript need not.
            self._tell(TranscriptFinished(at=self._now(), call_id=call_id, utterances=0))
        self._zeros.pop(call_id, None)
        self._recorded.discard(call_id)
        self._tongues.forget(call_id)

    def _at(
        self, call_id: CallId, at: datetime, tongue: Tongue, group: asyncio.TaskGroup
    ) -> Transcriber:
        """The call's transcriber; its first talk begins now if there is none yet."""
        transcriber = self._transcribers.get(call_id)
        if transcriber is None:
            transcriber = Transcriber(self._around(call_id, at, tongue))
            self._start(call_id, transcriber, group)
        return transcriber

    def _around(self, call_id: CallId, answered_at: datetime, tongue: Tongue) -> Surroundings:
        zero = self._zeros.get(call_id)
        if zero is None:
            # Better a transcript with shifted times than none.
            log.warning("start of the recording is not known", call_id=call_id)
            zero = answered_at
        return Surroundings(
            call_id=call_id,
            zero=zero,
            open_leg=partial(open_voice, self._legs_folder, call_id),
            recognisers=tongue.recognisers,
            language=tongue.language,
            write=self._write,
            load=self.load,
            tell=self._tell,
            tell_partial=self._tell_partial,
            settings=self._settings,
            now=self._now,
        )

    def _start(self, call_id: CallId, transcriber: Transcriber, group: asyncio.TaskGroup) -> None:
        self._transcribers[call_id] = transcriber
        task = group.create_task(transcriber.run(), name=f"transcript of {call_id}")
        self._tasks[call_id] = task
        task.add_done_callback(partial(self._done, call_id))

    def _done(self, call_id: CallId, _task: asyncio.Task[None]) -> None:
        self._transcribers.pop(call_id, None)
        self._tasks.pop(call_id, None)
        if call_id in self._stuck:
            self._stuck.discard(call_id)
            self._leave_to_backfill(call_id, "no-recogniser")

    async def _hand_over_if_stuck(self, call_id: CallId, transcriber: Transcriber) -> None:
        """Who has ended and waits for a recogniser stands in the backfill's line, not in the door.

        Else all that ended in an outage would come at once with its end, together with the live ones.
        """
        while self._transcribers.get(call_id) is transcriber:
            await asyncio.sleep(self._settings.hand_over_after_s)
            if transcriber.paused and self._transcribers.get(call_id) is transcriber:
                self._stuck.add(call_id)
                self._tasks[call_id].cancel()
                return

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
        for event in self._early.released():
            with call_fence(event.call_id):
                self._meet(event, group)

    def _resume(
        self, call: UnfinishedTranscript, heard_until_ms: HeardUntil, group: asyncio.TaskGroup
    ) -> None:
        if self._early.began(call.call_id):
            return
        zero = call.recording_started_at
        self._zeros[call.call_id] = zero
        self._recorded.add(call.call_id)
        if not call.seat_spans and not call.own_legs:
            return
        if call.ended_at is not None:
            self._leave_to_backfill(call.call_id, "restart")
            return
        if call.left_out:
            self._tongues.was_left_out(call.call_id)
        tongue = self._tongues.of(call.call_id)
        if tongue is None:
            return
        transcriber = Transcriber(
            self._around(call.call_id, zero, tongue),
            heard_until_ms,
            call.utterances,
            after_outage=True,
            paused=call.paused,
        )
        retrace(call, transcriber)
        self._start(call.call_id, transcriber, group)

    def _leave_to_backfill(self, call_id: CallId, why: str) -> None:
        self._zeros.pop(call_id, None)
        self._recorded.discard(call_id)
        self._left.add(call_id)
        self._tell(BackfillWanted(at=self._now(), call_id=call_id, why=why, by=THE_HOUSE))
