"""/api/prompts, /api/prompt-texts: what the hotline says by itself, to hear and to replace. 提示音

Texts are a rule document (/api/rules/texts) and published there; here are the sounds that were made of
them, and the document with other words for one of its texts.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from documents.problems import DocumentKind
from ivr.text_editing import with_words
from seats.publishing import shown
from web.access import House, Viewer, require
from web.errors import NotFound
from web.ports import Role
from web.prompt_ports import StudioRecordingRefused, TextsToCome, TextWrittenOtherwise

router = APIRouter(prefix="/api", tags=["prompts"])

WORD = r"^[a-z0-9][a-z0-9-]{0,60}$"
LIMIT_BYTES = 50_000_000
LISTENERS = (Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)

Name = Annotated[str, Path(pattern=WORD)]
Language = Annotated[str, Query(pattern=WORD)]


class Words(BaseModel):
    """What a text is to say, by language; empty words take the language away. 文本内容"""

    model_config = ConfigDict(extra="forbid")
    words: dict[
        Annotated[str, Field(pattern=r"^[a-z]{2,12}$")], Annotated[str, Field(max_length=2000)]
    ] = Field(min_length=1, max_length=20)


@router.get("/prompts")
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


@router.get("/prompt-texts")
async def list_texts(house: House, viewer: Viewer) -> dict[str, Any]:
    """What the sounds are made of, and in which flows each text is heard. 提示音文本

    Operators look up what a citizen has just been told.
    """
    require(viewer, *LISTENERS, Role.OPERATOR)
    names = house.prompts.flow_names()
    return {
        "texts": [asdict(row) for row in house.prompts.texts_in_force()],
        "flows": [{"code": code, "name": name} for code, name in names.items()],
    }


@router.post("/prompt-texts/{code}")
async def rewrite(code: Name, what: Words, house: House, viewer: Viewer) -> dict[str, Any]:
    """The document with other words for this text, and what is wrong with it; nothing is kept. 改写文本

    It is published as every rule document (/api/rules/texts/publish); then its sounds are made.
    """
    require(viewer, Role.ADMINISTRATOR)
    status = await house.rule_office.status(DocumentKind.TEXTS)
    if status.scheduled is not None:
        raise TextsToCome
    if not any(row.code == code for row in house.prompts.texts_in_force()):
        raise NotFound(code=code)
    document = status.holds.body
    changed = with_words(document, code, what.words)
    if changed is None:
        raise TextWrittenOtherwise
    problems = await house.rule_office.check(DocumentKind.TEXTS, changed)
    return {
        "body": changed,
        "old": document,
        "based_on": status.holds.version,
        "problems": [shown(problem) for problem in problems],
    }


@router.get("/prompts/{language}/{name}/audio", response_class=Response)
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


@router.post("/prompts/{name}/studio")
async def keep(
    name: Name, request: Request, house: House, viewer: Viewer, language: Language = "zh"
) -> dict[str, Any]:
    """The body is a studio's PCM WAV; it is checked, levelled and played from now on. 上传录音棚文件"""
    require(viewer, Role.ADMINISTRATOR)
    recording = await _body(request)
    row = await house.prompts.keep(language, name, recording, viewer.username)
    return asdict(row)


@router.delete("/prompts/{name}/studio")
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
