"""Takes down one voice of one call. 单侧转写

    waiting for a span ──begin──▶ listening ──end of span──▶ waiting … ──call over──▶ done
                                   │    ▲
                       recogniser gone  back: the audio after the last utterance is sent again

What has been told is never sent again, what has not been told is: `resume_ms` only moves when an
utterance has been told or the recogniser has said that there was none.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from asr.engine import Guess, Heard
from asr.errors import (
    NoRecogniser,
    RecogniserGarbage,
    RecogniserLost,
    RecogniserRefused,
    RecogniserSilent,
)
from asr.events import PartialHeard, UtteranceHeard
from asr.legs import BYTES_PER_MS
from asr.ports import Connection, Leg, Now, OpenLeg, Recognisers, Tell, TellPartial, Voice
from asr.settings import AsrSettings
from cti.ids import CallId

log = structlog.get_logger(__name__)

_RETRY_S = 0.5
_SETTLE_S = 0.5
"""Asterisk writes a leg's last block just after the hang-up; so long without growth is the end."""
_SILENCE_GUARD_MS = 1_000
"""An utterance may have begun just before the recogniser declared silence."""
_SAME_BLOCK_LIMIT = 3
"""A block at which recognisers die so often is left out: it may be what kills them."""
_DROPPED = (RecogniserLost, RecogniserSilent, RecogniserGarbage)


@dataclass(slots=True)
class _Span:
    start_ms: int
    end_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all voices of a call share. 环境"""

    call_id: CallId
    zero: datetime
    open_leg: OpenLeg
    recognisers: Recognisers
    tell: Tell
    tell_partial: TellPartial
    settings: AsrSettings
    now: Now

    def position_ms(self, at: datetime) -> int:
        """Where in the recording an instant is."""
        return max(0, self.offset_ms(at))

    def offset_ms(self, at: datetime) -> int:
        """An instant on the call's clock; before its zero for a seat that waits for the citizen."""
        return (at - self.zero) // timedelta(milliseconds=1)


