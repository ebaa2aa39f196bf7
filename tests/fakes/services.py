"""Everything the web needs, in memory."""

from collections import deque
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from asr.events import Side, UtteranceHeard
from cti.call import Call, CallState
from cti.events import Blame, CallArrived, Ending
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.errors import OrderRevisionStale
from orders.model import (
    CallbackReason,
    CallbackTask,
    FieldValue,
    FilledBy,
    OrderField,
    OrderId,
    OrderState,
    WorkOrder,
)
from recordings.model import Peaks, Recording, RecordingId, RecordingState
from seats.events import SeatReserved
from seats.model import Seat, SeatDefinition, SeatState, SkillGroup
from web.accounts import hash_password
from web.ports import CallLinks, PartHealth, Role, Services, User

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


class MemoryUsers:
    def __init__(self):
        everyone = (
            user("wang", Role.OPERATOR, seat="8001"),
            user("li", Role.OPERATOR, seat="8002"),
            user("leader", Role.SUPERVISOR),
            user("inspector", Role.INSPECTOR),
            user("admin", Role.ADMINISTRATOR),
        )
        self.users = {one.username: one for one in everyone}
        self.logins = {}

    async def find(self, username):
        return self.users.get(username)

    async def save(self, user):
        self.users[user.username] = user

    async def note_login_failed(self, username, failed_logins, locked_until):
        self.users[username] = replace(
            self.users[username], failed_logins=failed_logins, locked_until=locked_until
        )

    async def open_login(self, login):
        self.logins[login.token_hash] = login

    async def find_login(self, token_hash):
        return self.logins.get(token_hash)

    async def close_login(self, token_hash):
        self.logins.pop(token_hash, None)


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

    async def live(self):
        return []

    async def ended(self, limit):
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

    async def newest(self, limit):
        return [self.recording]

    async def find(self, recording_id):
        return self.recording if recording_id == self.recording.recording_id else None


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

    async def submit(self, order_id, revision, by):
        self.order = replace(self.order, state=OrderState.ACCEPTED, submitted_by=by)
        return self.order

    async def find(self, order_id):
        return self.order if order_id == self.order.order_id else None

    async def newest(self, state, limit, seat_id):
        return [] if seat_id not in (None, self.order.seat_id) else [self.order]


class MemoryCallbacks:
    async def newest(self, limit):
        return [
            CallbackTask(
                call_id=CALL,
                caller_number="13800000002",
                reason=CallbackReason.DROPPED,
                arrived_at=NOON,
            )
        ]


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
    return Services(
        users=MemoryUsers(),
        calls=MemoryCalls(),
        transcripts=MemoryTranscripts(),
        recordings=MemoryRecordings(),
        replay=MemoryReplay(),
        seats=MemorySeats(),
        skill_groups=(SkillGroup(code=GENERAL, name="综合"),),
        orders=orders,
        order_records=orders,
        callbacks=MemoryCallbacks(),
        live=MemoryLive(),
        health=MemoryHealth(),
        encode_event=encode_event,
        now=lambda: NOON,
    )
