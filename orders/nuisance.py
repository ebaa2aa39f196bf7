"""Nuisance callers: two warnings before a seat may hang up, tags, and blocks with an end. 恶意骚扰

    tick 1, tick 2 ──► the seat may hang up with reason 骚扰        tag ──► counted per number
    propose ──► another supervisor decides ──► blocked until its end date, then free by itself

Sole writer of warnings, tags and blocks (CTI-11). Every step is told. What a blocked caller hears
is the story's; whether he is blocked is answered here.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from cti.events import CallAbandoned, CallAnswered, CallArrived, CallEnded, Event
from cti.ids import CallId, SeatId
from orders.blocks import Block, BlockState
from orders.codes import NUISANCE
from orders.errors import (
    BlockAlreadyDecided,
    BlockAlreadyProposed,
    BlockEndInvalid,
    BlockOwnProposal,
    BlockUnknown,
    NuisanceNumberless,
    NuisanceStepOutOfOrder,
    NuisanceStepsMissing,
)
from orders.events import (
    BlockDecided,
    BlockExpired,
    BlockLifted,
    BlockProposed,
    NuisanceStepTicked,
    NuisanceTagged,
)
from orders.lost_calls import number_key
from orders.ports import Now, StoredNuisance, Tell
from orders.settings import OrdersSettings

STEPS = 2
"""Warnings before the seat may hang up (DB1302/T 604-2025 annex A). 警告次数"""
REASONS = frozenset({NUISANCE, "骚扰"})
"""What such a hang-up is called. 骚扰挂机原因"""

_WARNINGS = (
    "您好，这里是{city} 12345 政务服务便民热线，如您有关于业务或服务的问题，我很乐意为您解答。"
    "如您没有业务或服务方面的问题，请您挂机。",
    "您好！{city} 12345 政务服务便民热线是面向全社会的公共服务平台，我们很乐意为您服务，但如果您没有"
    "具体的诉求，请不要长时间占用热线资源，谢谢您的配合！",
)


def warnings(city: str) -> tuple[str, ...]:
    """The prescribed sentences, in their order (DB1302/T 604-2025 annex A)."""
    return tuple(sentence.format(city=city) for sentence in _WARNINGS)


class NuisanceDesk:
    """Warnings, tags and blocks. 骚扰处置台"""

    name = "nuisance desk"

    def __init__(
        self, stored: StoredNuisance, settings: OrdersSettings, tell: Tell, now: Now
    ) -> None:
        self._stored = stored
        self._longest = timedelta(days=settings.block_longest_days)
        self.warnings = warnings(settings.city)
        self._tell = tell
        self._now = now
        self._talking: set[CallId] = set()
        self._ticked: dict[CallId, int] = {}
        self._blocks: dict[CallId, Block] = {}
        self._changed = asyncio.Event()

    async def restore(self) -> None:
        """Take up warnings of calls in hand, and blocks; before any event is told."""
        for call_id, steps in (await self._stored.ticked_steps()).items():
            self._ticked[call_id] = steps
            self._talking.add(call_id)
        for block in await self._stored.open_blocks():
            self._blocks[block.call_id] = block

    def on_event(self, event: Event) -> None:
        """Take what calls say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id):
                self._ticked.pop(call_id, None)
            case CallAnswered(call_id=call_id):
                self._talking.add(call_id)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._talking.discard(call_id)
                self._ticked.pop(call_id, None)
            case _:
                pass

    def ticked(self, call_id: CallId) -> int:
        """How many warnings have been spoken in this call."""
        return self._ticked.get(call_id, 0)

    def tick(self, call_id: CallId, seat_id: SeatId, step: int, by: str) -> int:
        """The seat has spoken this warning. Raises NuisanceStepOutOfOrder."""
        if call_id not in self._talking or step != self.ticked(call_id) + 1 or step > STEPS:
            raise NuisanceStepOutOfOrder
        self._ticked[call_id] = step
        self._tell(
            NuisanceStepTicked(at=self._now(), call_id=call_id, seat_id=seat_id, step=step, by=by)
        )
        return step

    def allow_hang_up(self, call_id: CallId, reason: str) -> None:
        """For the switchboard, before a seat hangs up on a citizen. Raises NuisanceStepsMissing."""
        if reason in REASONS and self.ticked(call_id) < STEPS:
            raise NuisanceStepsMissing(self.ticked(call_id))

    def tag(self, call_id: CallId, caller_number: str, by: str, note: str) -> None:
        """This call was a nuisance. Raises NuisanceNumberless."""
        self._tell(
            NuisanceTagged(
                at=self._now(),
                call_id=call_id,
                caller_number=_named(caller_number),
                by=by,
                note=note,
            )
        )

    # Blocks.

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Proposed and active ones, the oldest first."""
        return tuple(sorted(self._blocks.values(), key=lambda block: block.proposed_at))

    def is_blocked(self, caller_number: str, at: datetime) -> bool:
        """Whether a call of this number is to be refused at that instant."""
        key = number_key(caller_number)
        return any(b.caller_number == key and b.holds(at) for b in self._blocks.values())

    def block_of(self, caller_number: str) -> Block | None:
        """The open proposal or active block of a number."""
        key = number_key(caller_number)
        return next((b for b in self._blocks.values() if b.caller_number == key), None)

    def propose(
        self, call_id: CallId, caller_number: str, until: datetime, by: str, note: str
    ) -> Block:
        """Raises NuisanceNumberless, BlockEndInvalid, BlockAlreadyProposed."""
        at = self._now()
        number = _named(caller_number)
        if not at < until <= at + self._longest:
            raise BlockEndInvalid(self._longest.days)
        if self.block_of(number) is not None:
            raise BlockAlreadyProposed
        block = self._blocks[call_id] = Block(
            call_id=call_id,
            caller_number=number,
            until=until,
            proposed_at=at,
            proposed_by=by,
            note=note,
        )
        self._tell(
            BlockProposed(
                at=at, call_id=call_id, caller_number=number, until=until, by=by, note=note
            )
        )
        self._changed.set()
        return block

    def approve(self, call_id: CallId, by: str, note: str = "") -> Block:
        """Raises BlockUnknown, BlockAlreadyDecided, BlockOwnProposal, BlockEndInvalid."""
        block = self._to_decide(call_id, by)
        if block.until <= self._now():
            raise BlockEndInvalid(self._longest.days)
        block = replace(block, state=BlockState.ACTIVE, decided_by=by, decision_note=note)
        self._blocks[call_id] = block
        self._tell(BlockDecided(at=self._now(), call_id=call_id, approved=True, by=by, note=note))
        self._changed.set()
        return block

    def refuse(self, call_id: CallId, by: str, note: str = "") -> Block:
        """Raises BlockUnknown, BlockAlreadyDecided, BlockOwnProposal."""
        block = self._to_decide(call_id, by)
        del self._blocks[call_id]
        self._tell(BlockDecided(at=self._now(), call_id=call_id, approved=False, by=by, note=note))
        return replace(block, state=BlockState.REFUSED, decided_by=by, decision_note=note)

    def lift(self, call_id: CallId, by: str, note: str = "") -> Block:
        """End it before its date; a proposal may be withdrawn so. Raises BlockUnknown."""
        block = self._blocks.pop(call_id, None)
        if block is None:
            raise BlockUnknown
        self._tell(BlockLifted(at=self._now(), call_id=call_id, by=by, note=note))
        return replace(block, state=BlockState.LIFTED)

    async def run(self) -> None:
        """Tell of blocks whose end date has come; until cancelled."""
        while True:
            self._changed.clear()
            at = self._now()
            for call_id, block in list(self._blocks.items()):
                if block.until <= at:
                    del self._blocks[call_id]
                    self._tell(BlockExpired(at=at, call_id=call_id))
            ends = min((block.until for block in self._blocks.values()), default=None)
            try:
                async with asyncio.timeout(None if ends is None else (ends - at).total_seconds()):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _to_decide(self, call_id: CallId, by: str) -> Block:
        block = self._blocks.get(call_id)
        if block is None:
            raise BlockUnknown
        if block.state is not BlockState.PROPOSED:
            raise BlockAlreadyDecided
        if block.proposed_by == by:
            raise BlockOwnProposal
        return block


def _named(caller_number: str) -> str:
    key = number_key(caller_number)
    if not any(char.isdecimal() for char in key):
        raise NuisanceNumberless
    return key
