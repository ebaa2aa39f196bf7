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
from dataclasses import dataclass

import structlog

from asr.engine import Guess, Heard
from asr.errors import (
    NoRecogniser,
    RecogniserGarbage,
    RecogniserLost,
    RecogniserRefused,
    RecogniserSilent,
)
from asr.gate import SilenceGate
from asr.legs import BYTES_PER_MS
from asr.ports import Connection, Leg, Voice
from asr.rhythm import Rhythm
from asr.surroundings import Surroundings, Tongue
from asr.teller import VoiceTeller

log = structlog.get_logger(__name__)

_RETRY_S = 0.5
_SETTLE_S = 0.5
"""Asterisk writes a leg's last block just after the hang-up; so long without growth is the end."""
_SILENCE_GUARD_MS = 1_000
"""An utterance may have begun just before the recogniser declared silence."""
_SAME_BLOCK_LIMIT = 3
"""A block at which recognisers die so often is left out: it may be what kills them."""
_CATCH_UP_BLOCK_MS = 1_000
"""Who is behind asks less often, so that fewer partial results are made that nobody is shown."""
_DROPPED = (RecogniserLost, RecogniserSilent, RecogniserGarbage)


@dataclass(slots=True)
class _Span:
    start_ms: int
    tongue: Tongue
    end_ms: int | None = None


