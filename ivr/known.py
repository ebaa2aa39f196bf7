"""What stands in his channel's variables when a story begins or goes on. 话路变量

Written by the dialplan, by the process that told the story before, or by a command that led him back;
spoilt values are as good as none.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from ivr import dialplan_variables as variables
from ivr.agi.channel import AgiChannel
from ivr.model import StoryState


@dataclass(frozen=True, slots=True)
class Known:
    """The variables of one channel at one instant. 话路变量"""

    VARIABLES: ClassVar[tuple[str, ...]] = (
        variables.CALL,
        variables.STATE,
        variables.GROUP,
        variables.JOINED_AT,
        variables.PRIORITY,
        variables.TURN,
        variables.DIALSTATUS,
        variables.FLOW,
        variables.CALLED,
        variables.KEY,
        variables.LANGUAGE,
    )
    call_id: str
    state: str
    group: str
    joined_at: str
    priority: str
    turn: str
    dialled: str
    flow: str
    called: str
    key: str
    language: str
    gate_priority: int = field(default=0, kw_only=True)

    @property
    def is_served(self) -> bool:
        """A seat has talked with him, or he was on his way out."""
        return self.dialled == "ANSWER" or self.state == StoryState.GOODBYE

    @property
    def is_new(self) -> bool:
        """He has neither a place nor a position in a flow."""
        return not (self.group or self.flow or self.state == StoryState.WAITING)

    @property
    def has_notice(self) -> bool:
        return self.state in (StoryState.NOTICED, StoryState.WAITING)


async def known_of(channel: AgiChannel) -> Known:
    """All of them in one exchange. Raises CitizenHungUp."""
    return Known(*await channel.get_variables(*Known.VARIABLES))


def shown_number(channel: AgiChannel) -> str:
    """His number; empty for a line that shows none, which AGI calls "unknown"."""
    callerid = channel.environment.get("callerid", "")
    return "" if callerid == "unknown" else callerid


def number_in(text: str) -> int | None:
    """A whole number of a length that can be meant."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,14}", text) else None


def instant_in(joined_at_ms: str) -> datetime | None:
    """Milliseconds since 1970 as an instant."""
    milliseconds = number_in(joined_at_ms)
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
