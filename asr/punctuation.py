"""Where a sentence gets its marks: pauses between words, greetings, connectives, questions. 标点

Pure and deterministic. A mark stands between two words, never inside what is written as one number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

COMMA, STOP, QUESTION = "，", "。", "？"

_PAUSE_MS = 100
"""Between words in one breath recognisers leave nothing or a frame or two (99 % below 20 ms with the
demo voices); at a comma 150 ms."""
_LONG_PAUSE_MS = 450
"""Somebody has finished; half a second is the recogniser's own end."""
_HESITATION_MS = 280
"""After so few characters a shorter pause is looking for words."""
_SHORT_CLAUSE = 3

_GREETING = re.compile("(?:喂|您好|你好|同志|好的|是的|对的|嗯|没有了|可以的|不用了)+$")
_AFTER_A_CLAUSE = 5
"""Characters before a connective that starts a new clause without a pause."""
_CONNECTIVES = (
    "但是", "可是", "不过", "所以", "因为", "而且", "另外", "然后", "结果", "如果", "否则", "要不然",
    "请问", "希望", "麻烦你", "麻烦您", "请你们", "请您", "请相关", "请尽快", "感谢您", "祝您",
)  # fmt: skip
_NOT_BEFORE_A_CONNECTIVE = re.compile("(?:[我你您他她们也都还很就是的才]|非常|特别)$")
_HANGS = re.compile(
    "(?:因为|但是|所以|然后|就是|那个|如果|而且|或者|以及|还有就是|把|被|在|和|跟|的话)$"
)
"""The recogniser cut here, but the sentence goes on."""
_BELONGS_TO_WHAT_IS_BEFORE = re.compile("了(?![解却结])|的(?![确士])|[吗呢吧嘛呗们]")
"""No clause begins with these, however long the speaker, or the line, made us wait for them."""

_ASKS_AT_THE_END = re.compile(
    "(?:吗|[什怎]么|多少|哪里|哪儿|哪个|几[点号楼岁天个]|谁|为什么|怎么办|怎么样|对不对|是不是|好不好|行不行|可不可以|能不能|有没有)"
    "(?:呢|呀|啊|的|了|来着)?$"
)
_ASKS = re.compile(
    "请问|(?:能不能|可不可以|可以不可以|是不是|有没有|要不要|会不会|行不行|该不该|是否)|什么时候|什么(?:地方|材料|手续|条件|情况|原因|问题|事)|为什么|怎么(?!也|都|说呢)"
    "|(?:多少|多久|多长时间|哪里|哪儿|哪个|哪些)|(?:星期|第)几|(?<![好这那])几[点号楼岁]"
)
_ASKS_FOR_NOTHING = re.compile(
    "不知道|不清楚|不明白|不管|无论|不晓得|忘了|看看|问一下|咨询一下|了解一下|查一下|没(?:有)?(?:什么|怎么|多少)|(?:什么|哪里|哪儿|怎么|多少|谁)(?:都|也)"
    "|什么的|告诉|说一下"
)
_OBLIGED = re.compile("^请(?:您|你)?(?!问)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Between two words: how long the silence was, and whether a mark may stand there. 间隔"""

    position: int
    """Characters before it."""
    pause_ms: int
    free: bool = True


def marks_of(text: str, gaps: Sequence[Gap]) -> tuple[tuple[int, str], ...]:
    """(position, mark) from left to right, the last one at the end of the text."""
    if not text:
        return ()
    found: list[tuple[int, str]] = []
    clause = sentence = 0
    for gap in gaps:
        if not gap.free:
            continue
        mark = _mark(text, clause, gap)
        if mark == STOP:
            said = text[sentence : gap.position]
            found.append((gap.position, QUESTION if _is_question(said) else STOP))
            clause = sentence = gap.position
        elif mark is not None:
            asks = text.startswith("请问", gap.position) and _is_question(
                text[clause : gap.position]
            )
            found.append((gap.position, QUESTION if asks else mark))
            clause = gap.position
            sentence = clause if asks else sentence
    found.append((len(text), _closing(text[sentence:])))
    return tuple(found)


def _mark(text: str, clause: int, gap: Gap) -> str | None:
    said, after = text[clause : gap.position], text[gap.position :]
    if _BELONGS_TO_WHAT_IS_BEFORE.match(after):
        return None
    if gap.pause_ms >= _LONG_PAUSE_MS and not _HANGS.search(said):
        return STOP
    if _GREETING.fullmatch(said) and not _GREETING.fullmatch(after[:1]):
        return COMMA
    if gap.pause_ms >= _HESITATION_MS:
        return COMMA
    if gap.pause_ms >= _PAUSE_MS and len(said) >= _SHORT_CLAUSE:
        return COMMA
    begins = after.startswith(_CONNECTIVES) and not _NOT_BEFORE_A_CONNECTIVE.search(said)
    return COMMA if begins and len(said) >= _AFTER_A_CLAUSE else None


def _closing(sentence: str) -> str:
    if _HANGS.search(sentence):
        return COMMA
    return QUESTION if _is_question(sentence) else STOP


def _is_question(sentence: str) -> bool:
    """我不知道怎么办 and 请您说一下具体地址 ask for nothing that is marked."""
    if sentence.endswith("吗"):
        return True
    if _OBLIGED.search(sentence) or _ASKS_FOR_NOTHING.search(sentence):
        return False
    return bool(_ASKS_AT_THE_END.search(sentence) or _ASKS.search(sentence))
