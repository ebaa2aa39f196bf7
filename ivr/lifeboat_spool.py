"""What the lifeboat wrote down while the service was away becomes facts. 应急记录读取"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
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
    """Reads the spool and empties it. 应急记录

    `written_down` is awaited before a record is removed: until the journal is on disk, the record is
    all there is of a citizen who has hung up meanwhile. False leaves the record for another look.
    """

    name = "lifeboat spool"

    def __init__(
        self, folder: Path, meet: Meet, written_down: Callable[[], Awaitable[bool]]
    ) -> None:
        self._folder = folder
        self._meet = meet
        self._written_down = written_down
        self._met: set[Path] = set()
        """Met by this process and still in the folder."""
        self.read_files: Counter[str] = Counter()
        """Files met and files set aside, by "met" or the error's code; shown in /metrics."""

    async def run(self) -> None:
        """Look again and again, and remove what is safe in the journal."""
        while True:
            await self.read_once()
            await self.remove_met()
            await asyncio.sleep(LOOK_EVERY_S)

    async def read_once(self) -> int:
        """Meet every record that is new, of each batch the oldest first; how many there were."""
        met = 0
        while records := await asyncio.to_thread(self._records):
            for path, facts in records:
                with call_fence(facts[0].call_id):
                    for fact in facts:
                        self._meet(fact)
                self._met.add(path)
                self.read_files["met"] += 1
            met += len(records)
        return met

    async def remove_met(self) -> None:
        """Remove the records that were met, once the journal has them."""
        if self._met and await self._written_down():
            self._met -= await asyncio.to_thread(_removed, tuple(self._met))

    def _records(self) -> list[tuple[Path, tuple[CitizenArrived, LifeboatJoined]]]:
        found = []
        for path in sorted(set(self._folder.glob("*.json")) - self._met)[:BATCH]:
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


def _removed(paths: Iterable[Path]) -> set[Path]:
    """Those of them that are no more in the folder."""
    gone = set()
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as trouble:
            log.error("a lifeboat record cannot be removed", trouble=type(trouble).__name__)  # noqa: TRY400
        else:
            gone.add(path)
    return gone


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
            LifeboatJoined(call_id=call_id, at=joined, turn=int(record.get("turn") or 1)),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as wrong:
        raise SpoolFileBroken(path.name) from wrong
