"""What the speech part needs from outside. 接口"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from asr.engine import Guess, Heard
from asr.events import PartialHeard, Side
from cti.events import Event, PartyRole
from cti.ids import CallId, LegId, SeatId

Tell = Callable[[Event], None]
TellPartial = Callable[[PartialHeard], None]
Now = Callable[[], datetime]
LanguageOf = Callable[[CallId], str]
"""The language spoken on a call, as its skill group has it. 语种"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Whose words a leg holds. 说话人

    Without `leg_id` it is one of the call's two legs; with it the party's own leg, which begins when
    the call's clock stands at `zero_ms`.
    """

    side: Side
    leg_id: LegId | None = None
    who: str | None = None
    zero_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLeg:
    """A party's own leg and when it was recorded. 参与方话路

    With `seat_since` it is a supervisor who took the call over then, as seat `seat_id`.
    """

    leg_id: LegId
    role: PartyRole
    who: str
    starts_at: datetime
    ends_at: datetime | None = None
    seat_id: SeatId | None = None
    seat_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSpan:
    """A stretch in which a seat was connected and could hear the citizen. 座席通话段"""

    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedTranscript:
    """A call that a service started again must know about. 未完成的转写

    `recording_started_at` is the recording's zero; the citizen's side is wanted from the first
    seat span on (a live call that nobody answered yet has none); a hold ends a span and begins the
    next, because the citizen then hears music on that leg; `ended_at` is None while the call
    lives; `utterances` counts those told before.
    """

    call_id: CallId
    recording_started_at: datetime
    seat_spans: tuple[SeatSpan, ...]
    ended_at: datetime | None = None
    utterances: int = 0
    paused: bool = False
    """TranscriptionPaused was told and TranscriptionResumed was not."""
    left_out: bool = False
    """TranscriptionLeftOut was told last."""
    own_legs: tuple[OwnLeg, ...] = ()


class Transcripts(Protocol):
    """What has been heard so far. 已有转写

    Both raise asr.errors.TranscriptsUnavailable while the store cannot be read.
    """

    async def heard_until_ms(
        self, call_id: CallId, side: Side, leg_id: LegId | None = None
    ) -> int | None:
        """The end of the last utterance from that leg on the call's clock; None if there is none."""

    async def unfinished(self) -> list[UnfinishedTranscript]:
        """All live calls, and the ended ones that were answered and have no TranscriptFinished."""


class Leg(Protocol):
    """One side's audio from a position on; see asr.legs.LegTail. 话路"""

    @property
    def position_ms(self) -> int:
        """Where the next block begins."""

    @property
    def finished(self) -> bool:
        """Everything that will ever be there has been read."""

    @property
    def missing(self) -> bool:
        """There is no such file (not yet, or no more)."""

    async def read(self, block_ms: int) -> bytes:
        """At most so much audio; empty if there is nothing new."""

    def end_at(self, end_ms: int) -> None:
        """Nothing after this position is wanted."""

    def call_is_over(self) -> None:
        """The file grows no more."""

    def go_back_to(self, position_ms: int) -> None:
        """Read again from here."""

    def close(self) -> None:
        """Let go of the file."""


OpenLeg = Callable[[Voice, int], Leg]
"""Opens a call's leg with that voice at that position."""


class Connection(Protocol):
    """One stream at one recogniser. 转写连接

    Both ways of hearing raise RecogniserLost, RecogniserSilent, RecogniserGarbage,
    RecogniserRefused; after that only `close` is of use.
    """

    async def hear(self, pcm: bytes) -> Heard | Guess:
        """Send a block and wait for its answer; positions count from the stream's start."""

    async def finish(self) -> Heard:
        """No more audio: the rest of what was said."""

    async def close(self) -> None:
        """Let go; never raises for what the other end does."""


class Recognisers(Protocol):
    """Where recognisers of one language are to be had. 转写服务"""

    async def connect(self) -> Connection:
        """A fresh stream at the least loaded recogniser. Raises NoRecogniser, RecognisersBusy."""


class Languages(Protocol):
    """Which languages can be taken down. 可转写语种"""

    def recognisers(self, language: str) -> Recognisers | None:
        """None: there is no model for it."""
