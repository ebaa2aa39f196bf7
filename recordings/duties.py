"""What the archivist still has to do, and when each of it may be tried. 待办

Rules of moments only; the archivist owns the things and the one timer.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cti.ids import CallId
from recordings.model import DONE, Recording
from recordings.settings import RecordingsSettings

DOUBLINGS = 10
LEAST_PAUSE_S = 0.05
"""Between two attempts, whatever the settings say: nothing may hold the loop."""


@dataclass(slots=True, eq=False)
class Search:
    """A call that is over, of which the parties' own legs are not yet looked for. 待清点"""

    call_id: CallId
    over_at: datetime
    transcribed: bool
    not_before: datetime | None = None
    attempts: int = 0


@dataclass(slots=True, eq=False)
class Task:
    """One recording on its way. 待归档"""

    recording: Recording
    over_at: datetime
    transcribed: bool
    start_known: bool = True
    not_before: datetime | None = None
    attempts: int = 0
    told: set[str] = field(default_factory=set)

    @property
    def archived(self) -> bool:
        """Only its raw legs are still to go."""
        return self.recording.state in DONE

    def went_well(self) -> None:
        self.attempts, self.not_before = 0, None
        self.told.clear()


def ready_at(duty: Task | Search, settings: RecordingsSettings) -> datetime | None:
    """None: only the end of its transcript lets this go on."""
    wait_s = settings.settle_s
    if isinstance(duty, Task) and not duty.transcribed:
        if duty.archived:
            return None
        wait_s = max(wait_s, settings.transcript_limit_s)
    moment = duty.over_at + timedelta(seconds=wait_s)
    return moment if duty.not_before is None else max(moment, duty.not_before)


def is_ready(duty: Task | Search, now: datetime, settings: RecordingsSettings) -> bool:
    moment = ready_at(duty, settings)
    return moment is not None and moment <= now


def postpone(duty: Task | Search, now: datetime, settings: RecordingsSettings) -> None:
    """The pause after an attempt, doubling to its limit."""
    pause_s = min(
        settings.retry_every_s * 2 ** min(duty.attempts, DOUBLINGS), settings.retry_limit_s
    )
    duty.attempts += 1
    duty.not_before = now + timedelta(seconds=max(pause_s, LEAST_PAUSE_S))


def look_again_soon(duty: Task | Search, now: datetime, settings: RecordingsSettings) -> None:
    """Nothing failed; it is only not yet time."""
    duty.attempts = max(0, duty.attempts - 1)
    duty.not_before = now + timedelta(seconds=max(settings.settle_s, LEAST_PAUSE_S))
