"""The published names of places and departments as the gazetteer of the speech part. 地名库连接件"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from asr.gazetteer import Gazetteer, PlaceName
from seats.rule_documents.directory import DirectoryRow
from seats.rule_documents.places import PlaceRow
from seats.rulebook import Rulebook

log = structlog.get_logger(__name__)

DEPARTMENT = "department"
EMERGENCY = "emergency"


Build = Callable[[Sequence[PlaceName]], Awaitable[Gazetteer]]


async def beside_the_house(names: Sequence[PlaceName]) -> Gazetteer:
    """Twenty thousand names take a second and a half to be spelt out; calls do not wait for it."""
    return await asyncio.to_thread(Gazetteer, names)


class CityNames:
    """Keeps a gazetteer of what is published; while one is built, the one before it holds. 地名库"""

    name = "city names"

    def __init__(self, rulebook: Rulebook, build: Build = beside_the_house) -> None:
        self._rulebook = rulebook
        self._published = _names(rulebook.places, rulebook.directory)
        self._gazetteer = Gazetteer(self._published)
        self._build = build
        self._changed = asyncio.Event()
        rulebook.watch(self._look)

    def gazetteer(self) -> Gazetteer:
        """The one that holds."""
        return self._gazetteer

    async def run(self) -> None:
        """Build anew whatever is published."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._gazetteer = await self._build(self._published)
            log.info("gazetteer built", names=len(self._gazetteer.names))

    def _look(self) -> None:
        names = _names(self._rulebook.places, self._rulebook.directory)
        if names != self._published:
            self._published = names
            self._changed.set()


def _names(places: Sequence[PlaceRow], directory: Sequence[DirectoryRow]) -> tuple[PlaceName, ...]:
    """Departments of the directory are spoken of, too."""
    listed = [
        PlaceName(name=row.name, kind=row.kind, district=row.district, aliases=row.aliases)
        for row in places
    ]
    known = {text for place in listed for text in (place.name, *place.aliases)}
    departments = [
        PlaceName(name=row.name, kind=DEPARTMENT)
        for row in directory
        if row.kind != EMERGENCY and row.name not in known
    ]
    return (*listed, *departments)
