"""What listening to Asterisk costs, and whether Chinese survives it: ours against panoramisk alone.

(a) A stream with Chinese names is cut in two at every byte position; wrong or missing characters are
    counted. (b) CPU (user + system) per event from socket to fact, against panoramisk with 15 handlers
    (14 named and "*"), in the same run, repeats interleaved, minimum taken: the machine may be busy.
Prints one JSON line. `python -m bench.ami [calls] [repeats]`
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator

import structlog
from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from cti.ami.link import WANTED, AmiLink
from cti.ami.protocol import WholeMessageProtocol
from cti.ami.wire import Message
from cti.facts import CallFact
from cti.settings import AmiSettings
from cti.tracker import CallTracker
from hotline.clock import utc_now
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.settings import StoreSettings

NAMES = ("王小明", "欧阳春晓", "李娜", "司马相如", "古丽娜尔·买买提", "赵钱孙李周")
NAMED = (
    "Newchannel", "Newstate", "DialBegin", "DialEnd", "Hangup", "HangupRequest", "UserEvent",
    "QueueCallerJoin", "AgentCalled", "AgentConnect", "DeviceStateChange", "Hold", "Unhold",
    "MixMonitorStart",
)  # fmt: skip
# One call as Asterisk 22 tells it (what manager.conf excludes is left out): name, whose channel
# leads, whether the other one follows as Dest*, and what comes last.
CALL = (
    ("Newchannel", "citizen", False, ""),
    ("Newstate", "citizen", False, ""),
    ("DeviceStateChange", "", False, "Device: PJSIP/trunk\nState: INUSE"),
    ("MixMonitorStart", "citizen", False, ""),
    ("UserEvent", "citizen", False, "UserEvent: HotlineNotice\nHotlineCall: @CALL@"),
    (
        "UserEvent", "citizen", False,
        "UserEvent: HotlineWaiting\nHotlineCall: @CALL@\nGroup: general\nJoinedAt: 1795254167123\nPriority: 0",
    ),
    ("MusicOnHoldStart", "citizen", False, "Class: hotline"),
    ("MusicOnHoldStop", "citizen", False, ""),
    ("Newchannel", "seat", False, ""),
    ("NewCallerid", "seat", False, "CID-CallingPres: 0 (Presentation Allowed, Not Screened)"),
    ("NewConnectedLine", "seat", False, ""),
    ("DialBegin", "citizen", True, "DialString: @SEAT@"),
    ("NewConnectedLine", "citizen", False, ""),
    ("Newstate", "seat", False, ""),
    ("DialState", "citizen", True, "DialStatus: RINGING"),
    ("DeviceStateChange", "", False, "Device: PJSIP/@SEAT@\nState: RINGING"),
    ("QueueMemberStatus", "", False, "Queue: lifeboat\nMemberName: @NAME@\nInterface: PJSIP/@SEAT@\nStatus: 6"),
    ("Newstate", "seat", False, ""),
    ("DialEnd", "citizen", True, "DialStatus: ANSWER"),
    ("BridgeCreate", "", False, "BridgeUniqueid: fb7d16d0-651e-4c38\nBridgeType: basic"),
    ("DeviceStateChange", "", False, "Device: PJSIP/@SEAT@\nState: INUSE"),
    ("QueueMemberStatus", "", False, "Queue: lifeboat\nMemberName: @NAME@\nInterface: PJSIP/@SEAT@\nStatus: 2"),
    ("BridgeEnter", "seat", False, "BridgeUniqueid: fb7d16d0-651e-4c38"),
    ("BridgeEnter", "citizen", False, "BridgeUniqueid: fb7d16d0-651e-4c38"),
    ("DTMFBegin", "citizen", False, "Digit: 5\nDirection: Received"),
    ("DTMFEnd", "citizen", False, "Digit: 5\nDurationMs: 180\nDirection: Received"),
    ("HangupRequest", "citizen", False, "Cause: 16"),
    ("BridgeLeave", "seat", False, "BridgeUniqueid: fb7d16d0-651e-4c38"),
    ("BridgeLeave", "citizen", False, "BridgeUniqueid: fb7d16d0-651e-4c38"),
    ("BridgeDestroy", "", False, "BridgeUniqueid: fb7d16d0-651e-4c38"),
    ("SoftHangupRequest", "citizen", False, "Cause: 16"),
    ("Hangup", "seat", False, "Cause: 16\nCause-txt: Normal Clearing"),
    ("DeviceStateChange", "", False, "Device: PJSIP/@SEAT@\nState: NOT_INUSE"),
    ("QueueMemberStatus", "", False, "Queue: lifeboat\nMemberName: @NAME@\nInterface: PJSIP/@SEAT@\nStatus: 1"),
    ("Hangup", "citizen", False, "Cause: 16\nCause-txt: Normal Clearing"),
    ("DeviceStateChange", "", False, "Device: PJSIP/trunk\nState: NOT_INUSE"),
)  # fmt: skip
LAST_CALL = "node1-1999999999.9"
AT_ONCE = 20
"""Calls interleaved in the stream."""


def stream(calls: int) -> tuple[bytes, int]:
    """The bytes and how many events they are; the last one hangs up LAST_CALL."""
    out: list[bytes] = []
    for first in range(0, calls, AT_ONCE):
        tellers = [events(n) for n in range(first, min(first + AT_ONCE, calls))]
        out += [event for together in zip(*tellers, strict=True) for event in together]
    last = _channel("", "PJSIP/trunk-ffffffff", LAST_CALL, LAST_CALL, "无名")
    out.append(_event("Hangup", [*last, "Cause: 16"]))
    return b"".join(out), len(out)


def events(number: int) -> Iterator[bytes]:
    """One call."""
    call, leg = f"node1-17952{number:05}.1", f"node1-17952{number:05}.2"
    seat, name = str(8001 + number % 200), NAMES[number % len(NAMES)]
    channels = {"citizen": ("PJSIP/trunk-0000001a", call), "seat": (f"PJSIP/{seat}-0000001b", leg)}
    for event, leads, with_destination, own in CALL:
        lines = []
        if leads:
            channel, uniqueid = channels[leads]
            untouched = event == "Newchannel"
            lines += _channel("", channel, uniqueid, "" if untouched else call, name, call)
        if with_destination:
            channel, uniqueid = channels["seat"]
            lines += _channel("Dest", channel, uniqueid, call, name)
        own = own.replace("@CALL@", call).replace("@SEAT@", seat).replace("@NAME@", name)
        yield _event(event, [*lines, *filter(None, own.split("\n"))])


def _channel(
    prefix: str, channel: str, uniqueid: str, inherited: str, name: str, linked: str = ""
) -> list[str]:
    lines = [
        f"Channel: {channel}", "ChannelState: 6", "ChannelStateDesc: Up",
        "CallerIDNum: 13800000001", f"CallerIDName: {name}", "ConnectedLineNum: 12345",
        f"ConnectedLineName: {name}", "Language: zh", "AccountCode: ",
        f"Context: {'hotline-in' if 'trunk' in channel else 'seat-out'}", "Exten: 12345", "Priority: 13",
        f"Uniqueid: {uniqueid}", f"Linkedid: {linked or inherited}",
        f"ChanVariable: HOTLINE_CALL={inherited}", "ChanVariable: HOTLINE_STATE=waiting",
        "ChanVariable: HOTLINE_GROUP=general", "ChanVariable: HOTLINE_JOINED_AT=1795254167123",
        "ChanVariable: HOTLINE_PRIORITY=0",
    ]  # fmt: skip
    return [prefix + line for line in lines]


def _event(name: str, lines: list[str]) -> bytes:
    head = [
        f"Event: {name}",
        "Privilege: call,all",
        "Timestamp: 1795254166.774986",
        "SystemName: node1",
    ]
    return "\r\n".join([*head, *lines, "", ""]).encode()


# (a) every cut


class _NoWire(asyncio.Transport):
    def write(self, data: bytes) -> None:
        """Nobody listens."""


def characters_lost() -> tuple[int, int, int]:
    """Positions tried, wrong or missing characters with ours, and with panoramisk alone."""
    # A few events are enough: each position is a whole run of both.
    data = b"".join(list(events(1))[8:13])
    whole = [_names(raw.decode()) for raw in data.split(b"\r\n\r\n")[:-1]]
    ours = theirs = 0
    for cut in range(1, len(data)):
        pieces = (data[:cut], data[cut:])
        ours += _difference(whole, _ours_heard(pieces))
        theirs += _difference(whole, _panoramisk_heard(pieces))
    return len(data) - 1, ours, theirs


def _names(text: str) -> str:
    return "".join(character for character in text if character > "\u2e7f")


def _difference(whole: list[str], heard: list[str]) -> int:
    missing = sum((Counter("".join(whole)) - Counter("".join(heard))).values())
    return missing + (0 if missing or whole == heard else 1)


def _ours_heard(pieces: tuple[bytes, ...]) -> list[str]:
    heard: list[bytes] = []
    everything = {event.encode() for event, *_ in CALL}
    protocol = WholeMessageProtocol(everything, heard.extend, Counter())
    protocol.connection_made(_NoWire())
    for piece in pieces:
        protocol.data_received(piece)
    return [_names(Message(raw).raw.decode()) for raw in heard]


class _Collector:
    def __init__(self) -> None:
        self.heard: list[str] = []

    def dispatch(self, event: dict[str, str]) -> None:
        values = (v if isinstance(v, str) else "".join(v) for v in event.values())
        self.heard.append(_names("".join(values)))


def _panoramisk_heard(pieces: tuple[bytes, ...]) -> list[str]:
    collector = _Collector()
    protocol = AMIProtocol()
    protocol.connection_made(_NoWire())
    protocol.factory, protocol.encoding = collector, "utf-8"
    for piece in pieces:
        protocol.data_received(piece)
    return collector.heard


# (b) CPU per event


async def run_ours(port: int) -> float:
    """Seconds of CPU from socket to fact, each stored as panoramisk's handlers do."""
    last: dict[str, CallFact] = {}
    done = asyncio.Event()

    def meet(fact: object) -> None:
        if isinstance(fact, CallFact):
            last[fact.call_id] = fact
            if fact.call_id == LAST_CALL:
                done.set()

    return await _link(port, meet, done)


