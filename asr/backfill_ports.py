"""What making up missing text needs from outside. 后补端口"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asr.ports import OpenLeg, Recognisers, Transcripts, UnfinishedTranscript
from cti.ids import CallId

Room = Callable[[], bool]
"""Whether there is something to spare: live speech is served in time, and the store writes. 余力"""

WrittenDown = Callable[[], Awaitable[bool]]
"""True once all that was told so far is on disk; False when the store is sick. 已落盘"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A call whose missing text somebody wants. 后补请求

    With `from_ms` only what the citizen says from there to `until_ms`, as in BackfillWanted.
    """

    call_id: CallId
    wanted_at: datetime
    why: str
    by: str
    from_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """How a recorded call went, and how its transcript stands. 通话经过

    `transcription` is off, live, paused, finished, left_out or wanted.
    """

    call: UnfinishedTranscript
    transcription: str


class Stories(Transcripts, Protocol):
    """Calls and what has been heard of them.

    All raise asr.errors.TranscriptsUnavailable while the store cannot be read.
    """

    async def story(self, call_id: CallId) -> Story | None:
        """None for a call that is not known or was not recorded."""

    async def left_out(self) -> Sequence[CallId]:
        """Ended calls that had no model for their language; oldest first."""


class WishList(Protocol):
    """What is wanted, over restarts. 后补清单

    Both raise asr.errors.TranscriptsUnavailable while the store cannot be read.
    """

    async def open(self) -> Sequence[Wish]:
        """Told of, and neither done nor given up."""

    async def asked(self) -> Sequence[Wish]:
        """Asked for by somebody who can tell nobody: the command line."""


class Sounds(Protocol):
    """Where a call's audio is now. 录音来源"""

    async def there(self, call_id: CallId) -> bool:
        """Raises RecordingUnreadable."""

    def of(self, call_id: CallId) -> AbstractAsyncContextManager[OpenLeg]:
        """Its legs, raw or out of the archive.

        Entering, and reading a leg, raise RecordingGone, RecordingDamaged, RecordingMoved,
        RecordingUnreadable.
        """


RecognisersFor = Callable[[CallId], Awaitable[tuple[str, Recognisers] | None]]
"""The call's language and who understands it; None when nobody does."""
