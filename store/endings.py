"""How talks ended, nuisance callers, blocked numbers. 小结、骚扰与拦截表"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from cti.events import Event
from cti.ids import CallId, SeatId
from orders.blocks import Block, BlockState
from orders.events import (
    BlockDecided,
    BlockExpired,
    BlockLifted,
    BlockProposed,
    CallCoded,
    NuisanceStepTicked,
    NuisanceTagged,
    OutcomeMissed,
)
from orders.model import OrderState
from orders.summaries import CallSummary, NuisanceTag
from store.calls import OPEN_STATES
from store.database import Database, change_row, insert_new
from store.tables import blocks, call_codes, calls, nuisance_steps, nuisance_tags, orders


def _coded(connection: Connection, _seq: int, event: CallCoded) -> None:
    values: dict[str, Any] = {
        "seat_id": event.seat_id,
        "code": event.code,
        "name": event.name,
        "note": event.note,
        "by": event.by,
        "at": event.at,
        "excluded_from": list(event.excluded_from),
    }
    insert_new(connection, call_codes, call_id=event.call_id, **values)
    change_row(connection, call_codes, "call_id", event.call_id, **values)


def _missed(connection: Connection, _seq: int, event: OutcomeMissed) -> None:
    insert_new(
        connection,
        call_codes,
        call_id=event.call_id,
        seat_id=event.seat_id,
        note="",
        at=event.at,
        excluded_from=[],
    )


def _ticked(connection: Connection, _seq: int, event: NuisanceStepTicked) -> None:
    insert_new(
        connection,
        nuisance_steps,
        call_id=event.call_id,
        step=event.step,
        at=event.at,
        seat_id=event.seat_id,
        by=event.by,
    )


def _tagged(connection: Connection, _seq: int, event: NuisanceTagged) -> None:
    insert_new(
        connection,
        nuisance_tags,
        call_id=event.call_id,
        caller_number=event.caller_number,
        at=event.at,
        by=event.by,
        note=event.note,
    )


def _proposed(connection: Connection, _seq: int, event: BlockProposed) -> None:
    values: dict[str, Any] = {
        "caller_number": event.caller_number,
        "until": event.until,
        "proposed_at": event.at,
        "proposed_by": event.by,
        "note": event.note,
        "state": BlockState.PROPOSED.value,
        "decided_by": None,
        "decision_note": None,
    }
    insert_new(connection, blocks, call_id=event.call_id, **values)
    change_row(connection, blocks, "call_id", event.call_id, **values)


def _decided(connection: Connection, _seq: int, event: BlockDecided) -> None:
    state = BlockState.ACTIVE if event.approved else BlockState.REFUSED
    change_row(
        connection,
        blocks,
        "call_id",
        event.call_id,
        state=state.value,
        decided_by=event.by,
        decision_note=event.note,
    )


def _ended(state: BlockState) -> Any:
    def set_state(connection: Connection, _seq: int, event: BlockLifted | BlockExpired) -> None:
        connection.execute(
            update(blocks).where(blocks.c.call_id == event.call_id).values(state=state.value)
        )

    return set_state


PROJECTIONS: dict[type[Event], Any] = {
    CallCoded: _coded,
    OutcomeMissed: _missed,
    NuisanceStepTicked: _ticked,
    NuisanceTagged: _tagged,
    BlockProposed: _proposed,
    BlockDecided: _decided,
    BlockLifted: _ended(BlockState.LIFTED),
    BlockExpired: _ended(BlockState.EXPIRED),
}

OPEN_BLOCKS = [BlockState.PROPOSED.value, BlockState.ACTIVE.value]


class StoredEndings:
    """Questions about codes, warnings, tags and blocks; implements orders.ports. 小结查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recent_outcomes(self, limit: int) -> dict[CallId, tuple[str | None, bool]]:
        """(code, whether its order is submitted) of the last answered calls, the oldest first."""
        submitted = (
            select(orders.c.call_id)
            .where(orders.c.state.in_([OrderState.ACCEPTED.value, OrderState.DIVERTED.value]))
            .distinct()
            .subquery()
        )
        wanted = (
            select(calls.c.call_id, call_codes.c.code, submitted.c.call_id.label("ordered"))
            .outerjoin(call_codes, call_codes.c.call_id == calls.c.call_id)
            .outerjoin(submitted, submitted.c.call_id == calls.c.call_id)
            .where(calls.c.answered_at.is_not(None))
            .order_by(calls.c.answered_at.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            found = (await connection.execute(wanted)).all()
        return {CallId(row.call_id): (row.code, row.ordered is not None) for row in reversed(found)}

    async def summaries(self, call_ids: Sequence[CallId]) -> Mapping[CallId, CallSummary]:
        """The codes of these calls, where there are any."""
        wanted = select(call_codes).where(call_codes.c.call_id.in_(call_ids))
        return {one.call_id: one for one in await self._summaries(wanted)}

    async def unregistered(self, limit: int) -> Sequence[CallSummary]:
        """Calls whose wrap-up ended with nothing saved, newest first. 未登记"""
        wanted = select(call_codes).where(call_codes.c.code.is_(None))
        return await self._summaries(wanted.order_by(call_codes.c.at.desc()).limit(limit))

    async def code_counts(self, since: datetime, until: datetime) -> Mapping[str | None, int]:
        """How many calls of the span have each code; None is 未登记."""
        wanted = (
            select(call_codes.c.code, func.count().label("calls"))
            .where(call_codes.c.at >= since, call_codes.c.at < until)
            .group_by(call_codes.c.code)
        )
        async with self._database.read() as connection:
            return {row.code: row.calls for row in await connection.execute(wanted)}

    async def _summaries(self, wanted: Any) -> list[CallSummary]:
        async with self._database.read() as connection:
            return [_summary(row) for row in await connection.execute(wanted)]

    async def ticked_steps(self) -> Mapping[CallId, int]:
        """How many warnings were spoken in each call that is not over; 0 for answered ones."""
        wanted = (
            select(calls.c.call_id, func.count(nuisance_steps.c.step).label("steps"))
            .outerjoin(nuisance_steps, nuisance_steps.c.call_id == calls.c.call_id)
            .where(calls.c.state.in_(OPEN_STATES), calls.c.answered_at.is_not(None))
            .group_by(calls.c.call_id)
        )
        async with self._database.read() as connection:
            return {CallId(row.call_id): row.steps for row in await connection.execute(wanted)}

    async def tags_of(self, caller_number: str, limit: int) -> Sequence[NuisanceTag]:
        """The nuisance calls of one number, newest first."""
        wanted = (
            select(nuisance_tags)
            .where(nuisance_tags.c.caller_number == caller_number)
            .order_by(nuisance_tags.c.at.desc())
        )
        async with self._database.read() as connection:
            return [
                NuisanceTag(call_id=CallId(row.call_id), at=row.at, by=row.by, note=row.note)
                for row in await connection.execute(wanted.limit(limit))
            ]

    async def tag_count(self, caller_number: str) -> int:
        wanted = select(func.count()).where(nuisance_tags.c.caller_number == caller_number)
        async with self._database.read() as connection:
            return (await connection.execute(wanted)).scalar_one()

    async def open_blocks(self) -> Sequence[Block]:
        """Those that are proposed or hold."""
        return await self._blocks(select(blocks).where(blocks.c.state.in_(OPEN_BLOCKS)))

    async def newest_blocks(self, limit: int) -> Sequence[Block]:
        return await self._blocks(select(blocks).order_by(blocks.c.proposed_at.desc()).limit(limit))

    async def _blocks(self, wanted: Any) -> list[Block]:
        async with self._database.read() as connection:
            return [_block(row) for row in await connection.execute(wanted)]


def _summary(row: Row[Any]) -> CallSummary:
    return CallSummary(
        call_id=CallId(row.call_id),
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        code=row.code,
        name=row.name,
        note=row.note,
        by=row.by,
        at=row.at,
        excluded_from=tuple(row.excluded_from),
    )


def _block(row: Row[Any]) -> Block:
    return Block(
        call_id=CallId(row.call_id),
        caller_number=row.caller_number,
        until=row.until,
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        note=row.note,
        state=BlockState(row.state),
        decided_by=row.decided_by,
        decision_note=row.decision_note,
    )
