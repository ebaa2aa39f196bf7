"""English as people read it: capitals, small numbers, a stop at the end. 英文书写

Pure; the least that a transcript needs.
"""

from collections.abc import Iterable

_DIGITS = {
    word: str(value)
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
} | {"oh": "0", "o": "0"}
_FEWEST_DIGITS = 3
"""one two three is a number; one or two is not."""
_SELF = {"i": "I", "i'm": "I'm", "i'd": "I'd", "i'll": "I'll", "i've": "I've"}
_ASKING = frozenset(
    (
        *("what", "where", "when", "who", "why", "how", "which", "can", "could", "would", "will"),
        *("do", "does", "did", "is", "are", "may", "shall"),
    )
)


def written(words: Iterable[str]) -> list[str]:
    """Each word as it is written with the blank or mark after it; as many as there were."""
    said = list(words)
    if not said:
        return []
    made = [_SELF.get(word.lower(), word) for word in said]
    made[0] = made[0][:1].upper() + made[0][1:]
    joined: set[int] = set()
    for start, end in _digit_runs(said):
        joined.update(range(start, end - 1))
        for place in range(start, end):
            made[place] = _DIGITS[said[place].lower()]
    mark = "?" if said[0].lower() in _ASKING else "."
    blanks = ["" if place in joined or not one else " " for place, one in enumerate(made)]
    blanks[-1] = mark
    return [one + blank for one, blank in zip(made, blanks, strict=True)]


def _digit_runs(words: list[str]) -> list[tuple[int, int]]:
    runs, start = [], None
    for place, word in enumerate([*words, ""]):
        if word.lower() in _DIGITS:
            start = place if start is None else start
        elif start is not None:
            if place - start >= _FEWEST_DIGITS:
                runs.append((start, place))
            start = None
    return runs
