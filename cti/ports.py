"""What calls need from outside, in their own words. 通话端口"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from cti.events import Event
from cti.facts import Fact, PhoneChanged
from cti.ids import CallId, SeatId

Tell = Callable[[Event], None]
"""Says what happened; never blocks, never raises. 告知"""

Meet = Callable[[Fact], None]
"""Takes a fact to whom it concerns; never blocks, never raises. 交付事实"""

PhoneChangedCallable = Callable[[PhoneChanged], None]
"""Takes a phone's new state to the seats. 交付话机状态"""

Now = Callable[[], datetime]
"""The instant, aware UTC. 当前时刻"""


AllowHangUp = Callable[[CallId, str], None]
"""Whether a call may be ended for this reason; raises an error of the CommandRefused family. 挂机许可"""


class Floor(Protocol):
    """Seats that may be rung for a call. 座席"""

    def reserve(self, seat_id: SeatId, call_id: CallId) -> bool:
        """True when the seat is now this call's alone."""

    def reserve_listener(self, seat_id: SeatId, call_id: CallId) -> bool:
        """As `reserve`, for a supervisor's own seat, which may be not ready."""

    def undo_offer(self, seat_id: SeatId, call_id: CallId) -> None:
        """The reservation was not used; no effect once the phone has rung."""
