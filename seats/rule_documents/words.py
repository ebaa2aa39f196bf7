"""Words that the machine listens for in calls. 词表文件

[limits]      after how long something is a cue (see `CueLimits`)
[negations]   before: 没有, 不是 … take back a danger that stands directly after them

[[danger]]    code, title, words, level = "very_urgent" | "urgent", unless, advice
[[banned]] [[shirking]] [[vague]]             said by operators: signals for the inspector, never a verdict
[[anger]] [[complaint]] [[another_operator]] [[progress]] [[wrong_number]] [[thanks]] [[farewell]]
                                              said by citizens: cues and moments of prescribed sentences
[[not_understood]] [[cannot_hear]]            said by either

How words are found: `seats.phrases`.
"""

import re
from dataclasses import dataclass, fields

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from seats.phrases import ANYTHING, Phrase, squeezed, squeezed_word

LEVELS = ("very_urgent", "urgent")
MOST_WORDS = 5_000
"""Of one document; some hundred are usual. 词数上限"""
LONGEST_TITLE = 60
LONGEST_WORD = 40
RESERVED = ("dead-air", "talk-over", "speech-rate", "dialect", "low-confidence")
"""Codes of cues that no list raises. 系统代码"""
_CODE = re.compile(r"[a-z][a-z0-9\-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CueLimits:
    """After how long something is worth a word. 提示阈值"""

    dead_air_s: float = 20.0
    """Nobody speaks for longer while both can hear each other. 静音"""
    talk_over_ms: int = 1_000
    """The operator speaks over the citizen for longer. 抢话"""
    slow_answer_s: float = 15.0
    """The citizen waited longer for the answer. 接听慢"""
    calm_rest_s: float = 180.0
    """After a calming cue none follows for so long. 安抚间隔"""
    unclear_times: int = 2
    """So many 听不懂 within `unclear_within_s` suggest a dialect. 听不懂次数"""
    unclear_within_s: float = 60.0
    fast_chars_per_min: int = 300
    """An operator who speaks faster is asked to slow down. 语速过快"""
    low_confidence: float = 0.45
    """Two sentences of the citizen in turn below it: he is hardly to be heard. 听不清"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLists:
    """As published. 词表"""

    danger: tuple[Phrase, ...] = ()
    banned: tuple[Phrase, ...] = ()
    shirking: tuple[Phrase, ...] = ()
    vague: tuple[Phrase, ...] = ()
    anger: tuple[Phrase, ...] = ()
    complaint: tuple[Phrase, ...] = ()
    another_operator: tuple[Phrase, ...] = ()
    progress: tuple[Phrase, ...] = ()
    wrong_number: tuple[Phrase, ...] = ()
    thanks: tuple[Phrase, ...] = ()
    farewell: tuple[Phrase, ...] = ()
    not_understood: tuple[Phrase, ...] = ()
    cannot_hear: tuple[Phrase, ...] = ()
    limits: CueLimits = CueLimits()

    @property
    def entries(self) -> tuple[Phrase, ...]:
        """Every entry of every list."""
        return tuple(one for name in LISTS for one in getattr(self, name))

    @property
    def inspected(self) -> tuple[Phrase, ...]:
        """What an operator should not say: each hit is for a person to judge (QA-02, QA-03)."""
        return (*self.banned, *self.shirking, *self.vague)


LISTS = tuple(one.name for one in fields(WordLists) if one.name != "limits")


def read_words(text: str) -> tuple[WordLists, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.WORDS)
    top = read_document(text, say)
    if top is None:
        return WordLists(), say.found
    before = [one for entry in top.parts("negations") for one in entry.texts("before")]
    negations = tuple(squeezed(one) for one in before if squeezed(one))
    codes: set[str] = set()
    lists = {
        name: tuple(_phrase(entry, name, negations, codes, say) for entry in top.parts(name))
        for name in LISTS
    }
    limits = [_limits(entry) for entry in top.parts("limits")]
    found = WordLists(**lists, limits=limits[0] if limits else CueLimits())
    top.done()
    if sum(len(one.words) for phrases in lists.values() for one in phrases) > MOST_WORDS:
        say.error(1, "too-many-words", f"词数过多，上限 {MOST_WORDS} 个")
    if not found.danger:
        say.warn(1, "dangers-missing", "没有任何危险词，紧急情况将不会提示")
    return found, say.found


def _phrase(
    entry: Entry, name: str, negations: tuple[str, ...], codes: set[str], say: Complaints
) -> Phrase:
    danger = name == "danger"
    code = entry.text("code", required=True)
    phrase = Phrase(
        code=code,
        title=entry.text("title", required=True),
        words=entry.texts("words"),
        level=entry.one_of("level", LEVELS, LEVELS[1]) if danger else "",
        unless=entry.texts("unless"),
        negations=negations if danger or name in ("anger", "complaint") else (),
        advice=entry.text("advice"),
    )
    if code and not _CODE.fullmatch(code):
        say.error(entry.line_of("code"), "code-invalid", "代码只能用小写字母、数字、连字符")
    if code in codes:
        say.error(entry.line_of("code"), "code-twice", f"代码 {code} 重复")
    codes.add(code)
    if code in RESERVED:
        say.error(entry.line_of("code"), "code-reserved", f"代码 {code} 为系统所用")
    if len(phrase.title) > LONGEST_TITLE:
        say.error(entry.line_of("title"), "value-too-long", f"title 最多 {LONGEST_TITLE} 字")
    _check_words(entry, phrase, say)
    return phrase


def _check_words(entry: Entry, phrase: Phrase, say: Complaints) -> None:
    if not phrase.words:
        say.error(entry.line_of("words"), "value-missing", "words 至少一个词")
    for key, words in (("words", phrase.words), ("unless", phrase.unless)):
        seen: set[str] = set()
        for word in words:
            found = squeezed_word(word)
            if not found:
                say.error(entry.line_of(key), "word-empty", f"{key} 中有空词")
            elif len(word) > LONGEST_WORD:
                say.error(
                    entry.line_of(key), "value-too-long", f"{key} 每个词最多 {LONGEST_WORD} 字"
                )
            elif found in seen:
                say.warn(entry.line_of(key), "word-twice", f"{key} 中“{word}”重复")
            elif len(squeezed(word.replace(ANYTHING, ""))) == 1:
                say.warn(entry.line_of(key), "word-short", f"“{word}”只有一个字，容易误报")
            seen.add(found)


def _limits(entry: Entry) -> CueLimits:
    usual = CueLimits()
    return CueLimits(
        dead_air_s=entry.number("dead_air_s", usual.dead_air_s, 3, 600),
        talk_over_ms=entry.whole("talk_over_ms", usual.talk_over_ms, 200, 20_000),
        slow_answer_s=entry.number("slow_answer_s", usual.slow_answer_s, 0, 3_600),
        calm_rest_s=entry.number("calm_rest_s", usual.calm_rest_s, 0, 3_600),
        unclear_times=entry.whole("unclear_times", usual.unclear_times, 1, 20),
        unclear_within_s=entry.number("unclear_within_s", usual.unclear_within_s, 5, 3_600),
        fast_chars_per_min=entry.whole("fast_chars_per_min", usual.fast_chars_per_min, 60, 2_000),
        low_confidence=entry.number("low_confidence", usual.low_confidence, 0, 1),
    )
