"""The whole product as a person starts it, and the outside world around it.

    async with open_stage(ready_var, tmp) as stage:
        await stage.take_seat("8001")
        citizen = await stage.world.dial("13800000001")
        ...

`hotline run` is a real process with its Asterisk, service and speech worker; the outside world is a
second Asterisk. Whatever a test kills, it kills for real, by pid.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sys
import tomllib
import wave
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from cti.ids import SeatId, SkillGroupCode
from hotline.account_joints import stored_user
from hotline.api_client import ApiClient, ApiRefused
from hotline.asterisk.server import AsteriskServer
from hotline.config import read_config
from hotline.first_start import FIRST_SEATS, seed
from hotline.installation import database_of, open_installation, provide_sounds_and_pages
from hotline.outside.far_end import Citizen
from hotline.outside.phone_lines import free_port
from hotline.outside.world import OutsideWorld, open_world
from hotline.places import ROOT, Places
from hotline.secrets_file import open_secrets
from seats.groups import GENERAL
from seats.model import SeatDefinition, SkillGroup
from store.accounts import StoredAccounts
from store.floor import StoredFloor
from store.migrate import upgrade
from tests.fakes.exchange import asterisk_program
from web.accounts import hash_password
from web.ports import Role, User

SEATS = ("8001", "8002", "8003")
LOOK_EVERY_S = 0.1
QUICK = """
[seats]
wrap_up_limit_s = 2
[ivr]
ring_s = 4
[asr]
late_after_s = 1
[watchdog]
heartbeat_every_s = 0.5
heartbeat_limit_s = 2
"""
"""Settings that make nobody wait longer than the story needs."""
START_LIMIT_S = 90.0
STOP_LIMIT_S = 40.0


class Stage:
    """A running product, its users and its citizens."""

    def __init__(
        self, places: Places, web_port: int, process: asyncio.subprocess.Process, log: Path
    ) -> None:
        self.places = places
        self.log = log
        """What the product said, all its processes."""
        self.address = f"http://127.0.0.1:{web_port}"
        self.process = process
        self.world: OutsideWorld
        self._clients: dict[str, ApiClient] = {}

    @property
    def secrets(self) -> dict[str, dict[str, str]]:
        return tomllib.loads(self.places.secrets.read_text())

    @property
    def tape(self) -> Path:
        return self.places.var / "session.tape"

    async def api(self, username: str = "admin") -> ApiClient:
        """Logged in as that user; the administrator of a fresh start sees everything."""
        if username not in self._clients:
            client = ApiClient(self.address)
            await client.log_in(username, self.secrets["others"][f"user-{username}"])
            self._clients[username] = client
        return self._clients[username]

    async def take_seat(self, seat_id: str, answers_after_s: float | None = 0.3) -> None:
        """The operator signs in and is ready; his phone answers, or rings if None."""
        phone = self.world.phone(seat_id)
        await phone.registered()
        if answers_after_s is None:
            await phone.let_ring()
        else:
            await phone.answer_after(answers_after_s)
        api = await self.api(seat_id)
        await self.until(f"/api/seats/{seat_id}", lambda s: s["phone_reachable"], api=api)
        await api.post(f"/api/seats/{seat_id}/sign-in")
        await api.post(f"/api/seats/{seat_id}/ready")
        # Whoever waits gets it at once, so it may be ringing by now.
        not_yet = ("signed_out", "not_ready")
        await self.until(f"/api/seats/{seat_id}", lambda s: s["state"] not in not_yet)

    async def seat_is(self, seat_id: str, state: str, limit_s: float = 20.0) -> Any:
        return await self.until(f"/api/seats/{seat_id}", lambda s: s["state"] == state, limit_s)

    async def queues(self, caller_number: str) -> tuple[Citizen, Any]:
        """He dials and is in the line; who is called for after him stands behind him."""
        citizen = await self.world.dial(caller_number)
        call_id = (await self.call_of(caller_number))["call_id"]
        return citizen, await self.call_is(call_id, "queued")

    async def call_of(self, caller_number: str, limit_s: float = 20.0) -> Any:
        """The live call of that caller."""

        def his(answer: Any) -> Any:
            return next((c for c in answer["calls"] if c["caller_number"] == caller_number), None)

        return his(await self.until("/api/calls?state=live", his, limit_s))

    async def call_is(self, call_id: str, state: str, limit_s: float = 30.0) -> Any:
        return await self.until(f"/api/calls/{call_id}", lambda c: c["state"] == state, limit_s)

    async def archived(self, call_id: str, limit_s: float = 60.0) -> Any:
        return await self.until(
            f"/api/recordings/{call_id}-1", lambda r: r["state"] == "archived", limit_s
        )

    async def transcribed(self, call_id: str, limit_s: float = 60.0) -> Any:
        return await self.until(
            f"/api/calls/{call_id}/transcript", lambda t: t["finished"], limit_s
        )

    async def told(self, call_id: str) -> list[str]:
        """The kinds of events of a call, in order."""
        api = await self.api()
        return [
            event["type"] for event in (await api.get(f"/api/calls/{call_id}/events"))["events"]
        ]

    async def until(
        self,
        path: str,
        true: Callable[[Any], Any],
        limit_s: float = 20.0,
        api: ApiClient | None = None,
    ) -> Any:
        """Ask again and again; the service may be away meanwhile."""
        answer: Any = None
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    try:
                        answer = await (api or await self.api()).get(path)
                        if true(answer):
                            return answer
                    except (OSError, ApiRefused) as trouble:
                        answer = repr(trouble)
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise AssertionError(f"{path} did not become so in {limit_s} s: {answer}") from None

    # Processes

    def service_pid(self) -> int:
        """The service under this stage's watchdog."""
        (pid,) = (p for p in children(self.process.pid) if "serve" in command_of(p))
        return pid

    def worker_pids(self) -> list[int]:
        return [p for p in children(self.service_pid()) if "asr.server" in command_of(p)]

    def asterisk_pids(self) -> list[int]:
        """The product's Asterisk; two for a moment, while a killed one is replaced."""
        own = str(self.places.asterisk)
        commands = {p: command_of(p) for p in children(self.process.pid)}
        return [p for p, said in commands.items() if f"{own}/etc" in said and "-rx" not in said]

    def asterisk_pid(self) -> int:
        (pid,) = self.asterisk_pids()
        return pid

    async def new_service(self, after: int, limit_s: float = 40.0) -> int:
        """Wait for the service that follows the one of that pid, and for its page."""

        def found() -> int | None:
            pids = [p for p in children(self.process.pid) if "serve" in command_of(p)]
            return pids[0] if pids and pids[0] != after else None

        pid = await self.eventually(found, limit_s, "no new service")
        await self.until("/api/session", bool, limit_s)
        return pid

    async def eventually(self, found: Callable[[], Any], limit_s: float, otherwise: str) -> Any:
        """Wait until a look gives something true."""
        try:
            async with asyncio.timeout(limit_s):
                while not (seen := found()):
                    await asyncio.sleep(LOOK_EVERY_S)
                return seen
        except TimeoutError:
            raise AssertionError(otherwise) from None

    async def becomes(self, true: Callable[[], Awaitable[bool]], limit_s: float) -> None:
        """Wait until an asynchronous look is true. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while not await true():
                await asyncio.sleep(LOOK_EVERY_S)

    def kill_service(self) -> int:
        """SIGKILL, without a goodbye; the pid it had."""
        pid = self.service_pid()
        os.kill(pid, signal.SIGKILL)
        return pid

    @contextmanager
    def no_watchdog(self) -> Iterator[None]:
        """Whatever is killed meanwhile is not started again until the end of the block."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    async def serve_https(self, certificate: str, key: str) -> None:
        """As an administrator does it: two lines of configuration (files in var/), and SIGHUP."""
        words = f'[web]\ncertificate_file = "{certificate}"\ncertificate_key_file = "{key}"'
        settings = self.places.config.read_text().replace("[web]", words)
        self.places.config.write_text(settings)
        before = self.service_pid()
        self.process.send_signal(signal.SIGHUP)
        self.address = self.address.replace("http:", "https:")
        self._clients.clear()
        await self.new_service(before)
        await self.until("/readyz", lambda r: r["ready"])

    async def asterisk_says(self, command: str) -> str:
        """What the product's Asterisk answers to a console command."""
        server = AsteriskServer(asterisk_program(), self.places.asterisk, self.places.templates, {})
        return await server.cli(command)

    async def lifeboat_has(self, seat_id: str, *, paused: bool, limit_s: float = 10.0) -> None:
        """Wait until Asterisk's own queue has this seat so."""
        said = ""
        try:
            async with asyncio.timeout(limit_s):
                while True:
                    said = await self.asterisk_says("queue show lifeboat")
                    rows = [row for row in said.splitlines() if f"PJSIP/{seat_id}" in row]
                    if rows and ("paused" in rows[0]) is paused:
                        return
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise AssertionError(f"the lifeboat has not {seat_id}: {said}") from None

    async def channels(self) -> int:
        """How many channels Asterisk has."""
        counted = await self.asterisk_says("core show channels count")
        match = re.search(r"(\d+) active channel", counted)
        assert match, counted
        return int(match[1])


