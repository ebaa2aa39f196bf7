"""A busy floor on the real Asterisk: 100 recorded calls at once, in at 10 a second, through line and seats.

The whole product (`hotline run`, its speech recognised by a server that understands nothing) and an outside world of citizens and telephones,
over real SIP and RTP. Fewer seats than calls, so that a freed seat always has somebody waiting; wrap-up 0.
Measured outside, at the telephones: every citizen talked with exactly one seat (0 lost), no telephone was
rung for a citizen whom another one was being rung for (0 double offers), and how long a telephone was free
before it rang again. CPU seconds of the service and of Asterisk are read from /proc.
The peer, in the same run: bare app_queue on the same Asterisk with the same recording, telephones and calls.
Prints one JSON line. `python -m bench.floor [calls] [at once] [seats]`
"""

import asyncio
import json
import os
import resource
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hotline.asterisk.server import AsteriskServer
from hotline.asterisk.values import asterisk_values, extra_conf
from hotline.config import AsteriskConfig
from hotline.outside.errors import OutsideError
from hotline.outside.far_end import Citizen
from hotline.outside.phone import Phone
from hotline.outside.phone_lines import free_port
from hotline.outside.tones import tone
from hotline.outside.world import OutsideWorld, open_world
from hotline.places import ROOT, Places
from hotline.secrets_file import open_secrets
from tests.fakes.exchange import asterisk_program
from tests.live.afterwards import OVER, journal
from tests.live.deaf_recogniser import deaf_recogniser
from tests.live.stage import Stage, children, make_ready_var, open_stage

RATE_PER_S = 10.0
TALK_S = 6.0
RING_S = 0.2
ANSWER_LIMIT_S = 120.0
SETTINGS = """
[seats]
wrap_up_limit_s = 0
[ivr]
ring_s = 15
"""
QUEUE = """[general]
autofill = yes
shared_lastcall = yes
[floor]
strategy = leastrecent
ringinuse = no
timeout = 15
wrapuptime = 0
autopause = no
"""
DIALPLAN = """[globals]
[hotline-in]
exten => 12345,1,Answer()
 same => n,MixMonitor(,r(@LEGS@/${UNIQUEID}-citizen.sln16)t(@LEGS@/${UNIQUEID}-seat.sln16))
 same => n,Queue(floor,r)
 same => n,Hangup(16)
[seat-out]
exten => failed,1,Hangup()
"""


@dataclass(slots=True)
class Play:
    """What the telephones saw."""

    dialled: int = 0
    refused: int = 0
    talked: dict[str, int] = field(default_factory=dict)
    """How often each citizen was answered by a seat."""
    peak: int = 0
    """Most calls at once."""
    free_s: list[float] = field(default_factory=list)
    """How long freed telephones waited for their next ring while somebody waited."""


class Crowd:
    """Citizens who call at a steady rate, so many at once, and seats who speak with each for a while."""

    def __init__(self, world: OutsideWorld, seats: Sequence[str], calls: int, at_once: int) -> None:
        self._world = world
        self._phones = [world.phone(seat) for seat in seats]
        self._calls = calls
        self._places = asyncio.Semaphore(at_once)
        self._waiting: dict[str, Citizen] = {}
        self._here = 0
        self._gone = asyncio.Event()
        self.seen = Play()

    async def play(self) -> Play:
        async with asyncio.TaskGroup() as group:
            seats = [group.create_task(self._sit(p), name=p.seat_id) for p in self._phones]
            callers = []
            began_s = asyncio.get_running_loop().time()
            for number in range(self._calls):
                await self._places.acquire()
                due_s = began_s + number / RATE_PER_S
                await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))
                callers.append(group.create_task(self._call(number), name=f"call {number}"))
            for phone in self._phones:  # from now on nobody comes any more, and seats stay free
                self.seen.free_s += phone.free_s
            await asyncio.wait(callers)
            for seat in seats:
                seat.cancel()
        return self.seen

    async def _call(self, number: int) -> None:
        self.seen.dialled += 1
        try:
            caller = f"1380000{number:04}"
            citizen = await self._world.dial(caller, "12345")
            self._waiting[caller] = citizen
            self._here += 1
            self.seen.peak = max(self.seen.peak, self._here)
            await citizen.until_gone(ANSWER_LIMIT_S)
            self._here -= 1
        except OutsideError:
            self.seen.refused += 1
        finally:
            self._places.release()

    async def _sit(self, phone: Phone) -> None:
        while True:
            leg = await phone.talking(3600)
            caller = phone.shown_number
            self.seen.talked[caller] = self.seen.talked.get(caller, 0) + 1
            await leg.say(tone(500, 0.5))
            await asyncio.sleep(TALK_S)
            await self._waiting.pop(caller).hang_up()
            await phone.idle()