class SideScribe:
    """Listens to the spans of one voice and tells what was said. 单侧转写员

    `lost` is called with the reason when no recogniser can be had, `back` when one answers again.
    """

    def __init__(
        self,
        voice: Voice,
        around: Surroundings,
        lost: Callable[[Voice, str], None],
        back: Callable[[Voice], None],
        heard_until_ms: int | None,
        *,
        after_outage: bool = False,
    ) -> None:
        self.voice = voice
        self._around = around
        self._teller = VoiceTeller(voice, around)
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
        self._dry_at_s = 0.0
        """When the leg was last heard to its end. 读尽时刻"""
        self._rhythm = Rhythm(around.settings.poll_ms / 1000)

    @property
    def utterances(self) -> int:
        """How many have been told."""
        return self._teller.utterances

    def begin(self, start_ms: int, tongue: Tongue | None = None) -> None:
        """Listen from here, in this language or the call's first; a repeated word changes nothing."""
        newest = self._newest
        if self._over or (
            newest is not None and (newest.end_ms is None or start_ms < newest.end_ms)
        ):
            return
        self._newest = _Span(start_ms, tongue or self._around.tongue)
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
        self._dry_at_s = asyncio.get_running_loop().time()
        self._rhythm = Rhythm(self._around.settings.poll_ms / 1000)
        try:
            while not await self._listened_to_the_end(span, leg):
                if self._over and leg.missing:
                    log.warning("leg gone before it was heard", call_id=self._around.call_id)
                    return
                await asyncio.sleep(_RETRY_S)
        finally:
            self._around.load.is_done(self)
            leg.close()

    async def _listened_to_the_end(self, span: _Span, leg: Leg) -> bool:
        """Listen with one recogniser after the other, until none can be had."""
        while True:
            leg.go_back_to(self._resume_ms)
            try:
                if await self._one_stream(span, leg):
                    return True
            except (NoRecogniser, RecogniserRefused) as none:
                self._no_recogniser(none.code)
                return False
            except _DROPPED as trouble:
                log.info("recogniser lost", call_id=self._around.call_id, why=trouble.code)
                self._outage = True
                self._teller.show(Guess(text=""), self._resume_ms)
                self._fruitless += 1
                if self._fruitless > 1:
                    self._no_recogniser(NoRecogniser.code)
                    return False

    async def _one_stream(self, span: _Span, leg: Leg) -> bool:
        """True at the end of the span; False if a block was left out and another stream follows."""
        base_ms = heard_until_ms = leg.position_ms
        leaves_out = False
        gate, half_said = SilenceGate(), False
        connection: Connection | None = None
        try:
            while (block_at := await self._next_block_at(span, leg)) is not None:
                position_ms, block = block_at
                leaves_out = position_ms in self._left_out
                if leaves_out:
                    break
                if gate.shuts(block, position_ms, half_said=half_said or connection is None):
                    self._nothing_until(position_ms)
                    continue
                if gate.shut:
                    opens_ms = gate.opens(position_ms)
                    base_ms += opens_ms - heard_until_ms
                    leg.go_back_to(opens_ms)
                    heard_until_ms = opens_ms
                    continue
                if connection is None:
                    connection = await span.tongue.recognisers.connect()
                answer = await self._hear(connection, block, position_ms, span)
                self._take(answer, base_ms, leg.position_ms, span.tongue.language)
                half_said = isinstance(answer, Guess) and bool(answer.text or answer.stale)
                heard_until_ms = leg.position_ms
            if connection is not None:
                rest = await connection.finish()
                self._take(rest, base_ms, heard_until_ms, span.tongue.language)
            if leaves_out:
                self._resume_ms = leg.position_ms
        finally:
            if connection is not None:
                await connection.close()
        return not leaves_out

    async def _next_block_at(self, span: _Span, leg: Leg) -> tuple[int, bytes] | None:
        loop = asyncio.get_running_loop()
        quiet_s = 0.0
        in_vain = False
        while True:
            if span.end_ms is not None:
                leg.end_at(span.end_ms)
            position_ms = leg.position_ms
            block = await leg.read(self._block_ms(position_ms))
            if block:
                if in_vain:
                    self._rhythm.grew(loop.time())
                return position_ms, block
            in_vain = True
            self._dry_at_s = loop.time()
            if leg.finished:
                return None
            if self._over and quiet_s >= _SETTLE_S:
                leg.call_is_over()
                continue
            poll_s = self._around.settings.poll_ms / 1000
            # Only what is quiet after the end counts: a live leg rests between blocks.
            quiet_s += poll_s if self._over else 0.0
            await asyncio.sleep(poll_s if self._over else self._rhythm.rest_s(loop.time()))

    def _block_ms(self, position_ms: int) -> int:
        """Large steps for who is behind, but not over a place at which recognisers died."""
        if self._deaths or not self._is_behind(position_ms):
            return self._around.settings.block_ms
        return max(_CATCH_UP_BLOCK_MS, self._around.settings.block_ms)

    def _is_behind(self, position_ms: int) -> bool:
        waiting_ms = self._around.live_ms - position_ms
        return waiting_ms > self._around.settings.partials_within_ms

    async def _hear(
        self, connection: Connection, block: bytes, position_ms: int, span: _Span
    ) -> Heard | Guess:
        try:
            answer = await connection.hear(block)
        except _DROPPED:
            place = self._resume_ms, position_ms
            self._deaths[place] += 1
            if self._deaths[place] >= _SAME_BLOCK_LIMIT and await self._silence_is_answered(span):
                log.warning("audio left out", call_id=self._around.call_id, position_ms=position_ms)
                self._left_out.add(position_ms)
            raise
        if self._outage:
            self._outage = False
            self._outage_until_ms = self._around.live_ms
        self._fruitless = 0
        self._back(self.voice)
        return answer

    async def _silence_is_answered(self, span: _Span) -> bool:
        """It is this audio that kills recognisers, and not that they are ill anyway."""
        try:
            connection = await span.tongue.recognisers.connect()
        except NoRecogniser:
            return False
        try:
            await connection.hear(bytes(self._around.settings.block_ms * BYTES_PER_MS))
        except (*_DROPPED, RecogniserRefused):
            return False
        finally:
            await connection.close()
        return True

    def _no_recogniser(self, why: str) -> None:
        self._outage = True
        self._around.load.is_behind(self, max(0, self._around.live_ms - self._resume_ms))
        self._lost(self.voice, why)

    def _take(self, answer: Heard | Guess, base_ms: int, until_ms: int, language: str) -> None:
        load = self._around.load
        load.is_behind(self, max(0, self._around.live_ms - until_ms))
        if isinstance(answer, Guess):
            if answer.stale:
                load.partials_dropped["server"] += 1
            elif self._is_behind(until_ms):
                load.partials_dropped["behind"] += 1
            else:
                first = answer.words[0].starts_at_ms + base_ms if answer.words else self._resume_ms
                self._teller.show(answer, first)
        elif answer.text:
            self._tell(answer, base_ms, until_ms, language)
        else:
            self._nothing_until(until_ms)

    def _nothing_until(self, until_ms: int) -> None:
        self._resume_ms = max(self._resume_ms, until_ms - _SILENCE_GUARD_MS)

    def _tell(self, heard: Heard, base_ms: int, until_ms: int, language: str) -> None:
        words, starts_at_ms, ends_at_ms = self._teller.place_of(
            heard, base_ms, until_ms, self._resume_ms
        )
        # A leg that rests makes text late too, but nothing was waiting for us then.
        behind_s = asyncio.get_running_loop().time() - self._dry_at_s
        made_up = (
            starts_at_ms < self._outage_until_ms or behind_s > self._around.settings.late_after_s
        )
        late = made_up and not self._around.is_live(ends_at_ms)
        self._teller.tell(heard, words, starts_at_ms, ends_at_ms, language, late=late)
        self._resume_ms = max(self._resume_ms, ends_at_ms)
