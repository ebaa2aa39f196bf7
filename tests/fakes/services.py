"""Everything the web needs, in memory."""

from collections import deque
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from asr.events import Side, UtteranceHeard
from cti.call import Call, CallState
from cti.events import Blame, CallAnswered, CallArrived, Ending, PartyRole
from cti.ids import CallId, LegId, SeatId, SkillGroupCode
from documents.calendar import shipped_calendar
from hotline.flow_joints import flow_problems
from hotline.flow_pictures import FlowPicturesInForce
from orders.codes import default_codes
from orders.drafting_report import Tally
from orders.endings import EndingDesk
from orders.errors import CallbackUnknown, OrderRevisionStale
from orders.model import (
    CallbackAttempt,
    CallbackReason,
    CallbackTask,
    Channel,
    FieldValue,
    FilledBy,
    First,
    OrderField,
    OrderId,
    OrderState,
    Outcome,
    WorkOrder,
)
from orders.nuisance import NuisanceDesk
from orders.outcomes import Became
from orders.repeats import Repeat
from orders.settings import OrdersSettings
from recordings.model import Peaks, Recording, RecordingId, RecordingState
from seats.alarms import TooLong
from seats.attendance import Change
from seats.caller_lists import CallerLists
from seats.events import ForceEffect, SeatReserved
from seats.hints import Hints
from seats.house_switches import HouseSwitches
from seats.model import NotReadyReason, Seat, SeatDefinition, SeatState
from seats.no_answers import NoAnswers
from seats.notice_board import NoticeBoard
from seats.publishing import RuleOffice
from seats.rulebook import Rulebook
from seats.settings import SeatsSettings
from tests.fakes.accounts import (
    MemoryAccountRequests,
    MemoryAudit,
    MemoryCalendar,
    MemoryDoctor,
    MemorySeatOffice,
    MemoryUsers,
)
from tests.fakes.call_commands import (
    MemoryCommands,
    MemoryDirectory,
    MemoryLine,
    MemoryServiceLevel,
)
from tests.fakes.citizens import CitizensInMemory, MemoryTexts, memory_citizens
from tests.fakes.endings import EndingsInMemory
from tests.fakes.notices import NoNotices
from tests.fakes.order_lists import MemoryOrderLists
from tests.fakes.prompts import MemoryPrompts
from tests.fakes.quality import MemoryQuality
from tests.fakes.replaying import memory_replay_room
from tests.fakes.rule_records import MemoryRuleRecords
from tests.fakes.sampling import memory_samples
from tests.fakes.softphones import NoSoftphones
from tests.fakes.switches import NoSwitches
from web.accounts import hash_password
from web.ports import BackfillBoard, CallLinks, PartHealth, Role, Services, User

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)
CALL = CallId("node1-1.1")
GENERAL = SkillGroupCode("general")
PASSWORD = "correct horse"
HASH = hash_password(PASSWORD)


def user(name: str, *roles: Role, seat: str | None = None) -> User:
    return User(
        username=name,
        name=name,
        roles=frozenset(roles),
        seat_id=None if seat is None else SeatId(seat),
        password_hash=HASH,
    )


def memory_users() -> MemoryUsers:
    return MemoryUsers(
        (
            user("wang", Role.OPERATOR, seat="8001"),
            user("li", Role.OPERATOR, seat="8002"),
            user("leader", Role.SUPERVISOR),
            user("inspector", Role.INSPECTOR),
            user("admin", Role.ADMINISTRATOR),
        )
    )


class MemoryCalls:
    def __init__(self):
        self.call = Call(
            call_id=CALL,
            caller_number="13800000001",
            called_number="12345",
            state=CallState.ENDED,
            arrived_at=NOON,
            joined_at=NOON + timedelta(seconds=6),
            skill_group=GENERAL,
            seat_id=SeatId("8001"),
            answered_at=NOON + timedelta(seconds=9),
            seat_left_at=NOON + timedelta(seconds=69),
            ended_at=NOON + timedelta(seconds=70),
            ending=Ending(blame=Blame.CITIZEN, reason="hung-up"),
        )
        self.reserved = SeatReserved(
            at=NOON,
            seat_id=SeatId("8001"),
            call_id=CALL,
            skill_group=GENERAL,
            reasons=("技能等级 1", "空闲最久"),
            considered=2,
        )
        self.hinted = Hints()

    async def live(self):
        return []

    async def ended(self, limit):
        return [self.call][:limit]

    async def ended_by_seat(self, limit):
        return [self.call][:limit]

    async def find(self, call_id):
        return self.call if call_id == CALL else None

    async def find_many(self, call_ids):
        return {CALL: self.call} if CALL in call_ids else {}

    async def links(self, call_ids):
        return {CALL: CallLinks(order_id=OrderId("20260105-000001"), transcription="finished")}

    async def events(self, call_id):
        arrived = CallArrived(
            at=NOON, call_id=CALL, caller_number="13800000001", called_number="12345"
        )
        return [(1, arrived), (2, utterance())]

    async def decisions(self, call_id):
        return [self.reserved]

    async def hints(self, call_id):
        return self.hinted


