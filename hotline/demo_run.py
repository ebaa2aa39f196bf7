"""`hotline demo`: the product and the outside world together. 演示入口"""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from hotline.clock import monotonic_s
from hotline.config import Config
from hotline.demo import run_demo
from hotline.demo_floor import FloorDemonstration, FloorReport
from hotline.demo_speech import SpeechReport, play_speech
from hotline.first_start import ADMINISTRATOR, first_accounts
from hotline.installation import archive_of
from hotline.outside.aftermath import Report
from hotline.outside.cast import Account, DemoSeat
from hotline.outside.floor_rules import NAMES, NUMBERS
from hotline.outside.world import OutsideWorld
from hotline.outside.world import running as outside_running
from hotline.places import Places
from hotline.product import Product, prepare, running, welcome

Say = Callable[[str], None]
AnyReport = Report | FloorReport | SpeechReport

FLOOR = "floor"
"""Special seats, three-way, transfer and callback, each once. 专席演示"""
SPEECH = "speech"
"""One call about a burst water pipe: transcript, cue, form with its proofs, summary. 语音演示"""
DEMO_SEATS = 3
"""Fewer than the citizens who call at once, so that somebody waits."""


class DemoNeedsOwnAsterisk(Exception):
    """The demonstration needs an Asterisk that it starts itself. 演示需要自带的 Asterisk"""

    code = "demo-needs-own-asterisk"


async def demonstrate_product(
    arguments: argparse.Namespace, places: Places, config: Config, say: Say
) -> int:
    """Prepare, start, demonstrate, stop; 0 only if every call was answered, archived, transcribed."""
    began = monotonic_s()
    if arguments.scenario == FLOOR:
        config = replace(config, asterisk=replace(config.asterisk, numbers=NUMBERS))
    product = await prepare(config, places, arguments.config, say)
    say(f"prepared in {monotonic_s() - began:.0f} s")
    report: AnyReport | None = None
    play = {FLOOR: _play_floor, SPEECH: _play_speech}.get(arguments.scenario, _play)
    async with running(product) as stop:
        say(welcome(product))
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(play(product, arguments.calls, say), name="demo")
            stopping = group.create_task(stop.wait(), name="stop")
            await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            playing.cancel()
        if not playing.cancelled():
            report = playing.result()
    if report is None:
        return 0 if arguments.calls is None and play is _play else 1
    if arguments.json:
        print(report.to_line(), flush=True)  # noqa: T201 - the command's result
    return 0 if report.all_well else 1


async def _play(product: Product, calls: int | None, say: Say) -> AnyReport:
    seats, admin = _cast(product)
    archive = archive_of(product.installation)
    async with _outside(product, seats[:DEMO_SEATS]) as world:
        return await run_demo(
            product.address, world, seats[:DEMO_SEATS], admin, archive, calls, say
        )


async def _play_floor(product: Product, _calls: int | None, say: Say) -> AnyReport:
    seats, admin = _cast(product)
    named = [seat for seat in seats if seat.seat_id in NAMES]
    archive = archive_of(product.installation)
    async with _outside(product, named) as world:
        return await FloorDemonstration(product.address, world, named, admin, archive, say).play()


async def _play_speech(product: Product, _calls: int | None, say: Say) -> AnyReport:
    seats, admin = _cast(product)
    archive = archive_of(product.installation)
    async with _outside(product, seats[:1]) as world:
        return await play_speech(product.address, world, seats[0], admin, archive, say)


@asynccontextmanager
async def _outside(product: Product, seats: Sequence[DemoSeat]) -> AsyncIterator[OutsideWorld]:
    """The world outside, with these seats' telephones, for the length of a block."""
    if product.program is None:
        raise DemoNeedsOwnAsterisk
    installation = product.installation
    world = OutsideWorld(
        product.program,
        installation.places.outside,
        system_port=installation.ports["sip"],
        trunk_secret=installation.secrets.trunk,
        phones={seat.seat_id: installation.secrets.seats[seat.seat_id] for seat in seats},
        hears=False,  # the archive keeps what was said
    )
    async with outside_running(world):
        yield world


def _cast(product: Product) -> tuple[list[DemoSeat], Account]:
    """The first start's seats, and its administrator."""
    accounts = {account.username: account for account in first_accounts(product.installation)}
    seats = [
        DemoSeat(
            seat_id=account.seat_id,
            operator=Account(username=account.username, password=account.password),
        )
        for account in accounts.values()
        if account.seat_id is not None
    ]
    admin = accounts[ADMINISTRATOR]
    return seats, Account(username=admin.username, password=admin.password)
