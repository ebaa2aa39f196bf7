"""What is written down of seats' states, of force, repair and alarms, in both databases."""

from datetime import UTC, datetime, timedelta

from cti.events import PartyRole
from cti.ids import CallId, SeatId, SkillGroupCode
from seats.attendance import NoteKind, seat_day, sittings
from seats.events import (
    ForceEffect,
    GroupAttendedAgain,
    GroupUnattended,
    SeatAlarmCleared,
    SeatAlarmRaised,
    SeatForced,
    SeatRepaired,
    SeatStateChanged,
)
from seats.model import NotReadyReason, SeatDefinition, SeatState
from store.attendance import StoredAttendance
from store.floor import StoredFloor
from tests.wire.journals import open_database
from tests.wire.test_store_tables import told as told

S = SeatState
A, B = SeatId("8001"), SeatId("8002")
X = CallId("node1-1763716.1")
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


def at(minute):
    return NOON + timedelta(minutes=minute)


def change(minute, was, state, seat_id=A, **more):
    operator = None if state is S.SIGNED_OUT else "wang"
    return SeatStateChanged(at=at(minute), seat_id=seat_id, was=was, state=state,
                            **{"operator": operator, "idle_since": NOON, **more})  # fmt: skip


HISTORY = (
    change(0, S.SIGNED_OUT, S.NOT_READY, reason=NotReadyReason.SIGNED_IN),
    change(1, S.NOT_READY, S.READY),
    change(2, S.SIGNED_OUT, S.READY, seat_id=B, operator="li"),
    change(5, S.READY, S.TALKING, call_id=X, part=PartyRole.SUPERVISOR),
    change(8, S.TALKING, S.READY),
    change(20, S.READY, S.SIGNED_OUT),
)


async def define(database):
    floor = StoredFloor(database)
    for seat_id in (A, B):
        await floor.define(SeatDefinition(seat_id=seat_id, operator_name="王", skills={}))
    return floor


async def test_a_day_is_read_back_as_it_was_told(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        await define(database)
        await told(database, *HISTORY)
        stored = StoredAttendance(database)
        assert await stored.last_change(A, at(0)) is None
        before = await stored.last_change(A, at(3))
        assert (before.state, before.operator) == (S.READY, "wang")
        changes = await stored.changes(A, at(3), at(60))
        day = seat_day(before, changes, at(3), at(60))
        assert [(s.state, s.part, s.ms // 60_000) for s in day.stays] == [
            (S.READY, PartyRole.SEAT, 2),
            (S.TALKING, PartyRole.SUPERVISOR, 3),
            (S.READY, PartyRole.SEAT, 12),
            (S.SIGNED_OUT, PartyRole.SEAT, 40),
        ]
        assert day.signed_in_ms == 17 * 60_000


async def test_who_sat_where_is_known_at_any_past_minute(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        await define(database)
        await told(database, *HISTORY)
        stored = StoredAttendance(database)

        async def sat(minute):
            found = sittings(await stored.everybody_at(at(minute)))
            return {one.seat_id: one.operator for one in found}

        assert await sat(-1) == {}
        assert await sat(1) == {A: "wang"}
        assert await sat(6) == {A: "wang", B: "li"}
        assert await sat(20) == {B: "li"}


async def test_a_seat_comes_back_after_a_restart_with_all_that_was_booked(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        floor = await define(database)
        force = SeatForced(at=at(6), seat_id=A, by="leader", state=S.SIGNED_OUT, reason="换班",
                           effect=ForceEffect.AFTER_CALL)  # fmt: skip
        await told(database, *HISTORY[:4], force)
        (seat, _) = await floor.seats(NOON)
        assert (seat.state, seat.part, seat.pending_sign_out) == (
            S.TALKING,
            PartyRole.SUPERVISOR,
            True,
        )
        await told(database, change(9, S.TALKING, S.WRAP_UP, call_id=X, last_call_id=X))
        (seat, _) = await floor.seats(NOON)
        assert (seat.part, seat.last_call_id, seat.pending_sign_out) == (PartyRole.SEAT, X, False)


async def test_what_was_forced_and_repaired_is_kept_with_who_and_why(new_database_url, told):
    async with open_database(await new_database_url()) as database:
        await define(database)
        await told(
            database,
            SeatForced(at=at(6), seat_id=A, by="leader", state=S.NOT_READY, reason="培训",
                       effect=ForceEffect.DONE),
            SeatRepaired(at=at(7), seat_id=A, was=S.TALKING, state=S.WRAP_UP, call_id=X,
                         why="两次核对均无其话路"),
        )  # fmt: skip
        forced, repaired = await StoredAttendance(database).notes(A, at(0), at(60))
        assert (forced.kind, forced.by, forced.why, forced.effect) == (
            NoteKind.FORCED,
            "leader",
            "培训",
            "done",
        )
        assert (repaired.kind, repaired.was, repaired.call_id) == (NoteKind.REPAIRED, S.TALKING, X)
        assert await StoredAttendance(database).notes(B, at(0), at(60)) == []


async def test_alarms_that_were_open_are_known_after_a_restart(new_database_url, told):
    general, law = SkillGroupCode("general"), SkillGroupCode("law")

    def raised(seat_id):
        return SeatAlarmRaised(at=at(15), seat_id=seat_id, state=S.NOT_READY,
                               reason=NotReadyReason.BREAK, since=at(0), limit_s=900.0)  # fmt: skip

    def short(group):
        return GroupUnattended(at=at(1), skill_group=group, serving=0, signed_in=0, minimum=1)

    async with open_database(await new_database_url()) as database:
        await told(
            database,
            raised(A), raised(B), short(general), short(law),
            SeatAlarmCleared(at=at(16), seat_id=A, state=S.NOT_READY,
                             reason=NotReadyReason.BREAK, since=at(0)),
            GroupAttendedAgain(at=at(2), skill_group=law, serving=1),
        )  # fmt: skip
        stored = StoredAttendance(database)
        (alarm,) = await stored.open_seat_alarms()
        assert (alarm.seat_id, alarm.since, alarm.limit_s) == (B, at(0), 900.0)
        assert await stored.unattended_groups() == [general]
