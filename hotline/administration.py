"""The small commands: seats, archive, database. 管理命令"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from cti.ids import CallId, SeatId, SkillGroupCode
from documents.problems import DocumentKind
from hotline.clock import utc_now
from hotline.config import Config
from hotline.installation import (
    RELOAD_SEATS,
    archive_of,
    asterisk_server,
    database_of,
    open_installation,
    provide_program,
)
from hotline.places import Places
from recordings.inspection import export_call as export_recordings
from recordings.inspection import faults, strangers
from recordings.vault import Vault
from seats.groups import GENERAL
from seats.model import SeatDefinition
from seats.rule_documents.groups import read_groups
from seats.rule_versions import shipped
from store.calls import StoredCalls
from store.codec import body_of, encode
from store.database import Database
from store.floor import StoredFloor
from store.migrate import upgrade
from store.orders import StoredOrders
from store.recordings import StoredRecordings
from store.rules import StoredRules
from store.transcripts import StoredTranscripts


class CommandRefused(Exception):
    """The command was not carried out. 命令未执行"""

    code = "command-refused"


@asynccontextmanager
async def open_database(places: Places, config: Config) -> AsyncIterator[Database]:
    """The installation's database, brought to this version."""
    places.var.mkdir(parents=True, exist_ok=True)
    database = database_of(open_installation(config, places))
    try:
        await upgrade(database)
        yield database
    finally:
        await database.close()


async def migrate(places: Places, config: Config) -> None:
    async with open_database(places, config):
        pass


async def list_seats(places: Places, config: Config) -> list[str]:
    """Each seat with its SIP account."""
    async with open_database(places, config) as database:
        seats = await StoredFloor(database).definitions()
    installation = open_installation(config, places, [str(seat.seat_id) for seat in seats])
    address = f"{config.asterisk.sip_address}:{installation.ports['sip']}"
    return [
        f"{seat.seat_id}  {seat.operator_name}  "
        f"{' '.join(f'{code}={level}' for code, level in seat.skills.items())}  "
        f"sip:{seat.seat_id}@{address}  {installation.secrets.seats[seat.seat_id]}"
        for seat in seats
    ]


async def add_seat(
    places: Places, config: Config, seat_id: str, name: str, skills: Sequence[str]
) -> list[str]:
    """Define a seat and its SIP account; a running Asterisk learns it at once, the service at its
    next start (`kill -HUP` of `hotline run`). Raises CommandRefused."""
    if not seat_id.isdecimal():
        raise CommandRefused("a seat's number has digits only")
    levels = dict(_skill(word) for word in skills) or {GENERAL.code: 1}
    async with open_database(places, config) as database:
        floor = StoredFloor(database)
        known, _ = read_groups(await _groups_in_force(database))
        unknown = [code for code in levels if code not in known]
        if unknown:
            raise CommandRefused(f"no such skill group: {unknown[0]}")
        await floor.define(
            SeatDefinition(seat_id=SeatId(seat_id), operator_name=name, skills=levels)
        )
        seat_ids = [str(seat.seat_id) for seat in await floor.definitions()]
    installation = open_installation(config, places, seat_ids)
    program = provide_program(installation, lambda _: None)
    server = asterisk_server(installation, program, seat_ids)
    server.prepare()
    if server.find_running() is not None and await server.adopt():
        await server.cli(RELOAD_SEATS)
    return [line for line in await list_seats(places, config) if line.startswith(f"{seat_id} ")]


async def _groups_in_force(database: Database) -> str:
    return await _in_force(database, DocumentKind.GROUPS)


async def texts_in_force(places: Places, config: Config) -> str:
    """What the hotline says, as it was last published."""
    async with open_database(places, config) as database:
        return await _in_force(database, DocumentKind.TEXTS)


async def _in_force(database: Database, kind: DocumentKind) -> str:
    return ((await StoredRules(database).due(utc_now())).get(kind) or shipped(kind)).body


def _skill(word: str) -> tuple[SkillGroupCode, int]:
    code, _, level = word.partition("=")
    if not level.isdecimal():
        raise CommandRefused(f"{word}: write group=level, such as general=1")
    return SkillGroupCode(code), int(level)


async def verify_archive(places: Places, config: Config) -> int:
    """Re-hash every archived recording; 1 if any is missing or changed."""
    async with open_database(places, config) as database:
        listed = await StoredRecordings(database).archived()
    installation = open_installation(config, places)
    vault = Vault(archive_of(installation))
    ill = list(faults(listed, vault))
    for fault in ill:
        _out(f"{fault.fixity.value}  {fault.recording_id}  {fault.path}")
    unknown = strangers(listed, vault)
    for path in unknown:
        _out(f"not in the catalogue  {path}")
    _out(f"{len(listed)} recordings, {len(ill)} not as archived, {len(unknown)} unknown files")
    return 1 if ill or unknown else 0


async def export_call(places: Places, config: Config, call_id: str, folder: Path) -> int:
    """One call as a folder: audio, record, manifest. Raises CommandRefused."""
    wanted = CallId(call_id)
    async with open_database(places, config) as database:
        call = await StoredCalls(database).find(wanted)
        if call is None:
            raise CommandRefused(f"no such call: {call_id}")
        listed = await StoredRecordings(database).of_call(wanted)
        said = await StoredTranscripts(database).of_call(wanted)
        events = await StoredCalls(database).events(wanted)
        links = await StoredCalls(database).links([wanted])
        order_id = links[wanted][0] if wanted in links else None
        order = None if order_id is None else await StoredOrders(database).find_order(order_id)
    record = {
        "call": body_of(call),
        "utterances": [body_of(one) for one in said],
        "events": [{"seq": seq, **encode(event)} for seq, event in events],
        "order": None if order is None else body_of(order),
    }
    vault = Vault(archive_of(open_installation(config, places)))
    text = json.dumps(record, ensure_ascii=False, indent=1)
    archived = [one for one in listed if one.path is not None]
    export_recordings(text.encode(), archived, vault, folder)
    _out(str(folder))
    return 0


def _out(text: str) -> None:
    print(text)  # noqa: T201 - a command's result
