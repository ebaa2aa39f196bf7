"""Which language a citizen chose the last time. 语种记录"""

from typing import Any

from sqlalchemy import Connection, select

from cti.events import Event
from ivr.events import LanguageChosen
from seats.caller_lists import caller_key
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

    async def last_of(self, caller_number: str) -> str:
        """Empty: he never chose one, or shows no number. Raises SQLAlchemyError, OSError."""
        if not any(char.isdecimal() for char in caller_number):
            return ""
        wanted = (
            select(languages_chosen.c.language)
            .where(languages_chosen.c.caller_number == caller_key(caller_number))
            .order_by(languages_chosen.c.at.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            return str(await connection.scalar(wanted) or "")
