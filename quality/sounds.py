"""Whether a prescribed fragment was said, as the ear hears it. 同音匹配

Pure. A recogniser writes 帮您 for 帮你 and 核时 for 核实: characters that can sound alike, apart from
their tone, are alike here. Fragments of one or two characters must have their tones alike too, as
there are too many such words.
"""

from functools import cached_property, lru_cache

from pypinyin import Style, pinyin

from seats.phrases import squeezed

SHORT = 2
_SAME = str.maketrans("您零〇一幺二两三四五六七八九", "你0011223456789")


def plain(text: str) -> str:
    """Without blanks, 您 as 你, digits as digits; as many characters as `squeezed` has."""
    return squeezed(text).translate(_SAME)


class Sounds:
    """A text that fragments are looked for in. 语音文本"""

    def __init__(self, text: str) -> None:
        self.text = plain(text)

    def place_of(self, fragment: str) -> tuple[int, int] | None:
        """Where the fragment, which is `plain`, sounds."""
        if not fragment:
            return None
        exact = self.text.find(fragment)
        if exact >= 0:
            return exact, exact + len(fragment)
        if len(fragment) <= SHORT:
            wanted, heard = [_toned(char) for char in fragment], self._toned
        else:
            wanted, heard = [_untoned(char) for char in fragment], self._untoned
        for start in range(len(heard) - len(wanted) + 1):
            if all(not one.isdisjoint(heard[start + n]) for n, one in enumerate(wanted)):
                return start, start + len(fragment)
        return None

    @cached_property
    def _toned(self) -> list[frozenset[str]]:
        return [_toned(char) for char in self.text]

    @cached_property
    def _untoned(self) -> list[frozenset[str]]:
        return [_untoned(char) for char in self.text]


@lru_cache(maxsize=8192)
def _untoned(char: str) -> frozenset[str]:
    return _readings(char, Style.NORMAL)


@lru_cache(maxsize=8192)
def _toned(char: str) -> frozenset[str]:
    return _readings(char, Style.TONE3)


def _readings(char: str, style: Style) -> frozenset[str]:
    found = pinyin(char, style=style, heteronym=True)
    return frozenset(found[0]) if found else frozenset((char,))
