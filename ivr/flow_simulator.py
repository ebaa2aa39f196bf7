"""A walk told in words, for whoever writes a flow: no Asterisk, no clock. 流程试走

    2          a key                     482913#    a row of digits
    -          silence                   said:9     he speaks for 9 seconds
    wait       he has waited long        found, none   his order is found, or is not
    need:law   what a bot understood     bye        he hangs up

What needs nothing from him (something is said, or written down) goes on by itself.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ivr.flow import kind_of
from ivr.flow_steps import (
    AskOneKey,
    Came,
    CollectDigits,
    DigitsCame,
    EndCall,
    Gone,
    Heard,
    JoinLine,
    KeyCame,
    Line,
    Listen,
    LookedUp,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Over,
    Play,
    Played,
    Recorded,
    RecordMessage,
    Step,
    WaitedLong,
)
from ivr.flow_walk import Walk
from ivr.texts import Slot, Texts

EXAMPLE = LookedUp(
    order="20261121-000042", values={"day": date(2026, 11, 21), "state": "state-accepted"}
)
"""The order that `found` finds."""


class WalkWordUnknown(ValueError):
    """This word is nothing that a citizen can do. 看不懂的输入"""


def simulate(walk: Walk, texts: Texts, words: Sequence[str]) -> Iterator[str]:
    """Line by line what he hears and does, until he waits, the call is over or the words are.

    Raises WalkWordUnknown.
    """
    step = walk.begin()
    ahead = list(words)
    while True:
        yield from _told(walk, texts, step)
        if isinstance(step.doing, Over):
            return
        came = _by_itself(step)
        if came is None:
            if not ahead:
                return
            word = ahead.pop(0)
            came = _meant(word)
            yield f"    ← {word}"
        step = walk.advance(step.position, came)


def _by_itself(step: Step) -> Came | None:
    match step.doing:
        case Play() | EndCall():
            return Played()
        case Note():
            return Noted()
        case _:
            return None


def _meant(word: str) -> Came:
    if re.fullmatch(r"[0-9*#]", word):
        return KeyCame(key=word)
    if row := re.fullmatch(r"([0-9]{1,40})#?", word):
        return DigitsCame(digits=row[1])
    if spoken := re.fullmatch(r"said:([0-9]{1,4})", word):
        return Recorded(duration_ms=int(spoken[1]) * 1000)
    if need := re.fullmatch(r"need:([a-z-]*)", word):
        return Heard(need=need[1])
    known: dict[str, Came] = {
        "-": NothingCame(),
        "wait": WaitedLong(),
        "found": EXAMPLE,
        "none": LookedUp(),
        "bye": Gone(),
    }
    if word not in known:
        raise WalkWordUnknown(word)
    return known[word]


def _told(walk: Walk, texts: Texts, step: Step) -> Iterator[str]:
    language = step.position.language
    for passed in step.entered[:-1]:
        yield f"{passed}  ({kind_of(walk.flow.nodes[passed])})"
    where = f"{step.position.node}  [{language}]"

    def said(lines: tuple[Line, ...]) -> str:
        return " ".join(_words(texts, line, language) for line in lines)

    match step.doing:
        case Play(lines=lines):
            yield f"{where} 播报：{said(lines)}"
        case AskOneKey(lines=lines, keys=keys, timeout_s=limit):
            yield f"{where} 等待按键 {''.join(sorted(keys))}（{limit} 秒）：{said(lines)}"
        case CollectDigits(lines=lines, longest=longest):
            yield f"{where} 收号，最多 {longest} 位：{said(lines)}"
        case RecordMessage(lines=lines, longest_s=limit):
            yield f"{where} 留言，最长 {limit} 秒：{said(lines)}"
        case Listen(lines=lines):
            yield f"{where} 听取诉求：{said(lines)}"
        case LookUp():
            yield f"{where} 查询工单"
        case Note(deed=deed, value=value):
            yield f"{where} 登记：{deed.value}{f' {value}' if value else ''}"
        case JoinLine(group=group, comfort=comfort, offer_after_s=after):
            later = f"，{after} 秒后询问" if after else ""
            yield f"{where} 排队等候人工：{group or '由路由表决定'}{later}。{said(comfort)}"
        case EndCall(lines=lines):
            yield f"{where} 挂机：{said(lines)}"
        case Over(has_message=has_message):
            yield "结束" + ("，保留留言" if has_message else "")


def _words(texts: Texts, line: Line, language: str) -> str:
    text = texts.get(line.text)
    if text is None:
        return f"〔{line.text}〕"
    spoken_in = language if language in text.words else next(iter(text.words))
    return "".join(
        f"［{line.values.get(piece.name, piece.name)}］" if isinstance(piece, Slot) else piece.words
        for piece in text.pieces(spoken_in)
    )
