"""Who may hear a recording now, why, and what of it really sounded for him. 调听

    open (purpose) ──► the sound may be played ──► heard (spans) ──► heard ... until LASTS is over

A seat hears its own calls without a purpose; that too is written down. Everything is told as events:
the log of who heard what cannot be changed afterwards.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from cti.ids import CallId
from recordings.errors import ListeningUnknown, PurposeMissing, PurposeNoteMissing, PurposeUnknown
from recordings.events import ListeningOpened, RecordingHeard
from recordings.model import Recording, RecordingId
from recordings.ports import Now, Tell

LASTS = timedelta(hours=12)
"""A purpose holds for one shift. 有效时长"""
KEPT = 2_000
"""Open listenings in memory; older ones are asked from the store."""
TOGETHER_MS = 400
"""Spans closer than this were heard as one: players tell their place four times a second."""

Spans = tuple[tuple[int, int], ...]
"""(from, to) in ms, in order, none touching another. 区间"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """One person's hearing of one recording for one purpose. 调听记录"""

    listening_id: str
    recording_id: RecordingId
    call_id: CallId
    by: str
    name: str
    purpose: str
    note: str
    own: bool
    address: str
    opened_at: datetime
    spans: Spans = ()
    heard_at: datetime | None = None
    """When he was last told to have heard something. 最近收听"""

    @property
    def heard_ms(self) -> int:
        return sum(last - first for first, last in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """A reason for which recordings may be heard. 调听目的"""

    name: str
    needs_note: bool = False
    """A reference number or reason must be given. 须填依据"""


class ListeningRecords(Protocol):
    """Listenings that were written down. 调听查询"""

    async def find(self, listening_id: str) -> Listening | None: ...
    async def newest_of(self, recording_id: RecordingId, by: str) -> Listening | None: ...


def together(spans: Iterable[tuple[int, int]]) -> Spans:
    """The same moments as few spans, in order; empty and backward ones are nothing."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(span for span in spans if span[0] < span[1]):
        if merged and first <= merged[-1][1] + TOGETHER_MS:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


class ListeningDesk:
    """Opens listenings and takes what was heard. 调听登记"""

    def __init__(
        self,
        records: ListeningRecords,
        purposes: Callable[[], Sequence[Purpose]],
        tell: Tell,
        now: Now,
        new_id: Callable[[], str],
    ) -> None:
        self._records = records
        self._purposes = purposes
        self._tell = tell
        self._now = now
        self._new_id = new_id
        # A store that cannot write must not stop anybody from hearing what he opened.
        self._open: OrderedDict[str, Listening] = OrderedDict()
        self._latest: dict[tuple[RecordingId, str], str] = {}

    @property
    def purposes(self) -> Sequence[Purpose]:
        """Those that may be chosen now."""
        return self._purposes()

    def open(
        self,
        recording: Recording,
        *,
        by: str,
        name: str,
        purpose: str,
        note: str,
        own: bool,
        address: str,
    ) -> Listening:
        """Raises PurposeMissing, PurposeUnknown, PurposeNoteMissing."""
        if own:
            purpose = note = ""
        else:
            self._check(purpose, note)
        opened = Listening(
            listening_id=self._new_id(),
            recording_id=recording.recording_id,
            call_id=recording.call_id,
            by=by,
            name=name,
            purpose=purpose,
            note=note,
            own=own,
            address=address,
            opened_at=self._now(),
        )
        self._tell(
            ListeningOpened(
                at=opened.opened_at,
                call_id=opened.call_id,
                recording_id=opened.recording_id,
                listening_id=opened.listening_id,
                by=by,
                name=name,
                purpose=purpose,
                note=note,
                own=own,
                address=address,
            )
        )
        self._keep(opened)
        return opened

    def _check(self, purpose: str, note: str) -> None:
        if not purpose:
            raise PurposeMissing
        chosen = next((one for one in self._purposes() if one.name == purpose), None)
        if chosen is None:
            raise PurposeUnknown
        if chosen.needs_note and not note:
            raise PurposeNoteMissing

    async def is_open(self, recording_id: RecordingId, by: str) -> bool:
        """Whether he said why he wants to hear it, not too long ago."""
        known = self._open.get(self._latest.get((recording_id, by), ""))
        found = known or await self._records.newest_of(recording_id, by)
        return found is not None and self._now() - found.opened_at < LASTS

    async def heard(
        self, listening_id: str, by: str, spans: Sequence[tuple[int, int]], length_ms: int
    ) -> Listening:
        """These parts sounded; what lies beyond the recording's length did not.

        Raises ListeningUnknown.
        """
        known = self._open.get(listening_id) or await self._records.find(listening_id)
        if known is None or known.by != by:
            raise ListeningUnknown
        within = together((max(0, first), min(last, length_ms)) for first, last in spans)
        merged = together([*known.spans, *within])
        if merged == known.spans:
            return known
        self._tell(
            RecordingHeard(
                at=self._now(),
                call_id=known.call_id,
                recording_id=known.recording_id,
                listening_id=listening_id,
                by=by,
                spans=within,
            )
        )
        told = replace(known, spans=merged, heard_at=self._now())
        self._keep(told)
        return told

    def _keep(self, listening: Listening) -> None:
        self._open[listening.listening_id] = listening
        self._open.move_to_end(listening.listening_id)
        key = (listening.recording_id, listening.by)
        latest = self._open.get(self._latest.get(key, ""))
        if latest is None or latest.opened_at <= listening.opened_at:
            self._latest[key] = listening.listening_id
        while len(self._open) > KEPT:
            gone, old = self._open.popitem(last=False)
            if self._latest.get((old.recording_id, old.by)) == gone:
                del self._latest[(old.recording_id, old.by)]
