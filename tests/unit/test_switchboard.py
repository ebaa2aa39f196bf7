"""What the switchboard asks of Asterisk, and when; a control that only writes it down."""

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cti.call import Call, CallState
from cti.calls_out import CallsOut
from cti.course import advance
from cti.errors import (
    ActionRefused,
    CallInOtherForm,
    CallNotAnswered,
    CallOver,
    CommandUnderWay,
    NotOnThisCall,
    NumberRefused,
    SpyingOnOneself,
    TargetAlreadyThere,
    TargetNotFree,
    UnknownCall,
)
from cti.events import CallControlled, PartyJoined, PartyRole, Room
from cti.facts import (
    CitizenGone,
    CitizenHeld,
    LegGone,
    LegInRoom,
    LegRang,
    SeatGone,
)
from cti.parties import Party
from cti.settings import ControlSettings
from cti.switchboard import Switchboard
from cti.targets import LineTarget, SeatTarget
from orders.errors import NuisanceStepsMissing

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CALL = "node1-1767614400.1"
A = "node1-1767614400.2"
B_SEAT = SeatTarget(seat_id="8002")
DEPARTMENT = LineTarget(who="housing", number="13800009001")
BY = {"by": "li", "seat_id": "8001"}


class Control:
    """Writes down what was asked; refuses or waits when told to."""

    def __init__(self):
        self.asked = []
        self.refuse_ring = None
        self.gate = None

    async def lead(self, moves):
        if moves:
            self.asked.append(("lead", *(f"{_short(leg)}>{door}" for leg, door in moves)))
        if self.gate is not None:
            await self.gate.wait()

    async def ring(self, invitation):
        if self.refuse_ring is not None:
            raise self.refuse_ring
        self.asked.append(("ring", invitation.seat_id or invitation.number, invitation.door))
        self.last = invitation

    async def hang_up_leg(self, leg_id):
        self.asked.append(("hang-up", _short(leg_id)))

    async def hang_up(self, call_id):
        self.asked.append(("hang-up-call",))

    async def mute(self, leg_id, *, muted):
        self.asked.append(("mute", _short(leg_id), muted))

    async def press(self, leg_id, keys):
        self.asked.append(("press", _short(leg_id), keys))

    async def note(self, leg_id, variable, value):
        self.asked.append(("note", _short(leg_id), variable))

    async def back_to_line(self, call, skill_group):
        self.asked.append(("to-line", skill_group))


def _short(leg_id):
    return {CALL: "citizen", A: "A"}.get(leg_id, "new" if "-p" in leg_id else leg_id)


class Seats:
    """The Floor port."""

    def __init__(self):
        self.free, self.given_back = {"8001", "8002", "8004"}, []

    def reserve(self, seat_id, call_id):
        free = seat_id in self.free
        self.free.discard(seat_id)
        return free

    def reserve_listener(self, seat_id, call_id):
        return self.reserve(seat_id, call_id)

    def undo_offer(self, seat_id, call_id):
        self.given_back.append(seat_id)


class House:
    """One talking call and the switchboard."""

    def __init__(self):
        seat = Party(
            leg_id=A,
            role=PartyRole.SEAT,
            who="8001",
            room=Room.TALK,
            since=NOON - timedelta(minutes=1),
        )
        call = Call(
            call_id=CALL,
            caller_number="13800000001",
            called_number="12345",
            state=CallState.TALKING,
            arrived_at=NOON,
            skill_group="general",
            joined_at=NOON,
            answered_at=NOON,
            seat_id="8001",
            leg_id=A,
            parties=(seat,),
        )
        self.calls = {CALL: call}
        self.control, self.seats, self.told = Control(), Seats(), []
        settings = ControlSettings()
        self.not_for = {}
        """Reason of a hang-up: the error with which it is refused."""
        self.board = Switchboard(
            self.calls,
            self.control,
            self.seats,
            self.told.append,
            self.now,
            settings,
            self._allow_hang_up,
        )
        self.out = CallsOut(self.control, self.seats, self.told.append, self.now, "node1", settings)

    def _allow_hang_up(self, call_id, reason):
        assert call_id == CALL
        if reason in self.not_for:
            raise self.not_for[reason]

    def now(self):
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    @property
    def asked(self):
        asked, self.control.asked = self.control.asked, []
        return asked

    async def happens(self, *facts):
        for fact in facts:
            step = advance(self.calls[CALL], fact)
            self.calls[CALL] = step.call
            for event in step.events:
                self.board.on_event(event)
        await asyncio.sleep(0.01)

    def fact(self, kind, **fields):
        return kind(call_id=CALL, at=self.now(), **fields)

    def leg(self, kind, leg_id, role, who, **fields):
        return self.fact(kind, leg_id=leg_id, role=PartyRole(role), who=who, **fields)

    async def aside(self, target_leg, role, who):
        """Citizen on hold, seat and target speak aside."""
        await self.happens(
            self.fact(CitizenHeld),
            self.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE),
            self.leg(LegRang, target_leg, role, who),
            self.leg(LegInRoom, target_leg, role, who, room=Room.ASIDE),
        )


