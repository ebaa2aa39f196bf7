"""uvicorn as one of our parts. 网页服务"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from hotline.certificate import ServedCertificate
from web.settings import WebSettings

GRACE_S = 3
"""Open requests may take so long to end; live sockets are closed."""


class WebPortTaken(Exception):
    """Somebody else listens on the console's port. 网页端口被占用"""

    code = "web-port-taken"


class WebServer:
    """Serves the application until cancelled. 网页服务"""

    name = "web server"

    def __init__(
        self, app: FastAPI, settings: WebSettings, certificate: ServedCertificate | None = None
    ) -> None:
        self._app = app
        self._settings = settings
        self._port = settings.port
        self._certificate = certificate
        self._started = asyncio.Event()

    async def started(self) -> int:
        """The port, once requests are answered."""
        await self._started.wait()
        return self._port

    async def run(self) -> None:
        """Raises WebPortTaken."""
        config = uvicorn.Config(
            self._app,
            ws="websockets-sansio",
            http="httptools",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
            forwarded_allow_ips=list(self._settings.trusted_proxies),
        )
        server = _OurServer(config)
        with _listening(self._settings.address, self._port) as listening:
            config.load()
            if self._certificate is not None:
                # Without a usable one the rest of the house goes on, and so do the calls.
                config.ssl = await self._certificate.context()
            server.lifespan = config.lifespan_class(config)
            await server.startup(sockets=[listening])
            self._port = listening.getsockname()[1]
            self._started.set()
            try:
                await server.main_loop()
            finally:
                await server.shutdown(sockets=[listening])


class _OurServer(uvicorn.Server):
    """Signals belong to the service, not to uvicorn. 网页服务内核"""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.contextmanager
def _listening(address: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((address, port))
        except OSError as taken:
            raise WebPortTaken(f"{address}:{port}") from taken
        yield listening
