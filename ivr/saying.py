"""Texts said on a channel. 播报"""

from collections.abc import Mapping

import structlog

from ivr.agi.channel import AgiChannel
from ivr.flow_steps import Line
from ivr.ports import Desks
from ivr.spoken import Value

log = structlog.get_logger(__name__)

SOUNDS = "hotline/"


async def play(channel: AgiChannel, prompts: str) -> None:
    """To the end; a missing prompt is reported and never silences a call. Raises CitizenHungUp."""
    if prompts and not await channel.play(prompts):
        log.error("a prompt could not be played", prompt=prompts)


async def sounds_of_lines(desks: Desks, lines: tuple[Line, ...], language: str) -> list[str]:
    """What to play for these lines, in their order."""
    found: list[str] = []
    for line in lines:
        found += await sounds_for(desks, line.text, language, line.values)
    return found


async def sounds_for(
    desks: Desks, text: str, language: str, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """What to play for a text: what there is of it, or else as the texts name it."""
    if desks.sounds is not None:
        return await desks.sounds(text, language, values)
    return tuple(f"{SOUNDS}{name}" for name in desks.book.sounds(text, language, values))
