"""The replay room, joined to the house. 回放室"""

from collections.abc import Sequence
from uuid import uuid4

from recordings.listening import ListeningDesk, Purpose
from recordings.marks import MarkDesk
from recordings.ports import Now, Tell
from seats.rulebook import Rulebook
from store.database import Database
from store.finding import StoredFinding
from store.listenings import StoredListenings, StoredMarks
from web.replay_ports import ReplayRoom


def replay_room(database: Database, rulebook: Rulebook, tell: Tell, now: Now) -> ReplayRoom:
    """Built; purposes are those of the policies that hold."""
    listenings = StoredListenings(database)
    return ReplayRoom(
        finding=StoredFinding(database),
        listenings=ListeningDesk(listenings, lambda: purposes(rulebook), tell, now, new_id),
        listening_records=listenings,
        marks=MarkDesk(tell, now, new_id),
        mark_records=StoredMarks(database),
    )


def purposes(rulebook: Rulebook) -> Sequence[Purpose]:
    """For what recordings may be heard now."""
    policy = rulebook.policies.replay
    return [Purpose(name=one, needs_note=one in policy.noted) for one in policy.purposes]


def new_id() -> str:
    return uuid4().hex
