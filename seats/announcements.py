"""What a switch has announced, in each language that there are words for. 公告

The Chinese words are for everybody; who speaks another language hears them too unless there are words
in his own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from seats.errors import SwitchTextRefused

CHINESE = "zh"
LONGEST_TEXT = 400
"""About a minute and a half of speech. 公告字数上限"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one further language. 其他语种公告"""

    language: str
    words: str


def wordings(by_language: Mapping[str, str]) -> tuple[Wording, ...]:
    """Without languages left empty; in the order of their codes."""
    return tuple(
        Wording(language=language, words=words.strip())
        for language, words in sorted(by_language.items())
        if words.strip()
    )


def by_language(text: str, others: Sequence[Wording]) -> Mapping[str, str]:
    """Empty where nothing is announced."""
    return {CHINESE: text, **{one.language: one.words for one in others}} if text else {}


def check_words(text: str, others: Sequence[Wording], languages: Collection[str]) -> None:
    """Raises SwitchTextRefused: nothing to say, too long, or a language that callers do not have."""
    if others and not text:
        raise SwitchTextRefused
    if any(one.language == CHINESE or one.language not in languages for one in others):
        raise SwitchTextRefused
    for words in by_language(text, others).values():
        if len(words) > LONGEST_TEXT or not any(char.isalnum() for char in words):
            raise SwitchTextRefused
