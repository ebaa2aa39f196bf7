"""Judges each call at its door: as the others, later in the line, or refused. 来电闸口

Keeps the window of the last day. After a restart a call is judged by the counts of its arrival again,
so the answer is the same.
"""

from collections import Counter
from collections.abc import Callable

from cti.events import CallAbandoned, CallArrived, CallEnded, Direction, Event
from cti.ids import CallId
from orders.blocks import Block
from orders.citizen_events import CallLimited
from orders.limits import DAY, Arrivals, Judgement, Limits, Standing, Verdict, WhyLimited, judge
from orders.lost_calls import number_key
from orders.ports import Now, StoredArrivals, Tell


class CallGate:
    """Protects the line from who calls too often. 来电闸口"""

    def __init__(
        self,
        stored: StoredArrivals,
        limits: Callable[[], Limits],
        lists_of: Callable[[str], frozenset[str]],
        block_of: Callable[[str], Block | None],
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._limits = limits
        self._lists_of = lists_of
        self._block_of = block_of
        self._tell = tell
        self._now = now
        self._arrivals = Arrivals()
        self._judged: dict[CallId, Judgement] = {}
        self.judged: Counter[tuple[Verdict, WhyLimited | None]] = Counter()
        """Calls since the start by what became of them; shown in /metrics. 判定计数"""

    async def restore(self) -> None:
        """Take up the last day's calls; before any event is told."""
        limits = self._limits()
        for call_id, number, at in await self._stored.arrivals_since(self._now() - DAY):
            self._arrivals.note(call_id, number_key(number), at, limits)

    def on_event(self, event: Event) -> None:
        """Count who arrives; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id, direction=Direction.IN):
                key = number_key(event.caller_number)
                self._arrivals.note(call_id, key, event.at, self._limits())
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._arrivals.forget(call_id)
                self._judged.pop(call_id, None)
            case _:
                pass

    def judge(self, call_id: CallId, caller_number: str, *, emergency: bool = False) -> Judgement:
        """What becomes of this call; asked again, the same."""
        before = self._judged.get(call_id)
        if before is not None:
            return before
        at, limits, key = self._now(), self._limits(), number_key(caller_number)
        counts = self._arrivals.note(call_id, key, at, limits)
        block = self._block_of(caller_number)
        found = judge(
            counts,
            limits,
            Standing(
                lists=self._lists_of(caller_number),
                emergency=emergency,
                blocked_until=block.until if block is not None and block.holds(at) else None,
            ),
        )
        self._judged[call_id] = found
        self.judged[found.verdict, found.why] += 1
        if found.why is not None:
            self._tell(
                CallLimited(
                    at=at,
                    call_id=call_id,
                    verdict=found.verdict,
                    why=found.why,
                    blocked_until=found.blocked_until,
                )
            )
        return found
