"""A recording's sound as an HTTP answer, whole or a range of it. 音频应答"""

import re

from fastapi import Request
from fastapi.responses import StreamingResponse

from recordings.model import Recording
from web.errors import BadRange
from web.ports import Services

RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


async def streamed(recording: Recording, request: Request, house: Services) -> StreamingResponse:
    """Raises AudioMissing, BadRange."""
    sound = await house.replay.sound(recording)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    first, last, status = 0, sound.size_bytes, 200
    # A player that began with the legs must not go on with bytes of the archived copy.
    etag = f'"{recording.sha256 or "legs"}"'
    headers["ETag"] = etag
    asked = request.headers.get("range")
    if asked is not None and request.headers.get("if-range", etag) == etag:
        first, last = asked_range(asked, sound.size_bytes)
        status = 206
        headers["Content-Range"] = f"bytes {first}-{last - 1}/{sound.size_bytes}"
    headers["Content-Length"] = str(last - first)
    return StreamingResponse(
        sound.read(first, last), status_code=status, headers=headers, media_type=sound.media_type
    )


def asked_range(header: str, size: int) -> tuple[int, int]:
    """(first, last exclusive) of a single byte range (RFC 9110 14.1.2). Raises BadRange."""
    match = RANGE.match(header.strip())
    if match is None or match.groups() == ("", ""):
        raise BadRange(size=size)
    first_text, last_text = match.groups()
    if first_text == "":
        first, last = max(0, size - int(last_text)), size
    else:
        first = int(first_text)
        last = min(int(last_text) + 1, size) if last_text else size
    if first >= last:
        raise BadRange(size=size)
    return first, last
