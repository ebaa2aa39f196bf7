"""Which language a citizen chose the last time. 语种记录"""

from typing import Any

from sqlalchemy import Connection, select

from cti.events import Event
from cti.ids import CallId
from ivr.events import LanguageChosen
from seats.caller_lists import caller_key
from store.calls import OPEN_STATES
from store.database import Database, replace_row
from store.tables import calls, languages_chosen


def _chosen(connection: Connection, _seq: int, event: LanguageChosen) -> None:
    number = connection.scalar(
        select(calls.c.caller_number).where(calls.c.call_id == event.call_id)
    )
    if not number or not any(char.isdecimal() for char in number):
        return  # who shows no number cannot be known again
    connection.execute(
        replace_row(
            connection,
            languages_chosen,
            call_id=event.call_id,
            caller_number=caller_key(number),
            language=event.language,
            at=event.at,
        )
    )


PROJECTIONS: dict[type[Event], Any] = {LanguageChosen: _chosen}


class StoredLanguages:
    """What is known of callers' languages. 语种查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def chosen(self, most: int) -> list[tuple[str, str]]:
        """(number, the language it chose last), the earliest first; the newest so many."""
        wanted = (
            select(languages_chosen.c.caller_number, languages_chosen.c.language)
            .order_by(languages_chosen.c.at.desc())
            .limit(most)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return [(row.caller_number, row.language) for row in reversed(rows)]

    async def live_callers(self) -> dict[CallId, str]:
        """The numbers of calls that are not over."""
        wanted = select(calls.c.call_id, calls.c.caller_number).where(
            calls.c.state.in_(OPEN_STATES)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted)).all()
        return {CallId(row.call_id): row.caller_number or "" for row in rows}