async def run_ours_to_events(port: int) -> float:
    """The same, and on through the tracker to the events that are told."""
    done = asyncio.Event()
    last: dict[str, object] = {}
    tracker = CallTracker(lambda event: last.__setitem__(event.call_id, event), utc_now)

    def meet(fact: object) -> None:
        tracker.meet(fact)
        if isinstance(fact, CallFact) and fact.call_id == LAST_CALL:
            done.set()

    return await _link(port, meet, done)


async def run_ours_to_disk(port: int) -> float:
    """The same, and on into the journal and every table: SQLite, each commit synced."""
    done = asyncio.Event()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/bench.sqlite")
        await upgrade(database)
        journal = Journal(database, StoreSettings())
        await journal.open()
        tracker = CallTracker(journal.append, utc_now)

        def meet(fact: object) -> None:
            tracker.meet(fact)
            if isinstance(fact, CallFact) and fact.call_id == LAST_CALL:
                done.set()

        before = time.process_time()
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(journal.run(), name=journal.name)
            await _link(port, meet, done)
            await journal.written(journal.last_seq)
            spent = time.process_time() - before
            writing.cancel()
        await database.close()
    return spent


async def _link(port: int, meet: object, done: asyncio.Event) -> float:
    settings = AmiSettings(action_limit_s=60, queue_limit=10_000_000, lag_warning_ms=10_000_000)
    link = AmiLink("127.0.0.1", port, "ours", "x", "node1", settings, meet, lambda _: None, utc_now)
    before = time.process_time()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(link.run(), name=link.name)
        await done.wait()
        spent = time.process_time() - before
        running.cancel()
    return spent


