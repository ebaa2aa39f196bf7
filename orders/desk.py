"""Opens a draft when a seat rings, lets words fill it, and takes what people write. 工单台

    CallOffered ──► draft opened (once a call)      edit ──► FieldsEdited, a person's word wins
    UtteranceHeard ─► FieldsProposed                submit ─► OrderSubmitted
    CallTransferred ─► DraftPassed                  CallCoded without order ─► DraftDiscarded
    an emergency line joins ─► OrderDiverted; the call's end ─► DiversionFinished

A draft is opened at the ring, because the screen pops then. If the citizen is gone before anybody
answered and nobody wrote in it, it is discarded: nothing was said, and the callback task carries
the matter on. Its number stays used, its course stays in the journal.

A machine's proposal also raises the revision, but never makes an edit stale: an operator who types
while the citizen speaks would else be refused all the time. Stale is only what another person has
written meanwhile.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import structlog

from asr.events import TranscriptFinished, UtteranceHeard
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallTransferred,
    Event,
    PartyJoined,
    PartyRole,
)
from cti.ids import CallId, SeatId
from orders.drafting import Proposal, propose
from orders.errors import (
    OrderAlreadySubmitted,
    OrderDivertedFinally,
    OrderFieldsMissing,
    OrderRevisionStale,
)
from orders.events import (
    CallCoded,
    DiversionFinished,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsEdited,
    FieldsProposed,
    OrderDiverted,
    OrderSubmitted,
)
from orders.model import FieldValue, FilledBy, OrderField, OrderId, OrderState, WorkOrder
from orders.ports import Now, StoredOrders, Tell
from orders.reading import read
from orders.serial import Serial, after, serial_of
from orders.sheets import Sheet, Sheets
from orders.values import FieldsWanted, checked

log = structlog.get_logger(__name__)

READ_AT_MOST = 1_500
"""Sentences of one call that are used for proposals, some three hours of talk. 语句上限"""
EMERGENCY_LINES = frozenset({"police", "fire", "ambulance", "traffic"})
"""110, 119, 120 and 122 in the directory that we ship. 紧急热线"""


class OrderDesk:
    """Sole writer of every WorkOrder. 工单台"""

    def __init__(
        self,
        stored: StoredOrders,
        tell: Tell,
        now: Now,
        emergency_lines: Callable[[], Collection[str]] = lambda: EMERGENCY_LINES,
        flags_of: Callable[[CallId], tuple[str, ...]] = lambda _: (),
    ) -> None:
        self._stored = stored
        self._flags_of = flags_of
        self._emergency_lines = emergency_lines
        self._tell = tell
        self._now = now
        self._sheets = Sheets(stored)
        self._callers: dict[CallId, str] = {}
        self._last = Serial()

    async def restore(self) -> None:
        """Take up what was in hand when the service last ran; before any event is told."""
        last = await self._stored.last_order_id()
        if last is not None:
            self._last = serial_of(last)
        for call_id, caller in (await self._stored.open_callers()).items():
            self._callers[call_id] = caller.caller_number
        for order in await self._stored.unfinished_orders():
            sheet = self._sheets.open(order)
            sheet.call_over = order.call_id not in self._callers
            sheet.caller_number = self._callers.get(order.call_id, "")
            if order.state is OrderState.DRAFT:
                said = await self._stored.utterances_of(order.call_id)
                sheet.readings = [read(utterance) for utterance in said[:READ_AT_MOST]]

    def order_of(self, call_id: CallId) -> WorkOrder | None:
        """The call's order while it is in memory."""
        sheet = self._sheets.of_call(call_id)
        return None if sheet is None else sheet.order

    def on_event(self, event: Event) -> None:
        """Take what calls and transcripts say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id, caller_number=number):
                self._callers[call_id] = number
            case CallOffered(call_id=call_id, seat_id=seat_id):
                self._offered(call_id, seat_id)
            case CallAnswered(call_id=call_id, seat_id=seat_id):
                self._offered(call_id, seat_id)
            case CallTransferred(call_id=call_id, to_seat=seat_id):
                self._offered(call_id, seat_id)
            case PartyJoined(call_id=call_id, role=PartyRole.THIRD, who=who):
                self._joined(self._sheets.of_call(call_id), who)
            case CallCoded(call_id=call_id, without_order=True):
                self._discard(self._sheets.newest_of(call_id))
            case UtteranceHeard(call_id=call_id):
                self._heard(self._sheets.of_call(call_id), event)
            case TranscriptFinished(call_id=call_id):
                self._finished(self._sheets.of_call(call_id))
            case CallAbandoned(call_id=call_id):
                self._discard(self._sheets.of_call(call_id))
                self._over(call_id)
            case CallEnded(call_id=call_id):
                self._diverted(self._sheets.of_call(call_id))
                self._over(call_id)
            case _:
                pass

    async def edit(
        self, order_id: OrderId, fields: FieldsWanted, revision: int, by: str
    ) -> WorkOrder:
        """A person writes fields of the revision he saw; an empty value clears one.

        Raises OrderUnknown, OrderAlreadySubmitted, OrderDivertedFinally, OrderFieldUnknown,
        OrderValueInvalid, OrderRevisionStale.
        """
        values = checked(fields)
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
        self._write(sheet, changed)
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
        return sheet.order

    def _offered(self, call_id: CallId, seat_id: SeatId) -> None:
        sheet = self._sheets.of_call(call_id)
        if sheet is None:
            self._open(call_id, seat_id)
        elif sheet.order.state is OrderState.DRAFT and sheet.order.seat_id != seat_id:
            order = sheet.order = replace(sheet.order, seat_id=seat_id)
            self._tell(
                DraftPassed(
                    at=self._now(), call_id=call_id, order_id=order.order_id, seat_id=seat_id
                )
            )

    def _open(self, call_id: CallId, seat_id: SeatId) -> None:
        at = self._now()
        self._last = after(self._last, at)
        order = WorkOrder(
            order_id=self._last.order_id,
            call_id=call_id,
            seat_id=seat_id,
            state=OrderState.DRAFT,
            opened_at=at,
            flags=self._flags_of(call_id),
        )
        sheet = self._sheets.open(order)
        sheet.caller_number = self._callers.get(call_id, "")
        self._tell(
            DraftOpened(
                at=at,
                call_id=call_id,
                order_id=order.order_id,
                seat_id=seat_id,
                flags=order.flags,
            )
        )
        self._propose(sheet)

    def _heard(self, sheet: Sheet | None, utterance: UtteranceHeard) -> None:
        if sheet is None or sheet.order.state is not OrderState.DRAFT:
            return
        if len(sheet.readings) >= READ_AT_MOST:
            return
        sheet.readings.append(read(utterance))
        self._propose(sheet)

    def _propose(self, sheet: Sheet) -> None:
        order = sheet.order
        proposals = propose(sheet.readings, sheet.caller_number, order.fields)
        if not proposals:
            return
        self._write(sheet, proposals)
        self._tell(
            FieldsProposed(
                at=self._now(),
                call_id=order.call_id,
                order_id=order.order_id,
                fields=proposals,
                revision=sheet.order.revision,
            )
        )

    def _write(self, sheet: Sheet, changed: tuple[Proposal, ...]) -> None:
        order = sheet.order
        fields = {**order.fields, **dict(changed)}
        sheet.order = replace(order, fields=fields, revision=order.revision + 1)

    def _discard(self, sheet: Sheet | None) -> None:
        """Nobody needs it and nobody wrote in it."""
        if sheet is None or sheet.order.state is not OrderState.DRAFT or sheet.written:
            return
        order = sheet.order = replace(sheet.order, state=OrderState.DISCARDED)
        self._tell(DraftDiscarded(at=self._now(), call_id=order.call_id, order_id=order.order_id))

    def _joined(self, sheet: Sheet | None, who: str) -> None:
        """An emergency line on the call means that the matter is its own (CTI-08)."""
        if sheet is None or who not in self._emergency_lines():
            return
        if sheet.order.state is not OrderState.DRAFT:
            return
        order = sheet.order = replace(sheet.order, diverted_to=who)
        self._tell(
            OrderDiverted(at=self._now(), call_id=order.call_id, order_id=order.order_id, to=who)
        )

    def _diverted(self, sheet: Sheet | None) -> None:
        if sheet is None or sheet.order.diverted_to is None:
            return
        if sheet.order.state is not OrderState.DRAFT:
            return
        order = sheet.order = replace(sheet.order, state=OrderState.DIVERTED)
        self._tell(
            DiversionFinished(at=self._now(), call_id=order.call_id, order_id=order.order_id)
        )

    def _over(self, call_id: CallId) -> None:
        self._callers.pop(call_id, None)
        sheet = self._sheets.of_call(call_id)
        if sheet is not None:
            self._sheets.call_over(sheet)

    def _finished(self, sheet: Sheet | None) -> None:
        if sheet is not None:
            self._sheets.transcribed(sheet)

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
