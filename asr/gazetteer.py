"""The city's names, to be found by how they sound. 地名库

Pure. The index goes by what the first two syllables can be taken for, so a sentence costs the same
with two hundred names and with twenty thousand: at each character at most MOST_CANDIDATES names are
compared.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from asr.mandarin_sounds import Syllable, sounds_of

MOST_CANDIDATES = 64
"""Names compared at one place of a sentence, the longest first. 候选上限"""
SHORTEST = 3
"""Characters; shorter names sound like too many ordinary words to be corrected into. 最短名称"""

_Key = tuple[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """One name, and what else it is called. 地名

    `kind`: district, street, community, road, department or other.
    """

    name: str
    kind: str = "other"
    district: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A name as it is said, and how it sounds. 已知读音"""

    text: str
    sounds: tuple[Syllable, ...]


class Gazetteer:
    """All names, by sound and by letter. 地名索引"""

    def __init__(self, names: Sequence[PlaceName] = ()) -> None:
        self.names = tuple(names)
        self._texts: dict[str, list[str]] = {}
        self._alike: dict[_Key, list[Known]] = {}
        for text in dict.fromkeys(one for name in names for one in (name.name, *name.aliases)):
            if len(text) < 2:
                continue
            self._texts.setdefault(text[:2], []).append(text)
            sounds = [sound for sound in sounds_of(text) if sound is not None]
            if len(text) >= SHORTEST and len(sounds) == len(text):
                key = (sounds[0].like, sounds[1].like)
                self._alike.setdefault(key, []).append(Known(text, tuple(sounds)))
        for texts in self._texts.values():
            texts.sort(key=len, reverse=True)
        for known in self._alike.values():
            known.sort(key=lambda one: -len(one.text))
            del known[MOST_CANDIDATES:]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the text has a name already, from left to right, the longest at each place."""
        position = 0
        while position < len(text) - 1:
            name = next(
                (
                    one
                    for one in self._texts.get(text[position : position + 2], ())
                    if text.startswith(one, position)
                ),
                "",
            )
            if name:
                yield position, position + len(name)
            position += len(name) or 1

    def sounding_like(self, first: Syllable, second: Syllable) -> Sequence[Known]:
        """Names that may begin with these two sounds."""
        return self._alike.get((first.like, second.like), ())
