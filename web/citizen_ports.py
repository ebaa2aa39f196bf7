"""What the web needs of surveys, messages and query codes. 市民侧端口"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cti.ids import CallId, MessageId, SeatId, SkillGroupCode
from orders.limits import LimitedCall
from orders.messages import Message, MessageState
from orders.model import WorkOrder
from orders.summaries import SilentCall
from orders.surveys import Satisfaction, Scale, Survey


class SurveyRecords(Protocol):
    """Surveys as they were last written down. 评价查询"""

    async def of_call(self, call_id: CallId) -> Survey | None: ...
    async def between(
        self,
        since: datetime,
        until: datetime,
        *,
        seat_id: SeatId | None = None,
        skill_group: SkillGroupCode | None = None,
        satisfaction: Satisfaction | None = None,
        limit: int | None = None,
    ) -> Sequence[Survey]:
        """Those asked in the span, the newest first."""


class Surveys(Protocol):
    """The question as it is asked now. 评价"""

    @property
    def scale(self) -> Scale: ...
    def release(self, call_id: CallId) -> None: ...
    def keep(self, call_id: CallId) -> None: ...


class MessageRecords(Protocol):
    """Messages as they were last written down. 留言查询"""

    async def newest(self, limit: int, state: MessageState | None = None) -> Sequence[Message]:
        """Open ones first, the longest waiting at the top."""

    async def find_message(self, message_id: MessageId) -> Message | None: ...
    async def counts(self) -> Mapping[MessageState, int]: ...
    async def texts(self, of: Sequence[Message]) -> Mapping[MessageId, str]: ...


class Messages(Protocol):
    """Sees to messages. 留言处理"""

    def take(
        self, message_id: MessageId, seat_id: SeatId | None, by: str, *, over: bool = False
    ) -> Message: ...
    async def order(
        self, message_id: MessageId, seat_id: SeatId | None, by: str, *, over: bool = False
    ) -> WorkOrder: ...
    def close(self, message_id: MessageId, by: str, reason: str, *, over: bool = False) -> None: ...


class LimitRecords(Protocol):
    """Calls that were not like the others. 受限来电查询"""

    async def limited(self, since: datetime, until: datetime) -> Sequence[LimitedCall]:
        """The newest first."""


class SilentRecords(Protocol):
    """Calls without a word of the citizen at first. 无声来电查询"""

    async def silent_between(self, since: datetime, until: datetime) -> Sequence[SilentCall]:
        """The newest first."""


class QueryCodes(Protocol):
    """Gives orders their codes. 查询码"""

    def issue(self, order: WorkOrder, caller_number: str, by: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizens:
    """What citizens leave and ask without a person. 市民侧"""

    survey_records: SurveyRecords
    surveys: Surveys
    message_records: MessageRecords
    messages: Messages
    query_codes: QueryCodes
    limits: LimitRecords
    silence: SilentRecords
