"""Seats defined, changed and retired; Asterisk and the tables are fakes."""

import asyncio
from dataclasses import replace

import pytest

from cti.ids import SeatId, SkillGroupCode
from hotline.config import Config
from hotline.installation import open_installation
from hotline.places import Places
from hotline.seat_office import SeatOffice
from seats.model import Seat, SeatDefinition, SeatState
from tests.fakes.accounts import MemoryAudit, MemoryUsers
from tests.fakes.services import NOON, user
from web.admin_ports import AuditNote
from web.errors import SeatRefused, SeatStillUsed
from web.ports import Role

NOTE = AuditNote(at=NOON, who="admin", kind="seat-definitions.x")
GENERAL = {"general": 1}


class MemoryFloor:
    def __init__(self):
        self.defined = {}

    async def definitions(self):
        return [self.defined[seat] for seat in sorted(self.defined)]

    async def define(self, definition):
        self.defined[definition.seat_id] = definition

    async def remove(self, seat_id):
        del self.defined[seat_id]


class Room:
    """The office with everything around it."""

    def __init__(self, folder):
        self.floor, self.audit = MemoryFloor(), MemoryAudit()
        self.users = MemoryUsers([user("wang", Role.OPERATOR, seat="8001")])
        self.seats, self.named, self.looked, self.configured = {}, frozenset(), 0, []
        self.installation = open_installation(Config(), Places(folder))
        room = self

        class Rules:
            groups = {SkillGroupCode("general"): None}

            @property
            def seats_named(self):
                return room.named

            async def look_at_seats(self):
                room.looked += 1

        async def configure(seat_ids):
            self.configured.append(list(seat_ids))

        self.office = SeatOffice(
            floor=self.floor,
            rulebook=Rules(),
            installation=self.installation,
            audit=self.audit,
            users=self.users,
            seats=lambda: self.seats,
            forget=lambda seat_id: self.seats.pop(seat_id, None),
            configure=configure,
        )

    def sits(self, seat, state):
        definition = SeatDefinition(seat_id=SeatId(seat), operator_name="x")
        self.seats[SeatId(seat)] = Seat(
            definition=definition, state=state, since=NOON, idle_since=NOON
        )


def run(story):
    asyncio.run(story)


def test_a_new_seat_has_a_secret_of_its_own_and_the_whole_house_learns_of_it(tmp_path):
    async def story():
        room = Room(tmp_path)
        first = await room.office.create("8009", "新", GENERAL, NOTE)
        second = await room.office.create("8010", "新", GENERAL, NOTE)
        assert first != second
        assert room.installation.secrets.seats == {"8009": first, "8010": second}
        assert open_installation(Config(), Places(tmp_path)).secrets.seats["8009"] == first
        assert room.configured == [["8009"], ["8009", "8010"]]
        assert room.looked == 2
        assert [n.subject for n in room.audit.acts] == ["8009", "8010"]
        assert first not in str(room.audit.acts)

    run(story())


@pytest.mark.parametrize(
    ("seat", "skills", "what"),
    [
        ("80a", GENERAL, "number"),
        ("8", GENERAL, "number"),
        ("八〇〇九", GENERAL, "number"),
        ("8001", GENERAL, "exists"),
        ("8009", {}, "skills"),
        ("8009", {"kings": 1}, "group"),
    ],
)
def test_a_wrong_seat_is_refused_and_nothing_is_made(tmp_path, seat, skills, what):
    async def story():
        room = Room(tmp_path)
        await room.office.create("8001", "王明", GENERAL, NOTE)
        with pytest.raises(SeatRefused) as refused:
            await room.office.create(seat, "x", skills, NOTE)
        assert refused.value.details == {"what": what}
        assert list(room.floor.defined) == ["8001"]
        assert len(room.audit.acts) == 1

    run(story())


def test_a_seat_that_somebody_still_needs_is_not_retired(tmp_path):
    async def story():
        room = Room(tmp_path)
        await room.office.create("8001", "王明", GENERAL, NOTE)

        async def refused_for():
            with pytest.raises(SeatStillUsed) as refused:
                await room.office.retire("8001", NOTE)
            return refused.value.details["what"]

        room.sits("8001", SeatState.NOT_READY)
        assert await refused_for() == "signed-in"
        room.sits("8001", SeatState.SIGNED_OUT)
        assert await refused_for() == "people"
        room.users.users["wang"] = replace(room.users.users["wang"], disabled_at=NOON)
        room.named = frozenset({SeatId("8001")})
        assert await refused_for() == "posts"
        room.named = frozenset()
        await room.office.retire("8001", NOTE)
        assert (room.floor.defined, room.seats, room.configured[-1]) == ({}, {}, [])
        with pytest.raises(SeatRefused):
            await room.office.retire("8001", NOTE)

    run(story())


def test_another_password_takes_the_place_of_the_one_before(tmp_path):
    async def story():
        room = Room(tmp_path)
        first = await room.office.create("8001", "王明", GENERAL, NOTE)
        second = await room.office.new_password("8001", NOTE)
        assert second != first
        assert room.installation.secrets.seats["8001"] == second
        assert room.configured == [["8001"], ["8001"]]
        with pytest.raises(SeatRefused):
            await room.office.new_password("8002", NOTE)

    run(story())


def test_a_change_keeps_the_telephone_as_it_is(tmp_path):
    async def story():
        room = Room(tmp_path)
        await room.office.create("8001", "王明", GENERAL, NOTE)
        await room.office.change("8001", "王大明", {"general": 2}, NOTE)
        (phone,) = await room.office.phones()
        assert (phone.operator_name, dict(phone.skills)) == ("王大明", {"general": 2})
        assert len(room.configured) == 1
        assert room.looked == 2

    run(story())