def utterance() -> UtteranceHeard:
    return UtteranceHeard(
        at=NOON,
        call_id=CALL,
        side=Side.CITIZEN,
        text="我要投诉",
        starts_at_ms=1000,
        ends_at_ms=2000,
        confidence=0.9,
    )


class MemoryTranscripts:
    async def of_call(self, call_id):
        return [utterance()]


class MemoryBackfills:
    """Any call may be wanted, unless it is to be refused."""

    def __init__(self):
        self.wanted = []
        self.refusal = None
        self.items = {"queue": [], "failed": [], "done": []}

    async def want(self, call_id, by):
        if self.refusal is not None:
            raise self.refusal
        self.wanted.append((call_id, by))

    async def board(self, limit):
        shown = {name: items[:limit] for name, items in self.items.items()}
        return BackfillBoard(
            **shown, counts={}, heard_ms=60_000, busy_ms=2_000, resting=False, trouble=None
        )


class MemoryRecordings:
    def __init__(self):
        self.recording = Recording(
            recording_id=RecordingId(f"{CALL}-1"),
            call_id=CALL,
            state=RecordingState.ARCHIVED,
            started_at=NOON,
            duration_ms=70_000,
            path="2026/01/05/x.opus",
            sha256="0" * 64,
            size_bytes=10,
        )
        self.own = replace(
            self.recording,
            recording_id=RecordingId(f"{CALL}-2"),
            leg_id=LegId(f"{CALL}-p1763700000000"),
            role=PartyRole.THIRD,
            who="water",
            offset_ms=30_000,
        )

    async def newest(self, limit):
        return [self.recording]

    async def of_call(self, call_id):
        return [self.recording, self.own] if call_id == CALL else []

    async def find(self, recording_id):
        return next((r for r in (self.recording, self.own) if r.recording_id == recording_id), None)


class MemoryReplay:
    content = b"0123456789"

    async def sound(self, recording):
        async def read(first, last):
            yield self.content[first:last]

        return SimpleNamespace(media_type="audio/ogg", size_bytes=len(self.content), read=read)

    async def peaks(self, recording):
        return Peaks(points_per_second=10, citizen=b"\x01\xff", operator=b"\x00\x02")


class MemorySeats:
    def __init__(self):
        self.seats = {
            SeatId(seat): Seat(
                definition=SeatDefinition(
                    seat_id=SeatId(seat), operator_name=name, skills={GENERAL: 1}
                ),
                state=SeatState.NOT_READY,
                since=NOON,
                idle_since=NOON,
            )
            for seat, name in (("8001", "王明"), ("8002", "李华"))
        }
        self.asked = []

    def sign_in(self, seat_id, operator):
        self.asked.append(("sign-in", seat_id, operator))

    def sign_out(self, seat_id, by):
        self.asked.append(("sign-out", seat_id, by))

    def set_ready(self, seat_id, by):
        self.asked.append(("ready", seat_id, by))

    def set_not_ready(self, seat_id, reason, by):
        self.asked.append(("not-ready", seat_id, reason.value, by))

    def finish_wrap_up(self, seat_id, by):
        self.asked.append(("finish-wrap-up", seat_id, by))

    def force(self, seat_id, state, by, reason):
        self.asked.append(("force", seat_id, state.value, by, reason))
        return ForceEffect.AFTER_CALL


