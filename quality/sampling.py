"""Which calls are inspected: drawn by lot, so that anybody can draw them again. 质检抽样

    finished calls with an archived recording ──draw(seed)──► N of each agent ──share(seed)──► inspectors

A call's lot is SHA-256 of the seed, a space and its id; of each agent the calls with the smallest lots are
drawn. So the seed alone fixes the draw, whatever the order in which the calls were read, and `sha256sum`
is all that is needed to check it. An inspector never gets a call in which he had a part himself.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from cti.ids import CallId, SeatId
from seats.attendance import BEIJING

WEEK = timedelta(days=7)


class SampledState(StrEnum):
    """What became of a drawn call. 抽样状态"""

    WAITING = "waiting"  # 待质检
    DONE = "done"  # 已质检
    SKIPPED = "skipped"  # 已跳过


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finished call that might be drawn. 候选通话"""

    call_id: CallId
    recording_id: str
    agent: str
    """Who had the call at its end: his user name, or his seat if nobody knows who sat there. 话务员"""
    seat_id: SeatId
    started_at: datetime
    duration_ms: int
    people: frozenset[str] = frozenset()
    """User names of all who spoke with the citizen. 参与人"""
    seats: frozenset[str] = frozenset()
    """All seats that did. 参与座席"""
    district: str = ""
    """Of its order; empty while nobody knows. 区域"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Somebody who may inspect. 质检员"""

    username: str
    seat_id: SeatId | None = None
    area: str = ""
    """The only district whose calls he may hear; empty: all. 区域"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A drawn call and whose it is. 抽中通话"""

    call_id: CallId
    recording_id: str
    agent: str
    seat_id: SeatId
    inspector: str | None
    """None: nobody may have it yet. 质检员"""


def lot(seed: str, call_id: CallId) -> str:
    """The call's place in the draw. 抽签值"""
    return hashlib.sha256(f"{seed} {call_id}".encode()).hexdigest()


def draw(candidates: Iterable[Candidate], *, seed: str, per_agent: int) -> list[Candidate]:
    """At most so many calls of each agent, agents in the order of their names."""
    by_agent: dict[str, list[Candidate]] = {}
    for one in candidates:
        by_agent.setdefault(one.agent, []).append(one)
    drawn: list[Candidate] = []
    for agent in sorted(by_agent):
        drawn += sorted(by_agent[agent], key=lambda one: lot(seed, one.call_id))[:per_agent]
    return drawn


def may_inspect(inspector: Inspector, one: Candidate) -> bool:
    """Whether he had no part in the call and it is of his district."""
    had_part = inspector.username in one.people or (
        inspector.seat_id is not None and inspector.seat_id in one.seats
    )
    return not had_part and inspector.area in ("", one.district)


def share(drawn: Sequence[Candidate], inspectors: Collection[Inspector], seed: str) -> list[Pick]:
    """Each call to somebody who may have it, to each inspector as many as to the next.

    Calls that few may have are given first, or fairness would have been used up before them.
    """
    able = {one.call_id: [each for each in inspectors if may_inspect(each, one)] for one in drawn}
    given: Counter[str] = Counter()
    whose: dict[CallId, str] = {}
    for one in sorted(drawn, key=lambda one: (len(able[one.call_id]), lot(seed, one.call_id))):
        if able[one.call_id]:
            names = (each.username for each in able[one.call_id])
            least = min(names, key=lambda name: (given[name], lot(f"{seed} {name}", one.call_id)))
            given[least] += 1
            whose[one.call_id] = least
    return [
        Pick(
            call_id=one.call_id,
            recording_id=one.recording_id,
            agent=one.agent,
            seat_id=one.seat_id,
            inspector=whose.get(one.call_id),
        )
        for one in drawn
    ]


def last_week(now: datetime) -> tuple[datetime, datetime]:
    """The week from Monday to Monday, in the hotline's own time, that ended last."""
    today = now.astimezone(BEIJING).date()
    monday = today - timedelta(days=today.weekday())
    until = datetime.combine(monday, time(), BEIJING)
    return until - WEEK, until
