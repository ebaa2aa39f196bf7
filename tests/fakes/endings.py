"""Codes, warnings, tags and blocks in memory, kept in step by the told events."""

from dataclasses import replace

from cti.events import CallAnswered, Event
from orders.blocks import Block, BlockState
from orders.events import (
    BlockDecided,
    BlockExpired,
    BlockLifted,
    BlockProposed,
    CallCoded,
    NuisanceStepTicked,
    NuisanceTagged,
    OrderSubmitted,
    OutcomeMissed,
)
from orders.summaries import CallSummary, NuisanceTag

OPEN = (BlockState.PROPOSED, BlockState.ACTIVE)


class EndingsInMemory:
    """A projection of the events, as the real store makes it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.summaries_told = {}
        self.ordered = set()
        self.answered = {}
        self.steps = {}
        self.tags = []
        self.blocks = {}

    def tell(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case CallAnswered(call_id=call_id):
                self.answered[call_id] = event.at
                self.steps.setdefault(call_id, 0)
            case OrderSubmitted(call_id=call_id):
                self.ordered.add(call_id)
            case CallCoded():
                self.summaries_told[event.call_id] = CallSummary(
                    call_id=event.call_id,
                    seat_id=event.seat_id,
                    code=event.code,
                    name=event.name,
                    note=event.note,
                    by=event.by,
                    at=event.at,
                    excluded_from=event.excluded_from,
                )
            case OutcomeMissed(call_id=call_id):
                missed = CallSummary(
                    call_id=call_id, seat_id=event.seat_id, code=None, name=None, note="", by=None,
                    at=event.at,
                )  # fmt: skip
                self.summaries_told.setdefault(call_id, missed)
            case NuisanceStepTicked(call_id=call_id, step=step):
                self.steps[call_id] = step
            case NuisanceTagged():
                self.tags.append(event)
            case BlockProposed():
                self.blocks[event.call_id] = Block(
                    call_id=event.call_id,
                    caller_number=event.caller_number,
                    until=event.until,
                    proposed_at=event.at,
                    proposed_by=event.by,
                    note=event.note,
                )
            case BlockDecided(call_id=call_id, approved=approved):
                state = BlockState.ACTIVE if approved else BlockState.REFUSED
                self.blocks[call_id] = replace(
                    self.blocks[call_id],
                    state=state,
                    decided_by=event.by,
                    decision_note=event.note,
                )
            case BlockLifted(call_id=call_id):
                self.blocks[call_id] = replace(self.blocks[call_id], state=BlockState.LIFTED)
            case BlockExpired(call_id=call_id):
                self.blocks[call_id] = replace(self.blocks[call_id], state=BlockState.EXPIRED)
            case _:
                pass

    async def recent_outcomes(self, limit):
        return {
            call_id: (
                getattr(self.summaries_told.get(call_id), "code", None),
                call_id in self.ordered,
            )
            for call_id in list(self.answered)[-limit:]
        }

    async def summaries(self, call_ids):
        return {one: self.summaries_told[one] for one in call_ids if one in self.summaries_told}

    async def unregistered(self, limit):
        return [one for one in self.summaries_told.values() if one.code is None][:limit]

    async def code_counts(self, since, until):
        counts = {}
        for one in self.summaries_told.values():
            if since <= one.at < until:
                counts[one.code] = counts.get(one.code, 0) + 1
        return counts

    async def ticked_steps(self):
        return dict(self.steps)

    async def tags_of(self, caller_number, limit):
        return [
            NuisanceTag(call_id=one.call_id, at=one.at, by=one.by, note=one.note)
            for one in self.tags
            if one.caller_number == caller_number
        ][:limit]

    async def tag_count(self, caller_number):
        return sum(one.caller_number == caller_number for one in self.tags)

    async def open_blocks(self):
        return [block for block in self.blocks.values() if block.state in OPEN]

    async def newest_blocks(self, limit):
        return sorted(self.blocks.values(), key=lambda b: b.proposed_at, reverse=True)[:limit]
