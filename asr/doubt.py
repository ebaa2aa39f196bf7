"""Which words a person should listen to again. 存疑词

Pure.
"""

from collections.abc import Iterable
from dataclasses import replace

from asr.events import Word


def judged(words: Iterable[Word], below: float) -> tuple[Word, ...]:
    """The words, those marked of which the recogniser was less sure than `below`.

    Some recognisers give no confidences at all: where no word of a sentence has any, nothing is
    known and nothing is marked.
    """
    said = tuple(words)
    if not any(word.confidence > 0 for word in said):
        return said
    return tuple(replace(word, doubtful=word.confidence < below) for word in said)
