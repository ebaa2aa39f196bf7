"""Compares what the house thinks with what Asterisk has, and mends the difference. 状态见证人

    every few seconds: a second look at all channels and phones
        calls    ─► remedies ─────► the tracker meets the facts that were missed
        seats    ─► disagreements ─► the roster's own happenings, and a sentence why
        the line ─► who has no channel leaves it

Nothing is done on one look: an event may be on its way. And nothing can be done to a call: this has
no way to give Asterisk a command.
"""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from cti.errors import CtiError
from cti.ids import CallId, LegId, SeatId
from cti.second_look import Look, calls_seen, remedies
from cti.tracker import CallTracker
from seats.model import Seat, WaitingCitizen
from seats.roster import SeatRoster
from seats.settings import SeatsSettings
from seats.witness import Disagreement, disagreements, truth_of

log = structlog.get_logger(__name__)

LET_BE = timedelta(seconds=60)
"""A repair that did not hold is not tried again for so long; it would only make noise."""


class Looking(Protocol):
    """Where a second look comes from. 复核来源"""

    async def look_again(self) -> Look:
        """Raises an error of the CtiError family when there is no look to be had."""


class Line(Protocol):
    """The waiting line, as far as it is witnessed. 队列"""

    @property
    def line(self) -> Sequence[WaitingCitizen]: ...

    def forget(self, call_id: CallId) -> None:
        """Asterisk has no such channel."""


class Suspicions:
    """What was seen otherwise, and since when. 存疑"""

    def __init__(self, apart: timedelta) -> None:
        self._apart = apart
        self._since: dict[Hashable, datetime] = {}
        self._mended: dict[Hashable, datetime] = {}

    def __bool__(self) -> bool:
        """Whether anything waits for its second look."""
        return any(key not in self._mended for key in self._since)

    def clear(self) -> None:
        """Nothing was seen for a while, so nothing was seen twice."""
        self._since.clear()

    def seen(self, keys: Iterable[Hashable], at: datetime) -> frozenset[Hashable]:
        """Note all that this look saw; returns what is proved by it and is to be mended now."""
        self._since = {key: self._since.get(key, at) for key in keys}
        self._mended = {
            key: when
            for key, when in self._mended.items()
            if key in self._since and at - when < LET_BE
        }
        proved = frozenset(
            key
            for key, since in self._since.items()
            if at - since >= self._apart and key not in self._mended
        )
        self._mended.update(dict.fromkeys(proved, at))
        return proved


class FloorWitness:
    """Looks again and again, and mends what two looks agree on. 见证人

    `repaired` counts what was mended, by its kind.
    """

    name = "floor witness"

    def __init__(
        self,
        link: Looking,
        tracker: CallTracker,
        roster: SeatRoster,
        usher: Line,
        settings: SeatsSettings,
    ) -> None:
        self._link = link
        self._tracker = tracker
        self._roster = roster
        self._usher = usher
        self._settings = settings
        self._suspicions = Suspicions(timedelta(seconds=settings.second_look_s))
        self.repaired: Counter[str] = Counter()

    async def run(self) -> None:
        """Look at every interval, and soon again when something was otherwise."""
        pause_s = self._settings.look_every_s
        while True:
            await asyncio.sleep(pause_s)
            pause_s = self._settings.look_every_s
            try:
                look = await self._link.look_again()
            except CtiError as trouble:
                log.info("no second look", trouble=trouble.code)
                self._suspicions.clear()
                continue
            if self.take(look):
                # A little more than the least distance: clocks are not exact.
                pause_s = min(pause_s, self._settings.second_look_s + 0.1)

    def take(self, look: Look) -> bool:
        """Compare, and mend what an earlier look saw too; whether a new suspicion is left."""
        found = remedies(self._tracker.calls, look)
        before = dict(self._roster.seats)
        truth = truth_of(calls_seen(look).values(), look.phones)
        wrong = disagreements(before.values(), truth, look.at)
        strangers = _without_channel(self._usher.line, look)
        keys: list[Hashable] = [one.key for one in wrong]
        keys += [("line", call_id) for call_id in strangers]
        keys += [(one.call_id, name) for one in found for name in one.mends]
        proved = self._suspicions.seen(keys, look.at)
        for remedy in found:
            facts = [
                fact
                for fact, name in zip(remedy.facts, remedy.mends, strict=True)
                if (remedy.call_id, name) in proved
            ]
            if not facts:
                continue
            log.warning("a call was repaired", call_id=remedy.call_id, mends=remedy.mends)
            self.repaired["call"] += 1
            if remedy.revives:
                self._tracker.revive(remedy.call_id)
            for fact in facts:
                self._tracker.meet(fact)
        self._mend_seats((one for one in wrong if one.key in proved), before)
        for call_id in strangers:
            if ("line", call_id) in proved:
                log.warning("a waiting call has no channel", call_id=call_id)
                self.repaired["line"] += 1
                self._usher.forget(call_id)
        return bool(self._suspicions)

    def _mend_seats(self, proved: Iterable[Disagreement], before: Mapping[SeatId, Seat]) -> None:
        for one in proved:
            self.repaired[one.kind.value] += 1
            self._roster.repair(one, before[one.seat_id])


def _without_channel(line: Iterable[WaitingCitizen], look: Look) -> list[CallId]:
    ours = f"{look.listed.node}-"
    return [
        citizen.call_id
        for citizen in line
        if citizen.call_id.startswith(ours) and LegId(citizen.call_id) not in look.listed.legs
    ]
