"""Pinyin syllables and the sounds they are made of. 音节

A syllable is an initial (may be none) and a final with its tone; the recogniser's phones are the 21
initials and every final in each of the five tones, so a word's tones help to tell it from others.
The inventory is fixed here and does not depend on the vocabulary: a new language model can be built
for an acoustic model that exists already.
"""

import functools
import re
from dataclasses import dataclass

INITIALS = (
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h",
    "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s",
)  # fmt: skip
FINALS = (
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er",
    "i", "ia", "ie", "iao", "iu", "ian", "in", "iang", "ing", "iong", "io", "ih", "iz",
    "u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ueng", "ong",
    "v", "ve", "van", "vn",
)  # fmt: skip
"""`ih` is the vowel of shi, `iz` that of si, `v` is ü."""
TONES = (1, 2, 3, 4, 5)
"""5 is the neutral tone."""

_WRITTEN = re.compile(r"([a-zü]+)([1-5])?")
_WITHOUT_INITIAL = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong", "yo": "io",
    "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un",
    "wang": "uang", "weng": "ueng",
    "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
}  # fmt: skip
_ROUNDED_AFTER = ("j", "q", "x")
_BUZZING = {"zh": "ih", "ch": "ih", "sh": "ih", "r": "ih", "z": "iz", "c": "iz", "s": "iz"}
_LIPS = ("b", "p", "m", "f")
_BARE = ("a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er")


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable taken apart. 音节"""

    initial: str
    final: str
    tone: int

    @property
    def phones(self) -> tuple[str, ...]:
        """Its one or two phones."""
        rime = f"{self.final}{self.tone}"
        return (self.initial, rime) if self.initial else (rime,)


def is_initial(phone: str) -> bool:
    """It is a consonant that begins a syllable."""
    return phone in INITIALS


def all_phones() -> tuple[str, ...]:
    """Every phone, initials first; the order is the order of the network's outputs."""
    return (*INITIALS, *(f"{final}{tone}" for final in FINALS for tone in TONES))


@functools.cache
def take_apart(written: str) -> Syllable | None:
    """The syllable of "zhong1" or "lü4" (no digit: neutral tone); None if it is none.

    >>> take_apart("zhong1")
    Syllable(initial='zh', final='ong', tone=1)
    >>> take_apart("xue2").phones
    ('x', 've2')
    >>> take_apart("hm5")
    """
    fits = _WRITTEN.fullmatch(written)
    if fits is None:
        return None
    letters, tone = fits[1].replace("ü", "v"), int(fits[2] or 5)
    if letters in _WITHOUT_INITIAL:
        return Syllable("", _WITHOUT_INITIAL[letters], tone)
    if letters in _BARE:
        return Syllable("", letters, tone)
    initial = letters[:2] if letters[:2] in INITIALS else letters[:1]
    final = _final_after(initial, letters[len(initial) :])
    return Syllable(initial, final, tone) if initial in INITIALS and final in FINALS else None


def _final_after(initial: str, letters: str) -> str:
    if initial in _ROUNDED_AFTER and letters.startswith("u"):
        return "v" + letters[1:]
    if letters == "ue":
        return "ve"
    if letters == "i" and initial in _BUZZING:
        return _BUZZING[initial]
    if letters == "o" and initial in _LIPS:
        return "uo"
    return letters


def phones_of(syllables: tuple[str, ...]) -> tuple[str, ...] | None:
    """The phones of a word's syllables; None if one of them is no syllable."""
    phones: list[str] = []
    for written in syllables:
        syllable = take_apart(written)
        if syllable is None:
            return None
        phones += syllable.phones
    return tuple(phones)
