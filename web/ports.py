"""What the web needs from the rest of the house, in its own words. 网页所需端口"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from asr.events import PartialHeard, UtteranceHeard
from cti.call import Call
from cti.events import Event
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.blocks import Block
from orders.codes import WrapUpCode
from orders.drafting_report import Tallies
from orders.model import (
    CallbackAttempt,
    CallbackState,
    CallbackTask,
    OrderField,
    OrderId,
    OrderState,
    WorkOrder,
)
from orders.repeats import Repeat
from orders.summaries import CallSummary, NuisanceTag
from recordings.model import Peaks, Recording, RecordingId
from seats.alarms import TooLong
from seats.attendance import Change, Note
from seats.events import ForceEffect, SeatReserved
from seats.hints import Hints
from seats.model import NotReadyReason, Seat, SeatState, SkillGroup
from seats.rule_documents.policies import SupervisionPolicy
from web.admin_ports import Audit, AuditNote, CityCalendar, Doctor, SeatOffice
from web.approval_ports import AccountRequests
from web.area_ports import Districts
from web.citizen_ports import Citizens
from web.control_ports import (
    CallCommands,
    CallsOut,
    Directory,
    Line,
    NoAnswers,
    Notices,
    ServiceLevel,
)
from web.flow_ports import FlowPictures
from web.order_list_ports import OrderLists
from web.prompt_ports import Prompts
from web.quality_ports import Quality
from web.replay_ports import ReplayRoom
from web.rule_ports import CallerListing, HouseSwitching, RulePublishing, RulesInForce
from web.sample_ports import Samples
from web.softphone_ports import Softphones


class Role(StrEnum):
    """What a user may do. 角色"""

    OPERATOR = "operator"  # 话务员
    SUPERVISOR = "supervisor"  # 班长
    INSPECTOR = "inspector"  # 质检员
    ADMINISTRATOR = "administrator"  # 管理员
    WALL = "wall"  # 大屏：只显示汇总数字，不能做任何操作


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may log in. 用户"""

    username: str
    name: str
    roles: frozenset[Role]
    seat_id: SeatId | None
    password_hash: str
    failed_logins: int = 0
    locked_until: datetime | None = None
    area: str = ""
    """The district he works for, beyond which he sees nothing (web/areas.py); empty: the whole city. 区域"""
    disabled_at: datetime | None = None
    must_change_password: bool = False
    """Somebody else knows the password: it opens nothing but its own change. 须改密码"""
    last_login_at: datetime | None = None
    factor_nonce: str | None = None
    """From this and the house's key comes the second factor's secret. 动态口令随机数"""
    factor_since: datetime | None = None
    """When the second factor was confirmed; None while there is none. 绑定时间"""
    factor_step: int = 0
    """The newest code that was used; it and older ones count no more. 已用步数"""


class Awaits(StrEnum):
    """What a log-in still needs before it opens anything. 登录步骤"""

    NOTHING = ""
    FACTOR = "factor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user's open session; only the token's SHA-256 is stored. 会话"""

    token_hash: str
    username: str
    created_at: datetime
    expires_at: datetime
    awaits: Awaits = Awaits.NOTHING
    address: str = ""
    """Where it was opened from. 登录地址"""
    device: str = ""
    """What the browser calls itself. 设备"""
    seen_at: datetime | None = None
    """When it last asked for something, to the minute. 最近活动"""


