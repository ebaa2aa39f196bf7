"""From Asterisk's byte to the browser's frame: AMI in, journal, /live out.

One process is the service (AMI link, tracker, journal on SQLite with every commit synced, live
stream, web server on uvloop); this one is Asterisk and the browsers: 500 events a second on 50 calls,
50 viewers, each an operator whose own call is one of them. Two delays are measured for each event:
to the seat whose call it is (sent at once), and to the other viewers (boards, coalesced to 50 ms).
The peer in the same run is a service that does nothing between: the same bytes echoed by a bare
asyncio server to one socket, so that the machine's own noise can be seen.
Prints one JSON line. `python -m bench.live [seconds] [events a second] [viewers]`
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from tests.fakes.asterisk_ami import FakeAsterisk, message

SECRET = "bench-secret"
FIRST_SEAT = 8001
WARM_UP_S = 2.0


def call_id(number: int) -> str:
    return f"node1-1795254167.{number}"


def channel(number: int) -> str:
    return f"PJSIP/trunk-{number:08x}"


def leg(number: int) -> tuple[str, ...]:
    return (
        f"Channel: {channel(number)}", f"Uniqueid: {call_id(number)}", f"Linkedid: {call_id(number)}",
        "CallerIDNum: 13800000001", "Context: hotline-in", "Exten: 12345", "ChannelState: 6",
    )  # fmt: skip


def opening(number: int) -> bytes:
    """A call that a seat has answered."""
    seat = FIRST_SEAT + number
    stamp = f"Timestamp: {time.time():.6f}"
    dest = (f"DestChannel: PJSIP/{seat}-00000001", f"DestUniqueid: node1-1795254168.{number}")
    return b"".join(
        (
            message("Event: Newchannel", *leg(number), stamp),
            message(
                "Event: DialBegin", *leg(number), *dest, f"DestLinkedid: {call_id(number)}", stamp
            ),
            message(
                "Event: DialEnd", *leg(number), *dest, f"DestLinkedid: {call_id(number)}",
                "DialStatus: ANSWER", stamp,
            ),
        )
    )  # fmt: skip


def key(number: int) -> bytes:
    return message(
        "Event: DTMFEnd", *leg(number), "Digit: 5", "DurationMs: 100", "Direction: Received",
        f"Timestamp: {time.time():.6f}",
    )  # fmt: skip


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Viewer:
    """A browser: counts the keys of each call as they come."""

    def __init__(self, own: int, sent: dict[str, list[float]]) -> None:
        self.own = call_id(own)
        self._sent = sent
        self._seen: dict[str, int] = {}
        self.own_ms: list[float] = []
        self.board_ms: list[float] = []

    async def watch(self, socket: ClientConnection) -> None:
        async for frame in socket:
            now = time.perf_counter()
            for event in json.loads(frame):
                if event["type"] == "KeyPressed":
                    self._note(event["call_id"], now)

    def _note(self, of: str, now: float) -> None:
        number = self._seen.get(of, 0)
        self._seen[of] = number + 1
        delay_ms = (now - self._sent[of][number]) * 1000
        (self.own_ms if of == self.own else self.board_ms).append(delay_ms)


async def measure(seconds: float, rate: int, viewers: int) -> dict[str, object]:
    sent: dict[str, list[float]] = {call_id(n): [] for n in range(viewers)}
    with tempfile.TemporaryDirectory() as folder:
        async with FakeAsterisk(SECRET) as asterisk:
            service = subprocess.Popen(
                [sys.executable, "-m", "bench.live", "serve", folder, str(asterisk.port), str(viewers)],
                stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert service.stdout is not None
            port = int(await asyncio.to_thread(service.stdout.readline))
            await asterisk.asked("CoreShowChannels")
            try:
                return await _play(asterisk, port, service.pid, sent, seconds, rate, viewers)
            finally:
                service.terminate()
                await asyncio.to_thread(service.wait)


async def _play(
    asterisk: FakeAsterisk,
    port: int,
    pid: int,
    sent: dict[str, list[float]],
    seconds: float,
    rate: int,
    viewers: int,
) -> dict[str, object]:
    for number in range(viewers):
        asterisk.say(opening(number))
    watching = [Viewer(number, sent) for number in range(viewers)]
    async with asyncio.TaskGroup() as group:
        sockets = []
        for number, viewer in enumerate(watching):
            cookie = f"hotline_session=token-{FIRST_SEAT + number}"
            socket = await connect(
                f"ws://127.0.0.1:{port}/live?after=0", additional_headers={"Cookie": cookie}
            )
            sockets.append(socket)
            group.create_task(viewer.watch(socket), name=f"viewer {number}")
        await asyncio.sleep(WARM_UP_S)
        cpu_before = _cpu_s(pid)
        began = time.perf_counter()
        for number in range(int(seconds * rate)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            of = number % viewers
            sent[call_id(of)].append(time.perf_counter())
            asterisk.say(key(of))
        elapsed = time.perf_counter() - began
        await asyncio.sleep(1.0)
        cpu = _cpu_s(pid) - cpu_before
        for socket in sockets:
            await socket.close()
    own = [ms for viewer in watching for ms in viewer.own_ms]
    board = [ms for viewer in watching for ms in viewer.board_ms]
    count = sum(len(times) for times in sent.values())
    return {
        "events": count, "events_per_s": round(count / elapsed), "viewers": viewers,
        "own_received": len(own), "board_received": len(board),
        "board_expected": count * (viewers - 1),
        "own_ms": {"p50": round(percentile(own, 0.5), 1), "p99": round(percentile(own, 0.99), 1)},
        "board_ms": {
            "p50": round(percentile(board, 0.5), 1), "p99": round(percentile(board, 0.99), 1)
        },
        "service_cpu_share_of_core": round(cpu / (elapsed + 1.0), 3),
    }  # fmt: skip


async def echo_peer(seconds: float, rate: int) -> dict[str, float]:
    """The same bytes through a bare asyncio echo, one socket: what the machine itself costs."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    delays = []
    began = time.perf_counter()
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        data = key(number)
        at = time.perf_counter()
        writer.write(data)
        await reader.readexactly(len(data))
        delays.append((time.perf_counter() - at) * 1000)
    writer.write_eof()
    await reader.read()
    writer.close()
    server.close()
    return {"p50": round(percentile(delays, 0.5), 2), "p99": round(percentile(delays, 0.99), 2)}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def serve(folder: str, ami_port: int, viewers: int) -> None:
    """The service's side: everything between the AMI socket and /live, as hotline/house.py joins it."""
    from cti.ami.link import AmiLink
    from cti.ids import SeatId
    from cti.settings import AmiSettings
    from cti.tracker import CallTracker
    from hotline.clock import utc_now
    from hotline.herald import Herald
    from hotline.joints import WebCalls
    from hotline.live_stream import LiveStream
    from hotline.web_server import WebServer
    from seats.hints import CallHints
    from store.calls import StoredCalls
    from store.codec import encode
    from store.database import Database
    from store.journal import Journal
    from store.migrate import upgrade
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
    tracker = CallTracker(herald.tell, utc_now)
    link = AmiLink(
        "127.0.0.1", ami_port, "hotline", SECRET, "node1", AmiSettings(), tracker.meet,
        herald.tell, utc_now, phone_changed=lambda _: None,
    )  # fmt: skip
    services = replace(
        memory_services(), live=stream, encode_event=encode, now=utc_now,
        calls=WebCalls(StoredCalls(database), tracker, CallHints()),
    )  # fmt: skip
    for number in range(viewers):
        seat = SeatId(str(FIRST_SEAT + number))
        await services.users.save(user(seat, Role.OPERATOR, seat=seat))
        await services.users.open_login(
            Login(
                token_hash=hash_token(f"token-{seat}"), username=seat, created_at=utc_now(),
                expires_at=datetime(2100, 1, 1, tzinfo=UTC),
            )
        )  # fmt: skip
    web = WebServer(build_app(services, WebSettings(), static=Path(folder)), WebSettings(port=0))
    async with asyncio.TaskGroup() as group:
        for part in (journal, stream, web, link):
            group.create_task(part.run(), name=part.name)
        print(await web.started(), flush=True)


def main() -> None:
    words = sys.argv[1:]
    if words and words[0] == "serve":
        import uvloop

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(words[1], int(words[2]), int(words[3])))
        return
    seconds, rate, viewers = (
        float(words[0]) if words else 20.0,
        int(words[1]) if len(words) > 1 else 500,
        int(words[2]) if len(words) > 2 else 50,
    )
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    result = asyncio.run(measure(seconds, rate, viewers))
    peer = asyncio.run(echo_peer(5.0, rate))
    print(json.dumps({"bench": "live", **result, "bare_echo_ms": peer}))


if __name__ == "__main__":
    main()
