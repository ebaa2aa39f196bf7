"""What people do to an order: write in it, submit it, link it to an earlier one. 工单办理

A person's word always wins; an edit is stale only by what another person has written meanwhile.
"""

from collections.abc import Mapping
from dataclasses import replace

from orders.draftsman import Draftsman
from orders.errors import (
    OrderAlreadySubmitted,
    OrderDivertedFinally,
    OrderFieldsMissing,
    OrderRepeatsItself,
    OrderRevisionStale,
)
from orders.events import DraftMeasured, FieldsEdited, OrderSubmitted, RepeatMarked
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.outcomes import outcomes_of
from orders.ports import Now, Tell
from orders.sheets import Sheet, Sheets
from orders.values import FieldsWanted, checked


class OrderClerk:
    """Carries out commands on the desk's sheets. 工单办理员"""

    def __init__(self, sheets: Sheets, draftsman: Draftsman, tell: Tell, now: Now) -> None:
        self._sheets = sheets
        self._draftsman = draftsman
        self._tell = tell
        self._now = now

    async def edit(
        self, order_id: OrderId, fields: FieldsWanted, revision: int, by: str
    ) -> WorkOrder:
        """A person writes fields of the revision he saw; an empty value clears one.

        Raises OrderUnknown, OrderAlreadySubmitted, OrderDivertedFinally, OrderFieldUnknown,
        OrderValueInvalid, OrderRevisionStale.
        """
        values = checked(fields, self._draftsman.districts)
        sheet = await self._draft(order_id)
        order = sheet.order
        self._refuse_stale(sheet, revision, values)
        changed = tuple(
            (name, FieldValue(value=value, by=FilledBy.PERSON))
            for name, value in values.items()
            if not _is_written(order, name, value)
        )
        if not changed:
            return order
        sheet.write(changed)
        sheet.written.update(dict.fromkeys(dict(changed), sheet.order.revision))
        self._tell(
            FieldsEdited(
                at=self._now(),
                call_id=order.call_id,
                order_id=order_id,
                fields=changed,
                revision=sheet.order.revision,
                by=by,
            )
        )
        return sheet.order

    async def submit(self, order_id: OrderId, revision: int, by: str) -> WorkOrder:
        """The operator accepts the order as he saw it in this revision.

        Raises OrderUnknown, OrderAlreadySubmitted, OrderDivertedFinally, OrderRevisionStale,
        OrderFieldsMissing.
        """
        sheet = await self._draft(order_id)
        order = sheet.order
        self._refuse_stale(sheet, revision, OrderField)
        if order.missing:
            raise OrderFieldsMissing(order.missing)
        at = self._now()
        sheet.order = replace(
            order,
            state=OrderState.ACCEPTED,
            revision=order.revision + 1,
            submitted_at=at,
            submitted_by=by,
        )
        sheet.readings.clear()
        self._tell(
            OrderSubmitted(
                at=at,
                call_id=order.call_id,
                order_id=order_id,
                by=by,
                revision=sheet.order.revision,
            )
        )
        self._tell(
            DraftMeasured(
                at=at,
                call_id=order.call_id,
                order_id=order_id,
                fields=outcomes_of(sheet.order),
                seat_id=order.seat_id,
            )
        )
        return sheet.order

    async def mark_repeat(self, order_id: OrderId, of: OrderId | None, by: str) -> WorkOrder:
        """The same fact and reason as an earlier order, whose own first order counts; None undoes.

        Raises OrderUnknown, OrderAlreadySubmitted, OrderDivertedFinally, OrderRepeatsItself.
        """
        sheet = await self._draft(order_id)
        first = None if of is None else await self._first(order_id, of)
        if sheet.order.repeat_of == first:
            return sheet.order
        sheet.order = replace(sheet.order, repeat_of=first, revision=sheet.order.revision + 1)
        self._tell(
            RepeatMarked(
                at=self._now(),
                call_id=sheet.order.call_id,
                order_id=order_id,
                repeat_of=first,
                revision=sheet.order.revision,
                by=by,
            )
        )
        return sheet.order

    async def _first(self, order_id: OrderId, of: OrderId) -> OrderId:
        earlier = (await self._sheets.fetch(of)).order
        first = earlier.repeat_of or earlier.order_id
        if first >= order_id or earlier.state is OrderState.DISCARDED:
            raise OrderRepeatsItself
        return first

    async def _draft(self, order_id: OrderId) -> Sheet:
        sheet = await self._sheets.fetch(order_id)
        if sheet.order.state is OrderState.DIVERTED:
            raise OrderDivertedFinally
        if sheet.order.state is not OrderState.DRAFT:
            raise OrderAlreadySubmitted
        return sheet

    def _refuse_stale(
        self, sheet: Sheet, revision: int, names: Mapping[OrderField, str] | type[OrderField]
    ) -> None:
        newest = sheet.order.revision
        if revision > newest or any(sheet.written.get(name, 0) > revision for name in names):
            raise OrderRevisionStale(newest)


def _is_written(order: WorkOrder, name: OrderField, value: str) -> bool:
    """The same value by a person already; a machine's value becomes a person's when confirmed."""
    present = order.fields.get(name)
    if present is None:
        return value == ""
    return present.by is FilledBy.PERSON and present.value == value
