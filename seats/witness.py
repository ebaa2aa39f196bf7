"""Where the floor is otherwise than Asterisk's channels and phones say. 状态见证

    the floor (what we think) ──┐
    Asterisk's truth (a look) ──┴─► disagreements ─► those that an earlier look had too ─► repairs

Pure. Every state has a witness: RINGING and TALKING their channel, READY the phone that is in no call,
RESERVED its deadline, all of them the phone's registration. A disagreement counts when it is seen
twice, some seconds apart, in the same stay: an event may be on its way the first time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from cti.call import Call, CallState
from cti.events import PartyRole
from cti.facts import PhoneChanged, PhoneState
from cti.ids import CallId, SeatId
from seats.model import Presence, Seat, SeatState

RESERVED_GRACE = timedelta(seconds=2)
"""A reservation's own timer acts first; this long after its deadline it has failed."""


class Difference(StrEnum):
    """How a seat is otherwise than we think. 差异"""

    NO_CHANNEL = "no-channel"  # 记录在通话，实无话路
    OTHER_CALL = "other-call"  # 记录与实际不是同一通话
    TALKS = "talks"  # 实际在通话，未记录
    RINGS = "rings"  # 实际在振铃，未记录
    NOT_ANSWERED = "not-answered"  # 记录已应答，实际仍在振铃
    PART = "part"  # 监听与通话角色不符
    OVERDUE = "overdue"  # 预占超时未撤销
    PHONE_GONE = "phone-gone"  # 话机实际离线
    PHONE_THERE = "phone-there"  # 话机实际在线
    PHONE_TAKEN = "phone-taken"  # 话机实际占用
    PHONE_FREE = "phone-free"  # 话机实际空闲


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What Asterisk has of our seats at one instant. 实况"""

    presences: Mapping[SeatId, Presence] = field(default_factory=lambda: MappingProxyType({}))
    phones: Mapping[SeatId, PhoneChanged] = field(default_factory=lambda: MappingProxyType({}))
    """Empty when Asterisk did not list them; then it says nothing about phones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One seat that is not what we think. 不一致

    `key` is the same as long as the stay and the difference are; `presence` is where Asterisk has
    the seat, `phone` is set when it is about the phone; `why` is a Chinese sentence.
    """

    seat_id: SeatId
    kind: Difference
    key: tuple[object, ...]
    why: str
    presence: Presence | None = None
    phone: PhoneChanged | None = None


def presences(calls: Iterable[Call]) -> tuple[Presence, ...]:
    """Every seat that is in one of these calls, once; a talk counts before a ringing."""
    found: dict[SeatId, Presence] = {}
    for call in calls:
        if not call.over:
            for presence in _in_call(call):
                known = found.get(presence.seat_id)
                if known is None or known.state is SeatState.RINGING:
                    found[presence.seat_id] = presence
    return tuple(found.values())


def truth_of(calls: Iterable[Call], phones: Iterable[PhoneChanged]) -> Truth:
    return Truth(
        presences=MappingProxyType({one.seat_id: one for one in presences(calls)}),
        phones=MappingProxyType({one.seat_id: one for one in phones}),
    )


def disagreements(floor: Iterable[Seat], truth: Truth, now: datetime) -> tuple[Disagreement, ...]:
    """Every difference between the floor and the truth; at most one of each seat's work and phone."""
    found = []
    for seat in floor:
        presence = truth.presences.get(seat.seat_id)
        of_work = _of_work(seat, presence, now)
        of_phone = _of_phone(seat, truth.phones.get(seat.seat_id))
        found += [one for one in (of_work, of_phone) if one is not None]
    return tuple(found)


def _in_call(call: Call) -> Iterable[Presence]:
    if call.state is CallState.RINGING and call.seat_id is not None:
        yield _presence(call.seat_id, call.call_id, SeatState.RINGING, PartyRole.SEAT)
    for party in call.parties:
        if party.role in (PartyRole.SEAT, PartyRole.SUPERVISOR):
            state = SeatState.RINGING if party.room is None else SeatState.TALKING
            yield _presence(SeatId(party.who), call.call_id, state, party.role)


def _presence(seat_id: SeatId, call_id: CallId, state: SeatState, part: PartyRole) -> Presence:
    return Presence(seat_id=seat_id, call_id=call_id, state=state, part=part)


