"""What finding a call and opening half an hour of talk cost the service.

A year of a small city: CALLS calls with SENTENCES sentences in SQLite. Searches for a common, a rare and
an absent phrase, with and without a further condition, and without words; then a talk of thirty minutes as
the replay page asks for it (words and waveform). Milliseconds of wall clock, minimum and median of RUNS;
the machine may be busy. Prints one JSON line. `python -m bench.replay [calls]`
"""

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert

from bench._replay_house import TALKS, call_id, house
from recordings.finding import Wanted
from recordings.model import first_recording_of
from recordings.spoken_text import phrases_in
from store.database import Database
from store.finding import StoredFinding
from store.migrate import upgrade
from store.said import rebuild_index
from store.tables import calls, recordings, utterances
from tests.fakes.services import PASSWORD, user
from web.app import build_app
from web.ports import Role
from web.settings import WebSettings

CALLS = 20_000
SENTENCES = 10
RUNS = 7
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RARE = "井盖丢失"
RARELY = 400
"""One call of so many has the rare phrase."""


async def fill(database: Database, many: int) -> None:
    rng = random.Random(1)
    pool = [text for lines in TALKS for _, text in lines]
    async with database.write() as connection:
        for first in range(0, many, 1000):
            numbers = range(first, min(first + 1000, many))
            at = {n: BEGIN + timedelta(minutes=20 * n) for n in numbers}
            await connection.execute(insert(calls), [
                {"call_id": f"n-{n}.1", "caller_number": f"1380000{n % 10_000:04d}",
                 "called_number": "12345", "state": "ended", "arrived_at": at[n], "priority": 0,
                 "seat_id": f"80{n % 40:02d}", "skill_group": "general", "ended_at": at[n],
                 "lifeboat": False, "transcription": "finished"} for n in numbers
            ])  # fmt: skip
            await connection.execute(insert(recordings), [
                {"recording_id": f"n-{n}.1-1", "call_id": f"n-{n}.1", "state": "archived",
                 "started_at": at[n], "duration_ms": 120_000} for n in numbers
            ])  # fmt: skip
            await connection.execute(insert(utterances), [
                {"call_id": f"n-{n}.1", "side": "citizen", "leg_id": "", "starts_at_ms": 6000 * k,
                 "ends_at_ms": 6000 * k + 5000, "at": at[n], "confidence": 0.9, "words": [],
                 "backfilled": False,
                 "text": RARE if n % RARELY == 0 and k == 3 else rng.choice(pool)}
                for n in numbers for k in range(SENTENCES)
            ])  # fmt: skip


async def timed(ask: Callable[[], Awaitable[Any]]) -> tuple[dict[str, float], Any]:
    took, answer = [], None
    for _ in range(RUNS):
        began = time.perf_counter()
        answer = await ask()
        took.append((time.perf_counter() - began) * 1000)
    return {"min_ms": round(min(took), 1), "median_ms": round(statistics.median(took), 1)}, answer


async def searches(folder: Path, many: int) -> dict[str, Any]:
    database = Database(f"sqlite+aiosqlite:///{folder / 'many.sqlite'}")
    await upgrade(database)
    await fill(database, many)
    began = time.perf_counter()
    await rebuild_index(database)
    found: dict[str, Any] = {"index_s": round(time.perf_counter() - began, 1)}
    finding = StoredFinding(database)
    for name, wanted in {
        "common": Wanted(phrases=tuple(phrases_in("物业"))),
        "rare": Wanted(phrases=tuple(phrases_in(RARE))),
        "absent": Wanted(phrases=tuple(phrases_in("火星移民"))),
        "common_of_a_seat": Wanted(phrases=tuple(phrases_in("消防通道")), only_seat="8007"),
        "no_words": Wanted(),
        "last_four": Wanted(number_ends="0007"),
    }.items():
        took, page = await timed(lambda wanted=wanted: finding.find(wanted, None, 30))
        found[name] = {**took, "calls": page.total}
    await database.close()
    return found


async def opening(folder: Path) -> dict[str, Any]:
    async with house(folder / "house") as services:
        await services.users.save(user("ban", Role.SUPERVISOR))
        transport = httpx.ASGITransport(app=build_app(services, WebSettings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            await client.post("/api/session", json={"username": "ban", "password": PASSWORD})
            long = f"/api/recordings/{first_recording_of(call_id(1))}"
            found = {}
            for what in ("replay", "peaks"):
                took, answer = await timed(lambda what=what: client.get(f"{long}/{what}"))
                assert answer.status_code == 200
                found[what] = {**took, "bytes": len(answer.content)}
    return found


async def main(many: int) -> None:
    with tempfile.TemporaryDirectory(prefix="bench-replay-") as made:
        folder = Path(made)
        result = {
            "calls": many,
            "sentences": many * SENTENCES,
            "searches": await searches(folder, many),
            "thirty_minutes": await opening(folder),
        }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else CALLS))
