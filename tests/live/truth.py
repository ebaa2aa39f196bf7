"""What Asterisk itself knows, to be held against what the service says."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.live.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    name: str
    state: str
    bridge: str
    unique_id: str

    @property
    def end(self) -> str:
        """`trunk`, or the seat."""
        return self.name.partition("/")[2].rpartition("-")[0]


@dataclass(slots=True, kw_only=True)
class Truth:
    """Who is there, and who is in one bridge with whom."""

    citizens: set[str] = field(default_factory=set)
    """Ids of citizens' channels: the live calls."""
    talks: dict[str, str] = field(default_factory=dict)
    """Seat → the call whose citizen is in a bridge with it."""
    ringing: set[str] = field(default_factory=set)
    """Seats whose telephone rings."""
    phones: set[str] = field(default_factory=set)
    """Seats whose telephone is registered."""


async def truth(stage: Stage) -> Truth:
    """Asterisk's word, from its console: citizens who called in, and seats on the telephone."""
    found, bridges = Truth(), defaultdict(list)
    for channel in await channels(stage):
        if channel.name.startswith("PJSIP/"):
            bridges[channel.bridge].append(channel)
            if channel.end == "trunk":
                found.citizens.add(channel.unique_id)
            elif channel.state == "Ringing":
                found.ringing.add(channel.end)
    contacts = await stage.asterisk_says("pjsip show contacts")
    found.phones = set(re.findall(r"Contact:\s+(8\d+)/sip:", contacts))
    for bridge, inside in bridges.items():
        calls = [c.unique_id for c in inside if c.end == "trunk"]
        if bridge and calls:
            found.talks.update({c.end: calls[0] for c in inside if c.end != "trunk"})
    return found


async def channels(stage: Stage) -> list[Channel]:
    rows = (
        row.split("!")
        for row in (await stage.asterisk_says("core show channels concise")).splitlines()
    )
    return [
        Channel(name=row[0], state=row[4], bridge=row[-2], unique_id=row[-1])
        for row in rows
        if len(row) >= 14
    ]


async def service_says(stage: Stage) -> Truth:
    """The same from the service's pages."""
    api = await stage.api()
    calls = (await api.get("/api/calls?state=live&limit=500"))["calls"]
    seats = (await api.get("/api/seats"))["seats"]
    return Truth(
        citizens={call["call_id"] for call in calls},
        talks={seat["seat_id"]: seat["call_id"] for seat in seats if seat["state"] == "talking"},
        ringing={seat["seat_id"] for seat in seats if seat["state"] == "ringing"},
        phones={seat["seat_id"] for seat in seats if seat["phone_reachable"]},
    )


async def agreed(
    stage: Stage, limit_s: float = 15.0, true: Callable[[Truth], bool] = lambda _: True
) -> Truth:
    """Wait until both say the same; the truth is asked anew each time, for calls go on."""
    seen: Mapping[str, Truth] = {}

    async def same() -> bool:
        nonlocal seen
        before = await truth(stage)
        seen = {"asterisk": before, "service": await service_says(stage)}
        if seen["asterisk"] != seen["service"] or not true(before):
            return False
        return before == await truth(stage)

    try:
        await stage.becomes(same, limit_s)
    except TimeoutError:
        raise AssertionError(f"not agreed in {limit_s} s: {seen}") from None
    return seen["asterisk"]