def children(pid: int) -> list[int]:
    """Direct children, and those that a shell or loader stands between."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found.append(int(entry.name))
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def make_ready_var(folder: Path) -> Path:
    """A var with spoken prompts, made once; the notice is a short studio recording, for speed."""
    places = Places(folder)
    studio = places.prompts / "studio"
    studio.mkdir(parents=True)
    with wave.open(str(studio / "recording-notice.wav"), "wb") as short:
        short.setnchannels(1)
        short.setsampwidth(2)
        short.setframerate(8000)
        tone = b"".join(
            (6000 * (1 if (n // 10) % 2 else -1)).to_bytes(2, "little", signed=True)
            for n in range(4000)
        )
        short.writeframes(tone)
    provide_sounds_and_pages(places, lambda _: None)
    return folder


@asynccontextmanager
async def open_stage(
    ready_var: Path,
    folder: Path,
    settings: str = "",
    hears: bool = False,
    seats: Sequence[str] | Mapping[str, str] = SEATS,
) -> AsyncIterator[Stage]:
    """The product and the outside world, running; all gone afterwards.

    `seats` are those that have a telephone outside; seats beyond the first start's are defined first,
    with the skill group that the mapping gives them, or the general one.
    """
    async with (
        open_product(ready_var, folder, settings, seats) as stage,
        open_world(
            asterisk_program(),
            folder / "o",
            system_port=json.loads(stage.places.ports.read_text())["sip"],
            trunk_secret=stage.secrets["asterisk"]["trunk"],
            phones={seat: stage.secrets["seats"][seat] for seat in seats},
            hears=hears,
        ) as world,
    ):
        stage.world = world
        yield stage


@asynccontextmanager
async def open_product(
    ready_var: Path,
    folder: Path,
    settings: str = "",
    seats: Sequence[str] | Mapping[str, str] = SEATS,
) -> AsyncIterator[Stage]:
    """`hotline run`, with nobody outside yet."""
    var = folder / "v"
    shutil.copytree(ready_var, var, symlinks=True)
    web_port = free_port(socket.SOCK_STREAM)
    (var / "hotline.toml").write_text(f"{settings}\n[web]\nport = {web_port}\n")
    places = Places(var)
    await add_seats(places, seats)
    log = (folder / "hotline.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(var), "run", "--tape",
        str(var / "session.tape"),
        cwd=ROOT, stdout=log, stderr=log,
    )  # fmt: skip
    stage = Stage(places, web_port, process, folder / "hotline.log")
    try:
        await stage.eventually(
            lambda: places.secrets.exists() and "user-8004" in places.secrets.read_text(),
            START_LIMIT_S,
            "no secrets",
        )
        await stage.until("/api/session", bool, START_LIMIT_S)
        await stage.until("/readyz", lambda r: r["ready"], START_LIMIT_S)
        yield stage
    except BaseException:
        sys.stderr.write(stage.log.read_text()[-6000:])
        raise
    finally:
        await stop(process)
        log.close()


async def add_seats(places: Places, seats: Sequence[str] | Mapping[str, str]) -> None:
    """Define the seats that a fresh installation has not, each with its operator's account."""
    added = [seat for seat in seats if seat not in dict(FIRST_SEATS)]
    if not added:
        return
    groups = seats if isinstance(seats, Mapping) else dict.fromkeys(seats, str(GENERAL.code))
    installation = open_installation(read_config(places.config), places, list(seats))
    everybody = [f"user-{seat}" for seat in added]
    passwords = open_secrets(places.secrets, list(seats), everybody).others
    database = database_of(installation)
    try:
        await upgrade(database)
        await seed(database, installation)
        floor, accounts = StoredFloor(database), StoredAccounts(database)
        for code in sorted(set(groups.values()) - {GENERAL.code}):
            await floor.define_skill_group(SkillGroup(code=SkillGroupCode(code), name=code))
        for seat in added:
            await floor.define(
                SeatDefinition(
                    seat_id=SeatId(seat),
                    operator_name=f"座席{seat}",
                    skills={SkillGroupCode(groups[seat]): 1},
                )
            )
            operator = User(
                username=seat,
                name=f"座席{seat}",
                roles=frozenset((Role.OPERATOR,)),
                seat_id=SeatId(seat),
                password_hash=hash_password(passwords[f"user-{seat}"]),
            )
            await accounts.save(stored_user(operator))
    finally:
        await database.close()


async def stop(process: asyncio.subprocess.Process) -> None:
    """End the product as a person does; what does not end is killed, and that is a failure."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_LIMIT_S):
            await process.wait()
    except TimeoutError:
        for pid in (*children(process.pid), process.pid):
            os.kill(pid, signal.SIGKILL)
        raise AssertionError("hotline run did not stop") from None


Story = Callable[[Stage], Awaitable[None]]
