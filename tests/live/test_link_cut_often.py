"""The AMI link is cut 200 times, each time in the middle of something, while 20 calls are on.

The service reconnects every quarter of a second here instead of every second, so that this takes a minute
and not four; that it never tries more often than its setting is what is shown (with the default:
tests/wire/test_ami_link.py). The cuts fall on every part
of a connection's life: its banner, the answer to its login, the snapshot's lists, and live events.
"""

import asyncio
import itertools
import random

from hotline.outside.far_end import Citizen
from tests.live.afterwards import journal
from tests.live.cable import Cable, lay_cable
from tests.live.stage import QUICK, Stage, open_stage
from tests.live.truth import Truth, agreed

SEATS = tuple(str(number) for number in range(8001, 8011))
CALLS = 20
CUTS = 200
RECONNECT_EVERY_S = 0.25
SETTINGS = f"{QUICK}\n[ami]\nreconnect_every_s = {RECONNECT_EVERY_S}\n"
LIVES = (0, 27, 80, 150, 700, 3_000, 9_000, 20_000, 1_000_000, 1_000_000)
"""Bytes from Asterisk: within the banner, the login's answer, the status, the lists; more than it says."""
LONGEST_S = 0.6
"""Then the snapshot has been read and the link is up."""
LIMIT_S = 150.0
CHANGE_EVERY_S = 1.5
IN_A_ROW = 10
LATE_S = 0.24
"""Less than the setting: one attempt too many in any ten would show."""


async def test_twenty_calls_and_two_hundred_cuts(ready_var, short_path):
    async with (
        open_stage(ready_var, short_path, SETTINGS, seats=SEATS) as stage,
        lay_cable(stage) as cable,
    ):
        for seat in SEATS:
            await stage.take_seat(seat)
        citizens = [await stage.world.dial(number) for number in numbers(0, CALLS)]
        await agreed(stage, true=all_busy)

        tried = len(cable.attempts_s)
        dice = random.Random(20)
        cable.wear(iter([dice.choice(LIVES) for _ in range(CUTS - 1)]), LONGEST_S)
        async with asyncio.timeout(LIMIT_S), asyncio.TaskGroup() as group:
            coming = group.create_task(come_and_go(stage, cable, citizens), name="citizens")
            await cable.worn_out.wait()
        dialled = coming.result()

        assert cable.cuts == CUTS
        gaps_s = [b - a for a, b in itertools.pairwise(cable.attempts_s[tried - 1 :])]
        assert len(gaps_s) >= CUTS
        restored = journal(stage, "LinkRestored")
        assert len(restored) > CUTS / 20  # often enough for no call to come and go unseen
        # When an attempt is accepted here is late by chance, never early: over many it cannot hide one.
        attempts_s = cable.attempts_s[tried:]
        for first, last in zip(attempts_s, attempts_s[IN_A_ROW:], strict=False):
            assert last - first > IN_A_ROW * RECONNECT_EVERY_S - LATE_S
        await agreed(stage, true=all_busy)

        await asyncio.gather(*(citizen.hang_up() for citizen in citizens))
        await stage.until("/api/calls?state=live", lambda a: not a["calls"])
        for seat in SEATS:
            await stage.seat_is(seat, "ready")
        assert await stage.channels() == 0
        arrived = [told["call_id"] for told in journal(stage, "CallArrived")]
        over = [told["call_id"] for told in journal(stage, "CallEnded", "CallAbandoned")]
        assert len(arrived) == CALLS + dialled
        assert sorted(arrived) == sorted(over)


def all_busy(seen: Truth) -> bool:
    return len(seen.citizens) == CALLS and len(seen.talks) == len(SEATS)


async def come_and_go(stage: Stage, cable: Cable, citizens: list[Citizen]) -> int:
    """While the link is cut again and again, the longest there hangs up and another one calls."""
    dialled = 0
    for number in numbers(CALLS, 1000):
        if cable.worn_out.is_set():
            break
        await citizens.pop(0).hang_up()
        citizens.append(await stage.world.dial(number))
        dialled += 1
        await asyncio.sleep(CHANGE_EVERY_S)
    return dialled


def numbers(first: int, count: int) -> list[str]:
    return [f"1380000{number:04}" for number in range(first + 1, first + count + 1)]
