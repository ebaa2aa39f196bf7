"""/api/prompts: what the hotline says by itself, to hear and to replace. 提示音

Texts are edited as a rule document (/api/rules/texts); here are the sounds that were made of them.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from web.access import House, Viewer, require
from web.errors import NotFound
from web.ports import Role
from web.prompt_ports import StudioRecordingRefused

router = APIRouter(prefix="/api/prompts", tags=["prompts"])

WORD = r"^[a-z0-9][a-z0-9-]{0,60}$"
LIMIT_BYTES = 50_000_000
LISTENERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)

Name = Annotated[str, Path(pattern=WORD)]
Language = Annotated[str, Query(pattern=WORD)]


@router.get("")
async def list_prompts(
    house: House, viewer: Viewer, language: str | None = None, missing: bool | None = None
) -> dict[str, Any]:
    """Every sound with its words, where it comes from and how long it is. 提示音列表"""
    require(viewer, *LISTENERS)
    rows = [
        row
        for row in await house.prompts.listing()
        if language in (None, row.language) and missing in (None, row.missing)
    ]
    return {"prompts": [asdict(row) for row in rows], "trouble": house.prompts.trouble}


@router.get("/{language}/{name}/audio", response_class=Response)
async def audio(
    language: Annotated[str, Path(pattern=WORD)], name: Name, house: House, viewer: Viewer
) -> Response:
    """The sound as citizens hear it, as a WAV. 试听"""
    require(viewer, *LISTENERS)
    found = await house.prompts.wav(language, name)
    if found is None:
        raise NotFound(language=language, name=name)
    headers = {"Cache-Control": "no-store"}  # the same name says something else after an edit
    return Response(found, media_type="audio/wav", headers=headers)


@router.post("/{name}/studio")
async def keep(
    name: Name, request: Request, house: House, viewer: Viewer, language: Language = "zh"
) -> dict[str, Any]:
    """The body is a studio's PCM WAV; it is checked, levelled and played from now on. 上传录音棚文件"""
    require(viewer, Role.ADMINISTRATOR)
    recording = await _body(request)
    row = await house.prompts.keep(language, name, recording, viewer.username)
    return asdict(row)


@router.delete("/{name}/studio")
async def drop(
    name: Name, house: House, viewer: Viewer, language: Language = "zh"
) -> dict[str, Any]:
    """The synthetic voice speaks again. 删除录音棚文件"""
    require(viewer, Role.ADMINISTRATOR)
    if not await house.prompts.drop(language, name, viewer.username):
        raise NotFound(language=language, name=name)
    return {}


async def _body(request: Request) -> bytes:
    """No more than the limit is ever held in memory."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LIMIT_BYTES:
            raise StudioRecordingRefused(why=f"超过 {LIMIT_BYTES // 1_000_000} MB")
        pieces.append(piece)
    return b"".join(pieces)
