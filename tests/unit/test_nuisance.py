"""Two warnings before a seat may hang up; a block needs two people and ends by itself."""

import asyncio
from datetime import timedelta

import pytest

from cti.events import Blame, CallAnswered, CallEnded, Ending
from cti.ids import SeatId
from orders.blocks import BlockState
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
from orders.events import BlockExpired, NuisanceStepTicked, NuisanceTagged
from orders.nuisance import NuisanceDesk, warnings
from orders.settings import OrdersSettings
from tests.fakes.endings import EndingsInMemory
from tests.fakes.floor import NOON, call

WANG = SeatId("8001")
ONE = call(1)
CALLER = "13800000001"
DAY = timedelta(days=1)


class Office:
    def __init__(self, stored: EndingsInMemory | None = None, now=None) -> None:
        self.stored = stored or EndingsInMemory()
        self.at = NOON
        self.desk = NuisanceDesk(
            self.stored, OrdersSettings(), self.stored.tell, now or (lambda: self.at)
        )

    def talks(self) -> "Office":
        event = CallAnswered(at=NOON, call_id=ONE, seat_id=WANG, waited_ms=0)
        self.stored.tell(event)
        self.desk.on_event(event)
        return self

    def proposed(self) -> "Office":
        self.desk.propose(ONE, CALLER, NOON + DAY, "wang", "三日内骚扰十次")
        return self


def test_the_prescribed_sentences_name_the_city():
    first, second = warnings("唐山市")
    assert first == (
        "您好，这里是唐山市 12345 政务服务便民热线，如您有关于业务或服务的问题，我很乐意为您解答。"
        "如您没有业务或服务方面的问题，请您挂机。"
    )
    assert second.startswith("您好！唐山市 12345 政务服务便民热线是面向全社会的公共服务平台")
    assert second.endswith("请不要长时间占用热线资源，谢谢您的配合！")


def test_the_seat_may_hang_up_only_after_both_warnings():
    office = Office().talks()
    for ticked in (0, 1):
        with pytest.raises(NuisanceStepsMissing) as refused:
            office.desk.allow_hang_up(ONE, "骚扰")
        assert refused.value.details == {"ticked": ticked}
        office.desk.tick(ONE, WANG, ticked + 1, "wang")
    office.desk.allow_hang_up(ONE, "nuisance")
    steps = [event.step for event in office.stored.events if isinstance(event, NuisanceStepTicked)]
    assert steps == [1, 2]


def test_any_other_reason_needs_no_warning():
    Office().talks().desk.allow_hang_up(ONE, "citizen-asked")


@pytest.mark.parametrize("steps", [(2,), (1, 1), (1, 2, 3)])
def test_the_warnings_are_spoken_in_their_order(steps):
    office = Office().talks()
    for step in steps[:-1]:
        office.desk.tick(ONE, WANG, step, "wang")
    with pytest.raises(NuisanceStepOutOfOrder):
        office.desk.tick(ONE, WANG, steps[-1], "wang")


def test_there_is_nobody_to_warn_before_the_answer_or_after_the_end():
    office = Office()
    with pytest.raises(NuisanceStepOutOfOrder):
        office.desk.tick(ONE, WANG, 1, "wang")
    office.talks()
    ending = Ending(blame=Blame.CITIZEN, reason="hung-up")
    office.desk.on_event(CallEnded(at=NOON, call_id=ONE, talked_ms=1, ending=ending))
    with pytest.raises(NuisanceStepOutOfOrder):
        office.desk.tick(ONE, WANG, 1, "wang")


def test_tags_are_counted_for_the_number_however_the_trunk_writes_it():
    office = Office()
    office.desk.tag(ONE, "+8613800000001", "wang", "")
    tagged = office.stored.events[-1]
    assert isinstance(tagged, NuisanceTagged)
    assert tagged.caller_number == CALLER
    with pytest.raises(NuisanceNumberless):
        office.desk.tag(ONE, "anonymous", "wang", "")


def test_a_proposal_blocks_nobody_until_another_supervisor_approves_it():
    office = Office().proposed()
    assert not office.desk.is_blocked(CALLER, NOON)
    with pytest.raises(BlockOwnProposal):
        office.desk.approve(ONE, "wang")
    office.desk.approve(ONE, "leader")
    assert office.desk.is_blocked("+8613800000001", NOON)
    assert not office.desk.is_blocked("13800000002", NOON)
    with pytest.raises(BlockAlreadyDecided):
        office.desk.approve(ONE, "leader")


def test_a_refused_or_lifted_block_holds_nobody_and_may_be_proposed_again():
    office = Office().proposed()
    assert office.desk.refuse(ONE, "leader").state is BlockState.REFUSED
    office.proposed().desk.approve(ONE, "leader")
    assert office.desk.lift(ONE, "leader").state is BlockState.LIFTED
    assert not office.desk.is_blocked(CALLER, NOON)
    with pytest.raises(BlockUnknown):
        office.desk.lift(ONE, "leader")
    with pytest.raises(BlockUnknown):
        office.desk.approve(ONE, "leader")


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_block_ends_and_not_too_late(days):
    with pytest.raises(BlockEndInvalid):
        Office().desk.propose(ONE, CALLER, NOON + days * DAY, "wang", "骚扰")


def test_a_number_has_one_open_block():
    office = Office().proposed()
    with pytest.raises(BlockAlreadyProposed):
        office.desk.propose(call(2), "+86" + CALLER, NOON + DAY, "li", "骚扰")


def test_a_proposal_approved_after_its_end_date_is_refused():
    office = Office().proposed()
    office.at = NOON + 2 * DAY
    with pytest.raises(BlockEndInvalid):
        office.desk.approve(ONE, "leader")


async def test_a_block_expires_by_itself_also_after_a_restart():
    def now():
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    before = Office(now=now).proposed()
    before.desk.approve(ONE, "leader")
    office = Office(before.stored, now)
    await office.desk.restore()
    assert office.desk.is_blocked(CALLER, NOON)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(office.desk.run(), name=office.desk.name)
        await asyncio.sleep(DAY.total_seconds() + 1)
        running.cancel()
    assert isinstance(office.stored.events[-1], BlockExpired)
    assert not office.desk.is_blocked(CALLER, now())
    assert office.desk.blocks == ()
    assert office.stored.blocks[ONE].state is BlockState.EXPIRED


async def test_warnings_of_a_call_in_hand_survive_a_restart():
    before = Office().talks()
    before.desk.tick(ONE, WANG, 1, "wang")
    office = Office(before.stored)
    await office.desk.restore()
    office.desk.tick(ONE, WANG, 2, "wang")
    office.desk.allow_hang_up(ONE, "骚扰")
