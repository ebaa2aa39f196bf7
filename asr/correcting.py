"""Misheard names put right by their sound: 路北 去 → 路北区. 地名纠错

Pure. A name is put in place of as many characters that sound like it, and only where that is
surely better:

* what is a name already stays, and so do numerals and whatever only partly belongs to the name;
* words of which the recogniser was sure are changed only for the same sound, and only beside
  something that speaks of a place;
* words of which it was unsure may also sound a little different; the more of the name was heard as
  it is written, the less they need beside them;
* where two names would do equally well, neither is taken.

One utterance costs at most its length times MOST_CANDIDATES comparisons, done twice, because a name
that was put right can speak for the one beside it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asr.events import Word
from asr.gazetteer import Gazetteer, Known
from asr.mandarin_sounds import Syllable, distance, sounds_of

_PASSES = 2
_LONGEST = 400
"""Characters of an utterance that are looked at; people breathe before."""

_SUFFIX = re.compile(
    "(?:街道|社区|小区|花园|公寓|新村|公司|大队|支队|中心|委员会|[区县市镇乡村路街道里园苑局委院站处所])$"
)
_NUMERALS = frozenset("零〇幺一二两三四五六七八九十")
_MULTIPLES = frozenset("百千万亿")
_EVERYWHERE = frozenset(
    "的了是在有不我你您他她它这那到去就都也和要没来说给把被让从还会能可上下里个人很多着过吗呢吧啊"
    "得地时事又再用与因为所以但而且好对想问请看见做打开"
)
"""Single characters that stand in any sentence."""
_LEADS_TO_A_PLACE = re.compile(
    "(?:在|住|位于|地址是?|位置是?|地点是?|家住|归|属于|投诉|举报|反映|找过?|联系|转交|转给|来自|附近的|旁边的)(?:了)?$"
)
_LEAVES = re.compile("(?:从|由|自)[^，]{0,4}$")
_FOLLOWS_A_PLACE = re.compile(
    "(?:上|的)?(?:附近|门口|对面|旁边|路口|交叉口|交口|拐角|东侧|西侧|南侧|北侧|小区|派出所|社区|居委会|小学|中学|医院|政府|街道|村)"
    "|[零〇幺一二三四五六七八九十百0-9]+(?:号|栋|单元|幢)|上的|的(?:工作人员|领导|同志|井盖|路灯|路面|垃圾|自来水|物业)"
)
_LIMITS = {3: 0.8, 4: 1.2, 5: 1.6}
"""How unlike the sounds of a whole name may be, by its length; longer names as five."""
_SAME_BUT_TONES = 0.2
_TWO_IN_THREE = 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    start: int
    name: str
    cost: float

    @property
    def end(self) -> int:
        return self.start + len(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """Characters with their sounds and the words they come from."""

    text: str
    sounds: tuple[Syllable | None, ...]
    word_of: tuple[int, ...]
    starts: tuple[int, ...]
    words: tuple[Word, ...]
    names: tuple[tuple[int, int], ...]


def corrected(words: tuple[Word, ...], gazetteer: Gazetteer) -> tuple[Word, ...]:
    """The words, misheard names put right; each has as many characters as before.

    What was recognised stays in `Word.heard`.
    """
    for _ in range(_PASSES):
        sentence = _sentence(words, gazetteer)
        changes = _best(_wanted(sentence, gazetteer))
        if not changes:
            break
        words = _carried_out(sentence, changes)
    return words


def _sentence(words: tuple[Word, ...], gazetteer: Gazetteer) -> _Sentence:
    text = "".join(word.text for word in words)
    starts: list[int] = []
    word_of: list[int] = []
    sounds: list[Syllable | None] = []
    for number, word in enumerate(words):
        starts.append(len(word_of))
        word_of.extend([number] * len(word.text))
        sounds.extend(sounds_of(word.text))
    return _Sentence(
        text=text,
        sounds=tuple(sounds),
        word_of=tuple(word_of),
        starts=tuple(starts),
        words=words,
        names=tuple(gazetteer.spans(text)),
    )


def _wanted(sentence: _Sentence, gazetteer: Gazetteer) -> list[_Change]:
    found = []
    for start in range(min(len(sentence.text), _LONGEST) - 1):
        first, second = sentence.sounds[start], sentence.sounds[start + 1]
        if first is None or second is None:
            continue
        for known in gazetteer.sounding_like(first, second):
            change = _change(sentence, start, known)
            if change is not None:
                found.append(change)
    return found


def _change(sentence: _Sentence, start: int, known: Known) -> _Change | None:
    end = start + len(known.text)
    if end > len(sentence.text):
        return None
    said = sentence.text[start:end]
    changed = [start + place for place, char in enumerate(known.text) if said[place] != char]
    if not changed or any(_is_numeral(sentence.text, place) for place in changed):
        return None
    if not _whole_words(sentence, start, end, changed) or _touches_a_name(
        sentence, start, end, changed
    ):
        return None
    cost = 0.0
    limit = _LIMITS.get(len(known.text), _LIMITS[5])
    for place, sound in enumerate(known.sounds):
        heard = sentence.sounds[start + place]
        if heard is None:
            return None
        cost += distance(heard, sound)
        if cost > limit:
            return None
    if not _convincing(sentence, start, known.text, changed, cost):
        return None
    return _Change(start=start, name=known.text, cost=cost)


def _is_numeral(text: str, place: int) -> bool:
    """千 of 三千 is one, 千 of 千安 is not."""
    if text[place] in _MULTIPLES:
        return text[place - 1 : place] in (_NUMERALS | _MULTIPLES | {"几"})
    return text[place] in _NUMERALS


def _whole_words(sentence: _Sentence, start: int, end: int, changed: Sequence[int]) -> bool:
    """A word that reaches out of the name must agree with it as far as it is in it."""
    for number in {sentence.word_of[place] for place in changed}:
        begins = sentence.starts[number]
        if begins < start or begins + len(sentence.words[number].text) > end:
            return False
    return True


def _touches_a_name(sentence: _Sentence, start: int, end: int, changed: Sequence[int]) -> bool:
    return any(
        (begins < end and start < ends)
        and (begins < start or ends > end or any(begins <= place < ends for place in changed))
        for begins, ends in sentence.names
    )


def _convincing(
    sentence: _Sentence, start: int, name: str, changed: Sequence[int], cost: float
) -> bool:
    end = start + len(name)
    before, after = sentence.text[:start], sentence.text[end:]
    numbers = {sentence.word_of[place] for place in changed}
    doubted = all(sentence.words[number].doubtful for number in numbers)
    suffix_heard = bool(_SUFFIX.search(name)) and end - 1 not in changed
    beside_a_name = any(ends == start or begins == end for begins, ends in sentence.names)
    followed = beside_a_name or bool(_FOLLOWS_A_PLACE.match(after))
    placed = followed or bool(_LEADS_TO_A_PLACE.search(before))
    anywhere = any(
        len(sentence.words[number].text) == 1 and sentence.words[number].text in _EVERYWHERE
        for number in numbers
    )
    longest = max(len(sentence.words[number].text) for number in numbers)
    heard_share = 1 - len(changed) / len(name)
    if anywhere and (_LEAVES.search(before) or not followed):
        return False
    if doubted:
        mostly_heard = heard_share >= _TWO_IN_THREE or suffix_heard
        # 打理街道 is no 大里街道: a longer word is seldom wrong in its tones alone.
        near = cost == 0 or (longest == 1 and cost <= _SAME_BUT_TONES * len(changed))
        return placed or (mostly_heard and near)
    if cost > _SAME_BUT_TONES * len(changed):
        return False
    if not suffix_heard:
        # 到地震 is no 稻地镇: whole words that make sense by themselves.
        return cost == 0 and followed and longest == 1
    return cost == 0 or followed


def _best(wanted: list[_Change]) -> list[_Change]:
    """The likeliest that do not overlap; of two that are equally likely, none."""
    order = sorted(wanted, key=lambda one: (one.cost / len(one.name), -len(one.name), one.start))
    chosen: list[_Change] = []
    for one in order:
        if any(one.start < other.end and other.start < one.end for other in chosen):
            continue
        equals = [
            other
            for other in wanted
            if other.start == one.start
            and len(other.name) == len(one.name)
            and other.name != one.name
            and other.cost == one.cost
        ]
        if not equals:
            chosen.append(one)
    return chosen


def _carried_out(sentence: _Sentence, changes: Sequence[_Change]) -> tuple[Word, ...]:
    text = sentence.text
    for change in changes:
        text = text[: change.start] + change.name + text[change.end :]
    made = []
    for number, word in enumerate(sentence.words):
        start = sentence.starts[number]
        now = text[start : start + len(word.text)]
        if now != word.text:
            word = replace(word, text=now, heard=word.heard or word.text)
        made.append(word)
    return tuple(made)
