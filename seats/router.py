"""Who of the waiting citizens gets which free seat, and on what grounds. 路由

A pure function of the line, the floor, the rules and the instant; nothing is remembered between
decisions, so equal input always gives an equal answer and a day can be replayed.

Who: the first in service order (arrival, less what his priority and his group's head start are
worth) for whom there is a free seat that he may have: one of his group up to its first level; after
a while what the relaxation says that he has reached; or the seat that has his open order.
Which: that seat if he has not waited longer than the rules keep him for it; else, in his own group
before the others in the order of their listing, the best level, the longest idle, the id.

Only the heads of rows are looked at (see `line`). A row's members differ only in how long they have
waited, so those who have reached the same relaxation may have the same, and of these the foremost
is the one that counts. The sum does not depend on how many wait or how many seats there are.

The results are named tuples, not dataclasses: a frozen dataclass of a dozen fields takes longer to
make than the choice itself.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.floor import Floor, Rank
from seats.line import Entry, Line, Row, ServiceKey, ahead_of
from seats.model import GroupPresence, Seat
from seats.rules import ANY_LEVEL, Rules, Step, microseconds


class SeatOffer(NamedTuple):
    """This citizen goes to this seat. 派席"""

    call_id: CallId
    seat_id: SeatId
    skill_group: SkillGroupCode


class Reasons(NamedTuple):
    """The grounds of an offer, as numbers; `explain` makes sentences of them. 分配依据"""

    rules_version: int
    priority: int
    waited_ms: int
    ahead: int
    """Citizens before him in service order whom no free seat may have. 前面人数"""
    step: int
    """The relaxation that he has reached, 0 none. 放宽步骤"""
    found_by: SkillGroupCode
    """The group for whose skill the seat was found. 匹配技能组"""
    level: int
    max_level: int | None
    sticky: bool
    """The seat has his open order. 熟悉座席"""
    flag: str | None
    considered: int
    """Free seats of `found_by` up to the level. 可选座席数"""
    same_level: int
    """How many of these are of the chosen one's level. 同等级座席数"""
    idle_ms: int


class Rejection(NamedTuple):
    """Citizens of a group whom nobody could take. 未分配"""

    skill_group: SkillGroupCode
    citizens: int
    presence: GroupPresence


class Decision(NamedTuple):
    """What was decided at one instant, and on what grounds. 路由决定

    `rejected` speaks of the citizens before the served one; without an offer, of all.
    """

    offer: SeatOffer | None
    reasons: Reasons | None = None
    rejected: tuple[Rejection, ...] = ()


Found = tuple[SkillGroupCode, Rank] | None
Free = Mapping[SkillGroupCode, list[Rank]]
FAR = 1 << 100
"""Later than everybody, in microseconds. 无穷远"""


def decide(line: Line, floor: Floor, rules: Rules, now: datetime) -> Decision:
    """The next offer, or that there is none; the same again until line, floor or time changes."""
    free = floor.free
    if not free or not line:
        return _nobody(line, floor)
    now_us = microseconds(now)
    best: ServiceKey | None = None
    best_us = FAR
    served: Entry | None = None
    step: Step | None = None
    found: Found = None
    for group, rows in line.rows.items():
        service = rules.service(group)
        credits_us = service.credits_us
        steps: Sequence[Step] = ()
        gets: Sequence[Found] = ()
        for priority, row in rows.items():
            credit_us = credits_us[priority]
            if row[0][0] - credit_us > best_us:
                continue  # Nobody in this row comes before the one already found.
            if not steps:
                steps = service.steps[-1:] if floor.deserted(group) else service.steps
                gets = _seats_by_step(free, steps)
            if not gets:
                break
            head = _first_who_gets_one(row, steps, gets, now_us)
            if head is None:
                continue
            entry, index = head
            key = (entry[0] - credit_us, entry[0], entry[1])
            if best is None or key < best:
                best, best_us, served = key, key[0], entry
                step, found = steps[index], gets[index]
    for entry in _with_their_own_seat_free(line, floor, rules, now_us):
        citizen = entry[2]
        key = (
            entry[0] - rules.credit_us(citizen.skill_group, citizen.priority),
            entry[0],
            entry[1],
        )
        if best is None or key <= best:
            best, served = key, entry
            step, found = step_of(entry, floor, rules, now_us), None
    if best is None or served is None or step is None:
        return _nobody(line, floor)
    return _offer(best, served, step, found, line, floor, rules, now_us)


