"""Messages that citizens leave when nobody is there, and who sees to them. 留言台

    left ─► how much of it is sound? ─► MessageLeft ─► take ─► order or close ─► MessageDone
    a leg found on disk, of which ──┘        │  └─► text asked for, once the call is over
    nobody told                              └─ nothing but silence: MessageDiscarded, counted

Sole writer of messages. A message is a leg of its call, named as the message, so the archive keeps
it as it keeps every voice. Its file is there before anybody is told: whatever is lost between, the
archive's search after the call finds the file and tells, and it is taken up here.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from asr.events import TranscriptFinished
from cti.events import CallAbandoned, CallEnded, Event
from cti.fence import call_fence
from cti.ids import CallId, MessageId, SeatId, message_id_of
from orders.citizen_events import (
    MessageDiscarded,
    MessageDone,
    MessageLeft,
    MessageTaken,
)
from orders.errors import (
    MessageAlreadyDone,
    MessageTakenByOther,
    MessageUnderWay,
)
from orders.message_texts import MessageTexts
from orders.messages import HowLeft, Message, MessageSound, MessageState
from orders.model import OrderId, WorkOrder
from orders.ports import (
    MessageOrders,
    MessageSounds,
    Now,
    StoredMessages,
    Tell,
    TextMaker,
    WrittenDown,
)

log = structlog.get_logger(__name__)

LOOK_AGAIN_S = 30.0
"""What could not be done is tried again after this."""
THE_HOUSE = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """A message that is on disk and not told of. 待登记"""

    call_id: CallId
    message_id: MessageId
    began_at: datetime
    how: HowLeft


class MessageDesk:
    """Keeps citizens' messages. 留言台"""

    name = "message desk"

    def __init__(
        self,
        *,
        stored: StoredMessages,
        sounds: MessageSounds,
        texts: TextMaker,
        orders: MessageOrders,
        written_down: WrittenDown,
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._sounds = sounds
        self._texts = MessageTexts(stored, texts, written_down, tell, now)
        self._orders = orders
        self._written_down = written_down
        self._tell = tell
        self._now = now
        self._open: dict[MessageId, Message] = {}
        self._known: set[MessageId] = set()
        """Told of by this life of the service; the store knows of the others. 已登记"""
        self._heard: deque[_Heard] = deque()
        self._under_way: set[MessageId] = set()
        self._wake = asyncio.Event()
        self.discarded = 0
        """Messages without a word since the start; shown in /metrics. 空留言数"""

    async def restore(self) -> None:
        """Take up what is open, and what nobody was told of; before any event is told."""
        for message in await self._stored.open_messages():
            self._open[message.message_id] = message
        await self._texts.restore()
        for call_id, message_id, began_at in await self._stored.untold():
            self._heard.append(
                _Heard(call_id=call_id, message_id=message_id, began_at=began_at, how=HowLeft.FOUND)
            )

    @property
    def open_messages(self) -> tuple[Message, ...]:
        """The longest waiting first."""
        return tuple(sorted(self._open.values(), key=lambda one: one.left_at))

    @property
    def waiting(self) -> int:
        """Messages that nobody has taken; shown in /metrics. 待处理留言数"""
        return sum(one.state is MessageState.NEW for one in self._open.values())

    def on_event(self, event: Event) -> None:
        """A call or a transcript is over: texts may be asked for; everything else is ignored."""
        match event:
            case CallEnded() | CallAbandoned() | TranscriptFinished() if self._texts.waiting:
                self._wake.set()
            case _:
                pass

    # What the citizen's story says.

    async def begin(self, call_id: CallId) -> MessageId:
        """The name under which his next message is to be recorded; a new one at each asking.

        Whoever speaks anew keeps the name, and the file is overwritten. Raises OSError.
        """
        return message_id_of(call_id, await self._sounds.last_number(call_id) + 1)

    def left(
        self, call_id: CallId, message_id: MessageId, *, began_at: datetime, how: HowLeft
    ) -> None:
        """It is recorded. Never waits, never raises: the citizen may be gone already."""
        self._heard.append(
            _Heard(call_id=call_id, message_id=message_id, began_at=began_at, how=how)
        )
        self._wake.set()

    def found(self, call_id: CallId, message_id: MessageId, began_at: datetime) -> None:
        """The archive found it; of most of them somebody has told already."""
        self.left(call_id, message_id, began_at=began_at, how=HowLeft.FOUND)

    # What people do.

    def take(
        self, message_id: MessageId, seat_id: SeatId | None, by: str, *, over: bool = False
    ) -> Message:
        """See to it; `over` takes it from somebody else.

        Raises MessageAlreadyDone, MessageTakenByOther, MessageUnderWay.
        """
        message = self._free_for(message_id, by, over=over)
        if message.state is MessageState.TAKEN and message.taken_by == by:
            return message
        at = self._now()
        message = self._open[message_id] = replace(
            message, state=MessageState.TAKEN, taken_at=at, taken_by=by, seat_id=seat_id
        )
        self._tell(
            MessageTaken(
                at=at, call_id=message.call_id, message_id=message_id, by=by, seat_id=seat_id
            )
        )
        return message

    async def order(
        self, message_id: MessageId, seat_id: SeatId | None, by: str, *, over: bool = False
    ) -> WorkOrder:
        """An order of it, taken first if it is new; one message makes one order.

        Raises as `take` does.
        """
        message = self.take(message_id, seat_id, by, over=over)
        self._under_way.add(message_id)
        try:
            # The row knows whose number it was and where on the recording it begins.
            await self._written_down()
            listed = await self._stored.find_message(message_id) or message
            order = self._orders.open_from_message(
                listed, seat_id, await self._orders.read_message(listed)
            )
            # At once, so that no crash finds an order whose message is still open for long.
            self._done(message, by, order_id=order.order_id)
        finally:
            self._under_way.discard(message_id)
        return order

    def close(self, message_id: MessageId, by: str, reason: str, *, over: bool = False) -> None:
        """No order is made of it. Raises as `take` does."""
        self._done(self._free_for(message_id, by, over=over), by, reason=reason)

    def _free_for(self, message_id: MessageId, by: str, *, over: bool) -> Message:
        message = self._open.get(message_id)
        if message is None:
            raise MessageAlreadyDone
        if message_id in self._under_way:
            raise MessageUnderWay
        if message.taken_by not in (None, by) and not over:
            raise MessageTakenByOther(message.taken_by)
        return message

    def _done(
        self,
        message: Message,
        by: str,
        *,
        order_id: OrderId | None = None,
        reason: str | None = None,
    ) -> None:
        self._open.pop(message.message_id, None)
        self._known.add(message.message_id)
        self._tell(
            MessageDone(
                at=self._now(),
                call_id=message.call_id,
                message_id=message.message_id,
                by=by,
                order_id=order_id,
                reason=reason,
            )
        )

    # What it does by itself.

    async def run(self) -> None:
        """Take in what was left, ask for texts; until cancelled."""
        self._tell_ordered()
        while True:
            self._wake.clear()
            again = False
            for _ in range(len(self._heard)):
                heard, taken_in = self._heard.popleft(), False
                with call_fence(heard.call_id):
                    taken_in = await self._take_in(heard)
                if not taken_in:
                    self._heard.append(heard)
                    again = True
            again = not await self._texts.ask() or again
            try:
                async with asyncio.timeout(LOOK_AGAIN_S if again else None):
                    await self._wake.wait()
            except TimeoutError:
                pass

    def _tell_ordered(self) -> None:
        """An order was made and the end came before that was told of the message."""
        for message in list(self._open.values()):
            if message.order_id is not None:
                self._done(message, message.taken_by or THE_HOUSE, order_id=message.order_id)

    async def _take_in(self, heard: _Heard) -> bool:
        """False: try again later."""
        if heard.message_id in self._known or heard.message_id in self._open:
            return True
        try:
            if heard.how is HowLeft.FOUND:
                # Of an earlier life's message the store knows, if it was written down at all.
                if not await self._written_down():
                    return False
                if await self._stored.find_message(heard.message_id) is not None:
                    return True
            sound = await self._sounds.measure(heard.call_id, heard.message_id)
        except OSError:
            log.warning("a message could not be read yet", call_id=heard.call_id)
            return False
        if sound is None and heard.how is HowLeft.FOUND:
            # It went into the archive meanwhile; a person will hear how long it is.
            self._keep(heard, 0)
        elif sound is None or sound.empty:
            self._discard(heard, sound)
        else:
            self._keep(heard, sound.duration_ms)
        return True

    def _keep(self, heard: _Heard, duration_ms: int) -> None:
        at = self._now()
        message = Message(
            message_id=heard.message_id,
            call_id=heard.call_id,
            state=MessageState.NEW,
            began_at=heard.began_at,
            left_at=at,
            duration_ms=duration_ms,
            how=heard.how,
        )
        self._known.add(heard.message_id)
        self._open[heard.message_id] = message
        self._texts.want(message)
        self._tell(
            MessageLeft(
                at=at,
                call_id=heard.call_id,
                message_id=heard.message_id,
                began_at=heard.began_at,
                duration_ms=duration_ms,
                how=heard.how,
            )
        )

    def _discard(self, heard: _Heard, sound: MessageSound | None) -> None:
        self._known.add(heard.message_id)
        self.discarded += 1
        self._tell(
            MessageDiscarded(
                at=self._now(),
                call_id=heard.call_id,
                message_id=heard.message_id,
                began_at=heard.began_at,
                duration_ms=0 if sound is None else sound.duration_ms,
                how=heard.how,
            )
        )