class Users(Protocol):
    """Accounts and sessions; a change and the note of it are written together. 账号"""

    async def find(self, username: str) -> User | None: ...
    async def all(self) -> Sequence[User]: ...
    async def save(self, user: User, note: AuditNote | None = None) -> None:
        """Insert, or replace the user of that name; his sessions end."""

    async def change(self, user: User, note: AuditNote | None = None) -> None:
        """As save, and his sessions go on."""

    async def note_login_failed(
        self, username: str, failed_logins: int, locked_until: datetime | None
    ) -> None: ...
    async def note_logged_in(self, username: str, at: datetime) -> None:
        """Also forgets failures and the lock."""

    async def open_login(self, login: Login) -> None: ...
    async def find_login(self, token_hash: str) -> Login | None: ...
    async def logins_of(self, username: str) -> Sequence[Login]: ...
    async def close_login(self, token_hash: str, note: AuditNote | None = None) -> None: ...
    def seen(self, token_hash: str, at: datetime) -> None:
        """Written when there is time for it."""

    def factor_secret(self, nonce: str) -> bytes: ...
    async def spend_step(self, username: str, step: int) -> bool:
        """Whether no code of that step or a later one was used before."""

    async def put_recovery_codes(
        self, username: str, hashes: Sequence[str], note: AuditNote
    ) -> None:
        """Instead of those there were."""

    async def spend_recovery_code(self, username: str, code_hash: str, at: datetime) -> bool:
        """Whether there was such a code that had not been used."""

    async def recovery_codes_left(self, username: str) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLinks:
    """What hangs on a call. 通话关联"""

    order_id: OrderId | None = None
    recording_id: RecordingId | None = None
    transcription: str = "off"
    """off, live, paused, finished, left_out or wanted. 转写状态"""


class Calls(Protocol):
    """What is and was on the line. 通话查询"""

    async def live(self) -> Sequence[Call]: ...
    async def ended(self, limit: int) -> Sequence[Call]:
        """Newest first."""

    async def ended_by_seat(self, limit: int) -> Sequence[Call]:
        """Those that the seat ended first, without having called them a nuisance; newest first."""

    async def find(self, call_id: CallId) -> Call | None: ...
    async def find_many(self, call_ids: Sequence[CallId]) -> Mapping[CallId, Call]:
        """Those of them that there are."""

    async def links(self, call_ids: Sequence[CallId]) -> Mapping[CallId, CallLinks]: ...
    async def events(self, call_id: CallId) -> Sequence[tuple[int, Event]]:
        """(seq, event) of one call, in order."""

    async def decisions(self, call_id: CallId) -> Sequence[SeatReserved]: ...
    async def hints(self, call_id: CallId) -> Hints: ...


class Transcripts(Protocol):
    """What was said. 转写查询"""

    async def of_call(self, call_id: CallId) -> Sequence[UtteranceHeard]:
        """In the order of their beginnings."""


class Recordings(Protocol):
    """The catalogue. 录音目录"""

    async def newest(self, limit: int) -> Sequence[Recording]:
        """Of whole calls."""

    async def of_call(self, call_id: CallId) -> Sequence[Recording]:
        """The whole call's first, then each party's own voice in the order of their beginnings."""

    async def find(self, recording_id: RecordingId) -> Recording | None: ...


class Sound(Protocol):
    """Audio that can be read in parts. 音频"""

    @property
    def media_type(self) -> str: ...
    @property
    def size_bytes(self) -> int: ...
    @property
    def read(self) -> Callable[[int, int], AsyncIterator[bytes]]:
        """read(first, last_exclusive) gives the bytes in blocks."""


