"""A telephone that is called: what it does with a call, and what it hears of it. 被叫话机

    idle ──INVITE──► ringing ──answer──► talking ──► idle
                        └── refused, unreachable, or the caller gave up ──► idle

How it takes a call is set beforehand: `answer_after`, `let_ring`, `refuse`, `unreachable`. One that lets
it ring can be picked up by hand with `answer()`. Seats' phones (phone.py) and all other numbers outside
(line.py) are such.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from hotline.outside.errors import FarEndGone, PhoneNotIdle, PhoneNotRinging, PhoneNotTalking
from hotline.outside.far_end import FarEnd
from hotline.outside.simulator_link import Headers, SimulatorLink
from hotline.outside.watch import Watch


class CalledEnd:
    """Whatever rings under a number at the simulator. 被叫话机"""

    def __init__(self, link: SimulatorLink, number: str) -> None:
        self._link = link
        self._watch = Watch()
        self._number = number
        self.far_end: FarEnd | None = None
        """The newest call that stands, ringing or talking; None while idle. 当前通话"""
        self.last_far_end: FarEnd | None = None
        """The newest call there was, for heard() after its end. 最近通话"""
        self.far_ends: list[FarEnd] = []
        """All calls that stand: an emergency line takes several. 全部通话"""
        self.call_id: str | None = None
        """X-Hotline-Call of the newest call. 话务编号"""
        self.headers: Mapping[str, str] = {}
        """Every X-Hotline-* header of the newest call. 随路数据"""
        self.shown_number = ""
        """The calling number on its display. 来电显示"""
        self.rings = 0
        """How often it began to ring, refused calls included. 振铃次数"""
        self.free_s: list[float] = []
        """How long it was in no call before each ring but the first. 空闲时长"""
        self._idle_since_s: float | None = None

    # How it takes its next call ---------------------------------------------------------------

    async def answer_after(self, seconds: float) -> None:
        """From now on answer by itself, `seconds` after it began to ring."""
        await self._global(f"DELAY_{self._number}", f"{max(seconds, 0.01):.2f}")
        await self._take("answer")

    async def let_ring(self) -> None:
        """From now on let it ring until somebody calls answer() or the caller gives up."""
        await self._take("ring")

    async def refuse(self) -> None:
        """From now on answer 486 Busy Here at once."""
        await self._take("refuse")

    async def unreachable(self) -> None:
        """From now on answer 480 Temporarily Unavailable, as for a telephone that is switched off."""
        await self._take("unreachable")

    # What is going on ------------------------------------------------------------------------

    async def ringing(self, limit_s: float = 20.0) -> FarEnd:
        """Wait until it rings (or has just been picked up). Raises PhoneNotRinging."""
        await self._watch.until(
            lambda: self.far_end is not None,
            limit_s,
            lambda: PhoneNotRinging(self._number),
        )
        return self._there()

    async def rung(self, times: int, limit_s: float = 20.0) -> None:
        """Wait until it has rung so many times since the world began. Raises PhoneNotRinging."""
        await self._watch.until(
            lambda: self.rings >= times,
            limit_s,
            lambda: PhoneNotRinging(self._number),
        )

    async def talking(self, limit_s: float = 20.0) -> FarEnd:
        """Wait until it is in a call; that call. Raises PhoneNotTalking."""
        await self._watch.until(
            lambda: self.far_end is not None and self.far_end.answered,
            limit_s,
            lambda: PhoneNotTalking(self._number),
        )
        return self._there()

    async def idle(self, limit_s: float = 20.0) -> None:
        """Wait until it is in no call. Raises PhoneNotIdle."""
        await self._watch.until(
            lambda: self.far_end is None,
            limit_s,
            lambda: PhoneNotIdle(self._number),
        )

    @property
    def keys_heard(self) -> str:
        """The keys that came over the newest call. 收到的按键"""
        return "" if self.last_far_end is None else self.last_far_end.keys_heard

    def heard(self) -> bytes:
        """What the newest call sounded like here; see FarEnd.heard."""
        return b"" if self.last_far_end is None else self.last_far_end.heard()

    async def heard_out(self) -> bytes:
        """What the newest call sounded like here, once it is over; see FarEnd.heard_out."""
        return b"" if self.last_far_end is None else await self.last_far_end.heard_out()

    # What the person at it does ---------------------------------------------------------------

    async def answer(self, limit_s: float = 10.0) -> FarEnd:
        """Pick up. Raises FarEndGone if nothing rings, PhoneNotTalking."""
        ringing = self._there()
        await ringing.send_to("phone", "talk")
        return await self.talking(limit_s)

    async def say(self, audio: bytes | Path) -> None:
        """Speak; see FarEnd.say."""
        await self._there().say(audio)

    async def press(self, keys: str) -> None:
        """Press keys; see FarEnd.press."""
        await self._there().press(keys)

    async def go_silent(self) -> None:
        """Send no more packets; see FarEnd.go_silent."""
        await self._there().go_silent()

    async def hang_up(self) -> None:
        """Hang up, or refuse while ringing; nothing if idle."""
        if self.far_end is not None:
            await self.far_end.hang_up()

    # What the simulator tells -----------------------------------------------------------------

    def meet_ringing(self, far_end: FarEnd, event: Headers) -> None:
        """A call came in: the simulator's UserEvent PhoneRings."""
        self.headers = dict(parse_qsl(event.get("Hotline", "")))
        self.shown_number = event.get("From", "")
        self.far_end = self.last_far_end = far_end
        self.far_ends.append(far_end)
        self.call_id = event.get("Call") or None
        self.rings += 1
        if self._idle_since_s is not None:
            self.free_s.append(asyncio.get_running_loop().time() - self._idle_since_s)
            self._idle_since_s = None
        self._watch.changed()

    def meet(self, far_end: FarEnd, event: Headers) -> None:
        """Something happened to one of the calls here."""
        if event.get("Event") == "Hangup":
            self.far_ends.remove(far_end)
            self.far_end = self.far_ends[-1] if self.far_ends else None
            if self.far_end is None:
                self._idle_since_s = asyncio.get_running_loop().time()
        self._watch.changed()

    def _there(self) -> FarEnd:
        if self.far_end is None:
            raise FarEndGone(self._number)
        return self.far_end

    async def _take(self, how: str) -> None:
        await self._global(f"MODE_{self._number}", how)

    async def _global(self, variable: str, value: str) -> None:
        await self._link.act("Setvar", ("Variable", variable), ("Value", value))
