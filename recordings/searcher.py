"""Finds every recording of a call's parties, also those of whose beginning nobody was told. 话路清点

The folder is the truth: an event may be lost, a file that Asterisk wrote is there. Whatever lies
there unlisted is told, so that it gets its number where all numbers are given, in the store.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from cti.ids import CallId, LegId
from recordings.events import RecordingFound
from recordings.legs import own_leg_of, own_legs_in
from recordings.model import DONE, Recording
from recordings.ports import Catalogue, Now, Tell, WrittenDown

log = structlog.get_logger(__name__)


class LegSearcher:
    """Compares the folder of raw legs with the catalogue, one call at a time. 清点员"""

    def __init__(
        self,
        *,
        legs_folder: Path,
        catalogue: Catalogue,
        tell: Tell,
        written_down: WrittenDown,
        now: Now,
    ) -> None:
        self._legs_folder = legs_folder
        self._catalogue = catalogue
        self._tell = tell
        self._written_down = written_down
        self._now = now
        self._told: set[tuple[CallId, LegId]] = set()

    async def own_recordings(self, call_id: CallId) -> Sequence[Recording] | None:
        """Those of parties' own voices that still need somebody, of a call that is over.

        None: ask again, the catalogue does not know all of them yet. Raises CatalogueUnavailable,
        OSError.
        """
        if not await self._written_down():
            return None
        listed = [one for one in await self._catalogue.of_call(call_id) if one.leg_id is not None]
        lying = await asyncio.to_thread(own_legs_in, self._legs_folder, call_id)
        known = {one.leg_id for one in listed}
        unlisted = [leg_id for leg_id in lying if leg_id not in known]
        if unlisted:
            await self._tell_of(call_id, unlisted)
            return None
        self._told = {one for one in self._told if one[0] != call_id}
        return [one for one in listed if one.state not in DONE or one.leg_id in lying]

    async def _tell_of(self, call_id: CallId, unlisted: Sequence[LegId]) -> None:
        began = [(await self._began_at(call_id, leg_id), leg_id) for leg_id in unlisted]
        for started_at, leg_id in sorted(began):
            if (call_id, leg_id) in self._told:
                continue
            self._told.add((call_id, leg_id))
            log.warning("a party was recorded and nobody had told of it", call_id=call_id)
            self._tell(
                RecordingFound(
                    at=self._now(), call_id=call_id, leg_id=leg_id, started_at=started_at
                )
            )

    async def _began_at(self, call_id: CallId, leg_id: LegId) -> datetime:
        leg = own_leg_of(self._legs_folder, call_id, leg_id)
        return await asyncio.to_thread(lambda: leg.began_at)
