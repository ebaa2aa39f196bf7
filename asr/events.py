"""What was said on a call. 转写事件

Positions are integer milliseconds on the recording's own clock (0 = RecordingStarted).
"""

from dataclasses import dataclass
from enum import StrEnum

from cti.events import CallEvent, PartyRole
from cti.ids import CallId, LegId


class Side(StrEnum):
    """Who speaks. 说话方"""

    CITIZEN = "citizen"  # 市民
    OPERATOR = "operator"  # 话务员
    THIRD_PARTY = "third_party"  # 第三方
    SUPERVISOR = "supervisor"  # 班长


_SIDE_OF = {
    PartyRole.SEAT: Side.OPERATOR,
    PartyRole.THIRD: Side.THIRD_PARTY,
    PartyRole.SUPERVISOR: Side.SUPERVISOR,
}


def side_of(role: PartyRole) -> Side:
    """On which side of the transcript a party's words stand."""
    return _SIDE_OF[role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognised word with its place and the recogniser's confidence, 0 to 1. 词"""

    text: str
    starts_at_ms: int
    ends_at_ms: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceHeard(CallEvent):
    """A finished sentence. 语句

    `leg_id` and `who` (as PartyEvent.who) are known where the party has a leg file of its own: two
    third parties, or two seats, are told apart by them. From the two legs of the call they are None.
    """

    side: Side
    text: str
    starts_at_ms: int
    ends_at_ms: int
    confidence: float
    words: tuple[Word, ...] = ()
    backfilled: bool = False
    """Produced later than live, after the speech part was away. 后补"""
    leg_id: LegId | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard:
    """What a side seems to be saying right now; never journaled. 中间结果"""

    call_id: CallId
    side: Side
    text: str
    starts_at_ms: int
    leg_id: LegId | None = None
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionPaused(CallEvent):
    """Nothing is transcribing this call for now; its audio is kept. 转写暂停"""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptionResumed(CallEvent):
    """Transcription goes on; the missing text is being made up. 转写恢复"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinished(CallEvent):
    """Everything on the legs has been transcribed. 转写完成"""

    utterances: int
