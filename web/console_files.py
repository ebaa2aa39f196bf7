"""The built console's files: packed when they were built, kept by the browser for good. 控制台文件

A file's name changes with its content, so a browser never asks for one twice. The packing was done by
the build: doing it here would hold up calls for every browser that opens the console.
"""

import os
from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers

FOR_GOOD = "public, max-age=31536000, immutable"
PACKED = ".gz"


class ConsoleFiles(StaticFiles):
    """Serves a folder of hashed files. 静态文件"""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self._packed = frozenset(str(path) for path in folder.glob(f"**/*{PACKED}"))

    def file_response(
        self,
        full_path: "str | os.PathLike[str]",
        stat_result: os.stat_result,
        scope: Any,
        status_code: int = 200,
    ) -> Response:
        packed = f"{os.fspath(full_path)}{PACKED}"
        takes = Headers(scope=scope).get("accept-encoding", "")
        headers: Mapping[str, str] = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
        if packed not in self._packed or "gzip" not in takes:
            response = super().file_response(full_path, stat_result, scope, status_code)
            response.headers.update(headers)
            return response
        kind, _ = guess_type(os.fspath(full_path))
        return FileResponse(
            packed,
            status_code=status_code,
            media_type=kind,
            headers={**headers, "Content-Encoding": "gzip"},
        )
