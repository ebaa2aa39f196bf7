"""The outside world: citizens who call, the seats' telephones, and every number that is called. 外部模拟

    async with open_world(program, folder, system_port=…, trunk_secret=…, phones={"8001": secret}) as world:
        phone = world.phone("8001")
        await phone.registered()
        await phone.answer_after(1.0)
        police = world.line("110")
        await police.answer_after(0.5)
        citizen = await world.dial("13800000001", "12345")
        await phone.talking()
        await citizen.say(audio)
        await citizen.hang_up()

A second Asterisk; real SIP, digest authentication and RTP over loopback; nothing in it is a substitute for the system under
test. Every wait has a limit and a named error (hotline/outside/errors.py).
"""

import asyncio
import re
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from hotline.asterisk.bundle import AsteriskProgram
from hotline.asterisk.server import AsteriskServer
from hotline.outside.called import CalledEnd
from hotline.outside.cast import MayBeGone
from hotline.outside.errors import (
    CallNotAnswered,
    FarEndGone,
    PhoneNotRegistered,
    PhoneNotTalking,
    SimulatorRefused,
    UnknownPhone,
)
from hotline.outside.far_end import Citizen, FarEnd
from hotline.outside.line import Line
from hotline.outside.phone import Phone
from hotline.outside.phone_lines import free_port, phone_lines
from hotline.outside.simulator_link import Headers, SimulatorLink
from hotline.outside.watch import Watch
from hotline.places import ROOT

log = structlog.get_logger(__name__)

TEMPLATES = ROOT / "asterisk-conf" / "outside"
AMI_USER = "outside"
START_LIMIT_S = 60.0
STOP_LIMIT_S = 10.0
NUMBER = re.compile(r"[0-9]{2,20}")
TRUNK_LINE = "trunk-line"
"""The trunk's registration in asterisk-conf/outside/pjsip.conf."""


