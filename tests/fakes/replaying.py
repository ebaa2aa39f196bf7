"""The replay room in memory: what was asked of it, and what it answers."""

from itertools import count

from recordings.events import CallMarked, ListeningOpened, MarkRemoved, RecordingHeard
from recordings.finding import Findings
from recordings.listening import Listening, ListeningDesk, Purpose, together
from recordings.marks import Mark, MarkDesk
from web.replay_ports import ReplayRoom

PURPOSES = (Purpose(name="质量抽检"), Purpose(name="依法调取", needs_note=True))


class MemoryFinding:
    """Answers what a test puts here; notes what was wanted."""

    def __init__(self):
        self.findings = Findings(calls=(), after=None, total=0)
        self.asked = []

    async def find(self, wanted, after, limit):
        self.asked.append((wanted, after, limit))
        return self.findings


class MemoryListenings:
    """What events would have written down."""

    def __init__(self):
        self.rows: dict[str, Listening] = {}
        self.marks: dict[str, Mark] = {}

    def tell(self, event):
        match event:
            case ListeningOpened():
                names = Listening.__dataclass_fields__.keys() - {"opened_at", "spans", "heard_at"}
                values = {name: getattr(event, name) for name in names}
                self.rows[event.listening_id] = Listening(**values, opened_at=event.at)
            case RecordingHeard():
                had = self.rows[event.listening_id]
                values = {name: getattr(had, name) for name in Listening.__dataclass_fields__}
                values |= {"spans": together([*had.spans, *event.spans]), "heard_at": event.at}
                self.rows[event.listening_id] = Listening(**values)
            case CallMarked():
                names = Mark.__dataclass_fields__.keys() - {"made_at"}
                values = {name: getattr(event, name) for name in names}
                self.marks[event.mark_id] = Mark(**values, made_at=event.at)
            case MarkRemoved():
                del self.marks[event.mark_id]

    async def find(self, listening_id):
        return self.rows.get(listening_id)

    async def newest_of(self, recording_id, by):
        his = [r for r in self.rows.values() if (r.recording_id, r.by) == (recording_id, by)]
        return max(his, key=lambda one: one.opened_at, default=None)

    async def of_recording(self, recording_id):
        return [r for r in reversed(self.rows.values()) if r.recording_id == recording_id]

    async def between(self, since, until, by, limit):
        found = [r for r in self.rows.values() if since <= r.opened_at < until]
        return [r for r in reversed(found) if by in (None, r.by)][:limit]

    async def of_call(self, call_id):
        found = [m for m in self.marks.values() if m.call_id == call_id]
        return sorted(found, key=lambda one: one.at_ms)


def memory_replay_room(now):
    """Numbered ids; what is told is written down at once."""
    records, numbers = MemoryListenings(), count(1)

    def new_id():
        return f"id-{next(numbers)}"

    return ReplayRoom(
        finding=MemoryFinding(),
        listenings=ListeningDesk(records, lambda: PURPOSES, records.tell, now, new_id),
        listening_records=records,
        marks=MarkDesk(records.tell, now, new_id),
        mark_records=records,
    )
