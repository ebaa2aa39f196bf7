"""`hotline run` and `hotline demo`: prepare, start, watch, stop. 运行产品"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from documents.problems import DocumentKind
from hotline.asterisk.bundle import AsteriskProgram
from hotline.asterisk.server import AsteriskServer
from hotline.certificate import read_certificate
from hotline.clock import utc_now
from hotline.config import Config
from hotline.first_start import first_accounts, seed
from hotline.installation import (
    Installation,
    asterisk_server,
    certificate_of,
    database_of,
    free_taken_ports,
    open_installation,
    provide_program,
    provide_sounds_and_pages,
)
from hotline.places import Places
from hotline.run import Part, run_until
from hotline.watchdog import AsteriskWatch, ServiceWatch
from store.floor import StoredFloor
from store.migrate import upgrade
from store.rules import StoredRules

log = structlog.get_logger(__name__)

EXTERNAL = "external"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Everything prepared and wired for a start. 产品"""

    installation: Installation
    program: AsteriskProgram | None
    asterisk: AsteriskServer | None
    service: ServiceWatch
    parts: Sequence[Part]
    seat_ids: Sequence[str]

    @property
    def address(self) -> str:
        web = self.installation.config.web
        host = f"[{web.address}]" if ":" in web.address else web.address
        scheme = "https" if web.certificate_file else "http"
        return f"{scheme}://{host}:{web.port}"


async def prepare(
    config: Config, places: Places, config_file: Path | None, say: Say, tape: Path | None = None
) -> Product:
    """Make what is missing; start nothing. Raises the named errors of each step."""
    installation = open_installation(config, places)
    _judge_certificate(installation, say)
    database = database_of(installation)
    try:
        await upgrade(database)
        await seed(database, installation)
        seat_ids = [str(seat.seat_id) for seat in await StoredFloor(database).definitions()]
        texts = (await StoredRules(database).due(utc_now())).get(DocumentKind.TEXTS)
    finally:
        await database.close()
    await asyncio.to_thread(
        provide_sounds_and_pages, places, say, None if texts is None else texts.body
    )
    program, asterisk = None, None
    if config.asterisk.provide != EXTERNAL:
        program = await asyncio.to_thread(provide_program, installation, say)
        if asterisk_server(installation, program, ()).find_running() is None:
            free_taken_ports(installation)
        installation = open_installation(config, places, seat_ids)
        asterisk = asterisk_server(installation, program, seat_ids)
        await asyncio.to_thread(asterisk.prepare)
    service = ServiceWatch(_serve_command(places, config_file, tape), config.watchdog)
    parts: list[Part] = []
    if asterisk is not None:
        parts.append(
            AsteriskWatch(asterisk, config.asterisk.start_limit_s, config.watchdog.stop_limit_s)
        )
    parts.append(service)
    return Product(
        installation=installation,
        program=program,
        asterisk=asterisk,
        service=service,
        parts=parts,
        seat_ids=seat_ids,
    )


def _judge_certificate(installation: Installation, say: Say) -> None:
    """Before anything starts, while whoever starts it still looks. Raises CertificateError."""
    files = certificate_of(installation)
    if files is None:
        return
    _, certificate = read_certificate(files)
    doubt = certificate.trouble(utc_now())
    if doubt is not None:
        say(f"{doubt.code}: {doubt.__doc__} {doubt}")


def _serve_command(places: Places, config_file: Path | None, tape: Path | None) -> list[str]:
    words = [sys.executable, "-m", "hotline.cli", "--var", str(places.var)]
    if config_file is not None:
        words += ["--config", str(config_file)]
    words.append("serve")
    return words if tape is None else [*words, "--tape", str(tape)]


async def run_product(product: Product, say: Say) -> None:
    """Until SIGTERM or SIGINT; SIGHUP restarts only the service."""
    stop = asyncio.Event()
    with _signals(stop, product.service):
        say(welcome(product))
        await run_until(stop, product.parts)


@asynccontextmanager
async def running(product: Product) -> AsyncIterator[asyncio.Event]:
    """The product runs inside; the event is set when somebody wants the end."""
    stop, end = asyncio.Event(), asyncio.Event()
    with _signals(stop, product.service):
        async with asyncio.TaskGroup() as group:
            group.create_task(run_until(end, product.parts), name="product")
            try:
                yield stop
            finally:
                end.set()


@contextlib.contextmanager
def _signals(stop: asyncio.Event, service: ServiceWatch) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, service.restart)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def welcome(product: Product) -> str:
    """What a person needs to begin: the page, the accounts, a SIP account."""
    installation = product.installation
    config = installation.config
    lines = ["", f"控制台 console   {product.address}", "初始账号 accounts（密码为首次启动时生成）"]
    lines += [f"  {a.username:8} {a.password}" for a in first_accounts(installation)]
    if product.seat_ids:
        seat = product.seat_ids[0]
        lines += [
            f"话机 SIP phone   {config.asterisk.sip_address}:{installation.ports['sip']}/udp"
            f"  用户 {seat}  密码 {installation.secrets.seats[seat]}"
        ]
    lines += [f"接入号码 numbers {' '.join(config.asterisk.numbers)}", ""]
    return "\n".join(lines)