async def measure(calls: int, at_once: int, seats: Sequence[str]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready_var = make_ready_var(Path(folder) / "r")
        product = await of_product(ready_var, Path(folder) / "p", calls, at_once, seats)
        queue = await of_queue(Path(folder) / "q", calls, at_once, seats)
    ratio = product["free_seat_to_ringing_ms"]["p50"] / queue["free_seat_to_ringing_ms"]["p50"]
    return {
        "bench": "floor", "calls": calls, "at_once": at_once, "seats": len(seats),
        "rate_per_s": RATE_PER_S, "product": product, "app_queue": queue,
        "ringing_ratio": round(ratio, 3),
        "holds": product["lost"] == product["double_offers"] == 0 and ratio <= 1.2,
    }  # fmt: skip


async def of_product(
    ready_var: Path, folder: Path, calls: int, at_once: int, seats: Sequence[str]
) -> dict:
    folder.mkdir()
    async with (
        deaf_recogniser() as recogniser,
        open_stage(ready_var, folder, f"{SETTINGS}{recogniser}", seats=seats) as stage,
    ):
        for seat in seats:
            await stage.take_seat(seat, RING_S)
        service, asterisk = stage.service_pid(), stage.asterisk_pid()
        before = [cpu_s(service), cpu_s(asterisk), children_cpu_s(service)]
        seen = await Crowd(stage.world, seats, calls, at_once).play()
        await stage.until("/api/calls?state=live", lambda answer: not answer["calls"])
        after = [cpu_s(service), cpu_s(asterisk), children_cpu_s(service)]
        used = [round((b - a) / calls * 1000, 1) for a, b in zip(before, after, strict=True)]
        return {
            **summary(seen, calls),
            "double_offers": await double_offers(stage, calls),
            "recorded": recorded(stage),
            "cpu_ms_per_call": {"service": used[0], "asterisk": used[1], "encoding": used[2]},
        }


async def double_offers(stage: Stage, calls: int) -> int:
    """Offers made while another one for the same call or the same seat stood; and calls without an end."""
    open_calls: set[str] = set()
    open_seats: set[str] = set()
    double = 0
    kinds = ("SeatReserved", "CallReturnedToLine", "SeatLeftCall")
    for told in journal(stage, *kinds):
        if told["type"] == "SeatReserved":
            double += told["call_id"] in open_calls or told["seat_id"] in open_seats
            open_calls.add(told["call_id"])
            open_seats.add(told["seat_id"])
        else:
            open_calls.discard(told["call_id"])
            open_seats.discard(told["seat_id"])
    ended = journal(stage, *OVER)
    return double + abs(calls - len(ended))


def recorded(stage: Stage) -> int:
    """Calls whose two sides lie there or are archived already."""
    legs = {leg.name.rpartition("-")[0] for leg in stage.places.legs.glob("*-citizen.sln48")}
    archived = {told["call_id"] for told in journal(stage, "RecordingArchived")}
    return len(legs | archived)


async def of_queue(folder: Path, calls: int, at_once: int, seats: Sequence[str]) -> dict:
    async with bare_queue(folder, seats) as (world, server):
        for seat in seats:
            phone = world.phone(seat)
            await phone.registered(60)
            await phone.answer_after(RING_S)
            await server.cli(f"queue add member PJSIP/{seat} to floor")
        assert server.pid is not None
        before = cpu_s(server.pid)
        seen = await Crowd(world, seats, calls, at_once).play()
        used = round((cpu_s(server.pid) - before) / calls * 1000, 1)
        return {**summary(seen, calls), "cpu_ms_per_call": {"asterisk": used}}


@asynccontextmanager
async def bare_queue(
    folder: Path, seats: Sequence[str]
) -> AsyncIterator[tuple[OutsideWorld, AsteriskServer]]:
    """The product's Asterisk with its SIP, and no dialplan but app_queue."""
    folder.mkdir()
    config = AsteriskConfig()
    secrets = open_secrets(folder / "secrets.toml", seats)
    ports = {name: free_port(socket.SOCK_STREAM) for name in ("ami", "agi", "http")}
    ports["sip"] = free_port(socket.SOCK_DGRAM)
    legs, music = folder / "legs", folder / "music"
    legs.mkdir()
    music.mkdir()
    server = AsteriskServer(
        asterisk_program(),
        folder / "asterisk",
        Places(ROOT / "var").templates,
        asterisk_values(config, ports, secrets, legs=legs, spool=folder, music=music),
        extra_conf={
            **extra_conf(config, list(seats), secrets),
            "extensions.conf": DIALPLAN.replace("@LEGS@", str(legs)),
            "queues.conf": QUEUE,
        },
    )
    server.prepare()
    await server.start(60)
    try:
        async with open_world(
            asterisk_program(),
            folder / "o",
            system_port=ports["sip"],
            trunk_secret=secrets.trunk,
            phones={seat: secrets.seats[seat] for seat in seats},
            hears=False,
        ) as world:
            yield world, server
    finally:
        await server.stop(10)


def summary(seen: Play, calls: int) -> dict[str, object]:
    free_ms = sorted(1000 * gap for gap in seen.free_s)
    return {
        "lost": calls - len(seen.talked),
        "refused": seen.refused,
        "answered_twice": sum(times > 1 for times in seen.talked.values()),
        "peak_at_once": seen.peak,
        "free_seat_to_ringing_ms": {
            "n": len(free_ms),
            "p50": round(statistics.median(free_ms), 1),
            "p95": round(free_ms[int(0.95 * (len(free_ms) - 1))], 1),
        },
    }


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu_s(pid: int) -> float:
    """Of its living and its waited-for children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    reaped = (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    return reaped + sum(cpu_s(child) for child in children(pid))


def main() -> None:
    words = sys.argv[1:]
    calls = int(words[0]) if words else 300
    at_once = int(words[1]) if len(words) > 1 else 100
    count = int(words[2]) if len(words) > 2 else 40
    resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
    seats = [str(8001 + number) for number in range(count)]
    result = asyncio.run(measure(calls, at_once, seats))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.exit(0 if result["holds"] else 1)


if __name__ == "__main__":
    main()
