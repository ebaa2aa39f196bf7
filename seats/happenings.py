"""What can happen at a seat. 座席动因

What a seat is after each of them: seats/course.py.
"""

from dataclasses import dataclass
from datetime import datetime

from cti.events import PartyRole
from cti.ids import CallId
from seats.model import NotReadyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that can happen at a seat. 座席动因"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Happening):
    """An operator takes the seat. 签入"""

    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOut(Happening):
    """The operator leaves the seat. 签出"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetReady(Happening):
    """The operator wants calls. 示闲"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotReady(Happening):
    """The operator wants no calls. 示忙"""

    reason: NotReadyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSignOut(Happening):
    """A supervisor wants the operator signed out after this call. 预约签出"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbook(Happening):
    """A supervisor wants the operator to stay and go on after this call. 撤销预约"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpOver(Happening):
    """The summary is saved, or the deadline passed. 话后结束"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneLost(Happening):
    """The phone cannot be reached. 话机离线"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFound(Happening):
    """The phone can be reached again. 话机恢复"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTaken(Happening):
    """The phone is in a call of which we know nothing. 话机被占用"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFreed(Happening):
    """The phone is in no call any more. 话机恢复空闲"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerning(Happening):
    """Something that concerns one call. 与通话有关"""

    call_id: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved(Concerning):
    """The router chose the seat. 预占"""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited(Concerning):
    """A supervisor has his own seat rung, to listen in. 班长席预占"""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferUndone(Concerning):
    """The offer came to nothing and the seat is not to blame. 派席撤销"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFailed(Concerning):
    """The seat did not take the call, and why. 派席失败"""

    reason: NotReadyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(Concerning):
    """The phone is ringing. 振铃"""

    part: PartyRole = PartyRole.SEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected(Concerning):
    """The operator is on the call. 应答"""

    part: PartyRole = PartyRole.SEAT


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTalking(Concerning):
    """It had not been answered at all: the phone still rings. 误判通话纠正"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TookOver(Concerning):
    """Who listened has the citizen now. 接管通话"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedListening(Concerning):
    """A supervisor's part in the call is over. 结束监听"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Concerning):
    """The seat's part in the call is over. 离开通话"""

    until: datetime
    """The wrap-up deadline. 话后时限"""
