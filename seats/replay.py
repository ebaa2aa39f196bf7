"""A recorded day run again through decide(), with these rules or others. 话务日重演

What stays as it was: who came when and for what; the patience of those who gave up; each call's own
ring, talk and wrap-up times; when each operator signed in and took a break; what occupied seats
otherwise; whom supervisors picked. What may change: who gets which seat, when.

An offer that is made again to the same seat within SAME_S of the recorded instant ends at the
recorded instants; so equal rules do not drift away by the microseconds between two looks at the
clock. Another offer takes as long as the recorded one took. Somebody who gave up then and is served
now takes what is usual for his group. Nobody who was served then gives up now: how long he would
have waited is not known, so many more gave-ups than shown are possible where waits become longer.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from statistics import median

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.floor import Floor
from seats.groups import GENERAL
from seats.line import Line
from seats.model import SeatState
from seats.recorded_day import Occupation, RecordedDay, Visit, Wish
from seats.router import decide
from seats.rules import Rules
from seats.service_level import Wait

SAME_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One decision of a day. 派席记录"""

    at: datetime
    call_id: CallId
    seat_id: SeatId
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What became of a day. 话务日结果"""

    offers: tuple[Offered, ...]
    waits: tuple[Wait, ...]
    busy: tuple[tuple[SeatId, SkillGroupCode, timedelta], ...]
    """(seat, group of the caller, talk and wrap-up) of each answered call."""


class _Order(IntEnum):
    """What goes first at the same instant. 同刻次序"""

    WISH = 0
    SEAT = 1
    JOIN = 2
    LEAVE = 3
    PICK = 4


@dataclass(slots=True)
class _Course:
    """One visit while it is run again. 经历"""

    visit: Visit
    tried: int = 0
    answered_at: datetime | None = None
    gave_up_at: datetime | None = None


@dataclass(slots=True)
class _Post:
    """One seat while the day is run again. 座席"""

    wanted: SeatState
    busy: bool = False
    other_until: datetime | None = None


class _Simulation:
    """The floor, the line and what is still to come. 仿真"""

    def __init__(self, day: RecordedDay, rules: Rules) -> None:
        self._rules = rules
        self._line = Line()
        self._floor = Floor(day.seats)
        self._posts = {
            seat.seat_id: _Post(
                wanted=seat.state
                if seat.state in (SeatState.SIGNED_OUT, SeatState.NOT_READY)
                else SeatState.READY
            )
            for seat in day.seats
        }
        self._usual = _Usual(day.visits)
        self._coming: list[tuple[datetime, int, int, object, tuple[object, ...]]] = []
        self._number = 0
        self._courses: dict[CallId, _Course] = {}
        self.offers: list[Offered] = []
        self.waits: list[Wait] = []
        self.busy: list[tuple[SeatId, SkillGroupCode, timedelta]] = []
        self._all: list[_Course] = []
        for wish in day.wishes:
            self._plan(wish.at, _Order.WISH, self._wish, wish)
        for occupation in day.other_occupations:
            self._plan(occupation.begins_at, _Order.SEAT, self._otherwise, occupation)
        for visit in day.visits:
            course = _Course(visit=self._known(visit))
            self._all.append(course)
            self._plan(visit.citizen.joined_at, _Order.JOIN, self._join, course)
            if visit.gone_at is not None:
                self._plan(visit.gone_at, _Order.LEAVE, self._leave, course)
            for pick in visit.picks:
                self._plan(pick.at, _Order.PICK, self._pick, course, pick.seat_id)

    def run(self) -> Served:
        while self._coming:
            at = self._coming[0][0]
            due = self._line.next_relaxation(self._rules, self._at) if self._begun else None
            if due is not None and due < at:
                self._at = due
            else:
                self._at, _, _, act, what = heapq.heappop(self._coming)
                self._begun = True
                act(*what)  # type: ignore[operator]
            self._offer_all()
        return Served(
            offers=tuple(self.offers),
            waits=tuple(
                Wait(
                    call_id=course.visit.citizen.call_id,
                    skill_group=course.visit.citizen.skill_group,
                    joined_at=course.visit.citizen.joined_at,
                    answered_at=course.answered_at,
                    gave_up_at=course.gave_up_at,
                )
                for course in self._all
            ),
            busy=tuple(self.busy),
        )

    _at: datetime
    _begun = False

    def _plan(self, at: datetime, order: _Order, act: object, *what: object) -> None:
        self._number += 1
        heapq.heappush(self._coming, (at, order, self._number, act, what))

    def _known(self, visit: Visit) -> Visit:
        group = visit.citizen.skill_group
        if group in self._rules.groups or not self._rules.groups:
            return visit
        return replace(visit, citizen=replace(visit.citizen, skill_group=GENERAL.code))

    def _offer_all(self) -> None:
        while True:
            decision = decide(self._line, self._floor, self._rules, self._at)
            if decision.offer is None or decision.reasons is None:
                return
            course = self._courses[decision.offer.call_id]
            self._give(course, decision.offer.seat_id, decision.reasons.step)

    # Seats.

    def _put(self, seat_id: SeatId, state: SeatState, idle_since: datetime | None = None) -> None:
        seat = self._floor.seats[seat_id]
        self._floor.put(
            replace(
                seat,
                state=state,
                since=self._at,
                idle_since=idle_since or seat.idle_since,
                phone_reachable=True,
            )
        )

    def _wish(self, wish: Wish) -> None:
        post = self._posts.get(wish.seat_id)
        if post is None:
            return
        signs_in = post.wanted is SeatState.SIGNED_OUT and wish.state is not SeatState.SIGNED_OUT
        post.wanted = wish.state
        if not post.busy:
            self._put(wish.seat_id, wish.state, self._at if signs_in else None)

    def _otherwise(self, occupation: Occupation) -> None:
        post = self._posts.get(occupation.seat_id)
        if post is None or occupation.over_at is None:
            return
        post.other_until = max(occupation.over_at, post.other_until or occupation.over_at)
        if not post.busy:
            post.busy = True
            self._put(occupation.seat_id, SeatState.TALKING)
            if occupation.left_at is not None:
                self._plan(occupation.left_at, _Order.SEAT, self._wraps_up, occupation.seat_id)
            self._plan(occupation.over_at, _Order.SEAT, self._free, occupation.seat_id)

    def _wraps_up(self, seat_id: SeatId) -> None:
        self._put(seat_id, SeatState.WRAP_UP, self._at)

    def _talks(self, seat_id: SeatId) -> None:
        self._put(seat_id, SeatState.TALKING)

    def _free(self, seat_id: SeatId) -> None:
        post = self._posts[seat_id]
        if post.other_until is not None and post.other_until > self._at:
            self._plan(post.other_until, _Order.SEAT, self._free, seat_id)
            self._put(seat_id, SeatState.TALKING)
            return
        post.busy = False
        self._put(seat_id, post.wanted)

    def _fails(self, seat_id: SeatId, course: _Course) -> None:
        """Not ready until `_free`; the citizen is back at his old place."""
        self._put(seat_id, SeatState.NOT_READY)
        self._back_in_line(course)

    # Citizens.

    def _join(self, course: _Course) -> None:
        if course.gave_up_at is None:
            self._courses[course.visit.citizen.call_id] = course
            self._line.enter(course.visit.citizen)

    def _back_in_line(self, course: _Course) -> None:
        if course.gave_up_at is None:
            self._join(course)

    def _leave(self, course: _Course) -> None:
        if course.answered_at is not None:
            return
        course.gave_up_at = self._at
        call_id = course.visit.citizen.call_id
        if self._courses.get(call_id) is course:
            self._line.leave(call_id)

    def _pick(self, course: _Course, seat_id: SeatId) -> None:
        if course.visit.citizen.call_id in self._line and seat_id in self._floor.free_seats:
            self._give(course, seat_id, 0)

    def _give(self, course: _Course, seat_id: SeatId, step: int) -> None:
        citizen = course.visit.citizen
        self._line.leave(citizen.call_id)
        self._posts[seat_id].busy = True
        self._put(seat_id, SeatState.RESERVED)
        self.offers.append(
            Offered(at=self._at, call_id=citizen.call_id, seat_id=seat_id, step=step)
        )
        attempts = course.visit.attempts
        attempt = attempts[course.tried] if course.tried < len(attempts) else None
        course.tried += 1
        if attempt is not None and _same(attempt, seat_id, self._at):
            self._plan_attempt(course, seat_id, attempt, timedelta(0))
        elif attempt is not None and (attempt.failed or attempt.talking_at is not None):
            self._plan_attempt(course, seat_id, attempt, self._at - attempt.begins_at)
        else:
            usual = self._usual.of(citizen.skill_group, seat_id, self._at)
            self._plan_attempt(course, seat_id, usual, timedelta(0))

    def _plan_attempt(
        self, course: _Course, seat_id: SeatId, attempt: Occupation, later: timedelta
    ) -> None:
        if attempt.talking_at is not None:
            course.answered_at = attempt.talking_at + later
            self._plan(course.answered_at, _Order.SEAT, self._talks, seat_id)
            if attempt.left_at is not None:
                self._plan(attempt.left_at + later, _Order.SEAT, self._wraps_up, seat_id)
            over = attempt.over_at or attempt.left_at
            if over is not None:
                group = course.visit.citizen.skill_group
                self.busy.append((seat_id, group, over - attempt.talking_at))
        if attempt.over_at is None:
            return
        over_at = max(attempt.over_at + later, self._at)
        if not attempt.failed:
            self._plan(over_at, _Order.SEAT, self._free, seat_id)
            if attempt.talking_at is None and course.visit.gone_at is None:
                self._plan(over_at, _Order.JOIN, self._back_in_line, course)
            return
        self._plan(over_at, _Order.SEAT, self._fails, seat_id, course)
        if attempt.back_at is not None:
            self._plan(attempt.back_at + later, _Order.SEAT, self._free, seat_id)


class _Usual:
    """Median times of a group's answered calls, or of everybody's. 常规时长"""

    def __init__(self, visits: Iterable[Visit]) -> None:
        self._by_group: dict[SkillGroupCode | None, list[tuple[float, float, float]]] = {}
        for visit in visits:
            one = visit.answered
            if one is None or one.talking_at is None or one.left_at is None or one.over_at is None:
                continue
            took = (
                (one.talking_at - one.begins_at).total_seconds(),
                (one.left_at - one.talking_at).total_seconds(),
                (one.over_at - one.left_at).total_seconds(),
            )
            for group in (visit.citizen.skill_group, None):
                self._by_group.setdefault(group, []).append(took)

    def of(self, group: SkillGroupCode, seat_id: SeatId, at: datetime) -> Occupation:
        known = self._by_group.get(group) or self._by_group.get(None) or [(5.0, 180.0, 30.0)]
        ring, talk, wrap = (timedelta(seconds=median(part)) for part in zip(*known, strict=True))
        return Occupation(
            seat_id=seat_id,
            call_id=None,
            begins_at=at,
            talking_at=at + ring,
            left_at=at + ring + talk,
            over_at=at + ring + talk + wrap,
        )


def _same(attempt: Occupation, seat_id: SeatId, at: datetime) -> bool:
    apart = abs((attempt.begins_at - at).total_seconds())
    return attempt.seat_id == seat_id and apart <= SAME_S


def replay(day: RecordedDay, rules: Rules) -> Served:
    """The day as these rules would have made it; the same input gives the same day."""
    return _Simulation(day, rules).run()


def as_it_was(day: RecordedDay) -> Served:
    """The day as it happened, in the same form."""
    return Served(
        offers=tuple(
            Offered(at=one.at, call_id=one.call_id, seat_id=one.seat_id, step=one.step)
            for one in day.decisions
        ),
        waits=tuple(
            Wait(
                call_id=visit.citizen.call_id,
                skill_group=visit.citizen.skill_group,
                joined_at=visit.citizen.joined_at,
                answered_at=None if visit.answered is None else visit.answered.talking_at,
                gave_up_at=visit.gone_at,
            )
            for visit in day.visits
        ),
        busy=tuple(
            (one.seat_id, visit.citizen.skill_group, over - one.talking_at)
            for visit in day.visits
            if (one := visit.answered) is not None
            and one.talking_at is not None
            and (over := one.over_at or one.left_at) is not None
        ),
    )


def same_offers(was: Served, now: Served) -> int:
    """How many of the recorded decisions were made again: the citizen's n-th offer, the same seat,
    the same instant within SAME_S."""
    made: dict[CallId, list[Offered]] = {}
    for offer in now.offers:
        made.setdefault(offer.call_id, []).append(offer)
    same = 0
    seen: dict[CallId, int] = {}
    for offer in was.offers:
        index = seen.get(offer.call_id, 0)
        seen[offer.call_id] = index + 1
        again = made.get(offer.call_id, [])[index : index + 1]
        if again and again[0].seat_id == offer.seat_id:
            same += abs((again[0].at - offer.at).total_seconds()) <= SAME_S
    return same
