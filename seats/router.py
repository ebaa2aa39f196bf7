"""Who of the waiting citizens gets which free seat, and why. 路由

A pure function of the line, the floor and the instant; nothing is remembered between decisions.
Citizens are served by priority (higher first), then by arrival. A seat is chosen by its skill
level (1 is the best), then by the longest idle. The last word is the id, so that equal input
always gives an equal answer and a decision can be replayed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.model import Seat, SeatState, WaitingCitizen

_Rank = tuple[int, datetime, SeatId]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatOffer:
    """This citizen goes to this seat. 派席"""

    call_id: CallId
    seat_id: SeatId
    skill_group: SkillGroupCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided at one instant, and on what grounds. 路由决定

    `reasons` are Chinese sentences, the strongest first. `rejected` says for every citizen who
    was looked at before the served one (for all of them without an offer) why nobody could take
    him. `considered` is how many seats were free for the group of the offer.
    """

    offer: SeatOffer | None
    reasons: tuple[str, ...] = ()
    considered: int = 0
    rejected: Mapping[CallId, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Free:
    """The free seats of one group, as far as the decision needs them. 组内空闲座席"""

    best: Seat
    rank: _Rank
    count: int = 1
    same_level: int = 1


def service_order(citizen: WaitingCitizen) -> tuple[int, datetime, CallId]:
    """Sorts the line: priority, then arrival, then id."""
    return (-citizen.priority, citizen.joined_at, citizen.call_id)


GroupNames = Mapping[SkillGroupCode, str]
"""What people call each skill group; a group without a name is shown by its code. 技能组名称"""


def decide(
    line: Iterable[WaitingCitizen],
    floor: Iterable[Seat],
    now: datetime,
    names: GroupNames = MappingProxyType({}),
) -> Decision:
    """The next offer, or why there is none.

    One pass over the seats finds the best of each group, one over the line the first citizen
    whose group has one; the line may come in any order (already sorted costs nothing extra).
    """
    seats = tuple(floor)
    free = _free_by_group(seats)
    rejected: dict[CallId, str] = {}
    why: dict[SkillGroupCode, str] = {}
    for place, citizen in enumerate(sorted(line, key=service_order), start=1):
        group = free.get(citizen.skill_group)
        if group is not None:
            return Decision(
                offer=SeatOffer(
                    call_id=citizen.call_id,
                    seat_id=group.best.seat_id,
                    skill_group=citizen.skill_group,
                ),
                reasons=(
                    *_why_him(citizen, place, now),
                    *_why_this_seat(_name(citizen.skill_group, names), group, now),
                ),
                considered=group.count,
                rejected=rejected,
            )
        if citizen.skill_group not in why:
            why[citizen.skill_group] = _why_nobody(citizen.skill_group, names, seats)
        rejected[citizen.call_id] = why[citizen.skill_group]
    return Decision(offer=None, rejected=rejected)


def _free_by_group(seats: Iterable[Seat]) -> dict[SkillGroupCode, _Free]:
    free: dict[SkillGroupCode, _Free] = {}
    for seat in seats:
        if seat.state is not SeatState.READY or not seat.phone_reachable:
            continue
        for code, level in seat.definition.skills.items():
            rank = (level, seat.idle_since, seat.seat_id)
            known = free.get(code)
            if known is None:
                free[code] = _Free(seat, rank)
                continue
            known.count += 1
            if level == known.rank[0]:
                known.same_level += 1
            if rank < known.rank:
                if level < known.rank[0]:
                    known.same_level = 1
                known.best, known.rank = seat, rank
    return free


def _why_him(citizen: WaitingCitizen, place: int, now: datetime) -> tuple[str, ...]:
    waited = f"已等候{_seconds(citizen.joined_at, now)}秒"
    first = f"市民优先级{citizen.priority}，{waited}" if citizen.priority else f"市民{waited}"
    if place == 1:
        return (f"{first}，排在队首",)
    return (f"{first}，前面{place - 1}位市民的技能组暂无空闲座席",)


def _name(group: SkillGroupCode, names: GroupNames) -> str:
    return names.get(group, group)


def _why_this_seat(name: str, group: _Free, now: datetime) -> tuple[str, ...]:
    level, idle_since, seat_id = group.rank
    if group.count == 1:
        return (f"座席{seat_id}是技能组“{name}”唯一空闲的座席，技能等级{level}",)
    best = f"座席{seat_id}技能等级{level}，为技能组“{name}”{group.count}个空闲座席中最优"
    if group.same_level == 1:
        return (best,)
    idle = _seconds(idle_since, now)
    return (best, f"同等级{group.same_level}个座席中空闲最久，已空闲{idle}秒")


_BUSY_WORDS = {
    SeatState.RESERVED: "预占",
    SeatState.RINGING: "振铃",
    SeatState.TALKING: "通话",
    SeatState.WRAP_UP: "话后处理",
    SeatState.NOT_READY: "示忙",
    SeatState.READY: "话机离线",
}


def _why_nobody(group: SkillGroupCode, names: GroupNames, seats: Iterable[Seat]) -> str:
    name = _name(group, names)
    states = Counter(seat.state for seat in seats if seat.level_for(group) is not None)
    if not states:
        return f"没有座席服务技能组“{name}”"
    out = states.pop(SeatState.SIGNED_OUT, 0)
    if not states:
        return f"技能组“{name}”的{out}个座席均未签入"
    parts = [f"{word}{states[state]}" for state, word in _BUSY_WORDS.items() if states[state]]
    return f"技能组“{name}”没有空闲座席：{'、'.join(parts)}"


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
