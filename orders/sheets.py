"""Orders in memory, and what is known beside each: whose words, who wrote what. 在手工单

A call's sheet is at hand while it goes on or its words come in; older ones stay as long as there is
room, and are read from the store when somebody opens them.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from cti.ids import CallId
from orders.errors import OrderUnknown
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.ports import StoredOrders
from orders.reading import Reading

KEPT = 1_000
"""Orders of ended calls that stay in memory; older ones are read from the store. 缓存上限"""


@dataclass(slots=True, eq=False)
class Sheet:
    """An order in memory and what is known beside it. 在手工单"""

    order: WorkOrder
    caller_number: str = ""
    spoken_at: datetime | None = None
    """The day that 昨天 counts from, if it is not the order's own. 说话时刻"""
    readings: list[Reading] = field(default_factory=list)
    written: dict[OrderField, int] = field(default_factory=dict)
    """The revision in which a person last wrote the field. 人工修改版本"""
    call_over: bool = False
    transcribed: bool = False

    def write(self, changed: Iterable[tuple[OrderField, FieldValue]]) -> None:
        """New values, and with them a new revision."""
        fields = {**self.order.fields, **dict(changed)}
        self.order = replace(self.order, fields=fields, revision=self.order.revision + 1)


class Sheets:
    """All that are in memory. 在手工单夹"""

    def __init__(self, stored: StoredOrders) -> None:
        self._stored = stored
        self._sheets: OrderedDict[OrderId, Sheet] = OrderedDict()
        self._by_call: dict[CallId, OrderId] = {}

    def __len__(self) -> int:
        return len(self._sheets)

    def open(self, order: WorkOrder) -> Sheet:
        """The call's sheet from now on."""
        sheet = self._take_up(order)
        self._by_call[order.call_id] = order.order_id
        return sheet

    def open_later(self, order: WorkOrder) -> Sheet:
        """Of a message: the call's sheet too, unless the call has one at hand."""
        beside = order.call_id in self._by_call
        sheet = self._take_up(order) if beside else self.open(order)
        sheet.call_over = True
        self._forget_oldest()
        return sheet

    def at_hand(self, order_id: OrderId) -> Sheet | None:
        """If it is in memory."""
        return self._sheets.get(order_id)

    def of_call(self, call_id: CallId) -> Sheet | None:
        """While the call goes on or its words come in."""
        order_id = self._by_call.get(call_id)
        return None if order_id is None else self._sheets[order_id]

    def newest_of(self, call_id: CallId) -> Sheet | None:
        """The call's sheet, also when its call is over and its words are finished."""
        present = self.of_call(call_id)
        if present is not None:
            return present
        sheets = reversed(self._sheets.values())
        return next((sheet for sheet in sheets if sheet.order.call_id == call_id), None)

    async def fetch(self, order_id: OrderId) -> Sheet:
        """From the store if it is not in memory. Raises OrderUnknown."""
        sheet = self._sheets.get(order_id)
        if sheet is None:
            order = await self._stored.find_order(order_id)
            if order is None:
                raise OrderUnknown(order_id)
            # Somebody else may have read it in the meantime; then his sheet is the one.
            sheet = self._sheets.get(order_id)
            if sheet is None:
                sheet = self._take_up(order)
                sheet.call_over = True
                self._forget_oldest()
        self._sheets.move_to_end(order_id)
        return sheet

    def expect_words(self, call_id: CallId) -> None:
        """Its words are to be made up after all: the call's sheet waits for them, if it is here."""
        sheet = self.newest_of(call_id)
        if sheet is not None and sheet.order.state is OrderState.DRAFT:
            sheet.transcribed = False
            self._by_call[call_id] = sheet.order.order_id

    def call_over(self, sheet: Sheet) -> None:
        sheet.call_over = True
        self._finish_if_done(sheet)
        self._forget_oldest()

    def transcribed(self, sheet: Sheet) -> None:
        sheet.transcribed = True
        self._finish_if_done(sheet)

    def _take_up(self, order: WorkOrder) -> Sheet:
        sheet = Sheet(order=order)
        sheet.written = {
            name: order.revision
            for name, value in order.fields.items()
            if value.by is FilledBy.PERSON
        }
        self._sheets[order.order_id] = sheet
        return sheet

    def _finish_if_done(self, sheet: Sheet) -> None:
        if sheet.call_over and (sheet.transcribed or sheet.order.state is OrderState.DISCARDED):
            sheet.readings.clear()
            self._by_call.pop(sheet.order.call_id, None)

    def _forget_oldest(self) -> None:
        surplus = len(self._sheets) - KEPT
        if surplus <= 0:
            return
        over = [order_id for order_id, sheet in self._sheets.items() if sheet.call_over]
        for order_id in over[:surplus]:
            self._by_call.pop(self._sheets.pop(order_id).order.call_id, None)
