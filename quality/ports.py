"""What the quality rooms need from outside, in their own words. 质检端口"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from cti.events import Event
from cti.ids import CallId
from quality.model import CallStory
from quality.samples import Sample, SampledCall
from quality.sampling import Candidate, Inspector

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


class Stories(Protocol):
    """Calls as they were told. 通话记录

    Every method may raise QualityRecordsAway.
    """

    async def story(self, call_id: CallId) -> CallStory | None:
        """All that was told of the call, its transcript as it is now; None if there is no such."""

    async def unreviewed(self, since: datetime, limit: int) -> Sequence[CallId]:
        """Calls ended since then whose transcript is finished and was not gone through yet."""

    async def transcribed(self, since: datetime, until: datetime, limit: int) -> Sequence[CallId]:
        """Calls that arrived in the period, are over and have a transcript; the oldest first."""

    async def versions(self, call_ids: Sequence[CallId]) -> Mapping[CallId, tuple[int, int]]:
        """(words, sentences) with which each was gone through last."""


class SampleRecords(Protocol):
    """Draws, and what may be drawn. 抽样记录"""

    async def candidates(
        self, since: datetime, until: datetime, shortest_s: int
    ) -> Sequence[Candidate]:
        """Answered calls that are over and whose archived recording began in the period."""

    async def candidate(self, call_id: CallId) -> Candidate | None: ...
    async def drawn_weekly(self, since: datetime) -> bool:
        """Whether the week that began then was drawn by itself."""

    async def find(self, sample_id: str) -> Sample | None: ...
    async def calls_of(self, sample_id: str) -> Sequence[SampledCall]: ...


class Inspectors(Protocol):
    """Who may inspect now. 质检员名册"""

    async def __call__(self) -> Sequence[Inspector]: ...
