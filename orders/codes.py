"""What a call can have been, in the words that a seat chooses from. 话后小结代码

Pure. This table stands until a city publishes its own (rule document "codes").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class NeedsOrder(StrEnum):
    """Whether a work order belongs to such a call. 是否需要工单"""

    YES = "yes"  # 必须
    NO = "no"  # 不需要
    MAYBE = "maybe"  # 可有可无


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpCode:
    """One ending that a seat may choose. 话后小结代码

    A call with a code is left out of the rates in `excluded_from`; "knowledge" is 知识解答率.
    """

    code: str
    name: str
    order: NeedsOrder = NeedsOrder.MAYBE
    needs_note: bool = False
    excluded_from: tuple[str, ...] = ()


Codes = Callable[[], Mapping[str, WrapUpCode]]
"""The table that holds now. 当前代码表"""

KNOWLEDGE = "knowledge"
ORDER = "order"
"""The rate of calls that became work orders. 工单生成率"""
NUISANCE = "nuisance"
"""The one code with which a seat may hang up, after both warnings. 骚扰"""
DIVERTED = "emergency"
"""Given by itself when an emergency line was on the call. 转紧急热线"""

_NO = NeedsOrder.NO
DEFAULT = tuple(
    WrapUpCode(code=code, name=name, order=order, needs_note=note, excluded_from=excluded)
    for code, name, order, note, excluded in (
        ("answered", "即时答复", _NO, False, (ORDER,)),
        ("order", "已生成工单", NeedsOrder.YES, False, ()),
        ("consultation", "咨询", NeedsOrder.MAYBE, False, ()),
        ("progress", "查询办理进度", _NO, False, (ORDER,)),
        ("transferred", "转接", NeedsOrder.MAYBE, False, (KNOWLEDGE,)),
        (DIVERTED, "转紧急热线", NeedsOrder.MAYBE, False, (KNOWLEDGE, ORDER)),
        ("wrong-number", "打错", _NO, False, (KNOWLEDGE, ORDER)),
        ("silent", "无声", _NO, False, (KNOWLEDGE, ORDER)),
        ("inaudible", "听不清", _NO, False, (KNOWLEDGE, ORDER)),
        (NUISANCE, "骚扰", _NO, False, (KNOWLEDGE, ORDER)),
        ("dropped", "通话中断", NeedsOrder.MAYBE, False, (KNOWLEDGE, ORDER)),
        ("other", "其他", NeedsOrder.MAYBE, True, ()),
    )
)
"""DB1302/T 604-2025 annex A; requirement CTI-13. 默认代码表"""


def default_codes() -> Mapping[str, WrapUpCode]:
    return {one.code: one for one in DEFAULT}
