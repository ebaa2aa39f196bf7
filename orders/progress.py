"""How an order stands, for the citizen who brought it and for nobody else. 办理进度

Pure. His number and the six digits that he was told open it; a wrong code, a strange number and an
order that does not exist all sound the same (SEC-08, IVR-05).
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orders.model import OrderId, OrderState

CODE_DIGITS = 6
WRONG_IN_A_CALL = 3
"""After so many wrong codes in one call a person must help. 单次通话错误上限"""
WRONG_IN_A_DAY = 10
"""And after so many of one number in a day, whatever it enters. 单日错误上限"""
TOLD_STATES = frozenset({OrderState.ACCEPTED, OrderState.DIVERTED})
"""States of which a citizen is told; a draft is nothing yet. 可告知状态"""


class Asked(StrEnum):
    """What came of asking. 查询结果"""

    TOLD = "told"  # 已告知
    WRONG = "wrong"  # 号码或查询码不符
    LOCKED = "locked"  # 次数已用完，转人工


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What may be said aloud; never what the order is about. 进度"""

    order_id: OrderId
    state: OrderState
    since: datetime
    department: str | None = None
    urges: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDisclosed:
    """Nothing is said. 不予告知"""

    to_person: bool
    """He has had his attempts: a person goes on. 转人工"""
    tries_left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCode:
    """The code that holds for an order, as far as it is kept. 查询码"""

    order_id: OrderId
    code_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAsking:
    """An attempt of today, as it was written down. 查询记录"""

    call_id: str
    caller_number: str
    at: datetime
    outcome: Asked
    order_id: OrderId | None


def new_code(below: Callable[[int], int]) -> str:
    """Six digits, each as likely as any; `below` is secrets.randbelow."""
    return f"{below(10**CODE_DIGITS):0{CODE_DIGITS}}"


def is_code(digits: str) -> bool:
    return len(digits) == CODE_DIGITS and digits.isascii() and digits.isdecimal()


def hash_of(key: bytes, order_id: OrderId, code: str) -> str:
    """Keyed: a million codes are tried in a second by whoever has the table but not the key."""
    return hmac.new(key, f"{order_id}:{code}".encode(), hashlib.sha256).hexdigest()


def matching(key: bytes, issued: tuple[IssuedCode, ...], code: str) -> OrderId | None:
    """The order that this code opens; the newest if two orders happen to have the same."""
    found = None
    for one in sorted(issued, key=lambda one: one.order_id):
        # Every one is compared, so that the time it takes says nothing.
        if hmac.compare_digest(hash_of(key, one.order_id, code), one.code_hash):
            found = one.order_id
    return found
