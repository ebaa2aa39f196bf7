"""`hotline demo`: the product and the outside world together. 演示入口"""

import argparse
import asyncio
from collections.abc import Callable

from hotline.clock import monotonic_s
from hotline.config import Config
from hotline.demo import demonstrate
from hotline.first_start import ADMINISTRATOR, first_accounts
from hotline.house import archive_of
from hotline.outside.aftermath import Report
from hotline.outside.cast import Account, DemoSeat
from hotline.places import Places
from hotline.product import Product, prepare, running, welcome

Say = Callable[[str], None]

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
    product = await prepare(config, places, arguments.config, say)
    say(f"prepared in {monotonic_s() - began:.0f} s")
    report: Report | None = None
    async with running(product) as stop:
        say(welcome(product))
        async with asyncio.TaskGroup() as group:
            playing = group.create_task(_play(product, arguments.calls, say), name="demo")
            stopping = group.create_task(stop.wait(), name="stop")
            await asyncio.wait([playing, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            playing.cancel()
        if not playing.cancelled():
            report = playing.result()
    if report is None:
        return 0 if arguments.calls is None else 1
    if arguments.json:
        print(report.to_line(), flush=True)  # noqa: T201 - the command's result
    return 0 if report.all_well else 1


async def _play(product: Product, calls: int | None, say: Say) -> Report:
    installation = product.installation
    if product.program is None:
        raise DemoNeedsOwnAsterisk
    accounts = {account.username: account for account in first_accounts(installation)}
    seats = [
        DemoSeat(
            seat_id=account.seat_id,
            operator=Account(username=account.username, password=account.password),
        )
        for account in accounts.values()
        if account.seat_id is not None
    ][:DEMO_SEATS]
    admin = accounts[ADMINISTRATOR]
    return await demonstrate(
        product.address,
        product.program,
        installation.places.outside,
        archive_of(installation),
        system_port=installation.ports["sip"],
        trunk_secret=installation.secrets.trunk,
        phone_secrets=installation.secrets.seats,
        seats=seats,
        supervisor=Account(username=admin.username, password=admin.password),
        calls=calls,
        say=say,
    )
