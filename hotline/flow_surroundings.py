"""What a flow may know of a call and of the floor at this instant. 流程环境连接件"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from documents.calendar import Calendar
from ivr.flow_choice import Surroundings
from ivr.model import Coming
from seats.caller_lists import CallerLists
from seats.house_switches import HouseSwitches
from store.languages import StoredLanguages

log = structlog.get_logger(__name__)

HISTORY_LIMIT_S = 0.2
"""Nobody's greeting waits longer than this for what is known of him."""


class FloorSurroundings:
    """Calendar, lists, line, switches and history; implements ivr.ports.KnowsSurroundings. 流程环境"""

    def __init__(
        self,
        *,
        calendar: Calendar,
        lists: CallerLists,
        switches: HouseSwitches,
        waiting: Callable[[], int],
        languages: StoredLanguages,
        now: Callable[[], datetime],
    ) -> None:
        self._calendar = calendar
        self._lists = lists
        self._switches = switches
        self._waiting = waiting
        self._languages = languages
        self._now = now
        self.history_away = 0
        """Calls of which nothing could be looked up in time; shown in /metrics. 语种记录不可用"""

    async def of(self, coming: Coming) -> Surroundings:
        """Never raises: what cannot be known is left empty."""
        language = coming.language or await self._known_language(coming.caller_number)
        return Surroundings(
            at=self._now(),
            calendar=self._calendar,
            called_number=coming.called_number,
            lists=self._lists.lookup(coming.caller_number),
            language=language,
            waiting=self._waiting(),
            switches=self._switches.on,
        )

    async def _known_language(self, caller_number: str) -> str:
        try:
            async with asyncio.timeout(HISTORY_LIMIT_S):
                return await self._languages.last_of(caller_number)
        except (SQLAlchemyError, OSError, TimeoutError):
            self.history_away += 1
            log.warning("a caller's language cannot be looked up")
            return ""