async def run_panoramisk(port: int) -> float:
    """14 named handlers and one for everything; the last event of each call is stored."""
    last: dict[str, object] = {}
    done = asyncio.Event()

    def store(_manager: Manager, event: object) -> None:
        last[event.linkedid] = event
        if event.uniqueid == LAST_CALL:
            done.set()

    manager = Manager(
        loop=asyncio.get_running_loop(),
        host="127.0.0.1",
        port=port,
        username="panoramisk",
        secret="x",
    )
    for name in (*NAMED, "*"):
        manager.register_event(name, store)
    before = time.process_time()
    await manager.connect()
    await done.wait()
    spent = time.process_time() - before
    manager.close()
    return spent


def serve(calls: int) -> None:
    """The other process: sends the whole stream at full speed to each client that is ready for it."""
    data, _ = stream(calls)
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            client, _ = server.accept()
            with client:
                _serve_one(client, data)


def _serve_one(client: socket.socket, data: bytes) -> None:
    client.sendall(b"Asterisk Call Manager/11.0.0\r\n")
    unread = b""
    ready = b"QueueStatus"
    while got := client.recv(65536):
        *actions, unread = (unread + got).split(b"\r\n\r\n")
        for action in actions:
            if b"panoramisk" in action:
                ready = b"Login"
            client.sendall(_answers(action))
            if b"Action: " + ready in action:
                try:
                    client.sendall(data)
                except ConnectionError:
                    return


