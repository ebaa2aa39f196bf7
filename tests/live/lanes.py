"""The lanes of a stage: their seats, groups and numbers. See lane.py."""

import asyncio
from collections.abc import Mapping, Sequence

from tests.live.lane import SPARE_SEAT, Lane
from tests.live.stage import Stage

SEATS_OF_A_LANE = 3
FIRST_SEAT, FIRST_NUMBER, FIRST_CITIZEN = 8101, 60001, 13800000100


def groups_of(lanes: int) -> Mapping[str, str]:
    """Each seat's skill group: one that nobody else serves."""
    own = {seat: _group(lane) for lane in range(lanes) for seat in _seats(lane)}
    return {SPARE_SEAT: "general", **own}


async def open_lanes(stage: Stage, lanes: int) -> list[Lane]:
    """Every seat is signed in and not ready, and each number leads to its own group."""
    await _publish_groups(stage, lanes)
    await _sign_in(stage, SPARE_SEAT)
    one_at_a_time = asyncio.Lock()
    opened = []
    for number in range(lanes):
        called = str(FIRST_NUMBER + number)
        # A first step for this number, as NUMBER_LINES has it for ours, with the group beside it.
        await stage.asterisk_says(
            f"dialplan add extension {called},1,Set,HOTLINE_GROUP={_group(number)} into hotline-in"
        )
        for seat in _seats(number):
            await _sign_in(stage, seat)
        citizen = str(FIRST_CITIZEN + number)
        opened.append(Lane(stage, called, _seats(number), _group(number), citizen, one_at_a_time))
    return opened


async def _sign_in(stage: Stage, seat: str) -> None:
    await stage.take_seat(seat)
    await (await stage.api(seat)).post(f"/api/seats/{seat}/not-ready", {"reason": "training"})


async def _publish_groups(stage: Stage, lanes: int) -> None:
    """Each lane's group stands in the rules, as an administrator would have it."""
    api = await stage.api()
    holds = (await api.get("/api/rules/groups"))["body"]
    own = "".join(
        f'\n[[group]]\ncode = "{_group(n)}"\nname = "{_group(n)}"\n' for n in range(lanes)
    )
    await api.post(
        "/api/rules/groups/publish",
        {"body": f"{holds}{own}", "note": "lanes", "accept_warnings": True},
    )


def _group(lane: int) -> str:
    return f"lane_{lane + 1}"


def _seats(lane: int) -> Sequence[str]:
    first = FIRST_SEAT + lane * SEATS_OF_A_LANE
    return [str(first + number) for number in range(SEATS_OF_A_LANE)]
