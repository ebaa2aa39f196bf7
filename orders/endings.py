"""How each talk ended, in a code that its seat chooses; and which talks still lack one. 话后小结

    code ──► CallCoded          OrderSubmitted, OrderDiverted ──► nothing is missing any more
    a wrap-up over by its deadline with nothing saved ──► OutcomeMissed (未登记)

Sole writer of call codes. A code given later replaces 未登记 and the code before; the journal
keeps both. A draft that nobody wrote in goes with a code that needs no order (CTI-13).
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from cti.events import CallAnswered, CallEnded, CallTransferred, Event, SeatLeftCall
from cti.ids import CallId, SeatId
from orders.codes import DIVERTED, Codes, NeedsOrder, WrapUpCode
from orders.errors import CodeNeedsOrder, CodeNoteMissing, CodeTooEarly, CodeUnknown
from orders.events import CallCoded, OrderDiverted, OrderSubmitted, OutcomeMissed
from orders.ports import Now, StoredEndings, Tell
from seats.events import SeatStateChanged
from seats.model import SeatState

KEPT = 5_000
"""Calls whose outcome stays in memory; of older ones it is not asked any more. 缓存上限"""


@dataclass(slots=True, eq=False)
class _Talk:
    """A call that somebody answered. 已应答通话"""

    code: str | None = None
    ordered: bool = False
    seat_id: SeatId | None = None
    """Whose citizen it was last. 市民座席"""
    going_on: bool = False
    """Somebody speaks with him; who has left owes nothing. 仍在通话"""


class EndingDesk:
    """Takes codes; answers `seats.ports.Outcomes`. 小结台"""

    def __init__(self, stored: StoredEndings, codes: Codes, tell: Tell, now: Now) -> None:
        self._stored = stored
        self._codes = codes
        self._tell = tell
        self._now = now
        self._talks: OrderedDict[CallId, _Talk] = OrderedDict()
        self.missed = 0
        """Wrap-ups that ended with nothing saved since the start; shown in /metrics. 未登记数"""

    async def restore(self) -> None:
        """Take up the talks whose wrap-up may still go on; before any event is told."""
        for call_id, (code, ordered) in (await self._stored.recent_outcomes(KEPT)).items():
            self._talks[call_id] = _Talk(code=code, ordered=ordered)

    @property
    def codes(self) -> Mapping[str, WrapUpCode]:
        """Those that may be chosen now."""
        return self._codes()

    def on_event(self, event: Event) -> None:
        """Take what calls, orders and seats say; everything else is ignored."""
        match event:
            case CallAnswered(call_id=call_id):
                self._goes_on(call_id, event.seat_id)
                while len(self._talks) > KEPT:
                    self._talks.popitem(last=False)
            case CallTransferred(call_id=call_id, to_seat=seat_id):
                self._goes_on(call_id, seat_id)
            case SeatLeftCall(call_id=call_id, last=last):
                self._talk(call_id).going_on = not last
            case CallEnded(call_id=call_id):
                self._talk(call_id).going_on = False
            case OrderSubmitted(call_id=call_id):
                self._talk(call_id).ordered = True
            case OrderDiverted(call_id=call_id):
                self._diverted(event)
            case SeatStateChanged(was=SeatState.WRAP_UP):
                self._wrapped_up(event)
            case _:
                pass

    def missing(self, call_id: CallId, seat_id: SeatId | None = None) -> str | None:
        """What is still to be saved of it, in Chinese words for the operator; None if nothing."""
        talk = self._talks.get(call_id)
        if talk is not None and seat_id is not None and talk.seat_id not in (None, seat_id):
            return None  # it only helped; the code is the citizen's seat's
        if talk is None or talk.going_on or talk.ordered or talk.code is not None:
            return None
        return "尚未登记话后小结，也未提交工单"

    def code_of(self, call_id: CallId) -> str | None:
        talk = self._talks.get(call_id)
        return None if talk is None else talk.code

    def code(self, call_id: CallId, seat_id: SeatId | None, code: str, note: str, by: str) -> None:
        """Save how it ended.

        Raises CodeTooEarly, CodeUnknown, CodeNoteMissing, CodeNeedsOrder.
        """
        talk = self._talks.get(call_id)
        if talk is None:
            raise CodeTooEarly
        meant = self._codes().get(code)
        if meant is None:
            raise CodeUnknown
        if meant.needs_note and not note.strip():
            raise CodeNoteMissing
        if meant.order is NeedsOrder.YES and not talk.ordered:
            raise CodeNeedsOrder
        talk.code = code
        self._tell(
            CallCoded(
                at=self._now(),
                call_id=call_id,
                seat_id=seat_id,
                code=code,
                name=meant.name,
                note=note.strip(),
                by=by,
                without_order=meant.order is NeedsOrder.NO,
                excluded_from=meant.excluded_from,
            )
        )

    def _goes_on(self, call_id: CallId, seat_id: SeatId) -> None:
        talk = self._talk(call_id)
        talk.seat_id, talk.going_on = seat_id, True

    def _talk(self, call_id: CallId) -> _Talk:
        return self._talks.setdefault(call_id, _Talk())

    def _diverted(self, event: OrderDiverted) -> None:
        talk = self._talk(event.call_id)
        meant = self._codes().get(DIVERTED)
        if talk.code is not None or meant is None:
            return
        talk.code = DIVERTED
        self._tell(
            CallCoded(
                at=event.at,
                call_id=event.call_id,
                seat_id=None,
                code=DIVERTED,
                name=meant.name,
                note=event.to,
                by=MACHINE,
                excluded_from=meant.excluded_from,
            )
        )

    def _wrapped_up(self, event: SeatStateChanged) -> None:
        call_id = event.last_call_id
        if event.state is SeatState.WRAP_UP or event.by is not None or call_id is None:
            return
        if event.call_id == call_id:
            return  # its telephone is back, and the talk goes on
        if self.missing(call_id, event.seat_id) is not None:
            self.missed += 1
            self._tell(OutcomeMissed(at=event.at, call_id=call_id, seat_id=event.seat_id))


MACHINE = "machine"