def step_of(entry: Entry, floor: Floor, rules: Rules, now_us: int) -> Step:
    """The last relaxation that the citizen has reached."""
    reached = _steps(entry[2].skill_group, floor, rules)
    waited = now_us - entry[0]
    return next((s for s in reversed(reached) if s.after_us <= waited), reached[0])


def _steps(group: SkillGroupCode, floor: Floor, rules: Rules) -> Sequence[Step]:
    """With nobody signed in who serves the group there is nothing to wait for."""
    steps = rules.service(group).steps
    return steps[-1:] if floor.deserted(group) else steps


def _seats_by_step(free: Free, steps: Sequence[Step]) -> Sequence[Found]:
    """The best seat at each step; empty if there is none at any."""
    gets: list[Found] = []
    some = False
    for step in steps:
        found: Found = None
        for group in step.groups:
            ranks = free.get(group)
            if ranks is not None and ranks[0][0] <= step.max_level:
                found, some = (group, ranks[0]), True
                break
        gets.append(found)
    return gets if some else ()


def _first_who_gets_one(
    row: Row, steps: Sequence[Step], gets: Sequence[Found], now_us: int
) -> tuple[Entry, int] | None:
    """The row's first citizen whose step has a seat, and the index of his step."""
    begin, last = 0, len(steps) - 1
    for index in range(last, 0, -1):
        latest = now_us - steps[index].after_us
        if row[begin][0] > latest:
            continue
        if gets[index] is not None:
            return row[begin], index
        begin = bisect_left(row, (latest + 1,), begin)
        if begin == len(row):
            return None
    return None if gets[0] is None else (row[begin], 0)


def _with_their_own_seat_free(line: Line, floor: Floor, rules: Rules, now_us: int) -> list[Entry]:
    earliest = now_us - round(rules.sticky_s * 1_000_000)
    free = floor.free_seats
    return [
        entry
        for seat_id in line.sticky.keys() & free.keys()
        for entry in line.sticky[seat_id].values()
        if entry[0] >= earliest and entry[2].skill_group in free[seat_id].definition.skills
    ]


def _offer(
    key: ServiceKey,
    served: Entry,
    step: Step,
    found: Found,
    line: Line,
    floor: Floor,
    rules: Rules,
    now_us: int,
) -> Decision:
    joined, call_id, citizen = served
    group = citizen.skill_group
    limit = step.max_level
    if found is None:
        seat = _own_seat(citizen.sticky_seat, floor)
        by, limit = group, ANY_LEVEL
        level, idle_us, seat_id = (
            seat.definition.skills[by],
            microseconds(seat.idle_since),
            seat.seat_id,
        )
    else:
        by, (level, idle_us, seat_id) = found
    ranks = floor.free[by]
    considered = len(ranks) if limit >= ANY_LEVEL else bisect_left(ranks, (limit + 1,))
    below = bisect_left(ranks, (level,)) if found is None else 0
    ahead = ahead_of(line.rows, key, rules)
    same_level = bisect_left(ranks, (level + 1,)) - below
    relaxed = found is not None and (by != group or level > rules.service(group).first_max_level)
    return Decision(
        offer=SeatOffer(call_id=call_id, seat_id=seat_id, skill_group=group),
        reasons=Reasons(
            rules_version=rules.version,
            priority=citizen.priority,
            waited_ms=max(0, now_us - joined) // 1000,
            ahead=sum(ahead.values()),
            step=step.number,
            found_by=by,
            level=level,
            max_level=None if limit >= ANY_LEVEL else limit,
            sticky=found is None,
            flag=step.flag if relaxed else None,
            considered=considered,
            same_level=same_level,
            idle_ms=max(0, now_us - idle_us) // 1000,
        ),
        rejected=tuple(
            Rejection(one, number, floor.presence(one)) for one, number in ahead.items()
        ),
    )


def _own_seat(seat_id: SeatId | None, floor: Floor) -> Seat:
    assert seat_id is not None, "only who has a seat of his own comes here without another"
    return floor.free_seats[seat_id]


def _nobody(line: Line, floor: Floor) -> Decision:
    return Decision(
        offer=None,
        rejected=tuple(
            Rejection(group, sum(map(len, rows.values())), floor.presence(group))
            for group, rows in line.rows.items()
        ),
    )
