"""What the quality rooms reason about. 质检模型

Orders are this package's neighbours; what it must know of a form comes as a fact of its own words,
told by hotline/.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cti.events import CallEvent, Event
from cti.ids import CallId
from seats.rule_documents.sentences import Sentence
from seats.rule_documents.words import WordLists


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSeen(CallEvent):
    """What stands in a call's form now. 表单现状"""

    named: bool
    """The caller's name is there. 已有称呼"""
    stated: bool
    """So is what he wants. 已有内容"""
    complete: bool
    """Nothing mandatory is missing. 必填齐全"""
    request_type: str | None = None
    submitted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceWarned(CallEvent):
    """The seat went a step towards hanging up on a nuisance. 骚扰步骤"""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenSilent(CallEvent):
    """Nothing has been heard of the citizen since he was answered. 来电无声"""

    after_s: int
    times: int = 0
    """Earlier calls of his number that stayed so. 此前无声次数"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNamedWrong(CallEvent):
    """The call's code says that the number was dialled wrongly. 打错"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """The lists that hold, and their versions. 检测规则"""

    words: WordLists
    sentences: tuple[Sentence, ...]
    words_version: int = 0
    sentences_version: int = 0
    city: str = ""


Rules = Callable[[], Listening]
"""Those that hold now. 现行规则"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStory:
    """Everything told of one call, for going through it once more. 通话全程"""

    call_id: CallId
    told: tuple[Event, ...]
    """Events and facts of this package's own words, in their order; utterances included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """Calls of a period gone through again. 重新检测"""

    rerun_id: str
    since: datetime
    until: datetime
    by: str
    started_at: datetime
    calls: int
    done: int = 0
    signals: int = 0
    unchanged: int = 0
    """Already reviewed with these very lists. 无需重检"""
    ended_at: datetime | None = None
    cancelled_by: str | None = None
