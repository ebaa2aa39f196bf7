"""Our own REST client against a small HTTP server."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hotline.api_client import ApiClient, ApiRefused
from hotline.outside.phone_lines import free_port


class House(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}")
        if self.path == "/api/session":
            self._answer(
                200, {"username": asked["username"]}, cookie="hotline=abc; HttpOnly; Path=/"
            )
        else:
            self._answer(409, {"code": "seat-in-call", "message": "", "details": {}})

    def do_GET(self):
        if self.path == "/healthz":
            self._answer(200, None)
        elif self.headers.get("Cookie") == "hotline=abc":
            self._answer(200, {"name": "唐山"})
        else:
            self._answer(401, {"code": "not-logged-in"})

    def _answer(self, status, body, cookie=None):
        raw = b"ok\n" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


@contextmanager
def house() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), House) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            serving.join()


async def test_a_session_lasts_from_login_on_and_belongs_to_one_client_only():
    with house() as url:
        client, stranger = ApiClient(url), ApiClient(url)
        assert await client.log_in("banzhang", "x") == {"username": "banzhang"}
        assert await client.get("/api/calls") == {"name": "唐山"}
        with pytest.raises(ApiRefused) as refused:
            await stranger.get("/api/calls")
        assert (refused.value.status, refused.value.body) == (401, {"code": "not-logged-in"})


async def test_a_refusal_carries_the_services_own_code():
    with house() as url, pytest.raises(ApiRefused, match="409 seat-in-call"):
        await ApiClient(url).post("/api/seats/8001/ready")


async def test_raw_bytes_come_as_they_are():
    with house() as url:
        assert await ApiClient(url).get_bytes("/healthz") == b"ok\n"


async def test_a_service_that_is_not_there_is_named():
    nobody = free_port(socket.SOCK_STREAM)
    with pytest.raises(OSError, match="refused"):
        await ApiClient(f"http://127.0.0.1:{nobody}").get("/readyz")