@asynccontextmanager
async def open_house():
    house = House()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(part.run()) for part in (house.board, house.out)]
        yield house
        for task in tasks:
            task.cancel()


async def test_a_hold_leads_both_at_once_and_the_retrieve_brings_them_back():
    async with open_house() as house:
        await house.board.hold(CALL, **BY)
        assert house.asked == [("lead", "citizen>hold-citizen", "A>aside-seat")]
        await house.happens(
            house.fact(CitizenHeld), house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE)
        )
        await house.board.retrieve(CALL, **BY)
        assert house.asked == [("lead", "citizen>talk-citizen", "A>talk-seat")]


async def test_a_hold_that_was_not_heard_of_yet_is_ended_all_the_same():
    async with open_house() as house:
        await house.board.hold(CALL, **BY)
        assert house.asked
        # The seat's room is told before the citizen's hold.
        await house.happens(house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE))
        assert house.calls[CALL].state is CallState.HELD
        await house.board.retrieve(CALL, **BY)
        assert house.asked == [("lead", "citizen>talk-citizen", "A>talk-seat")]


async def test_who_is_on_his_way_into_a_room_is_not_led_there_a_second_time():
    async with open_house() as house:
        await house.board.hold(CALL, **BY)
        await house.happens(
            house.fact(CitizenHeld), house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE)
        )
        await house.board.retrieve(CALL, **BY)
        assert len(house.asked) == 2
        await house.board.retrieve(CALL, **BY)
        assert house.asked == []
        # Nothing was heard of it for long: it is tried again.
        await asyncio.sleep(3)
        await house.board.retrieve(CALL, **BY)
        assert house.asked == [("lead", "citizen>talk-citizen", "A>talk-seat")]


async def test_the_consulted_comes_first_into_the_common_room():
    async with open_house() as house:
        leg = await house.board.consult(CALL, DEPARTMENT, **BY)
        assert house.asked[1:] == [("ring", "13800009001", "aside-third")]
        await house.aside(leg, "third", "housing")
        await house.board.conference(CALL, **BY)
        assert house.asked == [
            ("lead", "new>talk-third"),
            ("lead", "citizen>talk-citizen", "A>talk-seat"),
        ]


async def test_a_department_learns_the_citizens_number_and_the_orders():
    async with open_house() as house:
        await house.board.consult(CALL, DEPARTMENT, **BY, order_id="20260105-000001")
        carried = house.control.last.variables
        assert carried["__HOTLINE_CALLER"] == "13800000001"
        assert carried["__HOTLINE_ORDER"] == "20260105-000001"
        assert carried["HOTLINE_PARTY"] == "third:housing"


async def test_a_transfer_lets_the_first_seat_go_only_when_the_target_has_answered():
    async with open_house() as house:
        leg = await house.board.transfer(CALL, B_SEAT, **BY)
        assert house.asked == [
            ("note", "citizen", "HOTLINE_HELD_UNTIL"),
            ("lead", "citizen>hold-citizen", "A>aside-seat"),
            ("ring", "8002", "aside-seat"),
        ]
        await house.aside(leg, "seat", "8002")
        assert house.asked == [
            ("lead", "citizen>talk-citizen", "new>talk-seat"),
            ("hang-up", "A"),
        ]


async def test_a_seat_that_releases_the_citizen_goes_alone_and_only_from_a_plain_talk():
    async with open_house() as house:
        await house.board.release(CALL, **BY)
        assert house.asked == [("hang-up", "A")]
        await house.board.hold(CALL, **BY)
        await house.happens(house.fact(CitizenHeld))
        with pytest.raises(CallInOtherForm):
            await house.board.release(CALL, **BY)


