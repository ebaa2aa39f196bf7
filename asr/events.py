"""What was said on a call. 转写事件

Positions are integer milliseconds on the recording's own clock (0 = RecordingStarted).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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
    heard: str | None = None
    """What the recogniser said, where the gazetteer corrected it; always as many characters. 原识别"""
    doubtful: bool = False
    """The recogniser was so unsure of it that a person should listen again; see asr.doubt. 存疑"""


class Piece(NamedTuple):
    """A stretch of the written text and the words from which it was written. 文本片段

    The stretches of an utterance follow one another and make up its `written`; both word numbers count.
    """

    text: str
    first_word: int
    last_word: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceHeard(CallEvent):
    """A finished sentence. 语句

    `text` is what was recognised, corrected by the gazetteer, without punctuation: its characters are
    those of its words. `written` is the same for people to read: punctuation, 26号 for 二十六号.
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
    written: str = ""
    language: str = "zh"
    pieces: tuple[tuple[str, int, int], ...] = ()
    """The written text as Pieces, so that a page can show which of it a word is. 文本片段"""


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
class TranscriptionLeftOut(CallEvent):
    """There is no model for this call's language: its audio is kept and nothing is made up. 未转写"""

    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFinished(CallEvent):
    """Everything on the legs has been transcribed. 转写完成"""

    utterances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillWanted(CallEvent):
    """This call's missing text is to be made up from its stored audio. 请求后补

    `why` is a short word: restart, no-recogniser, model-came, asked, message. With `from_ms` only
    the citizen is heard, and only up to `until_ms`: a message that he left with nobody there.
    """

    why: str
    by: str
    from_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillFailed(CallEvent):
    """An attempt to make the text up ended for this reason; told once for each reason. 后补失败

    `given_up`: nothing that passes with time is wrong, so it is not tried again.
    """

    reason: str
    given_up: bool = False
