"""/sip over real websockets: what is passed on, whom it is for, and how it ends."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from cti.seat_devices import SeatDevices
from hotline.api_client import ApiClient, ApiRefused
from hotline.softphone_joints import BrowserTelephones
from hotline.web_server import WebServer
from tests.fakes.services import PASSWORD, memory_services
from tests.fakes.softphones import HeldSoftphones, NoSoftphones
from web.app import build_app
from web.settings import WebSettings
from web.softphone_routes import MOST_CHARACTERS, Switchover

REGISTER = "REGISTER sip:hotline SIP/2.0\r\n\r\n"
LIMIT_S = 10


class Site:
    def __init__(self, app, port, telephones):
        self.app, self.port, self.telephones = app, port, telephones

    async def client(self, username):
        client = ApiClient(f"http://127.0.0.1:{self.port}")
        await client.log_in(username, PASSWORD)
        return client

    def socket(self, cookie, subprotocols=("sip",), origin=None, page=""):
        return connect(
            f"ws://127.0.0.1:{self.port}/sip?page={page}",
            additional_headers={"Cookie": cookie},
            subprotocols=subprotocols,
            origin=origin,
        )

    async def line(self):
        """The next one that is opened."""
        async with asyncio.timeout(LIMIT_S):
            return await self.telephones.opened.get()


@asynccontextmanager
async def site(tmp_path, telephones=None, look_every_s=0.05):
    telephones = telephones or HeldSoftphones()
    app = build_app(
        replace(memory_services(), softphones=telephones), WebSettings(), static=tmp_path
    )
    app.state.softphones = Switchover(look_every_s)
    async with asyncio.TaskGroup() as group:
        web = WebServer(app, WebSettings(port=0))
        task = group.create_task(web.run())
        try:
            yield Site(app, await web.started(), telephones)
        finally:
            task.cancel()


class SlowToClose(HeldSoftphones):
    """The line's closing handshake takes its time. 缓慢关闭"""

    def __init__(self) -> None:
        super().__init__()
        self.closing, self.closed = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def line(self):
        async with super().line() as held:
            try:
                yield held
            finally:
                self.closing.set()
                await self.closed.wait()


async def code_of_the_end(socket):
    async with asyncio.timeout(LIMIT_S):
        await socket.wait_closed()
    return socket.close_code


async def test_each_message_is_passed_on_whole_in_both_directions(tmp_path):
    async with site(tmp_path) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie) as socket, asyncio.timeout(LIMIT_S):
            assert socket.subprotocol == "sip"
            line = await here.line()
            await socket.send(REGISTER)
            assert await line.sent.get() == REGISTER
            line.says.put_nowait("SIP/2.0 401 Unauthorized\r\n\r\n")
            assert await socket.recv() == "SIP/2.0 401 Unauthorized\r\n\r\n"
            assert here.telephones.told == [("back", "8001")]
    assert here.telephones.told == [("back", "8001"), ("lost", "8001")]


@pytest.mark.parametrize(
    ("cookie", "origin", "code"),
    [("hotline_session=forged", None, 1008), (None, "http://elsewhere.test", 1008)],
)
async def test_without_a_session_or_from_another_site_nothing_is_passed_on(
    tmp_path, cookie, origin, code
):
    async with site(tmp_path) as here:
        own = (await here.client("wang")).cookie
        async with here.socket(cookie or own, origin=origin) as socket:
            assert await code_of_the_end(socket) == code
        assert here.telephones.opened.empty()


async def test_who_has_no_seat_and_who_speaks_no_sip_gets_no_line(tmp_path):
    async with site(tmp_path) as here:
        leader, operator = await here.client("leader"), await here.client("wang")
        async with here.socket(leader.cookie) as socket:
            assert await code_of_the_end(socket) == 1008
        async with here.socket(operator.cookie, subprotocols=None) as socket:
            assert await code_of_the_end(socket) == 1002
        assert here.telephones.opened.empty()


async def test_a_log_out_ends_the_socket(tmp_path):
    async with site(tmp_path) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie) as socket:
            await here.line()
            await here.app.state.accounts.log_out(operator.cookie.partition("=")[2])
            assert await code_of_the_end(socket) == 1008


