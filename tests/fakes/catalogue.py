"""What the store knows of recordings, kept in step by the told events, in memory."""

from dataclasses import replace
from datetime import timedelta

from asr.events import TranscriptFinished
from cti.events import CallAbandoned, CallEnded, PartyRecordingStarted, RecordingStarted
from recordings.events import (
    RecordingArchived,
    RecordingFailed,
    RecordingFound,
    RecordingSkipped,
)
from recordings.model import DONE, Recording, RecordingState, first_recording_of, numbered
from recordings.ports import CallOver, RecordingDue


class CatalogueInMemory:
    """The port and the events' projection in one."""

    def __init__(self):
        self.recordings = {}
        self.events = []
        self.started = {}
        self.over = {}
        self.parties = {}
        self.transcribed = set()
        self.listeners = []
        self.healthy = True

    def tell(self, event):
        self.events.append(event)
        if isinstance(event, CallEnded | CallAbandoned):
            self.over[event.call_id] = event.at
            self.list_parties(event.call_id)
        match event:
            case RecordingStarted():
                self.started[event.call_id] = event.at
            case TranscriptFinished():
                self.transcribed.add(event.call_id)
            case CallEnded() | CallAbandoned() if event.call_id in self.started:
                self.recordings[event.call_id] = Recording(
                    recording_id=first_recording_of(event.call_id),
                    call_id=event.call_id,
                    state=RecordingState.LEGS,
                    started_at=self.started[event.call_id],
                    duration_ms=0,
                )
            case PartyRecordingStarted():
                self.note_party(event, event.at, role=event.role, who=event.who)
            case RecordingFound():
                self.note_party(event, event.started_at)
            case RecordingSkipped():
                known = self.recordings[event.recording_id]
                self.recordings[event.recording_id] = replace(known, state=RecordingState.EMPTY)
            case RecordingArchived() if event.leg_id is not None:
                known = self.recordings[event.recording_id]
                self.recordings[event.recording_id] = replace(
                    known,
                    state=RecordingState.ARCHIVED,
                    duration_ms=event.duration_ms,
                    path=event.path,
                    sha256=event.sha256,
                    size_bytes=event.size_bytes,
                    archived_at=event.at,
                )
            case RecordingArchived():
                self.recordings[event.call_id] = Recording(
                    recording_id=event.recording_id,
                    call_id=event.call_id,
                    state=RecordingState.ARCHIVED,
                    started_at=event.started_at,
                    duration_ms=event.duration_ms,
                    path=event.path,
                    sha256=event.sha256,
                    size_bytes=event.size_bytes,
                    archived_at=event.at,
                )
            case RecordingFailed():
                whole = event.recording_id == first_recording_of(event.call_id)
                key = event.call_id if whole else event.recording_id
                known = self.recordings[key]
                self.recordings[key] = replace(
                    known, state=RecordingState.FAILED, failure=event.reason
                )
        for listener in self.listeners:
            listener(event)

    def of_kind(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def written_down(self):
        return self.healthy

    async def due(self):
        wanted = [r for r in self.recordings.values() if r.state not in DONE]
        return [self._due(r) for r in sorted(wanted, key=lambda r: r.started_at)]

    async def archived_of(self, call_ids):
        wanted = [r for r in self.recordings.values() if r.call_id in call_ids]
        return [self._due(r) for r in wanted if r.state is RecordingState.ARCHIVED]

    async def over_of(self, call_ids):
        return [
            CallOver(
                call_id=c,
                over_at=self.over[c],
                transcribed=c in self.transcribed,
                listed=c in self.recordings,
            )
            for c in call_ids
            if c in self.over
        ]

    async def of_call(self, call_id):
        return [r for r in self.recordings.values() if r.call_id == call_id]

    def note_party(self, event, started_at, role=None, who=None):
        parties = self.parties.setdefault(event.call_id, {})
        number = len(parties) + 2
        parties.setdefault(event.leg_id, (number, started_at, role, who))
        if event.call_id in self.over:
            self.list_parties(event.call_id)

    def list_parties(self, call_id):
        for leg_id, (number, started_at, role, who) in self.parties.get(call_id, {}).items():
            lived = max(self.over[call_id] - started_at, timedelta())
            recording = Recording(
                recording_id=numbered(call_id, number),
                call_id=call_id,
                state=RecordingState.LEGS,
                started_at=started_at,
                duration_ms=lived // timedelta(milliseconds=1),
                leg_id=leg_id,
                role=role,
                who=who,
            )
            self.recordings.setdefault(recording.recording_id, recording)

    async def find(self, recording_id):
        found = [r for r in self.recordings.values() if r.recording_id == recording_id]
        return found[0] if found else None

    def _due(self, recording):
        return RecordingDue(recording=recording, transcribed=recording.call_id in self.transcribed)
