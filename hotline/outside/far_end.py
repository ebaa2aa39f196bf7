"""One far end of a call: it speaks, presses keys, listens and hangs up. 对端

    placed ──► answered ──► (speaking ⇄ waiting) ──► gone

The channel sits in the simulator's dialplan (asterisk-conf/outside/extensions.conf, context far-end).
"""

import asyncio
import contextlib
import hashlib
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from hotline.outside.errors import (
    AudioNotPlayable,
    FarEndGone,
    KeysNotHeard,
    NotHeardOut,
    NotSpoken,
    OutsideError,
    SimulatorRefused,
    StillThere,
)
from hotline.outside.simulator_link import Headers, SimulatorLink
from hotline.outside.watch import Watch

RATE_HZ = 8000
BYTES_PER_S = 2 * RATE_HZ
HANG_UP_LIMIT_S = 10.0
LOOK_EVERY_S = 0.05
TURN_SLACK_S = 10.0
"""A turn may take this much longer than its audio before it counts as failed."""


class FarEnd:
    """A telephone in a call, as seen from outside. 对端"""

    def __init__(self, link: SimulatorLink, folder: Path, channel_id: str) -> None:
        self._link = link
        self._says = folder / "says"
        self._heard_file = folder / "spool" / "monitor" / f"{channel_id}.sln"
        self._hears = False
        self._watch = Watch()
        self._one_at_a_time = asyncio.Lock()
        self._turn = 0
        self._turns_done = 0
        self._turn_status = ""
        self.channel_id = channel_id
        self.channel = ""
        """The channel's name at the simulator. 通道名"""
        self.answered = False
        self.gone = False
        self.cause: int | None = None
        """Q.850 cause of the end (16 normal, 17 busy, ...). 挂断原因码"""
        self.keys_heard = ""
        """What was received as DTMF so far. 收到的按键"""

    async def say(self, audio: bytes | Path) -> None:
        """Speak; returns when it is spoken.

        `audio` is raw signed 16-bit little-endian mono at 8000 Hz, or a file: `.wav` in that format or
        raw. Raises FarEndGone, NotSpoken, AudioNotPlayable.
        """
        sound = _sound(audio)
        name = await self._kept(sound)
        limit_s = len(sound) / BYTES_PER_S + TURN_SLACK_S
        await self._take_turn("say", "OUTSIDE_SAYS", name, limit_s)

    async def begin_to_say(self, audio: bytes | Path) -> None:
        """Speak, and return at once: whoever else acts meanwhile is heard too. Raises as say() does."""
        sound = _sound(audio)
        name = await self._kept(sound)
        async with self._one_at_a_time:
            await self._begin_turn("say", "OUTSIDE_SAYS", name)

    async def press(self, keys: str) -> None:
        """Press keys (0-9 * #) as RFC 4733 DTMF; returns when they are sent. Raises as say() does."""
        if not keys or not set(keys) <= set("0123456789*#"):
            raise ValueError("keys are 0-9, * and #")
        await self._take_turn("press", "OUTSIDE_KEYS", keys, len(keys) * 0.35 + TURN_SLACK_S)

    async def go_silent(self) -> None:
        """Send no more packets at all, like a telephone whose line is cut, though the call stands."""
        await self._set("MUTEAUDIO(out)", "on")

    async def sound_again(self) -> None:
        """Undo go_silent()."""
        await self._set("MUTEAUDIO(out)", "off")

    async def hang_up(self) -> None:
        """Hang up and wait until the call is gone; nothing if it already is. Raises StillThere."""
        if not self.gone:
            # "No such channel": the other side hung up in the same moment; its event follows.
            with contextlib.suppress(SimulatorRefused):
                await self._link.act("Hangup", ("Channel", self.channel), ("Cause", "16"))
        await self.until_gone(HANG_UP_LIMIT_S)

    async def until_gone(self, limit_s: float) -> None:
        """Wait for the other side to end the call. Raises StillThere."""
        await self.until(lambda: self.gone, limit_s, StillThere())

    async def until_keys(self, keys: str, limit_s: float) -> None:
        """Wait until these keys, in this order, were received from the other side. Raises KeysNotHeard."""
        await self.until(lambda: keys in self.keys_heard, limit_s, KeysNotHeard())

    def heard(self) -> bytes:
        """What this far end heard since it was answered: raw 16-bit mono at 8000 Hz.

        Asterisk writes every two seconds, and the last piece a moment after the end: see heard_out().
        Empty if the world was made with hears=False.
        """
        try:
            return self._heard_file.read_bytes()
        except FileNotFoundError:
            return b""

    async def heard_out(self, limit_s: float = 10.0) -> bytes:
        """What it heard, complete: waits for the end and for Asterisk's last write.

        Raises StillThere, NotHeardOut.
        """
        await self.until_gone(limit_s)
        whole = self._heard_file.with_suffix(".whole")
        for _ in range(round(limit_s / LOOK_EVERY_S)):
            if whole.exists() or not self._hears:
                return self.heard()
            await asyncio.sleep(LOOK_EVERY_S)
        raise NotHeardOut(self.channel_id)

    async def until(
        self, true: Callable[[], bool], limit_s: float, otherwise: OutsideError
    ) -> None:
        """Wait for something about this far end."""
        await self._watch.until(true, limit_s, lambda: otherwise)

    def meet(self, event: Headers) -> None:
        """A simulator's event about this channel."""
        kind = event.get("Event")
        self.channel = event.get("Channel") or self.channel
        if kind == "UserEvent" and event.get("UserEvent") == "PhoneTalks":
            # Not at Newstate: whoever spoke then would lead it past the step that lets it be heard.
            self.answered = True
        elif kind == "UserEvent" and event.get("UserEvent") == "Hears":
            self._hears = True
        elif kind == "DTMFEnd" and event.get("Direction") == "Received":
            self.keys_heard += event.get("Digit", "")
        elif kind == "UserEvent" and event.get("UserEvent") == "Done":
            self._turns_done = int(event.get("Turn", "0"))
            self._turn_status = event.get("Status", "")
        elif kind == "Hangup":
            self.gone = True
            self.cause = int(event.get("Cause") or 0)
        self._watch.changed()

    async def _kept(self, sound: bytes) -> str:
        """The name under which the simulator plays it."""
        name = hashlib.sha256(sound).hexdigest()[:24]
        place = self._says / f"{name}.sln"
        if not place.exists():
            await asyncio.to_thread(_keep, place, sound)
        return name

    async def _take_turn(self, exten: str, variable: str, value: str, limit_s: float) -> None:
        async with self._one_at_a_time:
            turn = await self._begin_turn(exten, variable, value)
            await self.until(lambda: self.gone or self._turns_done >= turn, limit_s, NotSpoken())
            if self._turns_done < turn:
                raise FarEndGone()
            if self._turn_status != "SUCCESS":
                raise NotSpoken(self._turn_status)

    async def _begin_turn(self, exten: str, variable: str, value: str) -> int:
        self._turn += 1
        turn = self._turn
        await self._set(variable, value)
        await self._set("OUTSIDE_TURN", str(turn))
        await self.send_to("far-end", exten)
        return turn

    async def send_to(self, context: str, exten: str) -> None:
        """Move the channel in the simulator's dialplan. Raises FarEndGone."""
        await self._act(
            "Redirect",
            ("Channel", self.channel),
            ("Context", context),
            ("Exten", exten),
            ("Priority", "1"),
        )

    async def _set(self, variable: str, value: str) -> None:
        await self._act(
            "Setvar", ("Channel", self.channel), ("Variable", variable), ("Value", value)
        )

    async def _act(self, action: str, *headers: tuple[str, str]) -> None:
        if self.gone:
            raise FarEndGone()
        try:
            await self._link.act(action, *headers)
        except SimulatorRefused as refused:
            # The channel went between our look and Asterisk's; its Hangup event is on the way.
            raise FarEndGone(action) from refused