def _answers(action: bytes) -> bytes:
    headers = dict(line.split(": ", 1) for line in action.decode().split("\r\n") if ": " in line)
    same = f"ActionID: {headers['ActionID']}\r\n"
    answer = f"Response: Success\r\n{same}Message: yes\r\n"
    name = headers["Action"]
    if name == "CoreStatus":
        return f"{answer}CoreStartupDate: 2026-01-01\r\nCoreStartupTime: 00:00:00\r\n\r\n".encode()
    if name in ("CoreShowChannels", "DeviceStateList", "QueueStatus"):
        answer += f"\r\nEvent: {name}Complete\r\n{same}ListItems: 0\r\n"
    return f"{answer}\r\n".encode()


KINDS = {
    "ours": run_ours,
    "ours_to_events": run_ours_to_events,
    "ours_to_disk": run_ours_to_disk,
    "panoramisk": run_panoramisk,
}


def main(calls: int, repeats: int) -> None:
    """Print one JSON line."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    _, count = stream(calls)
    best = dict.fromkeys(KINDS, float("inf"))
    command = [sys.executable, "-m", "bench.ami", "serve", str(calls)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline())
        for _ in range(repeats):
            for kind, run in KINDS.items():
                best[kind] = min(best[kind], asyncio.run(run(port)))
        server.terminate()
    positions, ours_lost, theirs_lost = characters_lost()
    per_event = {kind: round(spent / count * 1e6, 2) for kind, spent in best.items()}
    result = {
        "bench": "ami",
        "events": count,
        "wanted_kinds": len(WANTED),
        "cut_positions": positions,
        "wrong_characters": {"ours": ours_lost, "panoramisk": theirs_lost},
        "us_per_event": per_event,
        "ratio_to_panoramisk": {
            kind: round(best[kind] / best["panoramisk"], 3)
            for kind in KINDS
            if kind != "panoramisk"
        },
    }
    result["ok"] = ours_lost == 0 < theirs_lost and max(result["ratio_to_panoramisk"].values()) <= 1
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        serve(int(arguments[1]))
    else:
        numbers = [int(argument) for argument in arguments]
        main(*(numbers + [400, 5][len(numbers) :]))
