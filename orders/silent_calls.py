"""Calls in which the citizen says nothing. 无声来电

    answered ─► nothing from his side for so long ─► found: the seat is told what to say
                     he speaks after all ─► nothing more
                     the call ends so ─► it stayed silent: counted; often in a day ─► tagged

Sole owner of what is known of them. His own leg is listened to, by loudness alone, so it works without
a recogniser too. Nobody is hung up on by a machine: a dumb telephone may be somebody who cannot speak.
A call that was answered just before a restart is not looked at.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from asr.events import Side, UtteranceHeard
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    Direction,
    Event,
    RecordingStarted,
)
from cti.fence import call_fence
from cti.ids import CallId, SeatId
from orders.citizen_events import CallFoundSilent, CallStayedSilent, SilentCallerSpoke
from orders.lost_calls import number_key
from orders.ports import CitizenVoice, Now, StoredSilentCalls, Tell

LOOKS_EVERY_S = 1.0
LOOKS_AGAIN_S = 5.0
LAG = timedelta(seconds=1)
"""What is said is written to the leg within a third of a second."""
LISTENED_FOR = timedelta(seconds=120)
"""More of a leg is never looked through: who was silent for so long is. 监听时长"""
LEAST_VOICED_MS = 120
"""Less is a knock on the line and no word. 最短人声"""
COUNTED_FOR = timedelta(days=1)
MOST_NUMBERS = 50_000
THE_HOUSE = "service"


@dataclass(slots=True, eq=False)
class _Watched:
    caller_number: str
    zero: datetime | None = None
    answered_at: datetime | None = None
    seat_id: SeatId | None = None
    look_at: datetime | None = None
    found: bool = False


Tag = Callable[[CallId, str, str, str], None]
"""The call, its number, by whom, why. 标记骚扰"""


class SilentCalls:
    """Watches calls in their first seconds. 无声监测"""

    name = "silent calls"

    def __init__(
        self,
        stored: StoredSilentCalls,
        voice: CitizenVoice,
        tag: Tag,
        *,
        after_s: Callable[[], int],
        tag_from: Callable[[], int],
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._voice = voice
        self._tag = tag
        self._after_s = after_s
        self._tag_from = tag_from
        self._tell = tell
        self._now = now
        self._calls: dict[CallId, _Watched] = {}
        self._over: dict[CallId, _Watched] = {}
        self._silent: OrderedDict[str, deque[datetime]] = OrderedDict()
        self.counts: Counter[str] = Counter()
        """found, spoke, stayed, tagged; shown in /metrics. 无声来电数"""

    async def restore(self) -> None:
        """Those of the last day count on; before any event is told."""
        for one in await self._stored.silent_since(self._now() - COUNTED_FOR):
            if one.stayed_silent_at is not None:
                self._count(one.caller_number, one.stayed_silent_at)

    def times(self, caller_number: str) -> int:
        """How many calls of this number stayed silent in the last day."""
        known = self._silent.get(number_key(caller_number), ())
        return sum(at > self._now() - COUNTED_FOR for at in known)

    def on_event(self, event: Event) -> None:
        """Take what calls say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id, caller_number=number, direction=Direction.IN):
                self._calls[call_id] = _Watched(caller_number=number)
            case RecordingStarted(call_id=call_id, at=at):
                if call_id in self._calls:
                    self._calls[call_id].zero = at
            case CallAnswered(call_id=call_id):
                self._answered(event)
            case UtteranceHeard(call_id=call_id, side=Side.CITIZEN):
                self._spoke(call_id)
            case CallEnded(call_id=call_id):
                call = self._calls.pop(call_id, None)
                if call is not None and call.found:
                    self._over[call_id] = call
            case CallAbandoned(call_id=call_id):
                self._calls.pop(call_id, None)
            case _:
                pass

    async def run(self) -> None:
        """Listen where it is time; until cancelled."""
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            now = self._now()
            for call_id, call in list(self._over.items()):
                with call_fence(call_id):
                    await self._judge(call_id, call)
                self._over.pop(call_id, None)
            for call_id, call in list(self._calls.items()):
                if call.look_at is not None and call.look_at <= now:
                    with call_fence(call_id):
                        await self._look(call_id, call, now)

    def _answered(self, event: CallAnswered) -> None:
        call = self._calls.get(event.call_id)
        if call is None or call.answered_at is not None or not self._after_s():
            return
        call.answered_at, call.seat_id = event.at, event.seat_id
        call.look_at = event.at + timedelta(seconds=self._after_s()) + LAG

    async def _look(self, call_id: CallId, call: _Watched, now: datetime) -> None:
        assert call.answered_at is not None
        # Afterwards it would be the same two minutes again; his words are heard of without a look.
        heard_out = now >= call.answered_at + LISTENED_FOR + LAG
        call.look_at = None if heard_out else now + timedelta(seconds=LOOKS_AGAIN_S)
        voiced_ms = await self._heard(call_id, call)
        if call_id not in self._calls:
            return  # over meanwhile
        if voiced_ms is None or voiced_ms >= LEAST_VOICED_MS:
            self._spoke(call_id)
        elif not call.found:
            call.found = True
            self.counts["found"] += 1
            self._tell(
                CallFoundSilent(
                    at=self._now(),
                    call_id=call_id,
                    caller_number=number_key(call.caller_number),
                    seat_id=call.seat_id,
                    after_s=self._after_s(),
                    times=self.times(call.caller_number),
                )
            )

    def _spoke(self, call_id: CallId) -> None:
        call = self._calls.get(call_id)
        if call is None or call.answered_at is None:
            return
        call.look_at = None
        if call.found:
            call.found = False
            self.counts["spoke"] += 1
            self._tell(SilentCallerSpoke(at=self._now(), call_id=call_id))

    async def _judge(self, call_id: CallId, call: _Watched) -> None:
        """The call is over: did he say anything to its end?"""
        voiced_ms = await self._heard(call_id, call)
        if voiced_ms is None or voiced_ms >= LEAST_VOICED_MS:
            self.counts["spoke"] += 1
            self._tell(SilentCallerSpoke(at=self._now(), call_id=call_id))
            return
        at = self._now()
        self.counts["stayed"] += 1
        self._count(call.caller_number, at)
        times = self.times(call.caller_number)
        self._tell(
            CallStayedSilent(
                at=at, call_id=call_id, caller_number=number_key(call.caller_number), times=times
            )
        )
        if self._tag_from() and times >= self._tag_from():
            self.counts["tagged"] += 1
            self._tag(call_id, call.caller_number, THE_HOUSE, f"24小时内第{times}次无声来电")

    async def _heard(self, call_id: CallId, call: _Watched) -> int | None:
        if call.zero is None or call.answered_at is None:
            return None
        return await self._voice.voiced_ms(call_id, call.answered_at - call.zero)

    def _count(self, caller_number: str, at: datetime) -> None:
        key = number_key(caller_number)
        if not any(char.isdecimal() for char in key):
            return  # nobody can be counted who shows no number
        of_number = self._silent.setdefault(key, deque(maxlen=100))
        of_number.append(at)
        self._silent.move_to_end(key)
        if len(self._silent) > MOST_NUMBERS:
            self._silent.popitem(last=False)
