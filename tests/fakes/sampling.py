"""Draws in memory: what events would have written down."""

from dataclasses import replace
from datetime import timedelta

from cti.ids import CallId, SeatId
from quality.events import SampledCallChecked, SampledCallGiven, SampleDrawn
from quality.sampler import Sampler
from quality.samples import Sample, SampledCall
from quality.sampling import Candidate, Inspector, SampledState
from seats.rule_documents.policies import SamplePolicy
from web.sample_ports import Samples


def candidate(number: int, agent: str, at, **more) -> Candidate:
    call_id = CallId(f"node1-1.{number}")
    usual = {
        "recording_id": f"{call_id}-1", "seat_id": SeatId("8001"), "duration_ms": 90_000,
        "started_at": at + timedelta(minutes=number), "people": frozenset({agent}),
        "seats": frozenset({"8001"}),
    }  # fmt: skip
    return Candidate(call_id=call_id, agent=agent, **{**usual, **more})


class MemorySamples:
    """Records of draws; a test fills `may_be_drawn`."""

    def __init__(self, *may_be_drawn: Candidate):
        self.may_be_drawn = list(may_be_drawn)
        self.samples: dict[str, Sample] = {}
        self.calls: dict[tuple[str, CallId], SampledCall] = {}
        self.told = []

    def tell(self, event):
        self.told.append(event)
        match event:
            case SampleDrawn():
                names = Sample.__dataclass_fields__.keys() - {"drawn_at"}
                values = {name: getattr(event, name) for name in names}
                self.samples[event.sample_id] = Sample(**values, drawn_at=event.at)
                for pick in event.picks:
                    self.calls[event.sample_id, pick.call_id] = SampledCall(
                        sample_id=event.sample_id,
                        call_id=pick.call_id,
                        recording_id=pick.recording_id,
                        agent=pick.agent,
                        seat_id=pick.seat_id,
                        inspector=pick.inspector,
                    )
            case SampledCallGiven():
                self._change(event, inspector=event.inspector)
            case SampledCallChecked():
                over = event.state is not SampledState.WAITING
                self._change(
                    event,
                    state=event.state,
                    reason=event.reason,
                    checked_at=event.at if over else None,
                    checked_by=event.by if over else None,
                )

    def _change(self, event, **values):
        key = (event.sample_id, event.call_id)
        self.calls[key] = replace(self.calls[key], **values)

    async def candidates(self, since, until, shortest_s):
        return [
            one
            for one in self.may_be_drawn
            if since <= one.started_at < until and one.duration_ms >= shortest_s * 1000
        ]

    async def candidate(self, call_id):
        return next((one for one in self.may_be_drawn if one.call_id == call_id), None)

    async def drawn_weekly(self, since):
        return any(one.since == since and one.by is None for one in self.samples.values())

    async def find(self, sample_id):
        return self.samples.get(sample_id)

    async def newest(self, limit):
        return list(self.samples.values())[::-1][:limit]

    async def calls_of(self, sample_id):
        return [call for (of, _), call in self.calls.items() if of == sample_id]

    async def states(self, sample_ids):
        return {
            wanted: [(call.inspector, call.state) for call in await self.calls_of(wanted)]
            for wanted in sample_ids
        }


async def written_down():
    pass


def sampler_over(records, inspectors, now, policy=SamplePolicy(), seed="0" * 32):  # noqa: B008
    async def who():
        return [
            one if isinstance(one, Inspector) else Inspector(username=one) for one in inspectors
        ]

    return Sampler(records, who, lambda: policy, written_down, records.tell, now, lambda: seed)


def memory_samples(now, *inspectors) -> Samples:
    records = MemorySamples()
    return Samples(lists=records, desk=sampler_over(records, inspectors, now))
