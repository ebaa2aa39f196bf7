"""Sentences of a hotline, made from templates and word lists. 训练文本

A template holds names in braces; each stands for one entry of the word list of that name in
vocabulary/, or for a number made here. The same seed always gives the same sentences.
"""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
DIGITS = "零一二三四五六七八九"
_PLACE = re.compile(r"\{([a-z_]+)(\d*)\}")
_SECOND_DIGITS = "三五七八九"
_OPERATOR_SHARE = 0.28
_TWO_IN_A_BREATH = 0.12
_REPEATS_ALLOWED = 50
"""After so many tries for each wanted sentence the same one may come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What sentences are made of. 素材"""

    words: Mapping[str, tuple[str, ...]]
    """Word lists by name."""
    citizen: tuple[str, ...]
    operator: tuple[str, ...]
    clauses: tuple[str, ...]
    """Templates of common clauses, for the language model only."""
    everyday: tuple[str, ...]
    """Whole sentences, also the prescribed ones; for the language model only."""
    standards: tuple[str, ...]
    """Terms of the hotline standards: words the model must know."""


def read_lines(path: Path) -> tuple[str, ...]:
    """The entries of a word list: one a line, `#` begins a remark."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def read_material(folder: Path = FOLDER) -> Material:
    """The word lists and templates of the repository."""
    lists = {path.stem: read_lines(path) for path in sorted((folder / "vocabulary").glob("*.txt"))}
    templates = folder / "templates"
    return Material(
        words=lists,
        citizen=read_lines(templates / "citizen.txt"),
        operator=read_lines(templates / "operator.txt"),
        clauses=read_lines(templates / "clauses.txt"),
        everyday=(
            *read_lines(templates / "everyday.txt"),
            *read_lines(templates / "prescribed.txt"),
        ),
        standards=lists["standards"],
    )


def unknown_places(material: Material) -> set[str]:
    """Names in braces that nothing stands for: a mistake in a template."""
    named = (
        place[1]
        for template in (*material.citizen, *material.operator, *material.clauses)
        for place in _PLACE.finditer(template)
    )
    return {name for name in named if name not in material.words and name not in _MADE}


def sentences(
    material: Material, count: int, seed: int, avoid: Iterable[str] = ()
) -> tuple[str, ...]:
    """So many sentences, none of `avoid` among them, hardly any of them twice."""
    chance = random.Random(seed)
    unwanted, seen = frozenset(avoid), set[str]()
    made: list[str] = []
    tries = 0
    while len(made) < count:
        tries += 1
        sentence = _sentence(material, chance)
        if sentence in unwanted:
            continue
        if sentence in seen and tries < count * _REPEATS_ALLOWED:
            continue
        seen.add(sentence)
        made.append(sentence)
    return tuple(made)


def clauses(material: Material, count: int, seed: int) -> tuple[str, ...]:
    """So many common clauses; some come twice."""
    chance = random.Random(seed)
    return tuple(
        fill(chance.choice(material.clauses), material.words, chance) for _ in range(count)
    )


def _sentence(material: Material, chance: random.Random) -> str:
    if chance.random() < _OPERATOR_SHARE:
        return fill(chance.choice(material.operator), material.words, chance)
    sentence = fill(chance.choice(material.citizen), material.words, chance)
    if chance.random() < _TWO_IN_A_BREATH:
        sentence += fill(chance.choice(material.citizen), material.words, chance)
    return sentence


def fill(template: str, words: Mapping[str, tuple[str, ...]], chance: random.Random) -> str:
    """The template with everything in braces replaced."""

    def entry(place: re.Match[str]) -> str:
        name, length = place[1], place[2]
        if name in _MADE:
            return _MADE[name](words, chance, int(length or 0))
        return chance.choice(words[name])

    return _PLACE.sub(entry, template)


def spoken_digits(chance: random.Random, count: int) -> str:
    """Digits as they are read one by one."""
    return "".join(chance.choice(DIGITS) for _ in range(count))


def _phone(_words: Mapping[str, tuple[str, ...]], chance: random.Random, _length: int) -> str:
    first = chance.choice("一一幺")
    number = first + chance.choice(_SECOND_DIGITS) + spoken_digits(chance, 9)
    return number.replace("一", first) if first == "幺" else number


def _digits(_words: Mapping[str, tuple[str, ...]], chance: random.Random, length: int) -> str:
    return spoken_digits(chance, length)


def _name(words: Mapping[str, tuple[str, ...]], chance: random.Random, _length: int) -> str:
    return chance.choice(words["surnames"]) + chance.choice(words["given"])


_MADE = {"phone": _phone, "digits": _digits, "name": _name}
