"""A second look at everything, taken while the link hears live events. 复核快照

    LOOK_BEGINS, rows and events mixed, LOOK_ENDS        all in the inbox, in the order of the stream

Rows between the marks are seen and not met; events among them are met as ever.
"""

import asyncio
from datetime import datetime

from cti.ami.wire import event_name
from cti.errors import MalformedMessage
from cti.facts import CallFact, ChannelsListed, Fact, PhoneChanged
from cti.seat_devices import seats_phones
from cti.second_look import Look

LOOK_BEGINS = b"Event: OurLookBegins"
LOOK_ENDS = b"Event: OurLookEnds"
"""Our own marks; Asterisk has no such events."""
ROWS = frozenset({b"CoreShowChannelsComplete", b"DeviceStateChange"})
"""What facts come from in a look. The second is an event too, then without an ActionID."""


class Looking:
    """A second look that is being read. 复核过程

    `read` gets the look, or MalformedMessage when the list of channels had a hole.
    """

    def __init__(self, read: "asyncio.Future[Look]") -> None:
        self.read = read
        self.facts: list[Fact] = []
        self._open = False

    def takes(self, raw: bytes) -> bool:
        """Whether this message is a row of the look and not an event of the moment."""
        return self._open and event_name(raw) in ROWS and b"\r\nActionID: " in raw

    def begin(self) -> None:
        """Its beginning was reached in the stream."""
        self._open = True

    def end(self, at: datetime) -> None:
        """Its end was reached in the stream."""
        self._open = False
        if self.read.done():
            return
        listed = next((fact for fact in self.facts if isinstance(fact, ChannelsListed)), None)
        if listed is None:
            self.read.set_exception(MalformedMessage("a second look has no whole list of channels"))
            return
        self.read.set_result(
            Look(
                at=at,
                listed=listed,
                facts=tuple(fact for fact in self.facts if isinstance(fact, CallFact)),
                phones=seats_phones(fact for fact in self.facts if isinstance(fact, PhoneChanged)),
            )
        )