def _of_work(seat: Seat, presence: Presence | None, now: datetime) -> Disagreement | None:
    kind = _alone(seat, now) if presence is None else _with_channel(seat, presence)
    if kind is None:
        return None
    real = () if presence is None else (presence.call_id, presence.state.value, presence.part.value)
    return Disagreement(
        seat_id=seat.seat_id,
        kind=kind,
        key=(seat.seat_id, kind, seat.state, seat.since, seat.call_id, *real),
        why=_WHY[kind].format(seat=seat.seat_id, state=_WORDS[seat.state]),
        presence=presence,
    )


def _alone(seat: Seat, now: datetime) -> Difference | None:
    """Asterisk has no channel of a call for it."""
    if seat.state in (SeatState.RINGING, SeatState.TALKING):
        return Difference.NO_CHANNEL
    if seat.state is SeatState.RESERVED and (seat.until or now) + RESERVED_GRACE < now:
        return Difference.OVERDUE
    return None


def _with_channel(seat: Seat, presence: Presence) -> Difference | None:
    if seat.state is SeatState.SIGNED_OUT:
        return None  # Nobody's work: such as a supervisor who listens without having signed in.
    same_call = seat.call_id == presence.call_id
    if seat.state is presence.state and same_call:
        took_over = presence.part is PartyRole.SEAT and seat.part is not PartyRole.SEAT
        return Difference.PART if took_over else None
    if seat.state in (SeatState.RINGING, SeatState.TALKING) and not same_call:
        return Difference.OTHER_CALL
    if seat.state is SeatState.TALKING:
        return Difference.NOT_ANSWERED
    return Difference.TALKS if presence.state is SeatState.TALKING else Difference.RINGS


def _of_phone(seat: Seat, phone: PhoneChanged | None) -> Disagreement | None:
    if phone is None:
        return None
    reachable = phone.phone is not PhoneState.UNREACHABLE
    in_use = phone.phone is PhoneState.IN_USE
    if reachable is not seat.phone_reachable:
        kind = Difference.PHONE_THERE if reachable else Difference.PHONE_GONE
    elif in_use is not seat.phone_in_use:
        kind = Difference.PHONE_TAKEN if in_use else Difference.PHONE_FREE
    else:
        return None
    return Disagreement(
        seat_id=seat.seat_id,
        kind=kind,
        key=(seat.seat_id, kind),
        why=_WHY[kind].format(seat=seat.seat_id, state=_WORDS[seat.state]),
        phone=phone,
    )


_WORDS = {
    SeatState.SIGNED_OUT: "签出",
    SeatState.NOT_READY: "示忙",
    SeatState.READY: "示闲",
    SeatState.RESERVED: "预占",
    SeatState.RINGING: "振铃",
    SeatState.TALKING: "通话",
    SeatState.WRAP_UP: "话后处理",
}

_WHY = {
    Difference.NO_CHANNEL: "系统记录座席{seat}为{state}，但两次核对均无其话路，已按离开通话处理",
    Difference.OTHER_CALL: "系统记录座席{seat}为{state}，但两次核对其实际在另一通话中，已改为实际通话",
    Difference.TALKS: "系统记录座席{seat}为{state}，但两次核对其话路均已接通，已改为通话",
    Difference.RINGS: "系统记录座席{seat}为{state}，但两次核对其话机均在振铃，已改为振铃",
    Difference.NOT_ANSWERED: "系统记录座席{seat}已应答，但两次核对其话机仍在振铃，已改回振铃",
    Difference.PART: "系统记录座席{seat}为监听，但两次核对其实际与市民通话，已改为通话",
    Difference.OVERDUE: "座席{seat}的预占已过时限且话机从未振铃，已撤销预占",
    Difference.PHONE_GONE: "系统记录座席{seat}的话机在线，但两次核对均已离线，已按离线处理",
    Difference.PHONE_THERE: "系统记录座席{seat}的话机离线，但两次核对均在线，已按在线处理",
    Difference.PHONE_TAKEN: "系统记录座席{seat}的话机空闲，但两次核对均被占用，已按占用处理",
    Difference.PHONE_FREE: "系统记录座席{seat}的话机被占用，但两次核对均空闲，已按空闲处理",
}
