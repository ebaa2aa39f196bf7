"""Other words for one text, in the document as it was written by hand. 文本编辑

Comments, order and everything else stay. A text that is not written in one line per language is left to
its author: after the change the document is read again, and must say just what was wanted.
"""

import json
import re
from collections.abc import Mapping

from ivr.texts import CODE, read_texts

_LANGUAGE = re.compile(r"[a-z]{2,12}")
_HEADER = re.compile(r"^\s*\[")


def tidy(said: str) -> str:
    """One line of what can be read; breaks and control characters become a blank."""
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())


def with_words(document: str, code: str, words: Mapping[str, str]) -> str | None:
    """The document in which that text says this, by language; None: not to be had in this way.

    Languages that are not named keep their words; empty words take a language away.
    """
    if CODE.fullmatch(code) is None or any(_LANGUAGE.fullmatch(one) is None for one in words):
        return None
    before, problems = read_texts(document)
    if code not in before:
        return None
    lines = document.split("\n")
    first = before[code].line  # of the header, from 1: so it is the place of the line behind it
    end = next((n for n in range(first, len(lines)) if _HEADER.match(lines[n])), len(lines))
    block = lines[first:end]
    new = {language: tidy(said) for language, said in words.items()}
    for language, said in new.items():
        block = _with_line(block, language, said)
    changed = "\n".join([*lines[:first], *block, *lines[end:]])
    after, later = read_texts(changed)
    wanted = {key: said for key, said in {**before[code].words, **new}.items() if said}
    # A text with mistakes is still what was wanted: what is wrong with it is for the check to say.
    as_wanted = dict(after[code].words) == wanted if code in after else not wanted
    others = all(after.get(other) is not None for other in before if other != code) and all(
        after[other].words == text.words for other, text in before.items() if other != code
    )
    broken = any(one.code == "syntax" for one in later) and not any(
        one.code == "syntax" for one in problems
    )
    return changed if as_wanted and others and not broken else None


def _with_line(block: list[str], language: str, said: str) -> list[str]:
    place = next(
        (n for n, line in enumerate(block) if re.match(rf"^\s*{language}\s*=", line)), None
    )
    written = f"{language} = {json.dumps(said, ensure_ascii=False)}"
    if place is not None:
        return [*block[:place], *([written] if said else []), *block[place + 1 :]]
    if not said:
        return block
    filled = max((n for n, line in enumerate(block) if line.strip()), default=-1)
    # Comments at the end of a block speak of the next one.
    while filled >= 0 and block[filled].lstrip().startswith("#"):
        filled -= 1
        while filled >= 0 and not block[filled].strip():
            filled -= 1
    return [*block[: filled + 1], written, *block[filled + 1 :]]
