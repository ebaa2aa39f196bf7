"""Draws calls for inspection and keeps the list that is worked off. 抽样台

    Monday, or somebody asks ──draw──► SampleDrawn: N calls of each agent, shared among the inspectors
    an inspector ──next──► his next waiting call, else one that nobody has (SampledCallGiven)
                 ──check──► done, skipped with a reason, or waiting again (SampledCallChecked)

Sole writer of samples. A draw is never thrown away or drawn anew: whoever draws until he likes what he
sees leaves every one of his draws behind, with its seed.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from cti.ids import CallId
from quality.errors import (
    QualityRecordsAway,
    SampledCallNotYours,
    SampleEmpty,
    SampleSpanInvalid,
    SampleUnknown,
    SkipReasonMissing,
)
from quality.events import SampledCallChecked, SampledCallGiven, SampleDrawn
from quality.ports import Inspectors, Now, SampleRecords, Tell
from quality.samples import Sample, SampledCall
from quality.sampling import Inspector, SampledState, draw, last_week, may_inspect, share
from seats.rule_documents.policies import SamplePolicy

log = structlog.get_logger(__name__)

LONGEST = timedelta(days=93)
SETTLED = timedelta(hours=2)
"""Recordings of Sunday night are archived by then; the week is drawn no sooner. 归档余量"""
LOOK_EVERY_S = 900.0
SHORTEST_REASON = 2


class Sampler:
    """Draws, gives out and ticks off. 抽样员"""

    name = "sampler"

    def __init__(
        self,
        records: SampleRecords,
        inspectors: Inspectors,
        policy: Callable[[], SamplePolicy],
        written_down: Callable[[], Awaitable[object]],
        tell: Tell,
        now: Now,
        new_seed: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._records = records
        self._inspectors = inspectors
        self._policy = policy
        self._written_down = written_down
        self._tell = tell
        self._now = now
        self._new_seed = new_seed
        self._one_at_a_time = asyncio.Lock()
        """Two inspectors who ask in the same moment get two calls."""
        self._drew: datetime | None = None
        """The week that was drawn last: a sick store may not know it yet."""

    async def run(self) -> None:
        """Draw the week that is over, once; until cancelled."""
        while True:
            try:
                await self.draw_week()
            except QualityRecordsAway:
                log.warning("the week could not be drawn yet")
            await asyncio.sleep(LOOK_EVERY_S)

    async def draw_week(self) -> str | None:
        """The draw's id, or None if there is nothing to draw or it was drawn before."""
        since, until = last_week(self._now())
        if not self._policy().weekly or self._now() < until + SETTLED:
            return None
        async with self._one_at_a_time:
            if self._drew == since or await self._records.drawn_weekly(since):
                return None
            try:
                drawn = await self._draw(since, until, None, "")
            except SampleEmpty:
                return None
            self._drew = since
            return drawn

    async def draw_period(self, since: datetime, until: datetime, by: str, reason: str) -> str:
        """Somebody wants a draw now. Raises SampleSpanInvalid, SampleEmpty."""
        if not since < until <= self._now() or until - since > LONGEST:
            raise SampleSpanInvalid
        async with self._one_at_a_time:
            return await self._draw(since, until, by, reason)

    async def next_for(self, sample_id: str, username: str) -> SampledCall | None:
        """His next waiting call; else one that nobody has, which is his from now on. Raises SampleUnknown."""
        async with self._one_at_a_time:
            _, calls = await self._sample(sample_id)
            waiting = [one for one in calls if one.state is SampledState.WAITING]
            his = [one for one in waiting if one.inspector == username]
            if his:
                return his[0]
            known = {one.username: one for one in await self._inspectors()}
            me = known.get(username)
            orphans = (one for one in waiting if one.inspector not in known)
            for one in orphans:
                if me is not None and await self._may_have(me, one.call_id):
                    given = SampledCallGiven(
                        at=self._now(), sample_id=sample_id, call_id=one.call_id, inspector=username
                    )
                    self._tell(given)
                    await self._written_down()
                    return one
            return None

    async def check(
        self, sample_id: str, call_id: CallId, state: SampledState, by: str, reason: str
    ) -> None:
        """Raises SampleUnknown, SampledCallNotYours, SkipReasonMissing."""
        reason = reason.strip()
        if state is SampledState.SKIPPED and len(reason) < SHORTEST_REASON:
            raise SkipReasonMissing
        async with self._one_at_a_time:
            _, calls = await self._sample(sample_id)
            one = next((one for one in calls if one.call_id == call_id), None)
            if one is None:
                raise SampleUnknown
            if one.inspector != by:
                raise SampledCallNotYours
            if one.state is state:
                return
            self._tell(
                SampledCallChecked(
                    at=self._now(),
                    sample_id=sample_id,
                    call_id=call_id,
                    state=state,
                    by=by,
                    reason=reason if state is SampledState.SKIPPED else "",
                )
            )
            await self._written_down()

    async def _draw(self, since: datetime, until: datetime, by: str | None, reason: str) -> str:
        policy = self._policy()
        found = await self._records.candidates(since, until, policy.shortest_s)
        # The seed is made when nothing can be chosen any more, and by nobody.
        seed = self._new_seed()
        drawn = draw(found, seed=seed, per_agent=policy.per_agent)
        if not drawn:
            raise SampleEmpty
        sample_id = f"{self._now():%Y%m%d%H%M%S}-{seed[:6]}"
        self._tell(
            SampleDrawn(
                at=self._now(),
                sample_id=sample_id,
                since=since,
                until=until,
                by=by,
                reason=reason,
                seed=seed,
                per_agent=policy.per_agent,
                shortest_s=policy.shortest_s,
                candidates=len(found),
                picks=tuple(share(drawn, await self._inspectors(), seed)),
            )
        )
        await self._written_down()
        log.info("calls were drawn for inspection", sample_id=sample_id, calls=len(drawn))
        return sample_id

    async def _sample(self, sample_id: str) -> tuple[Sample, Sequence[SampledCall]]:
        sample = await self._records.find(sample_id)
        if sample is None:
            raise SampleUnknown
        return sample, await self._records.calls_of(sample_id)

    async def _may_have(self, inspector: Inspector, call_id: CallId) -> bool:
        one = await self._records.candidate(call_id)
        return one is not None and may_inspect(inspector, one)