class Replay(Protocol):
    """Audio for the player: the archived copy, or the legs while there is none. 回放"""

    async def sound(self, recording: Recording) -> Sound:
        """Raises recordings.errors.AudioMissing."""

    async def peaks(self, recording: Recording) -> Peaks: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillItem:
    """A transcript that somebody wants made up. 后补项

    `state` is wanted, working, failed (tried again), given_up or done.
    """

    call_id: CallId
    state: str
    why: str
    by: str
    wanted_at: datetime
    reason: str | None = None
    """Error code of the last attempt. 原因"""
    finished_at: datetime | None = None
    heard_ms: int = 0
    """How much of the audio of all voices this attempt has heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillBoard:
    """How the backfill stands. 后补进度"""

    queue: Sequence[BackfillItem]
    failed: Sequence[BackfillItem]
    done: Sequence[BackfillItem]
    """Newest first."""
    counts: Mapping[str, int]
    heard_ms: int
    busy_ms: int
    resting: bool
    trouble: str | None


class Backfills(Protocol):
    """Transcripts that are made up from recordings. 后补"""

    async def want(self, call_id: CallId, by: str) -> None: ...
    async def board(self, limit: int) -> BackfillBoard: ...


class Seats(Protocol):
    """The floor. 座席"""

    @property
    def seats(self) -> Mapping[SeatId, Seat]: ...
    def sign_in(self, seat_id: SeatId, operator: str) -> None: ...
    def sign_out(self, seat_id: SeatId, by: str) -> None: ...
    def set_ready(self, seat_id: SeatId, by: str) -> None: ...
    def set_not_ready(self, seat_id: SeatId, reason: NotReadyReason, by: str) -> None: ...
    def finish_wrap_up(self, seat_id: SeatId, by: str) -> None: ...
    def force(self, seat_id: SeatId, state: SeatState, by: str, reason: str) -> ForceEffect: ...


class Attendance(Protocol):
    """What seats did, and who sat where. 考勤"""

    async def last_change(self, seat_id: SeatId, before: datetime) -> Change | None: ...
    async def changes(self, seat_id: SeatId, since: datetime, until: datetime) -> Sequence[Change]:
        """In the order in which they were told."""

    async def everybody_at(self, at: datetime) -> Sequence[Change]:
        """Each seat's last change at that instant."""

    async def notes(self, seat_id: SeatId, since: datetime, until: datetime) -> Sequence[Note]:
        """What was forced and repaired."""


class Alarms(Protocol):
    """What rings for the shift leader. 告警"""

    @property
    def ringing(self) -> Sequence[TooLong]: ...
    @property
    def unattended(self) -> Collection[SkillGroupCode]: ...


class Orders(Protocol):
    """Drafts and orders. 工单"""

    async def edit(
        self, order_id: OrderId, fields: Mapping[OrderField, str], revision: int, by: str
    ) -> WorkOrder: ...
    async def submit(self, order_id: OrderId, revision: int, by: str) -> WorkOrder: ...
    async def mark_repeat(self, order_id: OrderId, of: OrderId | None, by: str) -> WorkOrder: ...
    @property
    def districts(self) -> Sequence[str]:
        """Those an order may name; any while there is no list of them."""


class Repeats(Protocol):
    """Earlier orders about the same. 查重"""

    async def candidates(self, order: WorkOrder, caller_number: str) -> Sequence[Repeat]:
        """The likeliest first."""


class OrderRecords(Protocol):
    """Stored orders. 工单查询"""

    async def find(self, order_id: OrderId) -> WorkOrder | None: ...
    async def newest(
        self, state: OrderState | None, limit: int, seat_id: str | None
    ) -> Sequence[WorkOrder]:
        """Newest first; only of that seat unless None."""

    async def urged(self, order_id: OrderId) -> Sequence[tuple[datetime, CallId]]:
        """When the citizen urged it and in which call, the newest first."""


class Callbacks(Protocol):
    """Who is owed a call. 待回拨"""

    async def newest(
        self, limit: int, state: CallbackState | None = None
    ) -> Sequence[CallbackTask]:
        """Open ones first, the longest owed at the top."""

    async def find(self, call_id: CallId) -> CallbackTask | None: ...
    async def attempts(self, call_id: CallId) -> Sequence[CallbackAttempt]: ...
    async def call(self, call_id: CallId, seat_id: SeatId, by: str) -> CallbackTask: ...
    async def call_next(self, seat_id: SeatId, by: str) -> CallbackTask: ...
    def postpone(self, call_id: CallId, due_at: datetime, by: str) -> CallbackTask: ...
    def close(self, call_id: CallId, by: str, note: str) -> None: ...


class Endings(Protocol):
    """How talks ended. 话后小结"""

    @property
    def codes(self) -> Mapping[str, WrapUpCode]: ...
    def missing(self, call_id: CallId) -> str | None: ...
    def code(
        self, call_id: CallId, seat_id: SeatId | None, code: str, note: str, by: str
    ) -> None: ...


