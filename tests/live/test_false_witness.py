"""Thirty lost, false, repeated and late events: within 15 s each the floor is again as Asterisk has it.

They come in rounds of several at once, each about another seat or call; the time of a round runs from its
last falsehood, so each had at least as long. No live call is hurt by any of them.
"""

import asyncio
from dataclasses import dataclass

from hotline.outside.far_end import Citizen
from hotline.outside.phone import Phone
from tests.live.afterwards import OVER, journal
from tests.live.cable import lay_cable
from tests.live.false_witness import Falsehood, FalseWitness, event
from tests.live.stage import QUICK, Stage, open_stage
from tests.live.truth import Truth, agreed, channels

SEATS = tuple(str(number) for number in range(8001, 8011))
SETTINGS = f"{QUICK}\n"
LIMIT_S = 15.0
LATE_S = 4.0
GHOST = "node1-1700000000.7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    citizen: Citizen
    call_id: str
    phone: Phone
    leg_id: str
    """The seat's channel at the product."""


async def test_thirty_falsehoods_and_the_floor_is_as_asterisk_has_it(ready_var, short_path):
    async with (
        open_stage(ready_var, short_path, SETTINGS, seats=SEATS) as stage,
        lay_cable(stage, FalseWitness) as witness,
    ):
        for seat in SEATS:
            await stage.take_seat(seat)
        count = 0
        for story in (
            ends_are_lost, beginnings_are_lost, live_talks_are_denied, phones_are_lied_about,
            words_come_twice_or_late,
        ):  # fmt: skip
            count += await story(stage, witness)
            await empty(stage)
        assert count == 30
        arrived = {told["call_id"] for told in journal(stage, "CallArrived")} - {GHOST}
        over = [t["call_id"] for t in journal(stage, *OVER) if t["call_id"] != GHOST]
        assert arrived == set(over)
        # The two whose citizens were said to have hung up were told twice: first the lie, then the truth.
        assert len(over) - len(set(over)) <= 2


async def ends_are_lost(stage: Stage, witness: FalseWitness) -> int:
    """The seat, the citizen, or both end it unseen."""
    talks = await talk(stage, 100, 6)
    lies = []
    for talked in talks[:2]:
        lies += [lose_end_of(witness, talked.leg_id)]
    for talked in talks[2:4]:
        lies += [lose_end_of(witness, talked.call_id)]
    for talked in talks[4:]:
        lies += [lose_end_of(witness, talked.call_id), lose_end_of(witness, talked.leg_id)]
    for talked in talks[:2]:
        await talked.phone.hang_up()
    for talked in talks[2:]:
        await talked.citizen.hang_up()
    await agreed(stage, LIMIT_S, lambda seen: not seen.talks)
    all_told(lies)
    return 6


async def beginnings_are_lost(stage: Stage, witness: FalseWitness) -> int:
    """A call comes in, a phone rings, a seat answers: nobody says so."""
    lies = [
        witness.drop(2, event("Newchannel", Channel="PJSIP/trunk*")),
        witness.drop(2, event("DialBegin", DestChannel="PJSIP/8*")),
        witness.drop(2, event("DialEnd", DestChannel="PJSIP/8*")),
    ]
    citizens = [await stage.world.dial(f"13800000{200 + n}") for n in range(6)]
    await agreed(stage, LIMIT_S, lambda seen: len(seen.talks) == len(seen.citizens) == 6)
    all_told(lies)
    assert not any(citizen.gone for citizen in citizens)
    await asyncio.gather(*(citizen.hang_up() for citizen in citizens))
    return 6


async def live_talks_are_denied(stage: Stage, witness: FalseWitness) -> int:
    """Ends, rings and calls that never were; who talks goes on talking."""
    talks = await talk(stage, 300, 4)
    busy = {talked.phone.seat_id for talked in talks}
    free = [seat for seat in SEATS if seat not in busy]
    for talked in talks[:2]:
        witness.invent(
            end_of(f"PJSIP/{talked.phone.seat_id}-0000dead", talked.leg_id, talked.call_id)
        )
    for talked in talks[2:]:
        witness.invent(end_of("PJSIP/trunk-0000dead", talked.call_id, talked.call_id))
    for seat in free[:2]:
        witness.invent(
            {"Event": "DeviceStateChange", "Device": f"PJSIP/{seat}", "State": "UNAVAILABLE"}
        )
    witness.invent(
        {
            **channel("Newchannel", "PJSIP/trunk-0000beef", GHOST, GHOST),
            "Context": "hotline-in", "Exten": "12345", "CallerIDNum": "13800000399",
            "ChannelState": "4",
        }
    )  # fmt: skip
    call_id = talks[0].call_id
    witness.invent(
        {
            **channel("DialBegin", "PJSIP/trunk-0000dead", call_id, call_id),
            "DestChannel": f"PJSIP/{free[3]}-0000beef", "DestUniqueid": "node1-1700000000.8",
            "DestLinkedid": call_id,
        }
    )  # fmt: skip
    await agreed(stage, LIMIT_S, lambda seen: len(seen.talks) == len(seen.citizens) == 4)
    assert not any(talked.citizen.gone for talked in talks)
    for talked in talks:
        assert talked.phone.far_end is not None
        await talked.citizen.hang_up()
    return 8


