"""Surveys, query codes and limited calls. 评价、查询码与来电限制表"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from cti.events import Direction, Event
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.citizen_events import (
    CallFoundSilent,
    CallLimited,
    CallStayedSilent,
    ProgressAsked,
    QueryCodeIssued,
    SilentCallerSpoke,
    SurveyAnswered,
    SurveyOffered,
)
from orders.errors import ProgressUnavailable
from orders.limits import LimitedCall, Verdict, WhyLimited
from orders.model import OrderId, WorkOrder
from orders.progress import Asked, EarlierAsking, IssuedCode
from orders.summaries import SilentCall
from orders.surveys import AskedHow, Satisfaction, Survey
from store.calls import OPEN_STATES
from store.database import Database, change_row, insert_new, replace_row
from store.orders import StoredOrders
from store.tables import (
    call_limits,
    calls,
    orders,
    progress_asks,
    query_codes,
    silent_calls,
    surveys,
)


def _offered(connection: Connection, _seq: int, event: SurveyOffered) -> None:
    insert_new(
        connection,
        surveys,
        call_id=event.call_id,
        how=event.how.value,
        offered_at=event.at,
        seat_id=event.seat_id,
        skill_group=event.skill_group,
        order_id=event.order_id,
    )


def _answered(connection: Connection, _seq: int, event: SurveyAnswered) -> None:
    first = (surveys.c.call_id == event.call_id) & surveys.c.satisfaction.is_(None)
    connection.execute(
        update(surveys)
        .where(first)
        .values(
            answered_at=event.at,
            score=event.score,
            scale=event.scale,
            satisfaction=event.satisfaction.value,
        )
    )


def _issued(connection: Connection, _seq: int, event: QueryCodeIssued) -> None:
    connection.execute(
        replace_row(
            connection,
            query_codes,
            order_id=event.order_id,
            caller_number=event.caller_number,
            code_hash=event.code_hash,
            issued_at=event.at,
            by=event.by,
        )
    )


def _asked(connection: Connection, seq: int, event: ProgressAsked) -> None:
    insert_new(
        connection,
        progress_asks,
        seq=seq,
        call_id=event.call_id,
        caller_number=event.caller_number,
        at=event.at,
        outcome=event.outcome.value,
        order_id=event.order_id,
    )


def _limited(connection: Connection, _seq: int, event: CallLimited) -> None:
    insert_new(
        connection,
        call_limits,
        call_id=event.call_id,
        at=event.at,
        verdict=event.verdict.value,
        why=event.why.value,
        blocked_until=event.blocked_until,
    )


def _found_silent(connection: Connection, _seq: int, event: CallFoundSilent) -> None:
    insert_new(
        connection,
        silent_calls,
        call_id=event.call_id,
        caller_number=event.caller_number,
        found_at=event.at,
        seat_id=event.seat_id,
    )


def _spoke(connection: Connection, _seq: int, event: SilentCallerSpoke) -> None:
    change_row(connection, silent_calls, "call_id", event.call_id, spoke_at=event.at)


def _stayed_silent(connection: Connection, _seq: int, event: CallStayedSilent) -> None:
    change_row(connection, silent_calls, "call_id", event.call_id, stayed_silent_at=event.at)


PROJECTIONS: dict[type[Event], Any] = {
    CallFoundSilent: _found_silent,
    SilentCallerSpoke: _spoke,
    CallStayedSilent: _stayed_silent,
    SurveyOffered: _offered,
    SurveyAnswered: _answered,
    QueryCodeIssued: _issued,
    ProgressAsked: _asked,
    CallLimited: _limited,
}


class StoredSurveys:
    """Questions about surveys; implements orders.ports. 评价查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def surveys_of_open_calls(self) -> list[Survey]:
        """Asked or answered, of calls that are not over."""
        going_on = calls.c.state.in_(OPEN_STATES)
        wanted = _surveys().where(going_on)
        return await self._read(wanted)

    async def of_call(self, call_id: CallId) -> Survey | None:
        found = await self._read(_surveys().where(surveys.c.call_id == call_id))
        return found[0] if found else None

    async def between(
        self,
        since: datetime,
        until: datetime,
        *,
        seat_id: SeatId | None = None,
        skill_group: SkillGroupCode | None = None,
        satisfaction: Satisfaction | None = None,
        limit: int | None = None,
    ) -> list[Survey]:
        """Those asked in the span, the newest first."""
        wanted = _surveys().where(surveys.c.offered_at >= since, surveys.c.offered_at < until)
        if seat_id is not None:
            wanted = wanted.where(surveys.c.seat_id == seat_id)
        if skill_group is not None:
            wanted = wanted.where(surveys.c.skill_group == skill_group)
        if satisfaction is Satisfaction.NOT_RATED:
            open_or_silent = surveys.c.satisfaction.is_(None) | (
                surveys.c.satisfaction == satisfaction.value
            )
            wanted = wanted.where(open_or_silent)
        elif satisfaction is not None:
            wanted = wanted.where(surveys.c.satisfaction == satisfaction.value)
        return await self._read(wanted.order_by(surveys.c.offered_at.desc()).limit(limit))

    async def _read(self, wanted: Any) -> list[Survey]:
        async with self._database.read() as connection:
            return [_survey(row) for row in await connection.execute(wanted)]


