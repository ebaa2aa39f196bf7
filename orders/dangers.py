"""Words of danger in a citizen's sentence, unless he denies, fears or remembers them. 危险词

Pure. The words are those of the published lists, found as everybody finds them (`seats.phrases`);
an order's urgency is more careful than a cue: 怕着火, 万一着火, 去年着火的时候 raise nothing. Where it
is in doubt the danger counts: the operator decides, and a danger that nobody showed him is the worse
mistake.
"""

import re
from collections.abc import Iterator, Sequence

from orders.heard import Heard
from orders.model import Urgency
from seats.phrases import Hit, Joined, Phrase, hits_in

_DENIED = re.compile(
    "(?:没有?(?:人|看到|看见|见到|造成|发现|引起|任何人)|并不是|不是说|不会(?:有人)?|未发生|无人|并未|不属于|不存在|排除|(?<!要)不)$"
)
_FEARED = re.compile(
    "(?:防止|预防|避免|以免|免得|以防|担心|害怕|生怕|(?<![恐可])怕|万一|如果|(?<!主)要是|假如|假设|倘若|可能会|会不会"
    "|容易|难免|迟早|早晚|谨防|演习|演练|宣传)(?!是)[^，。？！]{0,6}$"
)
_REMEMBERED = re.compile(
    "(?:去年|前年|以前|从前|曾经|上次|上回|早年|前些年|几年前|小时候|上个月|过去)[^，。？！]{0,8}$"
)
_AGAIN = re.compile("现在|刚才|今天|又|正在")
_PAST = re.compile(
    "^[^，。？！]{0,1}过(?!来|去|敏|程)|^的(?:时候|那次|那回)|^(?:了)?已经?(?:扑灭|灭了)"
)
_OVER = re.compile("(?:找到|找回|救出|救起)了?.{0,4}$")
_LOOK_BACK = 12
_LOOK_AHEAD = 6


def danger_in(
    text: str,
    dangers: Sequence[Phrase],
    joined: Joined = lambda _before, _after: True,
) -> tuple[Urgency, Heard] | None:
    """The gravest danger a sentence speaks of as present; the first of equals."""
    best: tuple[Urgency, Heard] | None = None
    for hit in _present(text, dangers, joined):
        urgency = Urgency(hit.phrase.level)
        heard = Heard(value=urgency, start=hit.start, end=hit.end, confidence=0.9)
        if best is None or _graver(urgency, heard, best):
            best = (urgency, heard)
    return best


def _graver(urgency: Urgency, heard: Heard, best: tuple[Urgency, Heard]) -> bool:
    if urgency is not best[0]:
        return urgency is Urgency.VERY_URGENT
    return heard.start < best[1].start


def _present(text: str, dangers: Sequence[Phrase], joined: Joined) -> Iterator[Hit]:
    for hit in hits_in(text, dangers, joined):
        while _taken_back(text, hit.start, hit.end):
            # 去年着过火，现在又着火了: the word may come again.
            begun = hit.end
            again = next(hits_in(text[begun:], (hit.phrase,)), None)
            if again is None:
                break
            hit = Hit(
                phrase=again.phrase,
                word=again.word,
                start=begun + again.start,
                end=begun + again.end,
            )
        else:
            yield hit


def _taken_back(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _LOOK_BACK) : start]
    if _DENIED.search(before) or _FEARED.search(before) or _OVER.search(before):
        return True
    if _PAST.search(text[end : end + _LOOK_AHEAD]):
        return True
    remembered = _REMEMBERED.search(before)
    return remembered is not None and not _AGAIN.search(remembered.group())
