"""What the hotline says, in every language, with places for values. 提示音文本

[[text]]
code = "place"                       {place:count} is a value and how it is spoken; ivr.spoken has
zh = "您前面还有{place:count}位。"     the forms. `notice = true`: it tells of the recording.
en = "There are {place:count} callers before you."

{en|For English, press 8.} in a Chinese text is spoken by the English voice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from ivr.spoken import FORMS, LANGUAGES, Value, spoken
from ivr.spoken_parts import PREFIX

CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
LONGEST_CHARACTERS = 400
"""About a minute and a half of speech."""
_SLOT = re.compile(r"\{([^{}]*)\}")
_ASIDE = re.compile(r"([a-z]{2,12})\|(.+)")
_INSIDE = re.compile(r"([a-z][a-z0-9_]{0,31}):([a-z]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for a value. 变量"""

    name: str
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words that are always the same, and the language of their voice. 文字"""

    words: str
    language: str


Piece = Words | Slot
"""One sound, or a value. 片段"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One thing to say. 文本"""

    code: str
    line: int
    words: Mapping[str, str]
    """By language. 各语种文字"""
    notice: bool = False
    """It says that the call is recorded. 录音告知"""

    def pieces(self, language: str) -> tuple[Piece, ...]:
        """In the order of that language; a language without words has none."""
        return tuple(_pieces(self.words.get(language, ""), language))

    def slots(self, language: str) -> frozenset[Slot]:
        return frozenset(one for one in self.pieces(language) if isinstance(one, Slot))

    def prompt(self, number: int, language: str) -> str:
        """The name of the sound of its n-th piece, from 0."""
        return self.code if len(self.pieces(language)) == 1 else f"{self.code}-{number + 1}"

    def prompts(self, language: str) -> dict[str, Words]:
        """Every sound that it needs in that language, by the name of its file."""
        return {
            self.prompt(number, language): piece
            for number, piece in enumerate(self.pieces(language))
            if isinstance(piece, Words)
        }


Texts = Mapping[str, Text]


def read_texts(text: str) -> tuple[Texts, list[Problem]]:
    """What can be read of it, and everything wrong in the document itself."""
    say = Complaints(DocumentKind.TEXTS)
    top = read_document(text, say)
    if top is None:
        return MappingProxyType({}), say.found
    languages = top.texts("languages") or ("zh",)
    for wrong in sorted(set(languages) - set(LANGUAGES)):
        say.error(
            top.line_of("languages"), "language-unknown", f"语种 {wrong} 还没有数字与日期的读法"
        )
    found: dict[str, Text] = {}
    for entry in top.parts("text"):
        one = _text(entry, languages, say)
        if one.code in found:
            say.error(entry.line, "code-twice", f"文本 {one.code} 重复")
        found.setdefault(one.code, one)
    top.done()
    _check_names(found, say)
    return MappingProxyType(found), say.found


def sounds_of(
    texts: Texts, code: str, language: str, values: Mapping[str, Value]
) -> tuple[str, ...]:
    """The sounds of a text one after the other, in a language or else in the first it has.

    A value that is missing is passed over: half a sentence is better than silence.
    """
    text = texts.get(code)
    if text is None:
        return (code,)
    spoken_in = language if language in text.words else next(iter(text.words), language)
    found: list[str] = []
    for number, piece in enumerate(text.pieces(spoken_in)):
        if isinstance(piece, Words):
            found.append(text.prompt(number, spoken_in))
        elif piece.name in values:
            found.extend(spoken(piece.form, values[piece.name], spoken_in))
    return tuple(found)


def _text(entry: Entry, languages: tuple[str, ...], say: Complaints) -> Text:
    code = entry.text("code", required=True)
    if code and (CODE.fullmatch(code) is None or code.startswith(PREFIX)):
        say.error(entry.line_of("code"), "value-invalid", f"{code} 不能作文本代码")
    words = {}
    for language in languages:
        written = entry.text(language).strip()
        if written:
            words[language] = written
            _check_words(entry, language, written, say)
    if not words:
        say.error(entry.line, "value-missing", f"文本 {code} 没有任何语种的文字")
    text = Text(
        code=code,
        line=entry.line,
        words=MappingProxyType(words),
        notice=entry.flag("notice", default=False),
    )
    for language in words:
        if text.slots(language) != text.slots(next(iter(words))):
            say.error(entry.line_of(language), "slots-differ", f"文本 {code} 各语种的变量不一致")
    return text


def _check_words(entry: Entry, language: str, written: str, say: Complaints) -> None:
    line = entry.line_of(language)
    if len(written) > LONGEST_CHARACTERS:
        say.error(line, "text-too-long", f"文字过长，上限 {LONGEST_CHARACTERS} 字")
    for inside in _SLOT.findall(written):
        aside = _ASIDE.fullmatch(inside)
        if aside is not None and aside[1] in LANGUAGES:
            continue
        slot = _INSIDE.fullmatch(inside)
        if slot is None or slot[2] not in FORMS:
            say.error(
                line,
                "slot-invalid",
                f"看不懂变量 {{{inside}}}，应如 {{place:count}}，读法有 {'、'.join(FORMS)}",
            )
    if "{" in _SLOT.sub("", written) or "}" in _SLOT.sub("", written):
        say.error(line, "slot-invalid", "大括号不成对")


def _check_names(texts: Texts, say: Complaints) -> None:
    """No text's piece may have the name of another's sound."""
    owners: dict[str, str] = {}
    for text in texts.values():
        for language in text.words:
            for prompt in text.prompts(language):
                if owners.setdefault(prompt, text.code) != text.code:
                    say.error(
                        text.line, "name-taken", f"{prompt} 已是文本 {owners[prompt]} 的声音名"
                    )


def _pieces(written: str, language: str) -> Iterator[Piece]:
    end = 0
    for found in _SLOT.finditer(written):
        yield from _words(written[end : found.start()], language)
        slot, aside = _INSIDE.fullmatch(found[1]), _ASIDE.fullmatch(found[1])
        if slot is not None:
            yield Slot(name=slot[1], form=slot[2])
        elif aside is not None:
            yield from _words(aside[2], aside[1])
        end = found.end()
    yield from _words(written[end:], language)


def _words(written: str, language: str) -> Iterator[Words]:
    # Between two values often stands a comma alone: nothing that could be spoken.
    if any(sign.isalnum() for sign in written):
        yield Words(words=written.strip(), language=language)
