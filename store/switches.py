"""How the house's switches stand, and what the command line wants of them. 开关表"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from cti.events import Event
from seats.announcements import Wording, wordings
from seats.errors import RuleRecordsAway, SwitchUnknown
from seats.events import SwitchChanged
from seats.house_switches import Switch, SwitchWish, switch_named
from seats.ports import Now
from store.database import Database, replace_row
from store.tables import switch_wishes, switches


def _changed(connection: Connection, _seq: int, event: SwitchChanged) -> None:
    taken = connection.scalar(select(switches.c.wish_id).where(switches.c.name == event.name))
    connection.execute(
        replace_row(
            connection,
            switches,
            name=event.name,
            on=event.on,
            by=event.by,
            reason=event.reason,
            text=event.text,
            others={one.language: one.words for one in event.others},
            at=event.at,
            wish_id=max(taken or 0, event.wish_id),
        )
    )


PROJECTIONS: dict[type[Event], Any] = {SwitchChanged: _changed}


class StoredSwitches:
    """Positions and wishes; implements seats.house_switches.StoredSwitches. 开关存储"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def switches(self) -> Sequence[Switch]:
        """All that were ever touched and that this version knows."""
        found = []
        async with self._database.read() as connection:
            for row in await connection.execute(select(switches)):
                try:
                    name = switch_named(row.name)
                except SwitchUnknown:
                    continue  # a later version's
                found.append(
                    Switch(
                        name=name,
                        on=row.on,
                        by=row.by,
                        reason=row.reason,
                        text=row.text,
                        others=wordings(row.others or {}),
                        at=row.at,
                    )
                )
        return found

    async def last_taken(self) -> int:
        """The highest wish that was taken; 0 for none."""
        async with self._database.read() as connection:
            return int(await connection.scalar(select(func.max(switches.c.wish_id))) or 0)

    async def wishes_after(self, taken: int) -> Sequence[SwitchWish]:
        """The oldest first. Raises RuleRecordsAway."""
        wanted = (
            select(switch_wishes)
            .where(switch_wishes.c.wish_id > taken)
            .order_by(switch_wishes.c.wish_id)
        )
        try:
            async with self._database.read() as connection:
                return [
                    SwitchWish(
                        wish_id=row.wish_id,
                        name=row.name,
                        on=row.on,
                        by=row.by,
                        reason=row.reason,
                        text=row.text,
                        others=wordings(row.others or {}),
                    )
                    for row in await connection.execute(wanted)
                ]
        except (SQLAlchemyError, OSError) as trouble:
            raise RuleRecordsAway from trouble

    async def wish(
        self,
        name: str,
        *,
        on: bool,
        by: str,
        reason: str,
        text: str,
        others: tuple[Wording, ...] = (),
        now: Now,
    ) -> SwitchWish:
        """Leave it for the service."""
        async with self._database.write() as connection:
            newest = await connection.scalar(select(func.max(switch_wishes.c.wish_id)))
            wish = SwitchWish(
                wish_id=int(newest or 0) + 1,
                name=name,
                on=on,
                by=by,
                reason=reason,
                text=text,
                others=others,
            )
            await connection.execute(
                insert(switch_wishes).values(
                    wish_id=wish.wish_id,
                    name=name,
                    on=on,
                    by=by,
                    reason=reason,
                    text=text,
                    others={one.language: one.words for one in others},
                    at=now(),
                )
            )
        return wish