async def test_the_newest_page_of_a_seat_is_its_telephone(tmp_path):
    async with site(tmp_path) as here:
        operator, other = await here.client("wang"), await here.client("li")
        async with (
            here.socket(operator.cookie) as first,
            here.socket(other.cookie) as others,
            asyncio.timeout(LIMIT_S),
        ):
            await here.line()
            others_line = await here.line()
            async with here.socket(operator.cookie) as second:
                line = await here.line()
                assert await code_of_the_end(first) == 4001
                await second.send(REGISTER)
                assert await line.sent.get() == REGISTER
            await others.send(REGISTER)
            assert await others_line.sent.get() == REGISTER


async def test_a_displaced_page_does_not_take_the_line_back_by_itself(tmp_path):
    async with site(tmp_path) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie, page="first") as cut_off:
            await here.line()
            # The same page again: its old socket was dead, and it is not displaced.
            async with here.socket(operator.cookie, page="first"):
                await here.line()
                assert await code_of_the_end(cut_off) == 4001
                async with here.socket(operator.cookie, page="second") as second:
                    line = await here.line()
                    async with here.socket(operator.cookie, page="first") as again:
                        assert await code_of_the_end(again) == 4001
                    async with asyncio.timeout(LIMIT_S):
                        await second.send(REGISTER)
                        assert await line.sent.get() == REGISTER
    # Only the last one left its seat without a page: the talk is the newest page's.
    assert here.telephones.told == [("back", "8001")] * 3 + [("lost", "8001")]


async def test_a_page_that_leaves_is_told_of_before_its_line_to_asterisk_is_closed(tmp_path):
    slow = SlowToClose()
    async with site(tmp_path, slow) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie, page="crashed"):
            await here.line()
        async with asyncio.timeout(LIMIT_S):
            await slow.closing.wait()
        async with here.socket(operator.cookie, page="next"):
            await here.line()
            assert slow.told == [("back", "8001"), ("lost", "8001"), ("back", "8001")]
            slow.closed.set()


async def test_what_is_no_sip_message_ends_the_socket(tmp_path):
    async with site(tmp_path) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie) as socket:
            await socket.send("x" * (MOST_CHARACTERS + 1))
            assert await code_of_the_end(socket) == 1009
        async with here.socket(operator.cookie) as socket:
            await socket.send(b"\0")
            assert await code_of_the_end(socket) == 1002


async def test_without_asterisk_the_page_is_told_to_try_again(tmp_path):
    async with site(tmp_path) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie) as socket:
            (await here.line()).says.put_nowait(None)
            assert await code_of_the_end(socket) == 1013
    async with site(tmp_path, NoSoftphones()) as here:
        operator = await here.client("wang")
        async with here.socket(operator.cookie) as socket:
            assert await code_of_the_end(socket) == 1013


async def test_a_seats_account_is_given_to_its_operator_only_and_kept_nowhere(tmp_path):
    async with site(tmp_path) as here:
        shown = await (await here.client("wang")).get("/api/softphone")
        assert (shown["username"], shown["password"]) == ("8001-web", "its own")
        with pytest.raises(ApiRefused) as refused:
            await (await here.client("leader")).get("/api/softphone")
        assert refused.value.status == 403


class Watch:
    def line_lost(self, seat_id): ...
    def line_back(self, seat_id): ...
    async def bring_back(self, seat_id, by): ...


async def test_the_line_to_asterisk_is_a_websocket_that_speaks_sip():
    async def asterisk(socket):
        assert socket.subprotocol == "sip"
        await socket.send(f"heard {await socket.recv()}")

    async with serve(asterisk, "127.0.0.1", 0, subprotocols=["sip"]) as server:
        port = server.sockets[0].getsockname()[1]
        devices = SeatDevices(lambda _: None)
        telephones = BrowserTelephones({"8001": "secret"}, devices, Watch(), port)
        async with asyncio.timeout(LIMIT_S), telephones.line() as line:
            await line.send("OPTIONS")
            assert await anext(aiter(line.received())) == "heard OPTIONS"
        own = telephones.identity("8001")
        assert own.username == "8001-web"
        # Who reads it out of a page cannot register as the telephone on the desk.
        assert own.password != "secret"
        assert "secret" not in repr(own)
        assert telephones.identity("9999") is None