class MemoryAttendance:
    """Seat 8001 was signed in from NOON to NOON + 1 h, ten minutes of it on a break."""

    def __init__(self):
        states = (
            (0, SeatState.NOT_READY, NotReadyReason.SIGNED_IN),
            (1, SeatState.READY, None),
            (30, SeatState.NOT_READY, NotReadyReason.BREAK),
            (40, SeatState.READY, None),
            (60, SeatState.SIGNED_OUT, None),
        )
        self.told = [
            Change(
                seat_id=SeatId("8001"),
                at=NOON + timedelta(minutes=minute),
                state=state,
                reason=reason,
                operator=None if state is SeatState.SIGNED_OUT else "wang",
            )
            for minute, state, reason in states
        ]

    async def last_change(self, seat_id, before):
        return next((c for c in reversed(self.told) if c.at < before), None)

    async def changes(self, seat_id, since, until):
        return [c for c in self.told if c.seat_id == seat_id and since <= c.at < until]

    async def everybody_at(self, at):
        return [c for c in self.told if c.at <= at][-1:]

    async def notes(self, seat_id, since, until):
        return []


class MemoryAlarms:
    ringing = (
        TooLong(
            seat_id=SeatId("8001"),
            state=SeatState.NOT_READY,
            reason=NotReadyReason.BREAK,
            since=NOON,
            limit_s=900.0,
        ),
    )
    unattended = frozenset({GENERAL})


class MemoryOrders:
    def __init__(self):
        self.order = WorkOrder(
            order_id=OrderId("20260105-000001"),
            call_id=CALL,
            seat_id=SeatId("8001"),
            state=OrderState.DRAFT,
            opened_at=NOON,
            fields={
                OrderField.CONTENT: FieldValue(value="投诉", by=FilledBy.MACHINE, confidence=0.8)
            },
        )

    async def edit(self, order_id, fields, revision, by):
        if revision != self.order.revision:
            raise OrderRevisionStale(self.order.revision)
        values = {name: FieldValue(value=v, by=FilledBy.PERSON) for name, v in fields.items()}
        self.order = replace(
            self.order, fields={**self.order.fields, **values}, revision=revision + 1
        )
        return self.order

    districts = ("路北区", "路南区")
    urgings: tuple = ()

    async def urged(self, order_id):
        return self.urgings if order_id == self.order.order_id else ()

    async def read_message(self, message):
        return [utterance()] if message.holds(utterance()) else []

    def open_from_message(self, message, seat_id, said):
        self.order = replace(
            self.order,
            order_id=OrderId("20260105-000002"),
            call_id=message.call_id,
            seat_id=seat_id,
            state=OrderState.DRAFT,
            channel=Channel.MESSAGE,
            message_id=message.message_id,
        )
        return self.order

    async def mark_repeat(self, order_id, of, by):
        self.order = replace(self.order, repeat_of=of)
        return self.order

    async def submit(self, order_id, revision, by):
        self.order = replace(self.order, state=OrderState.ACCEPTED, submitted_by=by)
        return self.order

    async def find(self, order_id):
        return self.order if order_id == self.order.order_id else None

    async def newest(self, state, limit, seat_id):
        return [] if seat_id not in (None, self.order.seat_id) else [self.order]


class MemoryRepeats:
    async def candidates(self, order, caller_number):
        return [
            Repeat(
                order_id=OrderId("20260103-000007"),
                state=OrderState.ACCEPTED,
                opened_at=NOON - timedelta(days=2),
                submitted_at=NOON - timedelta(days=2),
                summary="路灯不亮",
                similarity=0.5,
                same_number=caller_number == "13800000001",
                repeat_of=None,
            )
        ]


class MemoryDistricts:
    """Which call is of which districts; a test fills it."""

    def __init__(self):
        self.calls: dict[CallId, frozenset[str]] = {}

    async def of_calls(self, call_ids):
        return {one: self.calls[one] for one in call_ids if one in self.calls}


class MemoryTallies:
    """One order: its summary was edited, its address confirmed, nobody knew the rest."""

    asked: tuple[date, date] | None = None

    async def draft_tallies(self, since, until):
        self.asked = (since, until)
        outcomes = {
            OrderField.SUMMARY: (Became.EDITED, 0.25),
            OrderField.ADDRESS: (Became.CONFIRMED, 0.0),
        }
        return [
            Tally(monday=date(2026, 1, 5), name=name, outcome=outcome, count=1, distance=distance)
            for name in OrderField
            for outcome, distance in (outcomes.get(name, (Became.EMPTY, 0.0)),)
        ]