class EndingRecords(Protocol):
    """Stored codes, tags and blocks. 小结查询"""

    async def summaries(self, call_ids: Sequence[CallId]) -> Mapping[CallId, CallSummary]: ...
    async def unregistered(self, limit: int) -> Sequence[CallSummary]: ...
    async def code_counts(self, since: datetime, until: datetime) -> Mapping[str | None, int]: ...
    async def tags_of(self, caller_number: str, limit: int) -> Sequence[NuisanceTag]: ...
    async def tag_count(self, caller_number: str) -> int: ...
    async def newest_blocks(self, limit: int) -> Sequence[Block]: ...


class Nuisance(Protocol):
    """Warnings, tags and blocks. 骚扰处置"""

    @property
    def warnings(self) -> Sequence[str]: ...
    def ticked(self, call_id: CallId) -> int: ...
    def tick(self, call_id: CallId, seat_id: SeatId, step: int, by: str) -> int: ...
    def tag(self, call_id: CallId, caller_number: str, by: str, note: str) -> None: ...
    def block_of(self, caller_number: str) -> Block | None: ...
    def propose(
        self, call_id: CallId, caller_number: str, until: datetime, by: str, note: str
    ) -> Block: ...
    def approve(self, call_id: CallId, by: str, note: str) -> Block: ...
    def refuse(self, call_id: CallId, by: str, note: str) -> Block: ...
    def lift(self, call_id: CallId, by: str, note: str) -> Block: ...


@dataclass(frozen=True, slots=True)
class Told:
    """An event on its way to all viewers; what it becomes for them is worked out once. 已告知"""

    seq: int | None
    """None for a partial transcript, which is not journaled. 流水号"""
    event: Event | PartialHeard
    texts: dict[str, str] = field(default_factory=dict, compare=False)
    """JSON by how much of the citizen's number it shows. 已编码文本"""


class Subscription(Protocol):
    """A viewer's place in the stream of events. 订阅"""

    async def next_batch(self) -> Sequence[Told]:
        """Waits until there is something. Raises ViewerTooSlow."""

    def close(self) -> None: ...


class Live(Protocol):
    """The stream of events. 实时流"""

    @property
    def last_seq(self) -> int:
        """Everything up to here can be read from the tables."""

    async def subscribe(self, after: int) -> Subscription:
        """Everything after that seq, stored first, then live, without gap or repeat."""

    async def all_written(self) -> None:
        """Returns when all that was told so far is on disk, or the store is known to be sick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHealth:
    """One part of the service and how it is, in plain words. 部件状态"""

    name: str
    ok: bool
    detail: str


class Health(Protocol):
    """How the parts are. 系统状态"""

    def parts(self) -> Sequence[PartHealth]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the web needs, joined in hotline/. 依赖"""

    users: Users
    account_requests: AccountRequests
    calls: Calls
    transcripts: Transcripts
    backfills: Backfills
    recordings: Recordings
    replay: Replay
    replay_room: ReplayRoom
    seats: Seats
    attendance: Attendance
    alarms: Alarms
    skill_groups: Callable[[], Sequence[SkillGroup]]
    """Those that are published at the moment, the general one first."""
    districts: Districts
    orders: Orders
    order_records: OrderRecords
    order_lists: OrderLists
    repeats: Repeats
    drafting: Tallies
    """What became of the machine's proposals. 草拟评价"""
    callbacks: Callbacks
    rules: RulesInForce
    rule_office: RulePublishing
    flows: FlowPictures
    supervision: Callable[[], SupervisionPolicy]
    """The policy of the moment. 监督策略"""
    caller_lists: CallerListing
    switches: HouseSwitching
    softphones: Softphones
    endings: Endings
    ending_records: EndingRecords
    nuisance: Nuisance
    quality: Quality
    samples: Samples
    citizens: Citizens
    prompts: Prompts
    live: Live
    health: Health
    doctor: Doctor
    calendar: CityCalendar
    audit: Audit
    seat_office: SeatOffice
    commands: CallCommands
    calls_out: CallsOut
    directory: Directory
    line: Line
    service_level: ServiceLevel
    no_answers: NoAnswers
    notices: Notices
    encode_event: Callable[[Event | PartialHeard], dict[str, Any]]
    """An event as the JSON object that goes to browsers: "type" and its fields. 事件编码"""
    now: Callable[[], datetime]