@pytest.mark.parametrize("cause", [17, 19, 34])
async def test_who_is_not_reached_leaves_the_citizen_with_the_same_seat(cause):
    async with open_house() as house:
        leg = await house.board.transfer(CALL, B_SEAT, **BY)
        await house.happens(
            house.fact(CitizenHeld),
            house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE),
            house.leg(LegRang, leg, "seat", "8002"),
        )
        assert house.asked
        await house.happens(house.leg(LegGone, leg, "seat", "8002", cause=cause))
        assert house.asked == [("lead", "citizen>talk-citizen", "A>talk-seat")]


async def test_without_either_seat_he_goes_back_into_the_line():
    async with open_house() as house:
        leg = await house.board.transfer(CALL, B_SEAT, **BY)
        await house.happens(
            house.fact(CitizenHeld),
            house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE),
            house.leg(LegRang, leg, "seat", "8002"),
            house.fact(SeatGone, leg_id=A, seat_id="8001"),
        )
        assert len(house.asked) == 3, "nothing yet: the target may still answer"
        await house.happens(house.leg(LegGone, leg, "seat", "8002", cause=19))
        assert house.asked == [("to-line", "general")]


async def test_a_seat_that_hangs_up_while_it_asks_another_seat_has_handed_over():
    async with open_house() as house:
        leg = await house.board.consult(CALL, B_SEAT, **BY)
        await house.aside(leg, "seat", "8002")
        assert house.asked
        await house.happens(house.fact(SeatGone, leg_id=A, seat_id="8001"))
        assert house.asked == [("lead", "citizen>talk-citizen", "new>talk-seat")]


async def test_a_ringing_target_is_given_up_when_the_seat_that_wanted_advice_hangs_up():
    async with open_house() as house:
        leg = await house.board.consult(CALL, B_SEAT, **BY)
        await house.happens(
            house.fact(CitizenHeld),
            house.leg(LegInRoom, A, "seat", "8001", room=Room.ASIDE),
            house.leg(LegRang, leg, "seat", "8002"),
        )
        assert house.asked
        await house.happens(house.fact(SeatGone, leg_id=A, seat_id="8001"))
        assert house.asked == [("hang-up", "new")]


async def test_nobody_is_left_ringing_when_the_citizen_hangs_up():
    async with open_house() as house:
        await house.board.invite(CALL, DEPARTMENT, **BY)
        assert house.asked
        await house.happens(house.fact(CitizenGone))
        assert house.asked == [("hang-up", "new")]


async def test_nobody_is_rung_for_a_citizen_who_was_quicker():
    async with open_house() as house:
        house.control.gate = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.board.invite(CALL, DEPARTMENT, **BY))
            await asyncio.sleep(0.01)
            await house.happens(house.fact(CitizenGone))
            assert ("hang-up", "new") not in house.asked
            house.control.gate.set()
        assert house.asked == [("ring", "13800009001", "talk-third"), ("hang-up", "new")]


async def test_two_people_at_once_the_second_is_refused_and_nothing_else_happens():
    async with open_house() as house:
        house.control.gate = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.board.hold(CALL, **BY))
            await asyncio.sleep(0.01)
            with pytest.raises(CommandUnderWay):
                await house.board.supervise(CALL, "intercept", by="zhang", seat_id="8004")
            house.control.gate.set()
        assert len(house.asked) == 1
        told = [event for event in house.told if isinstance(event, CallControlled)]
        assert [(e.what, e.by, e.refused) for e in told] == [
            ("intercept", "zhang", "command-under-way"),
            ("hold", "li", None),
        ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"state": CallState.ENDED}, CallOver),
        ({"state": CallState.QUEUED}, CallNotAnswered),
        ({"state": CallState.HELD}, CallInOtherForm),
        ({"parties": ()}, NotOnThisCall),
    ],
)
async def test_what_does_not_fit_the_call_is_refused_and_changes_nothing(change, error):
    async with open_house() as house:
        house.calls[CALL] = replace(house.calls[CALL], **change)
        with pytest.raises(error):
            await house.board.hold(CALL, **BY)
        assert house.asked == []
        assert house.told[-1].refused == error.code


