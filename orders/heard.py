"""A value found in a sentence, and where. 听到的值

Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A value that text[start:end] shows, and how sure that is, 0 to 1. 听到的值"""

    value: str
    start: int
    end: int
    confidence: float
