"""What the web needs of calls drawn for inspection. 抽样端口"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cti.ids import CallId
from quality.samples import Sample, SampledCall
from quality.sampling import SampledState


class SampleLists(Protocol):
    """Draws as they were last written down. 抽样查询"""

    async def newest(self, limit: int) -> Sequence[Sample]: ...
    async def find(self, sample_id: str) -> Sample | None: ...
    async def calls_of(self, sample_id: str) -> Sequence[SampledCall]: ...
    async def states(
        self, sample_ids: Sequence[str]
    ) -> Mapping[str, Sequence[tuple[str | None, SampledState]]]:
        """Of each draw: whose each call is and what became of it."""


class Sampling(Protocol):
    """Draws, gives out, ticks off. 抽样"""

    async def draw_period(self, since: datetime, until: datetime, by: str, reason: str) -> str: ...
    async def next_for(self, sample_id: str, username: str) -> SampledCall | None: ...
    async def check(
        self, sample_id: str, call_id: CallId, state: SampledState, by: str, reason: str
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Everything of sampling that the web shows or asks. 抽样"""

    lists: SampleLists
    desk: Sampling
