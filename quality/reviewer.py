"""Goes through calls once their transcript is finished, and through whole periods when asked. 检测员

    TranscriptFinished, an order of an ended call ──► noted ──┐
    calls of a period (with the present lists) ──► rerun ─────┴─one at a time─► signals, measures

Sole writer of signals, missed sentences and measures. Ended calls go before a rerun. A rerun lives in
memory: after a restart it is started anew, and calls that were already gone through with the same lists
are passed over, so nothing is done twice.
"""

import asyncio
import secrets
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import structlog

from asr.events import TranscriptFinished
from cti.events import Event
from cti.fence import call_fence
from cti.ids import CallId
from quality.errors import (
    QualityRecordsAway,
    RerunGoingOn,
    RerunSpanInvalid,
    RerunTooLarge,
    RerunUnknown,
)
from quality.events import CallReviewed, RerunEnded, RerunStarted, SignalFound
from quality.model import CallStory, FormSeen, Listening, Rerun, Rules
from quality.ports import Now, Stories, Tell
from quality.review import review

log = structlog.get_logger(__name__)

MOST_CALLS = 20_000
"""Of one rerun: some two weeks of a large city. 重检上限"""
CAUGHT_UP = timedelta(days=7)
"""Calls that ended while nobody went through them are looked for so far back. 补检范围"""
CATCH_UP_AT_ONCE = 2_000
AGAIN_AFTER_S = 5.0
KEPT_RERUNS = 50
KEPT_REVIEWED = 5_000
PAGE = 200

Aside = Callable[
    [Callable[..., list[Event]], CallStory, Listening, datetime], Awaitable[list[Event]]
]
"""Computes where it holds nobody up: an hour of talk takes some tenths of a second. 旁路计算"""


