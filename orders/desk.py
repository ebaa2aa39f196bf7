"""Opens a draft when a seat rings, lets words fill it, and takes what people write. 工单台

    CallOffered ──► draft opened (once a call)      edit ──► FieldsEdited, a person's word wins
    UtteranceHeard ─► FieldsProposed                submit ─► OrderSubmitted
    CallTransferred ─► DraftPassed                  CallCoded without order ─► DraftDiscarded
    a voice message ──► a draft of its own (open_from_message)
    an emergency line joins ─► OrderDiverted; the call's end ─► DiversionFinished

A draft is opened at the ring, because the screen pops then. If the citizen is gone before anybody
answered and nobody wrote in it, it is discarded: nothing was said, and the callback task carries
the matter on. Its number stays used, its course stays in the journal.

What people do to an order is the clerk's (`orders.clerk`); both work on the same sheets. A machine's
proposal also raises the revision, but never makes an edit stale: an operator who types while the
citizen speaks would else be refused all the time. Stale is only what another person has written
meanwhile.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from asr.events import BackfillWanted, TranscriptFinished, UtteranceHeard
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
from orders.citizen_events import OrderUrged
from orders.clerk import OrderClerk
from orders.draftsman import Draftsman
from orders.events import (
    CallCoded,
    DiversionFinished,
    DraftDiscarded,
    DraftOpened,
    DraftPassed,
    FieldsProposed,
    OrderDiverted,
)
from orders.messages import Message
from orders.model import Channel, OrderState, WorkOrder
from orders.ports import Now, StoredOrders, Tell
from orders.serial import Serial, after, serial_of
from orders.sheets import Sheet, Sheets

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
        draftsman: Draftsman | None = None,
    ) -> None:
        self._stored = stored
        self._flags_of = flags_of
        self._draftsman = draftsman or Draftsman()
        self._emergency_lines = emergency_lines
        self._tell = tell
        self._now = now
        self._sheets = Sheets(stored)
        clerk = OrderClerk(self._sheets, self._draftsman, tell, now)
        self.edit = clerk.edit
        self.submit = clerk.submit
        self.mark_repeat = clerk.mark_repeat
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
                self._draftsman.hear(sheet, said)

    def order_of(self, call_id: CallId) -> WorkOrder | None:
        """The call's order while it is in memory."""
        sheet = self._sheets.of_call(call_id)
        return None if sheet is None else sheet.order

    @property
    def districts(self) -> tuple[str, ...]:
        """Those an order may name; any while there is no list of them."""
        return self._draftsman.districts

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
            case OrderUrged(order_id=order_id, at=at):
                self._urged(self._sheets.at_hand(order_id), at)
            case UtteranceHeard(call_id=call_id):
                self._heard(self._sheets.of_call(call_id), event)
            case BackfillWanted(call_id=call_id):
                self._sheets.expect_words(call_id)
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

    async def read_message(self, message: Message) -> Sequence[UtteranceHeard]:
        """What the citizen says in his message, as far as its text is there."""
        return [
            said
            for said in await self._stored.utterances_of(message.call_id)
            if message.holds(said)
        ]

    def open_from_message(
        self, message: Message, seat_id: SeatId | None, said: Sequence[UtteranceHeard]
    ) -> WorkOrder:
        """A draft of what he said; words that come later still fill it."""
        at = self._now()
        self._last = after(self._last, at)
        order = WorkOrder(
            order_id=self._last.order_id,
            call_id=message.call_id,
            seat_id=seat_id,
            state=OrderState.DRAFT,
            opened_at=at,
            channel=Channel.MESSAGE,
            message_id=message.message_id,
        )
        sheet = self._sheets.open_later(order)
        sheet.caller_number = message.caller_number
        sheet.spoken_at = message.began_at
        self._tell(
            DraftOpened(
                at=at,
                call_id=order.call_id,
                order_id=order.order_id,
                seat_id=seat_id,
                channel=order.channel,
                message_id=order.message_id,
            )
        )
        self._draftsman.hear(sheet, said)
        self._propose(sheet)
        return sheet.order

    def _urged(self, sheet: Sheet | None, at: datetime) -> None:
        if sheet is not None:
            sheet.order = replace(sheet.order, urges=sheet.order.urges + 1, urged_at=at)

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
        if self._draftsman.hear(sheet, [utterance]):
            self._propose(sheet)

    def _propose(self, sheet: Sheet) -> None:
        order = sheet.order
        proposals = self._draftsman.proposals(sheet)
        if not proposals:
            return
        sheet.write(proposals)
        proposed = {**order.proposed, **dict(proposals)}
        sheet.order = replace(sheet.order, proposed=proposed)
        self._tell(
            FieldsProposed(
                at=self._now(),
                call_id=order.call_id,
                order_id=order.order_id,
                fields=proposals,
                revision=sheet.order.revision,
            )
        )

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