class OutsideWorld:
    """A second Asterisk, its citizens, its telephones and its lines. 外部模拟

    `phones` gives each seat's password by seat id; `hears` records what every far end hears (about
    16 kB a second each); ports are chosen free unless given.
    """

    name = "outside world"

    def __init__(
        self,
        program: AsteriskProgram,
        folder: Path,
        *,
        system_port: int,
        trunk_secret: str,
        phones: Mapping[str, str],
        system_host: str = "127.0.0.1",
        trunk_user: str = "trunk",
        hears: bool = True,
        sip_port: int = 0,
        rtp_first_port: int = 23000,
        rtp_last_port: int = 23999,
        templates: Path = TEMPLATES,
    ) -> None:
        for value in (*phones, *phones.values(), trunk_user, trunk_secret):
            if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
                raise ValueError("seat ids, users and passwords are letters, digits, - and _")
        self.sip_port = sip_port or free_port(socket.SOCK_DGRAM)
        self._folder = folder
        self._trunk_user = trunk_user
        self._says = folder / "says"
        ami_port = free_port(socket.SOCK_STREAM)
        ami_secret = secrets.token_urlsafe(24)
        values = {
            "AMI_PORT": str(ami_port),
            "AMI_USER": AMI_USER,
            "AMI_SECRET": ami_secret,
            "SIP_PORT": str(self.sip_port),
            "SYSTEM_HOST": system_host,
            "SYSTEM_PORT": str(system_port),
            "TRUNK_USER": trunk_user,
            "TRUNK_SECRET": trunk_secret,
            "RTP_FIRST_PORT": str(rtp_first_port),
            "RTP_LAST_PORT": str(rtp_last_port),
            "HEARS": "yes" if hears else "no",
            **phone_lines(phones, f"{system_host}:{system_port}"),
        }
        self.server = AsteriskServer(
            program, folder, templates, values, sounds={"outside": self._says}
        )
        self._link = SimulatorLink(ami_port, AMI_USER, ami_secret, self._hear)
        self._phones = {seat_id: Phone(self._link, seat_id) for seat_id in phones}
        self._lines: dict[str, Line] = {}
        self._far_ends: dict[str, FarEnd] = {}
        self._called: dict[str, CalledEnd] = {}
        """Who is called on a channel. 被叫"""
        self.trunk_registration = ""
        """The system's answer to the trunk's registration, in Asterisk's word. 中继注册状态"""
        self._watch = Watch()
        self._ready = asyncio.Event()
        self._citizens = 0
        self._mark = secrets.token_hex(3)

    async def run(self) -> None:
        """Start, play until cancelled, stop. Raises AsteriskError, OutsideError."""
        self._says.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(self.server.prepare)
        # A simulator that an earlier run left behind has other ports and passwords: end it.
        if await self.server.adopt():
            await self.server.stop(STOP_LIMIT_S)
        try:
            await self.server.start(START_LIMIT_S)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run(), name=self._link.name)
                await self._link.log_in()
                await self._note_registrations()
                self._ready.set()
                log.info("the outside world is ready", phones=len(self._phones))
        finally:
            await self.server.stop(STOP_LIMIT_S)

    async def ready(self) -> None:
        """Wait until citizens can call (phones may still be registering: see Phone.registered)."""
        await self._ready.wait()

    def phone(self, seat_id: str) -> Phone:
        """The telephone of a seat. Raises UnknownPhone."""
        try:
            return self._phones[seat_id]
        except KeyError:
            raise UnknownPhone(seat_id) from None

    def line(self, number: str) -> Line:
        """A number that the system may call over the trunk; the same object each time."""
        if not NUMBER.fullmatch(number) or number in self._phones:
            raise ValueError("a line's number is digits, and no seat's")
        return self._lines.setdefault(number, Line(self._link, number))

    async def reachable(self, limit_s: float = 20.0) -> None:
        """Wait until the system can call lines: the trunk is registered. Raises PhoneNotRegistered."""
        await self._watch.until(
            lambda: self.trunk_registration == "Registered",
            limit_s,
            lambda: PhoneNotRegistered(f"trunk, {self.trunk_registration}"),
        )

    async def dial(
        self, caller_number: str, called_number: str = "12345", limit_s: float = 30.0
    ) -> Citizen:
        """Place a citizen's call through the trunk; returns when the system answered it.

        Raises CallNotAnswered (with the cause), SimulatorGone.
        """
        if not NUMBER.fullmatch(caller_number) or not NUMBER.fullmatch(called_number):
            raise ValueError("telephone numbers are digits")
        self._citizens += 1
        channel_id = f"citizen-{self._mark}-{self._citizens}"
        citizen = Citizen(
            self._link,
            self._folder,
            channel_id,
            caller_number=caller_number,
            called_number=called_number,
        )
        self._far_ends[channel_id] = citizen
        try:
            await self._link.act(
                "Originate",
                ("Channel", f"PJSIP/{called_number}@system"),
                ("ChannelId", channel_id),
                ("CallerID", f"<{caller_number}>"),
                ("Context", "citizen"),
                ("Exten", "answered"),
                ("Priority", "1"),
                ("Timeout", str(round(limit_s * 1000))),
                ("Async", "true"),
                action_id=channel_id,
            )
            silent = CallNotAnswered()
            await citizen.until(lambda: citizen.answered or citizen.gone, limit_s + 5, silent)
        except SimulatorRefused as refused:
            raise CallNotAnswered(str(refused)) from refused
        except CallNotAnswered:
            await citizen.hang_up()
            raise
        if not citizen.answered:
            raise CallNotAnswered(f"cause {citizen.cause}", citizen.cause)
        return citizen

    async def seat_of(self, citizen: MayBeGone, call_id: str, limit_s: float) -> Phone:
        """Wait until some phone talks in that call; that phone.

        `call_id` is what the system under test put into X-Hotline-Call. Raises FarEndGone if the
        citizen's call ends first, PhoneNotTalking.
        """

        def answering() -> Phone | None:
            for phone in self._phones.values():
                far_end = phone.far_end
                if far_end is not None and far_end.answered and phone.call_id == call_id:
                    return phone
            return None

        await self._watch.until(
            lambda: citizen.gone or answering() is not None,
            limit_s,
            lambda: PhoneNotTalking(),
        )
        phone = answering()
        if phone is None:
            raise FarEndGone()
        return phone

    async def _note_registrations(self) -> None:
        # The first REGISTERs may have been answered before we could listen.
        for row in await self._link.collect("PJSIPShowRegistrationsOutbound"):
            name = row.get("ObjectName", "")
            phone = self._phones.get(name.removeprefix("seat-"))
            if name == TRUNK_LINE and not self.trunk_registration:
                self._meet_trunk(row.get("Status", ""))
            elif phone is not None and not phone.registration:
                phone.meet_registration(row.get("Status", ""))

    def _hear(self, event: Headers) -> None:
        kind = event.get("Event")
        channel_id = event.get("Uniqueid", "")
        if kind == "OriginateResponse" and event.get("Response") == "Failure":
            # Says again what Hangup said, except where not even a channel came to be.
            channel_id, event = event.get("ActionID", ""), {"Event": "Hangup", "Cause": "0"}
            kind = "Hangup"
        if kind == "Registry":
            self._hear_registration(event)
        elif kind == "UserEvent" and event.get("UserEvent") == "PhoneRings":
            self._hear_ringing(event, channel_id)
        far_end = self._far_ends.get(channel_id)
        if far_end is None:
            return
        far_end.meet(event)
        called = self._called.get(channel_id)
        if called is not None:
            called.meet(far_end, event)
        if kind == "Hangup":
            del self._far_ends[channel_id]
            self._called.pop(channel_id, None)
        self._watch.changed()

    def _hear_registration(self, event: Headers) -> None:
        found = re.match(r"sip:([^@]+)@", event.get("Username", ""))
        user = found.group(1) if found else ""
        if user == self._trunk_user:
            self._meet_trunk(event.get("Status", ""))
        elif user in self._phones:
            self._phones[user].meet_registration(event.get("Status", ""))

    def _meet_trunk(self, state: str) -> None:
        self.trunk_registration = state
        self._watch.changed()

    def _hear_ringing(self, event: Headers, channel_id: str) -> None:
        number = event.get("Phone", "")
        called = self._phones.get(number) or self._lines.get(number)
        if called is None:
            return
        far_end = FarEnd(self._link, self._folder, channel_id)
        far_end.channel = event.get("Channel", "")
        self._far_ends[channel_id] = far_end
        self._called[channel_id] = called
        called.meet_ringing(far_end, event)


@asynccontextmanager
async def open_world(
    program: AsteriskProgram,
    folder: Path,
    *,
    system_port: int,
    trunk_secret: str,
    phones: Mapping[str, str],
    hears: bool = True,
) -> AsyncIterator[OutsideWorld]:
    """An outside world that is ready, and is ended with the block. Raises AsteriskError, OutsideError."""
    world = OutsideWorld(
        program,
        folder,
        system_port=system_port,
        trunk_secret=trunk_secret,
        phones=phones,
        hears=hears,
    )
    async with running(world):
        yield world


@asynccontextmanager
async def running(world: OutsideWorld) -> AsyncIterator[None]:
    """Run a world for the length of a block; trouble in it ends the block and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(world.run(), name=world.name)
            await world.ready()
            try:
                yield
            finally:
                playing.cancel()
    except ExceptionGroup as several:
        raise _only_one(several) from None


def _only_one(trouble: Exception) -> Exception:
    """A group of one is that one: whoever uses a world wants to catch PhoneNotRinging, not a group."""
    while isinstance(trouble, ExceptionGroup) and len(trouble.exceptions) == 1:
        trouble = trouble.exceptions[0]
    return trouble