class Reviewer:
    """Finds signals in finished transcripts. 检测员"""

    name = "reviewer"

    def __init__(
        self,
        stories: Stories,
        rules: Rules,
        written_down: Callable[[], Awaitable[object]],
        tell: Tell,
        now: Now,
        aside: Aside = asyncio.to_thread,
    ) -> None:
        self._aside = aside
        self._stories = stories
        self._rules = rules
        self._written_down = written_down
        self._tell = tell
        self._now = now
        self._noted: OrderedDict[CallId, None] = OrderedDict()
        self._reviewed: OrderedDict[CallId, None] = OrderedDict()
        self._reruns: OrderedDict[str, Rerun] = OrderedDict()
        self._to_do: deque[CallId] = deque()
        self._more = asyncio.Event()
        self.found: Counter[str] = Counter()
        """Signals since the start, by rule; shown in /metrics. 信号数"""
        self.calls = 0
        """Calls gone through since the start; shown in /metrics. 检测通话数"""

    def on_event(self, event: Event) -> None:
        """Note what must be gone through; everything else is ignored."""
        match event:
            case TranscriptFinished(call_id=call_id) | FormSeen(call_id=call_id, submitted=True):
                self._note(call_id)
            case _:
                pass

    async def run(self) -> None:
        """Go through one call after the other; until cancelled."""
        await self._catch_up()
        while True:
            if not self._noted and not self._to_do:
                self._more.clear()
                await self._more.wait()
            try:
                await self._next()
            except QualityRecordsAway:
                log.warning("stored calls cannot be read; reviewed later")
                await asyncio.sleep(AGAIN_AFTER_S)

    # A period again.

    @property
    def reruns(self) -> Sequence[Rerun]:
        """Newest first."""
        return tuple(reversed(self._reruns.values()))

    def rerun(self, rerun_id: str) -> Rerun:
        """Raises RerunUnknown."""
        try:
            return self._reruns[rerun_id]
        except KeyError:
            raise RerunUnknown from None

    async def start(self, since: datetime, until: datetime, by: str) -> Rerun:
        """Go through the ended calls that arrived in the period.

        Raises RerunSpanInvalid, RerunGoingOn, RerunTooLarge, QualityRecordsAway.
        """
        if since >= until:
            raise RerunSpanInvalid
        self._refuse_second()
        found = await self._stories.transcribed(since, until, MOST_CALLS + 1)
        self._refuse_second()
        if len(found) > MOST_CALLS:
            raise RerunTooLarge(MOST_CALLS)
        at = self._now()
        rerun = Rerun(
            rerun_id=secrets.token_hex(4),
            since=since,
            until=until,
            by=by,
            started_at=at,
            calls=len(found),
        )
        self._reruns[rerun.rerun_id] = rerun
        while len(self._reruns) > KEPT_RERUNS:
            self._reruns.popitem(last=False)
        self._tell(
            RerunStarted(
                at=at,
                rerun_id=rerun.rerun_id,
                since=since,
                until=until,
                calls=rerun.calls,
                by=by,
            )
        )
        self._to_do.extend(found)
        if found:
            self._more.set()
        else:
            self._end(rerun, None)
        return self.rerun(rerun.rerun_id)

    def cancel(self, rerun_id: str, by: str) -> Rerun:
        """What was done stays. Raises RerunUnknown."""
        rerun = self.rerun(rerun_id)
        if rerun.ended_at is None:
            self._to_do.clear()
            self._end(rerun, by)
        return self.rerun(rerun_id)

    def _refuse_second(self) -> None:
        if self._going() is not None:
            raise RerunGoingOn

    def _going(self) -> Rerun | None:
        return next((one for one in self._reruns.values() if one.ended_at is None), None)

    def _end(self, rerun: Rerun, cancelled_by: str | None) -> None:
        at = self._now()
        self._reruns[rerun.rerun_id] = replace(rerun, ended_at=at, cancelled_by=cancelled_by)
        self._tell(
            RerunEnded(at=at, rerun_id=rerun.rerun_id, done=rerun.done, cancelled_by=cancelled_by)
        )

    # One call.

    def _note(self, call_id: CallId) -> None:
        self._noted[call_id] = None
        self._more.set()

    async def _catch_up(self) -> None:
        while True:
            try:
                since = self._now() - CAUGHT_UP
                for call_id in await self._stories.unreviewed(since, CATCH_UP_AT_ONCE):
                    self._note(call_id)
            except QualityRecordsAway:
                await asyncio.sleep(AGAIN_AFTER_S)
            else:
                return

    async def _next(self) -> None:
        if self._noted:
            call_id = next(iter(self._noted))
            await self._written_down()
            story = await self._stories.story(call_id)
            self._noted.pop(call_id, None)
            if story is not None and _finished(story):
                await self._review(story)
            return
        rerun = self._going()
        if rerun is None:
            self._to_do.clear()
            return
        page = list(islice(self._to_do, PAGE))
        versions = await self._stories.versions(page)
        rules = self._rules()
        present = (rules.words_version, rules.sentences_version)
        for call_id in page:
            changed = versions.get(call_id) != present
            story = await self._stories.story(call_id) if changed else None
            signals = 0 if story is None else await self._review(story)
            if self._going() is not self._reruns.get(rerun.rerun_id):
                return  # stopped meanwhile
            self._to_do.popleft()
            self._count(rerun.rerun_id, signals, unchanged=int(not changed))
            if self._noted:
                break
        if not self._to_do:
            self._end(self.rerun(rerun.rerun_id), None)

    def _count(self, rerun_id: str, signals: int, *, unchanged: int) -> None:
        rerun = self._reruns[rerun_id]
        self._reruns[rerun_id] = replace(
            rerun,
            done=rerun.done + 1,
            signals=rerun.signals + signals,
            unchanged=rerun.unchanged + unchanged,
        )

    async def _review(self, story: CallStory) -> int:
        """How many signals it has."""
        signals = 0
        with call_fence(story.call_id):
            for event in await self._aside(review, story, self._rules(), self._now()):
                match event:
                    case CallReviewed():
                        signals = event.signals
                        self.calls += 1
                    case SignalFound(rule=rule):
                        self.found[rule] += 1
                    case _:
                        pass
                self._tell(event)
        return signals


def _finished(story: CallStory) -> bool:
    """An order is often submitted while its call goes on; then the end is waited for."""
    return any(isinstance(one, TranscriptFinished) for one in story.told)
