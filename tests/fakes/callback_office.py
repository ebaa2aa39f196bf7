"""A callback desk on a store, a floor and a switchboard, all in memory."""

from datetime import datetime, timedelta

from cti.events import (
    Blame,
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallEnded,
    CallOffered,
    CallQueued,
    Direction,
    Ending,
)
from cti.ids import CallId, SeatId
from orders.callback_rules import CallbackRules
from orders.callbacks import CallbackDesk
from orders.model import CallbackTask
from tests.fakes.dialling import DiallingInMemory, SomeFloor
from tests.fakes.floor import GENERAL, NOON, a_seat, call
from tests.fakes.stored_orders import OrdersInMemory


class Office:
    """A callback desk on a store, a floor and a switchboard."""

    def __init__(
        self,
        store: OrdersInMemory | None = None,
        floor: SomeFloor | None = None,
        now=None,
        **rules,
    ) -> None:
        self.store = store or OrdersInMemory()
        self.floor = floor or SomeFloor(a_seat("8001"))
        self.dialling = DiallingInMemory()
        self.rules = CallbackRules(**rules)
        self.at = NOON
        self.desk = CallbackDesk(
            self.store,
            lambda: self.rules,
            self.dialling,
            self.floor,
            self.store.tell,
            now or (lambda: self.at),
        )

    def happens(self, event) -> None:
        self.store.tell(event)
        self.desk.on_event(event)

    def arrives(self, number: int, caller: str = "13800000001", at_s: int = 0) -> None:
        self.happens(
            CallArrived(
                at=later(at_s), call_id=call(number), caller_number=caller, called_number="12345"
            )
        )

    def abandons(self, number: int, reason: str = "hung-up", waited_ms: int = 0) -> None:
        ending = Ending(blame=Blame.CITIZEN, reason=reason)
        self.happens(
            CallAbandoned(at=NOON, call_id=call(number), waited_ms=waited_ms, ending=ending)
        )

    def answered(self, number: int) -> None:
        seat_id = SeatId("8001")
        self.happens(CallAnswered(at=NOON, call_id=call(number), seat_id=seat_id, waited_ms=0))

    def ends(self, number: int, reason: str) -> None:
        ending = Ending(blame=Blame.UNKNOWN, reason=reason)
        self.happens(CallEnded(at=NOON, call_id=call(number), talked_ms=0, ending=ending))

    def rings(self, number: int) -> None:
        self.happens(CallOffered(at=self.at, call_id=call(number), seat_id=SeatId("8001")))

    def waits(self, number: int, group=GENERAL) -> None:
        """In the line since it arrived, as far as the desk can tell."""
        self.happens(
            CallQueued(
                at=self.at, call_id=call(number), skill_group=group, joined_at=NOON, priority=0
            )
        )

    def happens_abandoned_at(self, number: int, at: datetime) -> None:
        ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
        self.happens(CallAbandoned(at=at, call_id=call(number), waited_ms=0, ending=ending))

    # The call that we make.

    def waits_as(self, call_id: CallId) -> None:
        """He answered and came to his place in the line."""
        self.happens(
            CallQueued(at=self.at, call_id=call_id, skill_group=GENERAL, joined_at=NOON, priority=0)
        )

    def dialled(self, number: str = "13800000001", which: int = -1) -> CallId:
        """The switchboard's last call out has begun."""
        call_id = CallId(f"node1-99.{len(self.dialling.placed) + which}")
        self.happens(
            CallArrived(
                at=self.at,
                call_id=call_id,
                caller_number=number,
                called_number="12345",
                direction=Direction.OUT,
            )
        )
        return call_id

    def comes_to_nothing(self, call_id: CallId, reason: str, blame: Blame = Blame.CITIZEN) -> None:
        ending = Ending(blame=blame, reason=reason)
        self.happens(CallAbandoned(at=self.at, call_id=call_id, waited_ms=0, ending=ending))

    def speaks(self, call_id: CallId) -> None:
        self.happens(CallAnswered(at=self.at, call_id=call_id, seat_id=SeatId("8001"), waited_ms=0))

    def task(self, number: int = 1) -> CallbackTask:
        """As it is in the tables."""
        return self.store.callbacks[call(number)]

    def owed(self) -> list[str]:
        return [task.call_id for task in self.desk.open_tasks]


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)
