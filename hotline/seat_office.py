"""Seats and telephones defined, changed and retired while the house is open. 座席管理

    definition ─► var/secrets.toml ─► Asterisk's pjsip_seats.conf, reload ─► rulebook ─► roster

A reload touches no call in hand. Somebody else's Asterisk ([asterisk] provide = "external") is not
configured by us: there the seat is defined, and its administrator enters the SIP account.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from cti.ids import SeatId, SkillGroupCode
from hotline.asterisk.checks import find_program
from hotline.asterisk.errors import AsteriskError
from hotline.installation import RELOAD_SEATS, Installation, asterisk_server
from hotline.secrets_file import open_secrets, renew_seat_secret
from seats.model import Seat, SeatDefinition, SeatState
from seats.rulebook import Rulebook
from store.floor import StoredFloor
from web.admin_ports import Audit, AuditNote, Phone
from web.errors import SeatRefused, SeatStillUsed
from web.ports import Users

log = structlog.get_logger(__name__)

LENGTHS = range(2, 11)
EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class SeatOffice:
    """What `hotline seat` does, in the running service. 座席管理"""

    floor: StoredFloor
    rulebook: Rulebook
    installation: Installation
    audit: Audit
    users: Users
    seats: Callable[[], Mapping[SeatId, Seat]]
    forget: Callable[[SeatId], None]
    configure: Callable[[Sequence[str]], Awaitable[None]]
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def phones(self) -> Sequence[Phone]:
        address = (
            f"{self.installation.config.asterisk.sip_address}:{self.installation.ports['sip']}"
        )
        return [
            Phone(
                seat_id=one.seat_id,
                operator_name=one.operator_name,
                skills=one.skills,
                sip_address=f"{one.seat_id}@{address}",
            )
            for one in await self.floor.definitions()
        ]

    async def create(
        self, seat_id: str, name: str, skills: Mapping[str, int], note: AuditNote
    ) -> str:
        """The telephone's password. Raises SeatRefused."""
        if not (seat_id.isascii() and seat_id.isdecimal() and len(seat_id) in LENGTHS):
            raise SeatRefused(what="number")
        async with self._one_at_a_time:
            if seat_id in await self._known():
                raise SeatRefused(what="exists")
            await self.floor.define(self._definition(seat_id, name, skills))
            places = self.installation.places
            secrets = await asyncio.to_thread(open_secrets, places.secrets, (seat_id,))
            await self._hand_out(seat_id, secrets.seats[seat_id])
            await self.rulebook.look_at_seats()
        self.audit.note(replace(note, subject=seat_id))
        return secrets.seats[seat_id]

    async def change(
        self, seat_id: str, name: str, skills: Mapping[str, int], note: AuditNote
    ) -> None:
        """Raises SeatRefused."""
        async with self._one_at_a_time:
            await self._find(seat_id)
            await self.floor.define(self._definition(seat_id, name, skills))
            await self.rulebook.look_at_seats()
        self.audit.note(replace(note, subject=seat_id))

    async def new_password(self, seat_id: str, note: AuditNote) -> str:
        """Raises SeatRefused."""
        async with self._one_at_a_time:
            await self._find(seat_id)
            places = self.installation.places
            password = await asyncio.to_thread(renew_seat_secret, places.secrets, seat_id)
            await self._hand_out(seat_id, password)
        self.audit.note(replace(note, subject=seat_id))
        return password

    async def retire(self, seat_id: str, note: AuditNote) -> None:
        """Raises SeatRefused, SeatStillUsed."""
        async with self._one_at_a_time:
            await self._find(seat_id)
            seat = self.seats().get(SeatId(seat_id))
            if seat is not None and seat.state is not SeatState.SIGNED_OUT:
                raise SeatStillUsed(what="signed-in")
            owners = [
                one.name
                for one in await self.users.all()
                if one.seat_id == seat_id and one.disabled_at is None
            ]
            if owners:
                raise SeatStillUsed(what="people", people=owners)
            if SeatId(seat_id) in self.rulebook.seats_named:
                raise SeatStillUsed(what="posts")
            await self.floor.remove(SeatId(seat_id))
            await self.rulebook.look_at_seats()
            self.forget(SeatId(seat_id))
            await self.configure(sorted(await self._known()))
        self.audit.note(replace(note, subject=seat_id))

    async def _hand_out(self, seat_id: str, password: str) -> None:
        self.installation.secrets.seats[seat_id] = password
        await self.configure(sorted(await self._known()))

    async def _known(self) -> Collection[str]:
        return {str(one.seat_id) for one in await self.floor.definitions()}

    async def _find(self, seat_id: str) -> None:
        if seat_id not in await self._known():
            raise SeatRefused(what="unknown")

    def _definition(self, seat_id: str, name: str, skills: Mapping[str, int]) -> SeatDefinition:
        levels = {SkillGroupCode(code): level for code, level in skills.items()}
        if not levels:
            raise SeatRefused(what="skills")
        if not levels.keys() <= self.rulebook.groups.keys():
            raise SeatRefused(what="group")
        return SeatDefinition(seat_id=SeatId(seat_id), operator_name=name, skills=levels)


async def configure_asterisk(installation: Installation, seat_ids: Sequence[str]) -> None:
    """Write the seats' file anew and have Asterisk read it; without one that runs, its next start does."""
    asterisk = installation.config.asterisk
    if asterisk.provide == EXTERNAL:
        return
    bundle = installation.places.bundle
    program = await asyncio.to_thread(find_program, asterisk.provide, asterisk.bundle_suite, bundle)
    if program is None:
        return
    server = asterisk_server(installation, program, seat_ids)
    await asyncio.to_thread(server.prepare)
    try:
        await server.cli(RELOAD_SEATS)
    except AsteriskError as away:
        log.warning("asterisk did not read the seats anew; its next start does", code=away.code)
