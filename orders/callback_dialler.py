"""Calls back without a click, and ends attempts of which nothing is heard. 自动回拨

Whose turn it is decides orders/callback_rules.py; here are one alarm and the calls themselves.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from cti.errors import CtiError
from orders.callback_rules import CallbackRules, Turn
from orders.callbacks import CallbackDesk
from orders.errors import OrderError
from orders.ports import Now
from seats.errors import SeatError

log = structlog.get_logger(__name__)

BY = "automatic"
"""Who called, in the journal. 自动"""
AFTER_REFUSAL = timedelta(seconds=15)
"""A call that could not be placed is not tried again sooner: the link or the seat is in trouble."""


class CallbackDialler:
    """Makes the callbacks that need no click. 自动回拨员"""

    name = "callback dialler"

    def __init__(self, desk: CallbackDesk, rules: Callable[[], CallbackRules], now: Now) -> None:
        self._desk = desk
        self._rules = rules
        self._now = now
        self._alarm = asyncio.Event()
        self._not_before: datetime | None = None
        desk.changed = self.reconsider

    def reconsider(self) -> None:
        """The floor, the line or a task has changed."""
        self._alarm.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._alarm.clear()
            look_again = self._desk.expire()
            if self._rules().automatic:
                look_again = _sooner(look_again, await self._make_calls())
            await self._wait(look_again)

    async def _make_calls(self) -> datetime | None:
        if self._not_before is not None and self._now() < self._not_before:
            return self._not_before
        self._not_before = None
        for turn in self._desk.turns():
            if not await self._make(turn):
                self._not_before = self._now() + AFTER_REFUSAL
                return self._not_before
        return self._desk.next_due()

    async def _make(self, turn: Turn) -> bool:
        """Whether the call was placed; the desk has told why not."""
        try:
            await self._desk.dial(turn, BY)
        except (CtiError, SeatError, OrderError) as refused:
            log.warning("an automatic callback was refused", why=refused.code)
            return False
        return True

    async def _wait(self, until: datetime | None) -> None:
        pause_s = None if until is None else max(0.0, (until - self._now()).total_seconds())
        try:
            async with asyncio.timeout(pause_s):
                await self._alarm.wait()
        except TimeoutError:
            pass


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
