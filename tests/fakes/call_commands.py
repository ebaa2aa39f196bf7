"""The switchboard, the directory, the line and the service level, in memory. 假交换台"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

from cti.ids import CallId, SkillGroupCode
from seats.model import WaitingCitizen
from seats.outlook import outlook
from seats.service_level import missed
from seats.service_level_clock import ServiceLevelClock
from seats.service_level_report import bounds, day_report
from seats.service_level_trend import columns
from seats.settings import ServiceLevelSettings
from web.control_ports import DirectoryLine

DIRECTORY = (
    DirectoryLine(code="110", name="公安报警", number="110", kind="emergency"),
    DirectoryLine(code="119", name="消防救援", number="119", kind="emergency"),
    DirectoryLine(code="water", name="市供水公司值班室", number="96116", kind="duty", note="夜间"),
)


class MemoryCommands:
    """Writes down what is asked; refuses with `error` once it is set."""

    def __init__(self):
        self.asked = []
        self.error = None

    def __getattr__(self, name):
        async def ask(*args, **more):
            if self.error is not None:
                raise self.error
            self.asked.append((name, *args, more))
            return CallId("node1-1767585600.9001") if name.endswith("_first") else None

        return ask


class MemoryDirectory:
    def lines(self):
        return DIRECTORY


@dataclass
class MemoryLine:
    line: list[WaitingCitizen] = field(default_factory=list)
    picked: list[tuple] = field(default_factory=list)
    left: dict = field(default_factory=dict)
    """Estimates, by call."""
    now: datetime = datetime(2026, 1, 5, 4, tzinfo=UTC)

    def why_waiting(self, call_id):
        waits = any(citizen.call_id == call_id for citizen in self.line)
        return "技能组“综合”没有空闲座席：通话2" if waits else None

    def outlook(self, one, limit_s):
        return outlook(one.joined_at, self.left.get(one.call_id), limit_s, self.now, served=True)

    def pick(self, call_id, seat_id, *, by, reason):
        self.picked.append((call_id, seat_id, by, reason))


class MemoryServiceLevel:
    def __init__(self, now):
        self.settings = ServiceLevelSettings()
        self.waits = []
        self._now = now
        self.clock = ServiceLevelClock(
            SimpleNamespace(seats={}),
            self.settings,
            lambda event: self.waits.append(event.wait),
            now,
        )
        self.board = self.clock.board

    async def report(self, day):
        return day_report(self.waits, self.settings, day, self._now())

    async def misses(self, since):
        found = (missed(wait, self.settings, self._now()) for wait in reversed(self.waits))
        return [one for one in found if one is not None and one.wait.joined_at >= since]

    async def trend(self):
        since, _ = bounds(self._now().date())
        return columns(self.waits, self.settings, since, self._now())


def waiting(call_id, joined_at):
    return WaitingCitizen(
        call_id=CallId(call_id), skill_group=SkillGroupCode("general"), joined_at=joined_at
    )