def _surveys() -> Any:
    """With the order that the call has by now, if it had none when the question was asked."""
    later = (
        select(func.max(orders.c.order_id))
        .where(orders.c.call_id == surveys.c.call_id, orders.c.state != "discarded")
        .scalar_subquery()
    )
    return select(surveys, later.label("later_order")).outerjoin(
        calls, calls.c.call_id == surveys.c.call_id
    )


def _survey(row: Row[Any]) -> Survey:
    order_id = row.order_id or row.later_order
    return Survey(
        call_id=CallId(row.call_id),
        how=AskedHow(row.how),
        offered_at=row.offered_at,
        seat_id=None if row.seat_id is None else SeatId(row.seat_id),
        skill_group=None if row.skill_group is None else SkillGroupCode(row.skill_group),
        order_id=None if order_id is None else OrderId(order_id),
        answered_at=row.answered_at,
        score=row.score,
        scale=row.scale,
        satisfaction=None if row.satisfaction is None else Satisfaction(row.satisfaction),
    )


class StoredProgress:
    """Questions about query codes; implements orders.ports. 查询码查询"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._orders = StoredOrders(database)

    async def codes_of(self, number_key: str) -> Sequence[IssuedCode]:
        """Codes with which this number may ask. Raises ProgressUnavailable."""
        wanted = select(query_codes.c.order_id, query_codes.c.code_hash).where(
            query_codes.c.caller_number == number_key
        )
        try:
            async with self._database.read() as connection:
                return [
                    IssuedCode(order_id=OrderId(row.order_id), code_hash=row.code_hash)
                    for row in await connection.execute(wanted)
                ]
        except (SQLAlchemyError, OSError) as trouble:
            raise ProgressUnavailable from trouble

    async def find_order(self, order_id: OrderId) -> WorkOrder | None:
        """Raises ProgressUnavailable."""
        try:
            return await self._orders.find_order(order_id)
        except (SQLAlchemyError, OSError) as trouble:
            raise ProgressUnavailable from trouble

    async def asked_since(self, since: datetime) -> Sequence[EarlierAsking]:
        """The earliest first."""
        wanted = select(progress_asks).where(progress_asks.c.at >= since)
        async with self._database.read() as connection:
            return [
                EarlierAsking(
                    call_id=row.call_id,
                    caller_number=row.caller_number,
                    at=row.at,
                    outcome=Asked(row.outcome),
                    order_id=None if row.order_id is None else OrderId(row.order_id),
                )
                for row in await connection.execute(wanted.order_by(progress_asks.c.seq))
            ]


class StoredArrivals:
    """Who called when, and what became of it; implements orders.ports. 来电频次查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arrivals_since(self, since: datetime) -> Sequence[tuple[CallId, str, datetime]]:
        """(call, caller's number, arrival) of calls that came in, the earliest first."""
        wanted = (
            select(calls.c.call_id, calls.c.caller_number, calls.c.arrived_at)
            .where(calls.c.arrived_at >= since, calls.c.direction == Direction.IN.value)
            .order_by(calls.c.arrived_at)
        )
        async with self._database.read() as connection:
            return [
                (CallId(row.call_id), row.caller_number, row.arrived_at)
                for row in await connection.execute(wanted)
            ]

    async def limited(self, since: datetime, until: datetime) -> Sequence[LimitedCall]:
        """Calls of the span that were put back or refused, the newest first."""
        wanted = (
            select(call_limits, calls.c.caller_number)
            .outerjoin(calls, calls.c.call_id == call_limits.c.call_id)
            .where(call_limits.c.at >= since, call_limits.c.at < until)
            .order_by(call_limits.c.at.desc())
        )
        async with self._database.read() as connection:
            return [
                LimitedCall(
                    call_id=CallId(row.call_id),
                    caller_number=row.caller_number or "",
                    at=row.at,
                    verdict=Verdict(row.verdict),
                    why=WhyLimited(row.why),
                    blocked_until=row.blocked_until,
                )
                for row in await connection.execute(wanted)
            ]


class StoredSilence:
    """Calls that were found silent; implements orders.ports. 无声来电查询"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def silent_since(self, since: datetime) -> Sequence[SilentCall]:
        """Found silent since then, the earliest first."""
        wanted = (
            select(silent_calls)
            .where(silent_calls.c.found_at >= since)
            .order_by(silent_calls.c.found_at)
        )
        return await self._read(wanted)

    async def silent_between(self, since: datetime, until: datetime) -> Sequence[SilentCall]:
        """Found silent in the span, the newest first."""
        wanted = (
            select(silent_calls)
            .where(silent_calls.c.found_at >= since, silent_calls.c.found_at < until)
            .order_by(silent_calls.c.found_at.desc())
        )
        return await self._read(wanted)

    async def _read(self, wanted: Any) -> Sequence[SilentCall]:
        async with self._database.read() as connection:
            return [
                SilentCall(
                    call_id=CallId(row.call_id),
                    caller_number=row.caller_number,
                    found_at=row.found_at,
                    seat_id=None if row.seat_id is None else SeatId(row.seat_id),
                    spoke_at=row.spoke_at,
                    stayed_silent_at=row.stayed_silent_at,
                )
                for row in await connection.execute(wanted)
            ]
