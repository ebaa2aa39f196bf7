"""An HTTP server with a model list and an archive, which can be made to misbehave. 假模型站"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelShop:
    def __init__(self, archive: bytes, name: str) -> None:
        self.archive, self.name = archive, name
        self.md5 = hashlib.md5(archive).hexdigest()
        self.cut_after: int | None = None
        self.knows_ranges = True
        self.asked: list[tuple[str, str | None]] = []
        self.list_text: str | None = None
        self.url = ""

    @property
    def list_url(self) -> str:
        return f"{self.url}/model-list.json"

    def model_list(self) -> str:
        if self.list_text is not None:
            return self.list_text
        entry = {
            "lang": "cn",
            "lang_text": "Chinese",
            "md5": self.md5,
            "name": self.name,
            "obsolete": "false",
            "size": len(self.archive),
            "size_text": "3M",
            "type": "small",
            "url": f"{self.url}/{self.name}.zip",
            "version": "0.22",
        }
        return json.dumps([entry, {"name": "no-checksum"}, 7, {**entry, "name": "../../etc"}])

    @contextmanager
    def open(self) -> Iterator["ModelShop"]:
        shop = self

        class Counter(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.serve(self)

            def log_message(self, *_args) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Counter) as server:
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers["Range"]
        self.asked.append((request.path, wanted))
        if request.path == "/model-list.json":
            self._answer(request, 200, self.model_list().encode())
            return
        start = 0
        if wanted and self.knows_ranges:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.archive):
                self._answer(request, 416, b"")
                return
        body = self.archive[start:]
        cut = None if self.cut_after is None else max(0, self.cut_after - start)
        total = len(self.archive)
        where = {"Content-Range": f"bytes {start}-{total - 1}/{total}"} if start else {}
        self._answer(request, 206 if start else 200, body, cut, where)

    def _answer(self, request, status, body, cut=None, headers=None) -> None:
        request.send_response(status)
        for name, value in (headers or {}).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body if cut is None else body[:cut])
