"""How soon a change on the floor is on the shift leader's board, while 50 calls are live.

    change in the house ─► journal (SQLite, every commit synced) ─► /live frame ─► GET /api/board ─► parsed

One process is the service: herald, journal, live stream, usher's line, service level, groups and alarms
behind the real web server on uvloop; this one is a board in a browser: it hears /live and asks for
/api/board as web/console/src/board.ts does (at once, two answers at least 200 ms apart). 50 calls are
live; citizens join the line, are answered and leave all the time, and every half second a marked one
joins. Measured is the time from the moment at which the service takes his event to the parsed answer in
which he stands in the line; drawing it in the browser is not in it. Nobody calls over Asterisk here: the
events are made in the service itself. The peer is a bare GET of /healthz in the same run.
Prints one JSON line. `python -m bench.board [seconds] [boards] [events a second]`
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from websockets.asyncio.client import connect

LIVE_CALLS = 50
SOONEST_S = 0.2
MOVES = frozenset(
    {
        "CallQueued", "CallOffered", "CallAnswered", "CallReturnedToLine", "CallAbandoned",
        "CallEnded", "WaitMeasured", "SeatReserved", "SeatStateChanged",
    }
)  # fmt: skip
COOKIE = "hotline_session=token-leader"
WARM_UP_S = 2.0
MARKED_EVERY_S = 0.5


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class BoardPage:
    """What the console's board does, without drawing."""

    def __init__(self, port: int) -> None:
        self._address = f"127.0.0.1:{port}"
        self._moved = asyncio.Event()
        self.seen: dict[str, float] = {}
        self.answer_ms: list[float] = []

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(), name="live")
            group.create_task(self._ask(), name="board")

    async def _hear(self) -> None:
        address = f"ws://{self._address}/live"
        async with connect(address, additional_headers={"Cookie": COOKIE}) as socket:
            async for frame in socket:
                if any(event["type"] in MOVES for event in json.loads(frame)):
                    self._moved.set()

    async def _ask(self) -> None:
        headers = {"Cookie": COOKIE}
        async with httpx.AsyncClient(base_url=f"http://{self._address}", headers=headers) as http:
            while True:
                await self._moved.wait()
                self._moved.clear()
                asked = time.monotonic()
                board = (await http.get("/api/board")).raise_for_status().json()
                now = time.monotonic()
                self.answer_ms.append((now - asked) * 1000)
                for one in board["line"]:
                    self.seen.setdefault(one["call_id"], now)
                await asyncio.sleep(max(0.0, asked + SOONEST_S - now))


