"""A small client of our own REST API, for the demonstration and the tests. 接口客户端"""

import asyncio
import http.cookiejar
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

LIMIT_S = 10.0
THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost", "0.0.0.0", "::"})


class ApiRefused(Exception):
    """The service refused a request. 请求被拒绝"""

    code = "api-refused"

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('code', '')}")
        self.status = status
        self.body = body


class ApiClient:
    """One logged-in user. 接口用户"""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._jar),
            urllib.request.HTTPSHandler(context=_context(self.address)),
        )

    @property
    def cookie(self) -> str:
        """The Cookie header for a websocket."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    async def log_in(self, username: str, password: str) -> dict[str, Any]:
        credentials = {"username": username, "password": password}
        user: dict[str, Any] = await self.post("/api/session", credentials)
        return user

    async def get(self, path: str) -> Any:
        return json.loads(await self._send("GET", path, None) or "null")

    async def post(self, path: str, body: Any = None) -> Any:
        return json.loads(await self._send("POST", path, body) or "null")

    async def patch(self, path: str, body: Any) -> Any:
        return json.loads(await self._send("PATCH", path, body) or "null")

    async def get_bytes(self, path: str) -> bytes:
        return await self._send("GET", path, None)

    async def _send(self, method: str, path: str, body: Any) -> bytes:
        """Raises ApiRefused, OSError."""
        return await asyncio.to_thread(self._send_now, method, path, body)

    def _send_now(self, method: str, path: str, body: Any) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data=data, method=method)
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=LIMIT_S) as answer:
                read: bytes = answer.read()
                return read
        except urllib.error.HTTPError as refused:
            with refused:
                text = refused.read()
            try:
                told = json.loads(text)
            except ValueError:
                told = {}
            raise ApiRefused(refused.code, told if isinstance(told, dict) else {}) from None


def _context(address: str) -> ssl.SSLContext:
    """On this machine a certificate's name cannot fit, and nobody stands in between."""
    context = ssl.create_default_context()
    if urllib.parse.urlsplit(address).hostname in THIS_MACHINE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
