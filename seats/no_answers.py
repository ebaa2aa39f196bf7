"""Seats that let citizens ring in vain again and again. 屡次未接

Kept in memory only: what counts is the last hour, and a seat that goes on will soon be seen again.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from cti.events import Blame, CallReturnedToLine, Event
from cti.ids import SeatId
from seats.ports import Now
from seats.settings import SeatsSettings

KEPT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedNoAnswer:
    """So often a seat rang in vain within the span that is looked at. 屡次未接告警"""

    seat_id: SeatId
    count: int
    last_at: datetime


class NoAnswers:
    """Counts, seat by seat, the calls that came back from it. 未接计数"""

    def __init__(self, settings: SeatsSettings, now: Now) -> None:
        self._settings = settings
        self._now = now
        self._times: dict[SeatId, deque[datetime]] = {}

    def on_event(self, event: Event) -> None:
        """Take what came back because of the seat; everything else is ignored."""
        if isinstance(event, CallReturnedToLine) and event.ending.blame is Blame.SEAT:
            self._times.setdefault(event.seat_id, deque(maxlen=KEPT)).append(event.at)

    @property
    def repeated(self) -> tuple[RepeatedNoAnswer, ...]:
        """The worst first."""
        since = self._now() - timedelta(seconds=self._settings.no_answer_window_s)
        found = []
        for seat_id, times in self._times.items():
            recent = [at for at in times if at > since]
            if len(recent) >= self._settings.no_answers_told:
                found.append(
                    RepeatedNoAnswer(seat_id=seat_id, count=len(recent), last_at=recent[-1])
                )
        return tuple(sorted(found, key=lambda one: (-one.count, one.seat_id)))
