"""/live over a real websocket, with the real journal behind it."""

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from asr.events import PartialHeard, Side
from cti.events import CallAnswered, CallArrived, LinkLost
from cti.ids import CallId, SeatId
from hotline.api_client import ApiClient
from hotline.live_stream import LiveStream
from hotline.web_server import WebServer
from store.codec import encode
from store.database import Database
from store.journal import Journal
from store.migrate import upgrade
from store.settings import StoreSettings
from tests.fakes.services import PASSWORD, memory_services
from web.app import build_app
from web.settings import WebSettings

NOON = datetime(2026, 1, 5, 4, tzinfo=UTC)


class Site:
    def __init__(self, journal, stream, port, users):
        self.journal, self.stream, self.port, self.users = journal, stream, port, users
        self.number = 0

    def tell(self, count=1):
        for _ in range(count):
            self.number += 1
            at = NOON + timedelta(seconds=self.number)
            self.journal.append(LinkLost(at=at, node="node1", reason=f"r{self.number}"))

    async def cookie(self, username):
        client = ApiClient(f"http://127.0.0.1:{self.port}")
        await client.log_in(username, PASSWORD)
        return client.cookie

    def viewer(self, cookie, after=None):
        query = "" if after is None else f"?after={after}"
        return connect(
            f"ws://127.0.0.1:{self.port}/live{query}", additional_headers={"Cookie": cookie}
        )


@asynccontextmanager
async def site(tmp_path):
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite")
    await upgrade(database)
    journal = Journal(database, StoreSettings())
    await journal.open()
    stream = LiveStream(journal)
    services = replace(memory_services(), live=stream, encode_event=encode)
    app = build_app(services, WebSettings(), static=tmp_path)
    async with asyncio.TaskGroup() as group:
        web = WebServer(app, WebSettings(port=0))
        parts = (journal, stream, web)
        tasks = [group.create_task(part.run(), name=part.name) for part in parts]
        try:
            yield Site(journal, stream, await web.started(), services.users)
        finally:
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait([task])
            await database.close()


async def receive(viewer, count):
    seen = []
    async with asyncio.timeout(10):
        while len(seen) < count:
            seen += json.loads(await viewer.recv())
    return seen


async def test_a_browser_that_reconnects_misses_nothing_and_sees_nothing_twice(tmp_path):
    async with site(tmp_path) as here:
        cookie = await here.cookie("leader")
        here.tell(3)
        async with here.viewer(cookie, after=0) as viewer:
            first = await receive(viewer, 3)
        here.tell(4)
        async with here.viewer(cookie, after=first[-1]["seq"]) as viewer:
            missed = await receive(viewer, 4)
            here.tell(2)
            live = await receive(viewer, 2)
        told = [event["reason"] for event in first + missed + live]
        assert told == [f"r{n}" for n in range(1, 10)]


async def test_without_a_session_the_socket_is_closed(tmp_path):
    async with site(tmp_path) as here:
        await here.cookie("leader")
        async with here.viewer("hotline_session=forged") as viewer:
            with pytest.raises(ConnectionClosed) as refused:
                await viewer.recv()
        assert refused.value.rcvd.code == 1008


async def test_words_reach_those_who_may_hear_them_and_nobody_else(tmp_path):
    async with site(tmp_path) as here:
        call_id = CallId("node1-9.9")
        own, other = await here.cookie("wang"), await here.cookie("li")
        async with here.viewer(own, after=0) as wang, here.viewer(other, after=0) as li:
            here.journal.append(
                CallArrived(
                    at=NOON, call_id=call_id, caller_number="13800000009", called_number="12345"
                )
            )
            here.journal.append(
                CallAnswered(at=NOON, call_id=call_id, seat_id=SeatId("8001"), waited_ms=1)
            )
            assert [e["type"] for e in await receive(wang, 2)] == ["CallArrived", "CallAnswered"]
            masked = await receive(li, 2)
            assert masked[0]["caller_number"] == "138****0009"
            here.stream.tell_partial(
                PartialHeard(call_id=call_id, side=Side.CITIZEN, text="我要", starts_at_ms=0)
            )
            here.tell()
            heard = await receive(wang, 2)
            assert [(e["seq"], e["type"]) for e in heard] == [
                (None, "PartialHeard"),
                (3, "LinkLost"),
            ]
            assert [e["type"] for e in await receive(li, 1)] == ["LinkLost"]


async def test_a_viewer_that_reads_nothing_does_not_hold_up_the_others_nor_the_stop(tmp_path):
    async with site(tmp_path) as here:
        cookie = await here.cookie("leader")
        async with here.viewer(cookie, after=0), here.viewer(cookie, after=0) as awake:
            here.tell(2_000)
            assert len(await receive(awake, 2_000)) == 2_000


async def test_an_open_socket_ends_with_the_session(tmp_path, monkeypatch):
    monkeypatch.setattr("web.live.SESSION_EVERY_S", 0.05)
    async with site(tmp_path) as s:
        first, second = await s.cookie("wang"), await s.cookie("li")
        async with s.viewer(first) as mine, s.viewer(second) as his:
            # An administrator closes the account: nothing more is seen from then on.
            wang = s.users.users["wang"]
            await s.users.save(replace(wang, disabled_at=NOON))
            with pytest.raises(ConnectionClosed) as closed:
                await mine.recv()
            assert closed.value.rcvd.code == 1008
            s.tell()
            assert json.loads(await his.recv())[0]["type"] == "LinkLost"
