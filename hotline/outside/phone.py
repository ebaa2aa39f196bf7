"""A seat's telephone. 座席话机

    unregistered ⇄ idle ──INVITE──► ringing ──answer──► talking ──► idle
                                       └── refused, or the system gave up ──► idle

How it takes a call is set beforehand: `answer_after`, `let_ring`, `refuse`. A phone that lets it ring
can be picked up by hand with `answer()`.
"""

from pathlib import Path

from hotline.outside.errors import (
    FarEndGone,
    PhoneNotIdle,
    PhoneNotRegistered,
    PhoneNotRinging,
    PhoneNotTalking,
    PhoneStillRegistered,
)
from hotline.outside.far_end import FarEnd
from hotline.outside.simulator_link import Headers, SimulatorLink
from hotline.outside.watch import Watch


class Phone:
    """The telephone of one seat, registered at the system under test. 座席话机"""

    def __init__(self, link: SimulatorLink, seat_id: str) -> None:
        self._link = link
        self._watch = Watch()
        self.seat_id = seat_id
        self.registration = ""
        """Asterisk's word for it: Registered, Unregistered, Rejected, ... 注册状态"""
        self.far_end: FarEnd | None = None
        """The call on this phone, ringing or talking; None while idle. 当前通话"""
        self.last_far_end: FarEnd | None = None
        """The newest call there was, for heard() after its end. 最近通话"""
        self.call_id: str | None = None
        """X-Hotline-Call of the newest call. 话务编号"""
        self.shown_number = ""
        """The calling number on its display. 来电显示"""
        self.rings = 0
        """How often it began to ring, refused calls included. 振铃次数"""

    # How it takes its next call ---------------------------------------------------------------

    async def answer_after(self, seconds: float) -> None:
        """From now on answer by itself, `seconds` after it began to ring."""
        await self._global(f"DELAY_{self.seat_id}", f"{max(seconds, 0.01):.2f}")
        await self._global(f"MODE_{self.seat_id}", "answer")

    async def let_ring(self) -> None:
        """From now on let it ring until somebody calls answer() or the caller gives up."""
        await self._global(f"MODE_{self.seat_id}", "ring")

    async def refuse(self) -> None:
        """From now on answer 486 Busy Here at once."""
        await self._global(f"MODE_{self.seat_id}", "refuse")

    # What is going on ------------------------------------------------------------------------

    async def ringing(self, limit_s: float = 20.0) -> FarEnd:
        """Wait until it rings (or has just been picked up). Raises PhoneNotRinging."""
        await self._watch.until(
            lambda: self.far_end is not None,
            limit_s,
            lambda: PhoneNotRinging(self.seat_id),
        )
        return self._there()

    async def rung(self, times: int, limit_s: float = 20.0) -> None:
        """Wait until it has rung so many times since the world began. Raises PhoneNotRinging."""
        await self._watch.until(
            lambda: self.rings >= times,
            limit_s,
            lambda: PhoneNotRinging(self.seat_id),
        )

    async def talking(self, limit_s: float = 20.0) -> FarEnd:
        """Wait until it is in a call; that call. Raises PhoneNotTalking."""
        await self._watch.until(
            lambda: self.far_end is not None and self.far_end.answered,
            limit_s,
            lambda: PhoneNotTalking(self.seat_id),
        )
        return self._there()

    async def idle(self, limit_s: float = 20.0) -> None:
        """Wait until it is in no call. Raises PhoneNotIdle."""
        await self._watch.until(
            lambda: self.far_end is None,
            limit_s,
            lambda: PhoneNotIdle(self.seat_id),
        )

    # What the operator does -------------------------------------------------------------------

    async def answer(self, limit_s: float = 10.0) -> FarEnd:
        """Pick up. Raises PhoneNotTalking if it does not ring."""
        ringing = self._there()
        await ringing.send_to("phone", "talk")
        return await self.talking(limit_s)

    async def say(self, audio: bytes | Path) -> None:
        """Speak into the phone; see FarEnd.say."""
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

    def heard(self) -> bytes:
        """What the newest call sounded like here; see FarEnd.heard."""
        return b"" if self.last_far_end is None else self.last_far_end.heard()

    # Its registration -------------------------------------------------------------------------

    async def registered(self, limit_s: float = 20.0) -> None:
        """Wait until the system accepted its registration. Raises PhoneNotRegistered."""
        await self._watch.until(
            lambda: self.registration == "Registered",
            limit_s,
            lambda: PhoneNotRegistered(f"{self.seat_id}, {self.registration}"),
        )

    async def unregister(self, limit_s: float = 20.0) -> None:
        """Go dark: the system no longer knows where this phone is. Raises PhoneStillRegistered."""
        await self._link.act("PJSIPUnregister", ("Registration", self._registration))
        await self._watch.until(
            lambda: self.registration == "Unregistered",
            limit_s,
            lambda: PhoneStillRegistered(self.seat_id),
        )

    async def register(self, limit_s: float = 20.0) -> None:
        """Register (again) and wait for the system's yes. Raises PhoneNotRegistered."""
        self.registration = ""
        await self._link.act("PJSIPRegister", ("Registration", self._registration))
        await self.registered(limit_s)

    # What the simulator tells -----------------------------------------------------------------

    def meet_registration(self, state: str) -> None:
        """The simulator's word about the registration."""
        self.registration = state
        self._watch.changed()

    def meet_ringing(self, far_end: FarEnd, call_id: str, shown_number: str) -> None:
        """A call came in."""
        self.shown_number = shown_number
        self.far_end = self.last_far_end = far_end
        self.call_id = call_id or None
        self.rings += 1
        self._watch.changed()

    def meet(self, event: Headers) -> None:
        """Something happened to the call on this phone."""
        if event.get("Event") == "Hangup":
            self.far_end = None
        self._watch.changed()

    @property
    def _registration(self) -> str:
        return f"seat-{self.seat_id}"

    def _there(self) -> FarEnd:
        if self.far_end is None:
            raise FarEndGone(self.seat_id)
        return self.far_end

    async def _global(self, variable: str, value: str) -> None:
        await self._link.act("Setvar", ("Variable", variable), ("Value", value))