async def phones_are_lied_about(stage: Stage, witness: FalseWitness) -> int:
    """Two phones go dark and come back, and nobody says so."""
    dark = [stage.world.phone(seat) for seat in SEATS[-2:]]
    gone = witness.drop(2, lambda m: _of_phones(m, dark) and m.get("State") == "UNAVAILABLE")
    for phone in dark:
        await phone.unregister()
    await agreed(stage, LIMIT_S, lambda seen: len(seen.phones) == len(SEATS) - 2)
    back = witness.drop(2, lambda m: _of_phones(m, dark) and m.get("State") == "NOT_INUSE")
    for phone in dark:
        await phone.register()
    await agreed(stage, LIMIT_S, lambda seen: len(seen.phones) == len(SEATS))
    all_told([gone, back])
    return 4


async def words_come_twice_or_late(stage: Stage, witness: FalseWitness) -> int:
    lies = [
        witness.repeat(1, event("Newchannel", Channel="PJSIP/trunk*")),
        witness.repeat(1, event("DialEnd", DestChannel="PJSIP/8*")),
        witness.delay(1, event("DialBegin", DestChannel="PJSIP/8*"), LATE_S),
        witness.delay(1, event("DialEnd", DestChannel="PJSIP/8*"), LATE_S),
    ]
    talks = await talk(stage, 500, 4)
    await agreed(stage, LIMIT_S, lambda seen: len(seen.talks) == 4)
    lies += [
        witness.repeat(1, event("Hangup", Uniqueid=talks[0].leg_id)),
        witness.delay(1, event("Hangup", Uniqueid=talks[1].call_id), LATE_S),
    ]
    for talked in talks:
        await talked.citizen.hang_up()
    await agreed(stage, LIMIT_S, lambda seen: not seen.citizens)
    all_told(lies)
    return 6


async def talk(stage: Stage, first: int, count: int) -> list[Talk]:
    """So many citizens call and are answered."""
    citizens = [await stage.world.dial(f"13800000{first + n}") for n in range(count)]
    seen = await agreed(stage, LIMIT_S, lambda seen: len(seen.talks) == count)
    legs = {channel.end: channel.unique_id for channel in await channels(stage)}
    seats = {call_id: seat for seat, call_id in seen.talks.items()}
    talks = []
    for citizen in citizens:
        call_id = (await stage.call_of(citizen.caller_number))["call_id"]
        seat = seats[call_id]
        talks.append(
            Talk(citizen=citizen, call_id=call_id, phone=stage.world.phone(seat), leg_id=legs[seat])
        )
    return talks


async def empty(stage: Stage) -> None:
    """Nobody is on the telephone, and every seat is ready for the next round."""
    await agreed(stage, LIMIT_S, _nobody)
    for seat in SEATS:
        api = await stage.api(seat)
        state = (await stage.until(f"/api/seats/{seat}", lambda s: s["state"] != "wrap_up"))[
            "state"
        ]
        if state == "not_ready":  # a phone that was said not to answer
            await api.post(f"/api/seats/{seat}/ready")
        await stage.seat_is(seat, "ready")


def _nobody(seen: Truth) -> bool:
    return not seen.citizens and not seen.talks and not seen.ringing


def lose_end_of(witness: FalseWitness, leg_id: str) -> Falsehood:
    """Its Hangup, and whatever asked for it."""
    witness.drop(
        2, lambda m: m.get("Event", "").endswith("HangupRequest") and m.get("Uniqueid") == leg_id
    )
    return witness.drop(1, event("Hangup", Uniqueid=leg_id))


def end_of(name: str, unique_id: str, call_id: str) -> dict[str, str]:
    return {**channel("Hangup", name, unique_id, call_id), "Cause": "16", "Cause-txt": "Normal"}


def channel(kind: str, name: str, unique_id: str, call_id: str) -> dict[str, str]:
    return {
        "Event": kind, "Channel": name, "Uniqueid": unique_id, "Linkedid": call_id,
        "ChanVariable": f"HOTLINE_CALL={call_id}",
    }  # fmt: skip


def all_told(lies: list[Falsehood]) -> None:
    """Each falsehood did happen: a test of nothing proves nothing."""
    assert not [lie for lie in lies if lie.left], lies


def _of_phones(message, phones: list[Phone]) -> bool:
    devices = {f"PJSIP/{phone.seat_id}" for phone in phones}
    return message.get("Event") == "DeviceStateChange" and message.get("Device") in devices
