"""What the store knows of recordings, kept in step by the told events, in memory."""

from dataclasses import replace

from asr.events import TranscriptFinished
from cti.events import CallAbandoned, CallEnded, RecordingStarted
from recordings.events import RecordingArchived, RecordingFailed
from recordings.model import Recording, RecordingState, first_recording_of
from recordings.ports import CallOver, RecordingDue


class CatalogueInMemory:
    """The port and the events' projection in one."""

    def __init__(self):
        self.recordings = {}
        self.events = []
        self.started = {}
        self.over = {}
        self.transcribed = set()
        self.listeners = []
        self.healthy = True

    def tell(self, event):
        self.events.append(event)
        if isinstance(event, CallEnded | CallAbandoned):
            self.over[event.call_id] = event.at
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
                known = self.recordings[event.call_id]
                self.recordings[event.call_id] = replace(
                    known, state=RecordingState.FAILED, failure=event.reason
                )
        for listener in self.listeners:
            listener(event)

    def of_kind(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    async def written_down(self):
        return self.healthy

    async def due(self):
        wanted = [r for r in self.recordings.values() if r.state is not RecordingState.ARCHIVED]
        return [self._due(r) for r in sorted(wanted, key=lambda r: r.started_at)]

    async def archived_of(self, call_ids):
        wanted = [self.recordings.get(call_id) for call_id in call_ids]
        return [self._due(r) for r in wanted if r and r.state is RecordingState.ARCHIVED]

    async def unlisted_of(self, call_ids):
        return [
            CallOver(call_id=c, over_at=self.over[c], transcribed=c in self.transcribed)
            for c in call_ids
            if c in self.over and c not in self.recordings
        ]

    async def find(self, recording_id):
        found = [r for r in self.recordings.values() if r.recording_id == recording_id]
        return found[0] if found else None

    def _due(self, recording):
        return RecordingDue(recording=recording, transcribed=recording.call_id in self.transcribed)
