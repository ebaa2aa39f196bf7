"""Rule documents and lists of callers. 规则与名单表"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.events import Event
from cti.ids import SeatId
from documents.problems import DocumentKind
from seats.caller_lists import ListedCaller
from seats.errors import RuleRecordsAway, RulesChangedMeanwhile
from seats.events import CallerListed, CallerUnlisted, RulesPublished
from seats.model import SeatDefinition
from seats.rule_versions import RuleDraft, RuleVersion
from store.database import Database, replace_row
from store.floor import StoredFloor
from store.tables import caller_lists, rule_drafts, rule_versions


def _published(connection: Connection, _seq: int, event: RulesPublished) -> None:
    connection.execute(
        update(rule_versions)
        .where(rule_versions.c.version == event.version)
        .values(in_force_at=event.at)
    )


def _listed(connection: Connection, _seq: int, event: CallerListed) -> None:
    connection.execute(
        replace_row(
            connection,
            caller_lists,
            list_name=event.list_name,
            caller_number=event.caller_number,
            until=event.until,
            by=event.by,
            at=event.at,
            note=event.note,
        )
    )


def _unlisted(connection: Connection, _seq: int, event: CallerUnlisted) -> None:
    connection.execute(
        delete(caller_lists).where(
            caller_lists.c.list_name == event.list_name,
            caller_lists.c.caller_number == event.caller_number,
        )
    )


PROJECTIONS: dict[type[Event], Any] = {
    RulesPublished: _published,
    CallerListed: _listed,
    CallerUnlisted: _unlisted,
}


class StoredRules:
    """Published documents and drafts; implements seats.rule_versions.RuleRecords. 规则存储"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> Mapping[DocumentKind, RuleVersion]:
        """Of each kind the one that holds at that instant."""
        return await self._latest(rule_versions.c.effective_at <= now)

    async def newest(self) -> Mapping[DocumentKind, RuleVersion]:
        """Of each kind the last published, due or not."""
        return await self._latest(rule_versions.c.version > 0)

    async def due_versions(self, now: datetime) -> Mapping[DocumentKind, int]:
        """As `due`, the numbers alone: this is asked all the time. Raises RuleRecordsAway."""
        wanted = (
            select(rule_versions.c.kind, func.max(rule_versions.c.version).label("newest"))
            .where(rule_versions.c.effective_at <= now)
            .group_by(rule_versions.c.kind)
        )
        try:
            async with self._database.read() as connection:
                found = await connection.execute(wanted)
                return {DocumentKind(row.kind): row.newest for row in found}
        except (SQLAlchemyError, OSError) as trouble:
            raise RuleRecordsAway from trouble

    async def history(self, kind: DocumentKind) -> Sequence[RuleVersion]:
        """Newest first."""
        wanted = (
            select(rule_versions)
            .where(rule_versions.c.kind == kind.value)
            .order_by(rule_versions.c.version.desc())
        )
        async with self._database.read() as connection:
            return [_version(row) for row in await connection.execute(wanted)]

    async def add(
        self,
        kind: DocumentKind,
        body: str,
        *,
        by: str,
        at: datetime,
        note: str,
        effective_at: datetime,
        undoes: int | None,
        follows: int,
    ) -> RuleVersion:
        """Raises RulesChangedMeanwhile unless `follows` is still the kind's newest."""
        newest = func.coalesce(func.max(rule_versions.c.version), 0)
        async with self._database.write() as connection:
            last = await connection.scalar(select(newest).where(rule_versions.c.kind == kind.value))
            if last != follows:
                raise RulesChangedMeanwhile
            number = int(await connection.scalar(select(newest)) or 0) + 1
            made = RuleVersion(
                kind=kind,
                version=number,
                body=body,
                by=by,
                at=at,
                note=note,
                effective_at=effective_at,
                undoes=undoes,
            )
            await connection.execute(
                insert(rule_versions).values(
                    version=number,
                    kind=kind.value,
                    body=body,
                    by=by,
                    at=at,
                    note=note,
                    effective_at=effective_at,
                    undoes=undoes,
                )
            )
            await connection.execute(delete(rule_drafts).where(rule_drafts.c.kind == kind.value))
        return made

    async def draft(self, kind: DocumentKind) -> RuleDraft | None:
        wanted = select(rule_drafts).where(rule_drafts.c.kind == kind.value)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        return RuleDraft(kind=kind, body=row.body, by=row.by, at=row.at, based_on=row.based_on)

    async def save_draft(self, draft: RuleDraft) -> None:
        async with self._database.write() as connection:
            await connection.execute(
                replace_row(
                    connection,
                    rule_drafts,
                    kind=draft.kind.value,
                    body=draft.body,
                    by=draft.by,
                    at=draft.at,
                    based_on=draft.based_on,
                )
            )

    async def seats(self) -> Mapping[SeatId, SeatDefinition]:
        """Every seat as it is defined without posts."""
        found = await StoredFloor(self._database).definitions()
        return {definition.seat_id: definition for definition in found}

    async def listed_callers(self) -> Sequence[ListedCaller]:
        """Everybody on a list of callers."""
        async with self._database.read() as connection:
            return [
                ListedCaller(
                    list_name=row.list_name,
                    caller_number=row.caller_number,
                    until=row.until,
                    by=row.by,
                    at=row.at,
                    note=row.note,
                )
                for row in await connection.execute(select(caller_lists))
            ]

    async def _latest(self, condition: Any) -> Mapping[DocumentKind, RuleVersion]:
        numbers = (
            select(func.max(rule_versions.c.version))
            .where(condition)
            .group_by(rule_versions.c.kind)
        )
        wanted = select(rule_versions).where(rule_versions.c.version.in_(numbers))
        try:
            async with self._database.read() as connection:
                found = [_version(row) for row in await connection.execute(wanted)]
        except (SQLAlchemyError, OSError) as trouble:
            raise RuleRecordsAway from trouble
        return {one.kind: one for one in found}


def _version(row: Row[Any]) -> RuleVersion:
    return RuleVersion(
        kind=DocumentKind(row.kind),
        version=row.version,
        body=row.body,
        by=row.by,
        at=row.at,
        note=row.note,
        effective_at=row.effective_at,
        undoes=row.undoes,
        in_force_at=row.in_force_at,
    )