async def test_impossible_targets_are_refused_before_the_citizen_is_touched():
    async with open_house() as house:
        with pytest.raises(TargetAlreadyThere):
            await house.board.consult(CALL, SeatTarget(seat_id="8001"), **BY)
        with pytest.raises(TargetNotFree):
            await house.board.transfer(CALL, SeatTarget(seat_id="8003"), **BY)
        with pytest.raises(NumberRefused):
            await house.board.invite(CALL, LineTarget(who="outside", number="00441234567890"), **BY)
        with pytest.raises(SpyingOnOneself):
            await house.board.supervise(CALL, "listen", by="li", seat_id="8001")
        with pytest.raises(UnknownCall):
            await house.board.hold("node1-1.9", **BY)
        assert house.asked == []


async def test_a_target_that_asterisk_refuses_gives_the_citizen_and_the_seat_back():
    async with open_house() as house:
        house.control.refuse_ring = ActionRefused("no such context")
        with pytest.raises(ActionRefused):
            await house.board.consult(CALL, B_SEAT, **BY)
        assert house.seats.given_back == ["8002"]
        assert house.asked[-1][0] == "lead"


@pytest.mark.parametrize(
    ("how", "door"),
    [
        ("listen", "listen-supervisor"),
        ("whisper", "whisper-supervisor"),
        ("barge", "talk-supervisor"),
    ],
)
async def test_a_supervisor_comes_through_his_own_door(how, door):
    async with open_house() as house:
        await house.board.supervise(CALL, how, by="zhang", seat_id="8004")
        assert house.asked[-1] == ("ring", "8004", door)
        leg = house.control.last.leg_id
        await house.happens(
            house.leg(LegRang, leg, "supervisor", "8004"),
            house.leg(LegInRoom, leg, "supervisor", "8004", room=Room.LISTENING),
        )
        await house.board.supervise(CALL, "whisper", by="zhang", seat_id="8004")
        assert house.asked == [("lead", "new>whisper-supervisor")]


async def test_a_take_over_brings_the_citizen_when_the_supervisor_has_answered():
    async with open_house() as house:
        await house.board.supervise(CALL, "intercept", by="zhang", seat_id="8004")
        assert house.asked == [("ring", "8004", "talk-seat")]
        leg = house.control.last.leg_id
        await house.happens(
            house.leg(LegRang, leg, "seat", "8004"),
            house.leg(LegInRoom, leg, "seat", "8004", room=Room.TALK),
        )
        assert house.asked == [
            # He who is in the room already is not led there again: it would end for a moment.
            ("lead", "citizen>talk-citizen"),
            ("hang-up", "A"),
        ]


async def test_a_call_out_dials_the_citizen_when_his_seat_is_there():
    async with open_house() as house:
        call_id = await house.out.seat_first("13800000002", by="li", seat_id="8002")
        assert house.asked == [("ring", "8002", "talk-seat")]
        seat_leg = house.control.last.leg_id
        assert house.control.last.variables["HOTLINE_OUT"] == "13800000002"
        with suppress(KeyError):
            house.out.on_event(_joined(call_id, seat_leg, house.now()))
        await asyncio.sleep(0.01)
        assert house.asked == [("ring", "13800000002", "talk")]
        assert house.control.last.leg_id == call_id
        with pytest.raises(NumberRefused):
            await house.out.seat_first("0044123456789", by="li", seat_id="8002")
        with pytest.raises(TargetNotFree):
            await house.out.seat_first("13800000002", by="li", seat_id="8002")


async def test_a_citizen_called_first_waits_at_the_place_he_had():
    async with open_house() as house:
        await house.out.citizen_first(
            "13800000002", by="system", skill_group="general", joined_at=NOON
        )
        carried = house.control.last.variables
        assert carried["HOTLINE_JOINED_AT"] == "1767614400000"
        assert house.control.last.door == "line"


def _joined(call_id, leg_id, at):

    return PartyJoined(
        call_id=call_id, at=at, leg_id=leg_id, role=PartyRole.SEAT, who="8002", room=Room.TALK
    )


@pytest.mark.parametrize("seat_id", ["8001", None])
async def test_a_hang_up_that_is_not_allowed_is_refused_and_told_whoever_asks(seat_id):
    async with open_house() as house:
        house.not_for["骚扰"] = NuisanceStepsMissing(1)
        with pytest.raises(NuisanceStepsMissing):
            await house.board.hang_up(CALL, by="li", seat_id=seat_id, reason="骚扰")
        assert house.asked == []
        assert house.told[-1].refused == "nuisance-steps-missing"
        await house.board.hang_up(CALL, by="li", seat_id=seat_id, reason="citizen-asked")
        assert house.asked == [("hang-up-call",)]
