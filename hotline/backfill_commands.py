"""`hotline transcribe`: have missing transcripts made up from recordings. 补转写命令

It only asks, in the store: the running service sees that within seconds and does the work, one that
does not run does it once it runs again.
"""

import asyncio
import getpass
import json
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import datetime

from asr.backfill import LOOK_EVERY_S
from cti.ids import CallId
from hotline.administration import CommandRefused, open_database
from hotline.clock import utc_now
from hotline.config import Config
from hotline.places import Places
from seats.attendance import BEIJING
from store.backfills import BackfillRow, StoredBackfills
from store.transcripts import StoredTranscripts

FAILED = 1
NO_SERVICE_S = 5 * LOOK_EVERY_S
"""Who has not been noticed for so long is waiting for a service that does not run."""
SETTLED = ("done", "failed", "given_up")
STATES = {
    "asked": "等待服务启动",
    "wanted": "排队中",
    "failed": "未成功，稍后重试",
    "given_up": "无法补转写",
    "done": "已完成",
}
Say = Callable[[str], None]


async def carry_out(arguments: Namespace, places: Places, config: Config, say: Say) -> int:
    """Ask, watch, say what became of each call. Raises CommandRefused."""
    if bool(arguments.call_id) == arguments.missing:
        raise CommandRefused("name calls, or --missing, and not both")
    if arguments.since is not None and not arguments.missing:
        raise CommandRefused("--since belongs to --missing")
    async with open_database(places, config) as database:
        call_ids = await _calls(arguments, StoredTranscripts(database))
        stored = StoredBackfills(database)
        await stored.ask(call_ids, by=f"命令行:{getpass.getuser()}", at=utc_now())
        rows = await _watch(stored, call_ids)
    if arguments.json:
        say(json.dumps({"calls": [_as_json(rows[one]) for one in call_ids]}, ensure_ascii=False))
    else:
        for one in call_ids:
            say(_line(rows[one]))
        if not call_ids:
            say("没有缺少转写的通话")
    return FAILED if any(row.state in ("failed", "given_up") for row in rows.values()) else 0


async def _calls(arguments: Namespace, transcripts: StoredTranscripts) -> Sequence[CallId]:
    if arguments.missing:
        return await transcripts.never_made(_since(arguments.since))
    wanted = [CallId(one) for one in dict.fromkeys(arguments.call_id)]
    for call_id in wanted:
        if await transcripts.story(call_id) is None:
            raise CommandRefused(f"no such recorded call: {call_id}")
    return wanted


def _since(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandRefused(f"{text}: write the day as 2026-10-01") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=BEIJING)


async def _watch(stored: StoredBackfills, call_ids: Sequence[CallId]) -> dict[CallId, BackfillRow]:
    """Until every one is settled, or nobody takes notice."""
    unnoticed_s = 0.0
    while True:
        rows = await stored.of_calls(call_ids)
        settled = sum(row.state in SETTLED for row in rows.values())
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{settled} / {len(call_ids)} ")
        if settled == len(call_ids) or unnoticed_s >= NO_SERVICE_S:
            if sys.stderr.isatty():
                sys.stderr.write("\n")
            return rows
        await asyncio.sleep(1)
        unnoticed = all(row.state in ("asked", *SETTLED) for row in rows.values())
        unnoticed_s = unnoticed_s + 1 if unnoticed else 0.0


def _as_json(row: BackfillRow) -> dict[str, str | None]:
    return {"call_id": row.wish.call_id, "state": row.state, "reason": row.reason}


def _line(row: BackfillRow) -> str:
    return f"{row.wish.call_id}  {STATES[row.state]}" + (f"  {row.reason}" if row.reason else "")
