"""Where a word ends and the next begins, and how frequent words are: jieba's dictionary. 分词

jieba (MIT licence) is needed to build a model, not to run one.
"""

import logging
from collections.abc import Iterable

import jieba

from asr.training.writing import is_chinese


def teach_words(words: Iterable[str]) -> None:
    """From now on `divide` keeps these together."""
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    for word in words:
        jieba.add_word(word)


def divide(sentence: str) -> list[str]:
    """The words of a sentence."""
    return list(jieba.cut(sentence, HMM=False))


def general_frequencies() -> dict[str, int]:
    """How often each word of general Chinese was counted."""
    return {word: count for word, count in jieba.dt.FREQ.items() if count > 0 and is_chinese(word)}