class MemoryCallbacks:
    """One task is owed; what is asked of it is noted."""

    def __init__(self):
        self.task = CallbackTask(
            call_id=CALL,
            caller_number="13800000002",
            reason=CallbackReason.DROPPED,
            arrived_at=NOON,
        )
        self.asked = []

    async def newest(self, limit, state=None):
        return [self.task] if state in (None, self.task.state) else []

    async def find(self, call_id):
        return self.task if call_id == self.task.call_id else None

    async def attempts(self, call_id):
        return [
            CallbackAttempt(
                number=1,
                by="wang",
                seat_id=SeatId("8001"),
                first=First.SEAT,
                began_at=NOON,
                ended_at=NOON,
                outcome=Outcome.ANSWERED,
                reached=CALL,
            )
        ]

    async def call(self, call_id, seat_id, by):
        if call_id != self.task.call_id:
            raise CallbackUnknown
        self.asked.append(("call", call_id, seat_id, by))
        return self.task

    async def call_next(self, seat_id, by):
        return await self.call(self.task.call_id, seat_id, by)

    def postpone(self, call_id, due_at, by):
        self.asked.append(("postpone", call_id, due_at, by))

    def close(self, call_id, by, note):
        self.asked.append(("close", call_id, by, note))


class MemoryLive:
    last_seq = 7

    def __init__(self):
        self.items = deque()

    async def subscribe(self, after):
        raise NotImplementedError("sockets are for tests/wire")

    async def all_written(self):
        pass


class MemoryHealth:
    def __init__(self):
        self.ok = True

    def parts(self):
        return [PartHealth(name="AMI", ok=self.ok, detail="已连接")]


def encode_event(event):
    body = {"type": type(event).__name__, **asdict(event)}
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in body.items()}


def memory_services() -> Services:
    orders = MemoryOrders()
    rule_records = MemoryRuleRecords()
    endings = EndingsInMemory()
    ending_desk = EndingDesk(endings, default_codes, endings.tell, lambda: NOON)
    nuisance_desk = NuisanceDesk(endings, OrdersSettings(), endings.tell, lambda: NOON)
    answered = CallAnswered(at=NOON, call_id=CALL, seat_id=SeatId("8001"), waited_ms=0)
    for take in (endings.tell, ending_desk.on_event, nuisance_desk.on_event):
        take(answered)
    rulebook = Rulebook(rule_records, shipped_calendar(), (), endings.tell, lambda: NOON)
    calls, citizens, floor = MemoryCalls(), CitizensInMemory(), MemorySeats()
    users = memory_users()
    return Services(
        users=users,
        account_requests=MemoryAccountRequests(users),
        doctor=MemoryDoctor(),
        calendar=MemoryCalendar(),
        audit=MemoryAudit(),
        seat_office=MemorySeatOffice(),
        calls=calls,
        transcripts=MemoryTranscripts(),
        backfills=MemoryBackfills(),
        recordings=MemoryRecordings(),
        replay=MemoryReplay(),
        replay_room=memory_replay_room(lambda: NOON),
        seats=floor,
        attendance=MemoryAttendance(),
        alarms=MemoryAlarms(),
        skill_groups=lambda: rulebook.skill_groups,
        districts=MemoryDistricts(),
        orders=orders,
        order_records=orders,
        order_lists=MemoryOrderLists(orders, calls),
        repeats=MemoryRepeats(),
        drafting=MemoryTallies(),
        callbacks=MemoryCallbacks(),
        rules=rulebook,
        rule_office=RuleOffice(
            rule_records, shipped_calendar(), (), lambda: NOON, (flow_problems,)
        ),
        flows=FlowPicturesInForce(
            rulebook, shipped_calendar(), lambda: NOON, waiting=lambda: 0, switches=frozenset
        ),
        supervision=lambda: rulebook.policies.supervision,
        caller_lists=CallerLists(endings.tell, lambda: NOON),
        switches=HouseSwitches(NoSwitches(), endings.tell, lambda: NOON, lambda: ("zh", "en")),
        softphones=NoSoftphones(),
        endings=ending_desk,
        ending_records=endings,
        nuisance=nuisance_desk,
        quality=MemoryQuality(CALL).for_web,
        samples=memory_samples(lambda: NOON, "inspector"),
        citizens=memory_citizens(citizens, orders, MemoryTexts(citizens), lambda: NOON, calls.call),
        prompts=MemoryPrompts(),
        live=MemoryLive(),
        health=MemoryHealth(),
        commands=MemoryCommands(),
        calls_out=MemoryCommands(),
        directory=MemoryDirectory(),
        line=MemoryLine(),
        service_level=MemoryServiceLevel(lambda: NOON),
        no_answers=NoAnswers(SeatsSettings(), lambda: NOON),
        notices=NoticeBoard(
            NoNotices(), lambda: floor.seats, lambda: {GENERAL}, endings.tell, lambda: NOON
        ),
        encode_event=encode_event,
        now=lambda: NOON,
    )