class SideScribe:
    """Listens to the spans of one voice and tells what was said. 单侧转写员

    `lost` and `back` are called when no recogniser can be had and when one answers again.
    """

    def __init__(
        self,
        voice: Voice,
        around: Surroundings,
        lost: Callable[[Voice], None],
        back: Callable[[Voice], None],
        heard_until_ms: int | None,
        *,
        after_outage: bool = False,
    ) -> None:
        self.voice = voice
        self.utterances = 0
        self._around = around
        self._lost = lost
        self._back = back
        self._resume_ms = heard_until_ms or 0
        self._outage = after_outage
        self._outage_until_ms = 0
        self._fruitless = 0
        self._deaths: Counter[tuple[int, int]] = Counter()
        self._left_out: set[int] = set()
        self._spans: deque[_Span] = deque()
        self._newest: _Span | None = None
        self._over = False
        self._woken = asyncio.Event()
        self._partial = ""
        self._partial_told_at = -1.0

    def begin(self, start_ms: int) -> None:
        """Listen from here; a repeated or late word changes nothing."""
        newest = self._newest
        if self._over or (
            newest is not None and (newest.end_ms is None or start_ms < newest.end_ms)
        ):
            return
        self._newest = _Span(start_ms)
        self._spans.append(self._newest)
        self._woken.set()

    def end(self, end_ms: int) -> None:
        """Listen no further than here."""
        if self._newest is not None and self._newest.end_ms is None:
            self._newest.end_ms = max(end_ms, self._newest.start_ms)

    def leg_is_over(self) -> None:
        """No more spans come, and the leg will not grow."""
        self._over = True
        self._woken.set()

    async def run(self) -> None:
        """Work until the call is over and everything has been heard."""
        while True:
            while not self._spans:
                if self._over:
                    return
                self._woken.clear()
                await self._woken.wait()
            await self._listen(self._spans.popleft())

    async def _listen(self, span: _Span) -> None:
        self._resume_ms = max(self._resume_ms, span.start_ms)
        leg = self._around.open_leg(self.voice, self._resume_ms)
        try:
            while not await self._listened_to_the_end(span, leg):
                if self._over and leg.missing:
                    log.warning("leg gone before it was heard", call_id=self._around.call_id)
                    return
                await asyncio.sleep(_RETRY_S)
        finally:
            leg.close()

    async def _listened_to_the_end(self, span: _Span, leg: Leg) -> bool:
        """Listen with one recogniser after the other, until none can be had."""
        while True:
            leg.go_back_to(self._resume_ms)
            try:
                if await self._one_stream(span, leg):
                    return True
            except (NoRecogniser, RecogniserRefused):
                self._no_recogniser()
                return False
            except _DROPPED as trouble:
                log.info("recogniser lost", call_id=self._around.call_id, why=trouble.code)
                self._outage = True
                self._show(Guess(text=""), self._resume_ms)
                self._fruitless += 1
                if self._fruitless > 1:
                    self._no_recogniser()
                    return False

    async def _one_stream(self, span: _Span, leg: Leg) -> bool:
        """True at the end of the span; False if a block was left out and another stream follows."""
        base_ms = leg.position_ms
        leaves_out = False
        connection: Connection | None = None
        try:
            while (block_at := await self._next_block_at(span, leg)) is not None:
                position_ms, block = block_at
                leaves_out = position_ms in self._left_out
                if leaves_out:
                    break
                if connection is None:
                    connection = await self._around.recognisers.connect()
                answer = await self._hear(connection, block, position_ms)
                self._take(answer, base_ms, leg.position_ms)
            if connection is not None:
                self._take(await connection.finish(), base_ms, leg.position_ms)
            if leaves_out:
                self._resume_ms = leg.position_ms
        finally:
            if connection is not None:
                await connection.close()
        return not leaves_out

    async def _next_block_at(self, span: _Span, leg: Leg) -> tuple[int, bytes] | None:
        settings = self._around.settings
        quiet_s = 0.0
        while True:
            if span.end_ms is not None:
                leg.end_at(span.end_ms)
            position_ms = leg.position_ms
            block = await leg.read(settings.block_ms)
            if block:
                return position_ms, block
            if leg.finished:
                return None
            if self._over and quiet_s >= _SETTLE_S:
                leg.call_is_over()
                continue
            await asyncio.sleep(settings.poll_ms / 1000)
            # Only what is quiet after the end counts: a live leg rests a second between blocks.
            quiet_s += settings.poll_ms / 1000 if self._over else 0.0

    async def _hear(self, connection: Connection, block: bytes, position_ms: int) -> Heard | Guess:
        try:
            answer = await connection.hear(block)
        except _DROPPED:
            place = self._resume_ms, position_ms
            self._deaths[place] += 1
            if self._deaths[place] >= _SAME_BLOCK_LIMIT and await self._silence_is_answered():
                log.warning("audio left out", call_id=self._around.call_id, position_ms=position_ms)
                self._left_out.add(position_ms)
            raise
        if self._outage:
            self._outage = False
            self._outage_until_ms = self._live_ms()
        self._fruitless = 0
        self._back(self.voice)
        return answer

    async def _silence_is_answered(self) -> bool:
        """It is this audio that kills recognisers, and not that they are ill anyway."""
        try:
            connection = await self._around.recognisers.connect()
        except NoRecogniser:
            return False
        try:
            await connection.hear(bytes(self._around.settings.block_ms * BYTES_PER_MS))
        except (*_DROPPED, RecogniserRefused):
            return False
        finally:
            await connection.close()
        return True

    def _no_recogniser(self) -> None:
        self._outage = True
        self._lost(self.voice)

    def _live_ms(self) -> int:
        return self._around.position_ms(self._around.now())

    def _take(self, answer: Heard | Guess, base_ms: int, until_ms: int) -> None:
        if isinstance(answer, Guess):
            first = answer.words[0].starts_at_ms + base_ms if answer.words else self._resume_ms
            if self._is_live(until_ms):
                self._show(answer, first)
        elif answer.text:
            self._tell(answer, base_ms, until_ms)
        else:
            self._resume_ms = max(self._resume_ms, until_ms - _SILENCE_GUARD_MS)

    def _is_live(self, position_ms: int) -> bool:
        return self._live_ms() - position_ms <= self._around.settings.late_after_s * 1000

    def _tell(self, heard: Heard, base_ms: int, until_ms: int) -> None:
        words = tuple(
            replace(
                word,
                starts_at_ms=word.starts_at_ms + base_ms,
                ends_at_ms=min(word.ends_at_ms + base_ms, until_ms),
            )
            for word in heard.words
        )
        # A server that gives no word times still gives the order: from the last utterance to here.
        starts_at_ms = words[0].starts_at_ms if words else self._resume_ms
        ends_at_ms = words[-1].ends_at_ms if words else until_ms
        late = starts_at_ms < self._outage_until_ms and not self._is_live(ends_at_ms)
        self._around.tell(
            UtteranceHeard(
                at=self._around.now(),
                call_id=self._around.call_id,
                side=self.voice.side,
                text=heard.text,
                starts_at_ms=starts_at_ms,
                ends_at_ms=ends_at_ms,
                confidence=_mean_confidence(heard),
                words=words,
                backfilled=late,
                leg_id=self.voice.leg_id,
                who=self.voice.who,
            )
        )
        self.utterances += 1
        self._resume_ms = max(self._resume_ms, ends_at_ms)
        self._partial = ""

    def _show(self, guess: Guess, starts_at_ms: int) -> None:
        loop_s = asyncio.get_running_loop().time()
        too_soon = loop_s - self._partial_told_at < self._around.settings.partial_every_ms / 1000
        if guess.text == self._partial or (guess.text and too_soon):
            return
        self._partial = guess.text
        self._partial_told_at = loop_s
        self._around.tell_partial(
            PartialHeard(
                call_id=self._around.call_id,
                side=self.voice.side,
                text=guess.text,
                starts_at_ms=starts_at_ms,
                leg_id=self.voice.leg_id,
                who=self.voice.who,
            )
        )


def _mean_confidence(heard: Heard) -> float:
    if not heard.words:
        return 0.0
    return sum(word.confidence for word in heard.words) / len(heard.words)
