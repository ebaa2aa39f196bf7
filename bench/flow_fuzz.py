"""Citizens who press anything: 500 random calls through the flows on the real Asterisk.

The whole product and an outside world, over real SIP and RTP. Each citizen presses keys at random (also many
at once, also twenty digits), is silent, makes noises or a fax's tone, and hangs up sooner or later; the
profile changes all the time unless one is named, and a few seats answer. Afterwards: channels that are left (0), calls without
exactly one ending (0), what went wrong in the service's log (named errors, counted).
Prints one JSON line. `python -m bench.flow_fuzz [calls] [at once] [seed] [longest call, s] [profile]`
"""

import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hotline.outside.errors import OutsideError
from hotline.outside.far_end import Citizen
from hotline.outside.tones import tone
from tests.live.flow_crowd import LOOK_S, OVER, Told, shorten_prompts
from tests.live.stage import Stage, make_ready_var, open_stage

KEYS = "0123456789*#"
PROFILES = ("menu", "menu", "night", "holiday", "emergency")
LONGEST_S = 25
SEATS = {"8001": "general", "8002": "general", "8014": "law"}
SETTINGS = """
[seats]
wrap_up_limit_s = 0
[ivr]
ring_s = 4
"""
FAX_HZ = 1100
"""CNG, which a fax sends when it calls."""
QUIET_LIMIT_S = 90.0


class Fuzz:
    """Random citizens on one stage."""

    def __init__(
        self,
        stage: Stage,
        told: Told,
        chance: random.Random,
        longest_s: float,
        profiles: Sequence[str],
    ) -> None:
        self._stage = stage
        self._longest_s = longest_s
        self._profiles = profiles
        self._told = told
        self._chance = chance
        self.did: Counter[str] = Counter()
        self.calls: list[str] = []
        self.troubles: Counter[str] = Counter()

    async def run(self, calls: int, at_once: int) -> None:
        places = asyncio.Semaphore(at_once)
        async with asyncio.TaskGroup() as group:
            turning = group.create_task(self._turn_switches())
            async with asyncio.TaskGroup() as citizens:
                for number in range(calls):
                    await places.acquire()
                    task = citizens.create_task(self._citizen(number))
                    task.add_done_callback(lambda _: places.release())
            turning.cancel()

    async def _turn_switches(self) -> None:
        """One profile after the other; the first that is on wins, so the others are off."""
        api = await self._stage.api()
        while True:
            chosen = self._chance.choice(self._profiles)
            for name in dict.fromkeys(PROFILES):
                await api.post(f"/api/switches/{name}", {"on": name == chosen, "reason": "fuzz"})
            bot = self._chance.random() < 0.3
            await api.post("/api/switches/voice-bot", {"on": bot, "reason": "fuzz"})
            await asyncio.sleep(3)

    async def _citizen(self, number: int) -> None:
        caller = f"1380000{number % 10_000:04}"
        try:
            citizen = await self._stage.world.dial(caller)
        except OutsideError as trouble:
            await asyncio.sleep(LOOK_S * 2)
            call_id = self._told.call_of.get(caller)
            self.troubles[f"dial {trouble.code}, {'arrived' if call_id else 'never came'}"] += 1
            if call_id:
                self.calls.append(call_id)
            return
        self.calls.append(await self._told.arrived(caller))
        until = time.monotonic() + self._chance.uniform(0.2, self._longest_s)
        try:
            while not citizen.gone and time.monotonic() < until:
                await self._something(citizen)
            await citizen.hang_up()
        except OutsideError:
            await citizen.hang_up()  # it ended while he was at it

    async def _something(self, citizen: Citizen) -> None:
        chance = self._chance
        does = chance.choices(
            ("key", "mash", "row", "silent", "noise", "fax", "cut"), (9, 1, 1, 9, 1, 1, 1)
        )[0]
        self.did[does] += 1
        match does:
            case "key":
                await citizen.press(chance.choice(KEYS))
            case "mash":
                await citizen.press("".join(chance.choices(KEYS, k=chance.randint(2, 12))))
            case "row":
                await citizen.press("".join(chance.choices("0123456789", k=20)) + "#")
            case "noise":
                await citizen.say(tone(chance.randint(300, 3000), chance.uniform(0.1, 1.5)))
            case "fax":
                await citizen.say(tone(FAX_HZ, 0.5))
            case "cut":
                await citizen.go_silent()
            case _:
                await asyncio.sleep(chance.uniform(0.05, 4))


async def measure(
    calls: int, at_once: int, seed: int, longest_s: int, profiles: Sequence[str]
) -> dict[str, object]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready_var = make_ready_var(Path(folder) / "r")
        async with open_stage(ready_var, Path(folder), SETTINGS, seats=SEATS) as stage:
            shorten_prompts(stage.places.prompts)
            told = Told(stage)
            fuzz = Fuzz(stage, told, random.Random(seed), longest_s, profiles)
            async with asyncio.TaskGroup() as group:
                looking = group.create_task(told.run())
                for seat in SEATS:
                    await stage.take_seat(seat)
                await fuzz.run(calls, at_once)
                left = await _channels_left(stage)
                await asyncio.sleep(3)
                looking.cancel()
            endings = Counter(
                sum(kind in OVER for kind in told.kinds(call_id)) for call_id in fuzz.calls
            )
            nodes = Counter(node for call_id in fuzz.calls for node in told.entered(call_id))
            log = stage.log.read_text(errors="replace")
    return {
        "calls": len(fuzz.calls),
        "seed": seed,
        "longest_s": longest_s,
        "profiles": sorted(set(profiles)),
        "seconds": round(time.monotonic() - began),
        "channels_left": left,
        "calls_without_one_ending": sum(n for ended, n in endings.items() if ended != 1),
        "answered": sum("CallAnswered" in told.kinds(call_id) for call_id in fuzz.calls),
        "nodes_entered": dict(nodes.most_common()),
        "did": dict(fuzz.did),
        "troubles_outside": dict(fuzz.troubles),
        "tracebacks": log.count("Traceback (most recent call last)"),
    }


async def _channels_left(stage: Stage) -> int:
    """After everybody has hung up; given a while to end."""

    async def none_left() -> bool:
        return await stage.channels() == 0

    with contextlib.suppress(TimeoutError):
        await stage.becomes(none_left, QUIET_LIMIT_S)
    return await stage.channels()


def main() -> None:
    words = [int(word) for word in sys.argv[1:5]]
    calls, at_once, seed, longest_s = (*words, *(500, 20, 1, LONGEST_S)[len(words) :])
    profiles = sys.argv[5:6] or ("", *PROFILES)
    print(json.dumps(asyncio.run(measure(calls, at_once, seed, longest_s, profiles))))


if __name__ == "__main__":
    main()
