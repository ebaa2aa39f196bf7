"""Sees to it that every answered call is taken down. 转写台"""

import asyncio
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from asr.errors import TranscriptsUnavailable
from asr.events import Side, TranscriptFinished
from asr.legs import LegTail, leg_path
from asr.ports import Now, Recognisers, Tell, TellPartial, Transcripts, UnfinishedTranscript
from asr.scribe import Surroundings
from asr.settings import AsrSettings
from asr.transcriber import Transcriber
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallEvent,
    CallHeld,
    CallRetrieved,
    Event,
    RecordingStarted,
    SeatLeftCall,
)
from cti.fence import call_fence
from cti.ids import CallId

log = structlog.get_logger(__name__)

_STORE_RETRY_S = 2.0
_OF_INTEREST = (
    CallArrived,
    RecordingStarted,
    CallAnswered,
    CallHeld,
    CallRetrieved,
    SeatLeftCall,
    CallEnded,
    CallAbandoned,
)


class SpeechDesk:
    """Starts and ends one Transcriber per call. 转写台

    `on_event` only puts the event down; everything happens in `run`. At the start, calls that an
    earlier service left unfinished are resumed from their last utterance: the live ones at once,
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
        self._transcribers: dict[CallId, Transcriber] = {}
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
                if self._early is not None:
                    if isinstance(event, CallArrived):
                        self._ours.add(event.call_id)
                    if event.call_id not in self._ours:
                        self._early.append(event)
                        continue
                with call_fence(event.call_id):
                    self._meet(event, group)

    def _meet(self, event: CallEvent, group: asyncio.TaskGroup) -> None:
        call_id = event.call_id
        transcriber = self._transcribers.get(call_id)
        match event:
            case CallArrived():
                # The recording starts a moment after the arrival and then says so itself.
                self._zeros.setdefault(call_id, event.at)
            case RecordingStarted():
                self._zeros[call_id] = event.at
            case CallAnswered():
                if transcriber is None:
                    transcriber = Transcriber(self._around(call_id, event.at))
                    self._start(call_id, transcriber, group)
                transcriber.seat_connected(event.at)
            case CallRetrieved():
                if transcriber is not None:
                    transcriber.seat_connected(event.at)
            case CallHeld() | SeatLeftCall():
                if transcriber is not None:
                    transcriber.seat_away(event.at)
            case CallEnded():
                if transcriber is not None:
                    transcriber.call_ended(event.at)
                self._zeros.pop(call_id, None)
            case CallAbandoned():
                self._zeros.pop(call_id, None)
                # Nobody spoke with the citizen: whoever waits for the transcript need not.
                self._tell(TranscriptFinished(at=self._now(), call_id=call_id, utterances=0))

    def _around(self, call_id: CallId, answered_at: datetime) -> Surroundings:
        zero = self._zeros.get(call_id)
        if zero is None:
            # Better a transcript with shifted times than none.
            log.warning("start of the recording is not known", call_id=call_id)
            zero = answered_at
        return Surroundings(
            call_id=call_id,
            zero=zero,
            open_leg=lambda side, from_ms: LegTail(
                leg_path(self._legs_folder, call_id, side), from_ms
            ),
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
                    (call.call_id, side): await self._transcripts.heard_until_ms(call.call_id, side)
                    for call in unfinished
                    for side in (Side.CITIZEN, Side.OPERATOR)
                    if call.seat_spans
                }
                break
            except TranscriptsUnavailable:
                log.warning("unfinished transcripts cannot be read yet")
                await asyncio.sleep(_STORE_RETRY_S)
        for call in unfinished:
            with call_fence(call.call_id):
                sides = {s: heard.get((call.call_id, s)) for s in (Side.CITIZEN, Side.OPERATOR)}
                self._resume(call, sides, group)
        early, self._early = self._early or [], None
        self._ours.clear()
        for event in early:
            with call_fence(event.call_id):
                self._meet(event, group)

    def _resume(
        self,
        call: UnfinishedTranscript,
        heard_until_ms: dict[Side, int | None],
        group: asyncio.TaskGroup,
    ) -> None:
        if call.call_id in self._ours:
            return
        zero = call.recording_started_at
        self._zeros[call.call_id] = zero
        if not call.seat_spans:
            return
        transcriber = Transcriber(
            self._around(call.call_id, zero),
            heard_until_ms,
            call.utterances,
            after_outage=True,
            paused=call.paused,
        )
        for span in call.seat_spans:
            transcriber.seat_connected(span.starts_at)
            if span.ends_at is not None:
                transcriber.seat_away(span.ends_at)
        if call.ended_at is None:
            self._start(call.call_id, transcriber, group)
            return
        self._zeros.pop(call.call_id, None)
        transcriber.call_ended(call.ended_at)
        group.create_task(self._backfill(transcriber), name=f"backfill of {call.call_id}")

    async def _backfill(self, transcriber: Transcriber) -> None:
        async with self._backfills:
            await transcriber.run()