class Citizen(FarEnd):
    """A citizen on the telephone. 市民"""

    def __init__(
        self,
        link: SimulatorLink,
        folder: Path,
        channel_id: str,
        *,
        caller_number: str,
        called_number: str,
    ) -> None:
        super().__init__(link, folder, channel_id)
        self.caller_number = caller_number
        self.called_number = called_number

    def meet(self, event: Headers) -> None:
        """Who calls is answered when the line says so."""
        if event.get("Event") == "Newstate" and event.get("ChannelState") == "6":
            self.answered = True
        super().meet(event)


def loudness(sound: bytes) -> float:
    """Root mean square of raw 16-bit audio, 0 to 32768: silence is near 0, speech in the thousands."""
    samples: Sequence[int] = memoryview(sound[: len(sound) // 2 * 2]).cast("h")
    if not samples:
        return 0.0
    return float((sum(s * s for s in samples) / len(samples)) ** 0.5)


def _sound(audio: bytes | Path) -> bytes:
    if isinstance(audio, bytes):
        sound = audio
    elif audio.suffix == ".wav":
        with wave.open(str(audio), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE_HZ):
                raise AudioNotPlayable()
            sound = file.readframes(file.getnframes())
    else:
        sound = audio.read_bytes()
    if not sound or len(sound) % 2:
        raise AudioNotPlayable()
    return sound


def _keep(place: Path, sound: bytes) -> None:
    part = place.with_suffix(f".{id(sound)}.part")
    part.write_bytes(sound)
    part.replace(place)