async def measure(seconds: float, boards: int, rate: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        service = subprocess.Popen(
            [sys.executable, "-m", "bench.board", "serve", folder, str(rate)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert service.stdout is not None
        port = int(await asyncio.to_thread(service.stdout.readline))
        pages = [BoardPage(port) for _ in range(boards)]
        try:
            async with asyncio.timeout(seconds + WARM_UP_S), asyncio.TaskGroup() as group:
                for page in pages:
                    group.create_task(page.run(), name="board page")
        except TimeoutError:
            pass
        peer = await bare(port)
        cpu = _cpu_s(service.pid)
        service.terminate()
        said, _ = await asyncio.to_thread(service.communicate)
    marked = dict(map(json.loads, said.splitlines()))
    delays, missing = [], 0
    for page in pages:
        for call_id, at in marked.items():
            if call_id in page.seen:
                delays.append((page.seen[call_id] - at) * 1000)
            elif at < max(marked.values()) - 2:
                missing += 1
    answers = [ms for page in pages for ms in page.answer_ms]
    return {
        "live_calls": LIVE_CALLS, "boards": boards, "events_per_s": rate, "marked": len(marked),
        "never_shown": missing,
        "refresh_ms": {name: round(percentile(delays, share), 1) for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))},
        "board_answer_ms": {name: round(percentile(answers, share), 1) for name, share in (("p50", 0.5), ("p95", 0.95))},
        "bare_healthz_ms": peer,
        "service_cpu_share_of_core": round(cpu / (seconds + WARM_UP_S), 3),
    }  # fmt: skip


async def bare(port: int) -> dict[str, float]:
    times = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        for _ in range(200):
            began = time.monotonic()
            await http.get("/healthz")
            times.append((time.monotonic() - began) * 1000)
    return {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1)}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def serve(folder: str, rate: int) -> None:
    """The service's side: everything between an event and a board, joined as hotline/house.py does."""
    from dataclasses import replace

    from cti.ids import SeatId
    from hotline.clock import utc_now
    from hotline.herald import Herald
    from hotline.live_stream import LiveStream
    from hotline.service_level import ServiceLevelDesk
    from hotline.waiting_line import WaitingLine
    from hotline.web_server import WebServer
    from seats.groups import GENERAL, SKILL_GROUPS
    from seats.model import Seat, SeatDefinition, SeatState
    from seats.no_answers import NoAnswers
    from seats.service_level_clock import ServiceLevelClock
    from seats.settings import SeatsSettings, ServiceLevelSettings
    from seats.wait_watch import WaitWatch
    from store.codec import encode
    from store.database import Database
    from store.journal import Journal
    from store.migrate import upgrade
    from store.service_level import StoredWaits
    from store.settings import StoreSettings
    from tests.fakes.services import memory_services, user
    from web.accounts import hash_token
    from web.app import build_app
    from web.ports import Login, Role
    from web.settings import WebSettings

    database = Database(f"sqlite+aiosqlite:///{folder}/bench.sqlite")
    await upgrade(database)
    journal = Journal(database, StoreSettings())
    await journal.open()
    herald = Herald(journal.append)
    stream = LiveStream(journal)
    seats = {
        SeatId(str(8001 + n)): Seat(
            definition=SeatDefinition(
                seat_id=SeatId(str(8001 + n)), operator_name="甲", skills={GENERAL.code: 1}
            ),
            state=SeatState.TALKING, since=utc_now(), idle_since=utc_now(), phone_reachable=True,
        )
        for n in range(LIVE_CALLS)
    }  # fmt: skip
    services = memory_services()
    roster = type("Roster", (), {"seats": seats})()
    clock = ServiceLevelClock(roster, ServiceLevelSettings(), herald.tell, utc_now)
    floor = Floor(herald.tell, rate)
    waits = WaitWatch(lambda: seats, floor.place_of, utc_now)
    no_answers = NoAnswers(SeatsSettings(), utc_now)
    for listener in (clock.on_event, waits.on_event, no_answers.on_event):
        herald.listen(listener)
    services = replace(
        services, live=stream, encode_event=encode, now=utc_now, seats=roster,
        skill_groups=lambda: tuple(SKILL_GROUPS), no_answers=no_answers, calls=floor,
        line=WaitingLine(floor, waits, herald.tell, utc_now),
        service_level=ServiceLevelDesk(clock, StoredWaits(database), ServiceLevelSettings(), utc_now),
    )  # fmt: skip
    await services.users.save(user("leader", Role.SUPERVISOR))
    await services.users.open_login(
        Login(
            token_hash=hash_token("token-leader"), username="leader", created_at=utc_now(),
            expires_at=datetime(2100, 1, 1, tzinfo=UTC), seen_at=utc_now(),
        )
    )  # fmt: skip
    web = WebServer(build_app(services, WebSettings(), static=Path(folder)), WebSettings(port=0))
    async with asyncio.TaskGroup() as group:
        for part in (journal, stream, web):
            group.create_task(part.run(), name=part.name)
        print(await web.started(), flush=True)
        group.create_task(floor.run(), name="floor")


class Floor:
    """50 talks that go on, and citizens who join the line and are answered a few seconds later."""

    def __init__(self, tell, rate: int) -> None:
        self._tell, self._rate = tell, rate
        self.line = []
        self._number = 0

    def why_waiting(self, _call_id):
        return "技能组“综合受理”没有空闲座席：通话50"

    def place_of(self, call_id):
        return next((n for n, one in enumerate(self.line, 1) if one.call_id == call_id), None)

    async def live(self):
        return []

    async def find_many(self, _call_ids):
        return {}

    async def run(self) -> None:
        from cti.events import CallAnswered, CallQueued, KeyPressed
        from cti.ids import CallId, SeatId
        from hotline.clock import utc_now
        from seats.groups import GENERAL
        from seats.model import WaitingCitizen

        begun = time.monotonic()
        mark_at, count = begun + WARM_UP_S, 0
        while True:
            count += 1
            await asyncio.sleep(max(0.0, begun + count / self._rate - time.monotonic()))
            at = utc_now()
            if time.monotonic() >= mark_at or not self.line:
                self._number += 1
                call_id = CallId(f"node1-1795254167.{self._number}")
                joined = WaitingCitizen(call_id=call_id, skill_group=GENERAL.code, joined_at=at)
                self.line.append(joined)
                if time.monotonic() >= mark_at:
                    print(json.dumps([call_id, time.monotonic()]), flush=True)
                    mark_at += MARKED_EVERY_S
                self._tell(
                    CallQueued(
                        at=at, call_id=call_id, skill_group=GENERAL.code, joined_at=at, priority=0
                    )
                )
            elif len(self.line) > 8:
                first = self.line.pop(0)
                seat = SeatId(str(8001 + count % LIVE_CALLS))
                self._tell(CallAnswered(at=at, call_id=first.call_id, seat_id=seat, waited_ms=4000))
            else:
                talk = CallId(f"node1-1795250000.{count % LIVE_CALLS}")
                self._tell(KeyPressed(at=at, call_id=talk, key="5"))


def main() -> None:
    words = sys.argv[1:]
    if words and words[0] == "serve":
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(words[1], int(words[2])))
        return
    seconds = float(words[0]) if words else 20.0
    boards = int(words[1]) if len(words) > 1 else 5
    rate = int(words[2]) if len(words) > 2 else 200
    print(json.dumps({"bench": "board", **asyncio.run(measure(seconds, boards, rate))}))


if __name__ == "__main__":
    main()
