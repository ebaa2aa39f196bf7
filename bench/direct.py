"""The direct profile: how long after the notice a free seat rings, on the real Asterisk.

The whole product and an outside world, over real SIP and RTP; one citizen after the other, one free seat.
Measured outside, with one clock, at the telephones: from the moment the citizen's call is answered to the
moment the seat's telephone rings, less the length of the notice. So everything counts: the way into the
service, the gate, the flow, the line, the reservation and the ringing itself. `told_*` is the same from the
journal: the notice has ended → the seat rings.
Then citizens who wait already: from the operator's click on ready (the request is sent) to the ringing, while
there is music, and in the middle of an announcement of 30 s, which has to be cut short.
Prints one JSON line. `python -m bench.direct [calls] [waiting calls]`
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hotline.outside.tones import tone
from hotline.outside.world import Citizen
from tests.live.flow_crowd import Told
from tests.live.stage import Stage, make_ready_var, open_stage

SEAT = "8001"
SETTINGS = """
[seats]
wrap_up_limit_s = 0
"""
BYTES_PER_S = 16_000
"""Of a prompt: raw 16-bit at 8000 Hz."""
GOAL_MS = 500
ANNOUNCEMENT_S = 30.0
IN_MUSIC_S, IN_ANNOUNCEMENT_S = 0.7, 3.0
"""After he has come into the line; the announcement begins between them."""


def notice_s(stage: Stage) -> float:
    """How long the notice is."""
    (file, *_) = sorted(stage.places.prompts.glob("zh/recording-notice.sln"))
    return file.stat().st_size / BYTES_PER_S


async def one_call(stage: Stage, caller: str) -> float:
    """Seconds from the answer to the ringing."""
    phone = stage.world.phone(SEAT)
    rung = phone.rings
    citizen = await stage.world.dial(caller)
    answered_at = time.monotonic()
    await phone.rung(rung + 1)
    took_s = time.monotonic() - answered_at
    await _end(stage, citizen)
    return took_s


async def one_waiting(stage: Stage, told: Told, caller: str, waits_s: float) -> float:
    """Seconds from the click to the ringing."""
    operator = await stage.api(SEAT)
    await operator.post(f"/api/seats/{SEAT}/not-ready", {"reason": "training"})
    await stage.seat_is(SEAT, "not_ready")
    phone = stage.world.phone(SEAT)
    rung = phone.rings
    citizen = await stage.world.dial(caller)
    await told.happened(await told.arrived(caller), "CallQueued")
    await asyncio.sleep(waits_s)
    clicked_at = time.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(operator.post(f"/api/seats/{SEAT}/ready"))
        await phone.rung(rung + 1)
        took_s = time.monotonic() - clicked_at
    await _end(stage, citizen)
    return took_s


async def _end(stage: Stage, citizen: Citizen) -> None:
    """He has been answered, hangs up, and the seat is ready for the next."""
    phone = stage.world.phone(SEAT)
    await phone.talking()
    await citizen.hang_up()
    await phone.idle()
    await stage.seat_is(SEAT, "ready")


def between_ms(events: Sequence[dict[str, object]], first: str, then: str) -> float:
    at = {one["type"]: datetime.fromisoformat(str(one["at"])) for one in reversed(events)}
    return (at[then] - at[first]).total_seconds() * 1000


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of them does not exceed."""
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(part * len(ranked)))], 1)


async def measure(calls: int, waiting: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="hl-") as folder:
        ready_var = make_ready_var(Path(folder) / "r")
        async with open_stage(ready_var, Path(folder), SETTINGS, seats=[SEAT]) as stage:
            told = Told(stage)
            async with asyncio.TaskGroup() as group:
                looking = group.create_task(told.run())
                await stage.take_seat(SEAT, answers_after_s=0.2)
                notice = notice_s(stage)
                took_ms, told_ms = [], []
                for number in range(calls):
                    caller = f"1380000{number:04}"
                    took_ms.append((await one_call(stage, caller) - notice) * 1000)
                    call_id = await told.arrived(caller)
                    await told.happened(call_id, "CallEnded")
                    told_ms.append(between_ms(told.of_call[call_id], "NoticePlayed", "CallOffered"))
                (stage.places.prompts / "zh" / "comfort.sln").write_bytes(
                    tone(1000, ANNOUNCEMENT_S)
                )
                waited_ms = {
                    waits_s: [
                        1000 * await one_waiting(stage, told, f"1380000{first + n}", waits_s)
                        for n in range(waiting)
                    ]
                    for first, waits_s in ((8000, IN_MUSIC_S), (9000, IN_ANNOUNCEMENT_S))
                }
                looking.cancel()
    return {
        "calls": calls,
        "notice_s": round(notice, 2),
        "p50_ms": share(took_ms, 0.5),
        "p95_ms": share(took_ms, 0.95),
        "p99_ms": share(took_ms, 0.99),
        "longest_ms": round(max(took_ms), 1),
        "goal_ms": GOAL_MS,
        "told_p50_ms": share(told_ms, 0.5),
        "told_p95_ms": share(told_ms, 0.95),
        "waiting_calls": waiting,
        "in_music_p50_ms": share(waited_ms[IN_MUSIC_S], 0.5),
        "in_music_p95_ms": share(waited_ms[IN_MUSIC_S], 0.95),
        "in_announcement_p50_ms": share(waited_ms[IN_ANNOUNCEMENT_S], 0.5),
        "in_announcement_p95_ms": share(waited_ms[IN_ANNOUNCEMENT_S], 0.95),
    }


def main() -> None:
    words = [int(word) for word in sys.argv[1:]]
    calls, waiting = (*words, *(100, 20)[len(words) :])
    print(json.dumps(asyncio.run(measure(calls, waiting))))


if __name__ == "__main__":
    main()
