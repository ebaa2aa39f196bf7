"""The city's own names of places, found in what citizens say. 已知地名

Pure. Names come from the published document (地名库); without it addresses are known by their form
alone. The index goes by the first two characters, so a sentence costs the same with forty names
and with forty thousand.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

DISTRICT = "district"


class NamedPlace(Protocol):
    """One entry of the document. 地名条目"""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str:
        """district, street, community, road, department or other."""

    @property
    def district(self) -> str | None:
        """Where it lies, if it lies in one only."""

    @property
    def aliases(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted:
    """A known name in a text: text[start:end] says it, or an alias of it. 命中地名"""

    name: str
    kind: str
    district: str | None
    start: int
    end: int


# 建设路北侧 is not in 路北区.
_DIRECTION = re.compile("[侧边面头口段端]")


class KnownPlaces:
    """All names, ready to be found. 地名索引"""

    def __init__(self, places: Sequence[NamedPlace] = ()) -> None:
        self.districts = tuple(place.name for place in places if place.kind == DISTRICT)
        known: dict[str, _Known] = {}
        for place in places:
            district = place.name if place.kind == DISTRICT else place.district
            for words in (place.name, *place.aliases):
                present = known.get(words)
                if present is not None and present.district != district:
                    # 和平里 of two districts proves neither.
                    district = None
                known[words] = _Known(words, place.name, place.kind, district)
        self._by_beginning: dict[str, list[_Known]] = {}
        for one in sorted(known.values(), key=lambda one: -len(one.words)):
            if len(one.words) >= 2:
                self._by_beginning.setdefault(one.words[:2], []).append(one)

    def spotted_in(self, text: str) -> tuple[Spotted, ...]:
        """From left to right, the longest name at each place."""
        found = []
        position = 0
        while position < len(text) - 1:
            spotted = self._at(text, position)
            if spotted is not None:
                found.append(spotted)
            position = position + 1 if spotted is None else spotted.end
        return tuple(found)

    def _at(self, text: str, start: int) -> Spotted | None:
        for one in self._by_beginning.get(text[start : start + 2], ()):
            end = start + len(one.words)
            if not text.startswith(one.words, start):
                continue
            if one.words != one.name and _DIRECTION.match(text, end):
                continue
            return Spotted(
                name=one.name, kind=one.kind, district=one.district, start=start, end=end
            )
        return None


class _Known(NamedTuple):
    words: str
    name: str
    kind: str
    district: str | None


class Gazetteer:
    """The names in force, indexed anew only when they were published anew. 地名库"""

    def __init__(self, places: Callable[[], Sequence[NamedPlace]]) -> None:
        self._places = places
        self._indexed: Sequence[NamedPlace] = ()
        self._known = KnownPlaces()

    def now(self) -> KnownPlaces:
        places = self._places()
        if places is not self._indexed:
            self._indexed, self._known = places, KnownPlaces(places)
        return self._known
