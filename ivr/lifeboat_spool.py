"""What the lifeboat wrote down while the service was away becomes facts. 应急记录读取"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from cti.facts import CitizenArrived, LifeboatJoined
from cti.fence import call_fence
from cti.ids import CallId
from ivr.errors import SpoolFileBroken
from ivr.ports import Meet

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
"""The lifeboat is also taken when too many connect at once, while the service is up."""
SIZE_LIMIT = 16_384
BATCH = 500


class LifeboatSpool:
    """Reads the spool and empties it. 应急记录"""

    name = "lifeboat spool"

    def __init__(self, folder: Path, meet: Meet) -> None:
        self._folder = folder
        self._meet = meet
        self.read_files: Counter[str] = Counter()
        """Files met and files set aside, by "met" or the error's code; shown in /metrics."""

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await self.read_once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def read_once(self) -> int:
        """Meet every record that lies there, the oldest first; how many there were."""
        records = await asyncio.to_thread(self._records)
        for _, facts in records:
            with call_fence(facts[0].call_id):
                for fact in facts:
                    self._meet(fact)
            self.read_files["met"] += 1
        await asyncio.to_thread(_remove, [path for path, _ in records])
        return len(records)

    def _records(self) -> list[tuple[Path, tuple[CitizenArrived, LifeboatJoined]]]:
        found = []
        for path in sorted(self._folder.glob("*.json"))[:BATCH]:
            try:
                found.append((path, read_record(path)))
            except (SpoolFileBroken, OSError) as wrong:
                code = wrong.code if isinstance(wrong, SpoolFileBroken) else "unreadable"
                self.read_files[code] += 1
                log.error("a lifeboat record cannot be read and is set aside", file=path.name)  # noqa: TRY400
                _set_aside(path)
        return sorted(found, key=lambda record: record[1][0].at)


def _set_aside(path: Path) -> None:
    try:
        path.rename(path.with_suffix(".broken"))
    except OSError as trouble:
        log.error("a broken lifeboat record stays where it is", trouble=type(trouble).__name__)  # noqa: TRY400


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as trouble:
            # It is met again at the next look, which tells nothing new.
            log.error("a lifeboat record cannot be removed", trouble=type(trouble).__name__)  # noqa: TRY400


def read_record(path: Path) -> tuple[CitizenArrived, LifeboatJoined]:
    """The two facts of one record. Raises SpoolFileBroken, OSError."""
    if path.stat().st_size > SIZE_LIMIT:
        raise SpoolFileBroken(path.name)
    try:
        record = json.loads(path.read_bytes())
        call_id = CallId(str(record["call_id"]))
        joined = datetime.fromtimestamp(record["written_at_ms"] / 1000, UTC)
        # The uniqueid is node-<epoch second>.<number>: when he arrived.
        arrived = datetime.fromtimestamp(int(call_id.rpartition("-")[2].partition(".")[0]), UTC)
        return (
            CitizenArrived(
                call_id=call_id,
                at=arrived,
                caller_number=str(record["caller_number"]),
                called_number=str(record.get("called_number") or ""),
            ),
            LifeboatJoined(call_id=call_id, at=joined),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as wrong:
        raise SpoolFileBroken(path.name) from wrong
