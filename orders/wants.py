"""What the citizen wants to happen: 希望尽快修好, 要求退款, 能不能加一盏路灯. 诉求目的

Pure; works on one clause at a time.
"""

import re

from orders.heard import Heard

_WANTS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (confidence, re.compile(words))
    for confidence, words in (
        (0.9, "(?:我们?|大家|居民们?|业主们?)?(?:就是|就|也|还是)?(?:希望|盼望)(?!小学|小区|路).{2,}"),
        (0.9, "(?:我们?|强烈|所以)*(?<!没有|不合)要求(?!助|的|他们?说|是什么|有哪些).{2,}"),
        (0.85, "(?:我们?)?(?:请求|恳请|恳求).{2,}"),
        (0.8, "(?<![申邀])请(?!问|假|客|教|讲|说|帖|示|稍等|您稍|你稍|来的|的|了|人|不要挂).{3,}"),
        (0.8, "(?:我想)?(?:麻烦|劳驾)(?:你们?|您|咱们|政府|领导)(?!了$).{3,}"),
        (0.75, "(?:你们?|您|政府|领导|有关部门|相关部门)?(?:能不能|能否|可不可以|可否|是否可以)(?!听).{2,}"),
        (0.7, "(?:我)?建议(?!过).{3,}"),
        (0.7, "(?:你们?|您)?(?:帮忙|帮(?:我们?|我家|他|她)?)(?!助|.{0,5}了).{2,}"),
        (0.65, "(?:赶紧|赶快|尽快|尽早|马上|快(?:点|来)).{2,}"),
        (0.6, "(?:想|要)让(?:你们?|他们?|物业|公司|他).{2,}"),
        (0.6, "我(?:就)?(?:只)?(?:想|要)(?!咨询|问|投诉|举报|反映|求助|表扬|建议|请问|了解|查|匿名|说|知道|打听|跟|给|提).{3,}"),
        (0.55, "我?就?想?要?(?:知道|了解|咨询|查询|查|问|打听)(?:一下|下)(?P<what>.{3,})"),
        (0.55, "我?就?(?:想要?|要)(?:知道|了解|咨询|查询|问问|查|问|打听)(?P<what>.{3,})"),
    )
)  # fmt: skip
_TAIL = re.compile("(?:好吗|行吗|可以吗|行不行|好不好|谢谢.*|拜托了?|吧|啊|呢|呀|嘛|吗|了吧)+$")
_QUESTION = re.compile(
    "(?:请问|咨询(?:一下|下)?|问(?:一下|下)?)*(?P<what>.{2,}(?:怎么.{1,8}|如何.{2,8}|需要(?:什么|哪些).{0,8}"
    "|什么(?:材料|条件|时候|手续).{0,8}|几点.{0,6}|多少.{0,4}|在哪.{0,6}|吗))$"
)
LONGEST = 60
"""Characters; whoever goes on longer tells a story. 目的上限"""
_LONGEST_QUESTION = 100


def want_in(text: str, start: int, end: int) -> Heard | None:
    """What text[start:end], one clause, asks for; the surest wording of it."""
    clause = text[start:end]
    for confidence, pattern in _WANTS:
        said = pattern.search(clause)
        if said is None:
            continue
        part = "what" if "what" in pattern.groupindex else 0
        value = _TAIL.sub("", said.group(part))[:LONGEST]
        if len(value) < 4:
            continue
        first = start + said.start(part)
        return Heard(value=value, start=first, end=first + len(value), confidence=confidence)
    asked = _QUESTION.search(clause, max(0, len(clause) - _LONGEST_QUESTION))
    if asked is None:
        return None
    first, last = asked.span("what")
    last = min(last, first + LONGEST)
    return Heard(value=clause[first:last], start=start + first, end=start + last, confidence=0.5)
