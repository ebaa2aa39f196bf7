"""Rings for the shift leader when a seat or a group is not as it must be, and says when it is again. 告警铃

roster changes ─┐
the next limit ─┼─► alarms.too_long, alarms.cover ─► difference to what rings ─► tell
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from cti.ids import SeatId, SkillGroupCode
from seats.alarms import Cover, TooLong, cover, runs_out_at, too_long
from seats.events import GroupAttendedAgain, GroupUnattended, SeatAlarmCleared, SeatAlarmRaised
from seats.ports import Now, Tell
from seats.roster import SeatRoster
from seats.settings import SeatsSettings, StateLimits

log = structlog.get_logger(__name__)

SECOND = timedelta(seconds=1)
LOOK_EVERY_S = 15.0
"""A group may open or close without anything happening on the floor. 定时查看间隔"""


class AlarmBell:
    """Sole teller of the floor's alarms. 告警铃

    `ringing` and `unattended` are the alarms that were open when the service last ran: they are
    cleared when their cause is gone, and not told twice.
    """

    name = "alarm bell"

    def __init__(
        self,
        roster: SeatRoster,
        settings: SeatsSettings,
        tell: Tell,
        now: Now,
        *,
        limits: Callable[[], StateLimits] | None = None,
        minimum: Callable[[SkillGroupCode], int] = lambda _code: 1,
        ringing: Iterable[TooLong] = (),
        unattended: Iterable[SkillGroupCode] = (),
    ) -> None:
        self._roster = roster
        self._settings = settings
        self._tell = tell
        self._now = now
        self._limits = limits or (lambda: settings.limits)
        self._minimum = minimum
        self._ringing: dict[SeatId, TooLong] = {alarm.seat_id: alarm for alarm in ringing}
        self._unattended = set(unattended)
        self._short_since: dict[SkillGroupCode, datetime] = {}
        self._wake = asyncio.Event()
        roster.watch(self._wake.set)

    @property
    def ringing(self) -> tuple[TooLong, ...]:
        """Seats that are too long in their state."""
        return tuple(self._ringing.values())

    @property
    def unattended(self) -> frozenset[SkillGroupCode]:
        """Groups that too few seats serve."""
        return frozenset(self._unattended)

    def look_anew(self) -> None:
        """Limits or minimums changed."""
        self._wake.set()

    async def run(self) -> None:
        """Look after every change of the floor and whenever a limit runs out."""
        while True:
            self._wake.clear()
            try:
                async with asyncio.timeout(min(self._look(), LOOK_EVERY_S)):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _look(self) -> float:
        """Tell what is new; seconds until a stay or a gap becomes too long."""
        now, limits = self._now(), self._limits()
        seats = tuple(self._roster.seats.values())
        self._tell_seats(too_long(seats, limits, now), now)
        self._tell_groups(cover(seats, self._minimum).values(), now)
        ends = [runs_out_at(seat, limits) for seat in seats]
        grace = timedelta(seconds=self._settings.unattended_after_s)
        ends += [since + grace for since in self._short_since.values()]
        ahead = [end for end in ends if end is not None and end > now]
        return (min(ahead) - now) / SECOND if ahead else LOOK_EVERY_S

    def _tell_seats(self, found: Iterable[TooLong], now: datetime) -> None:
        holding = {alarm.seat_id: alarm for alarm in found}
        for seat_id, alarm in tuple(self._ringing.items()):
            held = holding.get(seat_id)
            if held is None or (held.since, held.state) != (alarm.since, alarm.state):
                del self._ringing[seat_id]
                self._tell(
                    SeatAlarmCleared(
                        at=now,
                        seat_id=seat_id,
                        state=alarm.state,
                        reason=alarm.reason,
                        since=alarm.since,
                    )
                )
        for seat_id, alarm in holding.items():
            if seat_id not in self._ringing:
                self._ringing[seat_id] = alarm
                log.warning("a seat is too long in its state", seat_id=seat_id, state=alarm.state)
                self._tell(
                    SeatAlarmRaised(
                        at=now,
                        seat_id=seat_id,
                        state=alarm.state,
                        reason=alarm.reason,
                        since=alarm.since,
                        limit_s=alarm.limit_s,
                    )
                )

    def _tell_groups(self, covers: Iterable[Cover], now: datetime) -> None:
        grace = timedelta(seconds=self._settings.unattended_after_s)
        known = {one.skill_group: one for one in covers}
        for code in self._unattended - known.keys():
            # Nobody has this skill by definition any more, so nobody is missing.
            self._unattended.discard(code)
            self._tell(GroupAttendedAgain(at=now, skill_group=code, serving=0))
        for code, one in known.items():
            if one.enough:
                self._short_since.pop(code, None)
                if code in self._unattended:
                    self._unattended.discard(code)
                    self._tell(GroupAttendedAgain(at=now, skill_group=code, serving=one.serving))
                continue
            if code in self._unattended:
                continue
            if now - self._short_since.setdefault(code, now) >= grace:
                del self._short_since[code]
                self._unattended.add(code)
                log.warning("too few seats serve a group", skill_group=code, serving=one.serving)
                self._tell(
                    GroupUnattended(
                        at=now,
                        skill_group=code,
                        serving=one.serving,
                        signed_in=one.signed_in,
                        minimum=one.minimum,
                    )
                )
