"""What can be wrong with a command to Asterisk or a word from it. 通话类错误"""


class CtiError(Exception):
    """Something about calls is wrong. 通话错误"""

    code = "cti-error"


class LinkLost(CtiError):
    """The AMI link is down; nothing was sent. 与 Asterisk 的链路已中断"""

    code = "link-lost"


class ActionLost(CtiError):
    """The AMI link went away before the answer came; the action is never repeated. 指令无应答"""

    code = "action-lost"


class ActionRefused(CtiError):
    """Asterisk refused the action. 指令被拒绝"""

    code = "action-refused"


class ActionTimedOut(CtiError):
    """Asterisk did not answer the action in time. 指令超时"""

    code = "action-timed-out"


class UnsafeActionValue(CtiError):
    """A value for an AMI action holds CR, LF or NUL and was not sent. 指令参数含非法字符"""

    code = "unsafe-action-value"


class MalformedMessage(CtiError):
    """Asterisk (or somebody else) sent bytes that are no AMI message. 报文格式错误"""

    code = "malformed-message"


class UnknownCall(CtiError):
    """There is no such call. 没有这通话务"""

    code = "unknown-call"


class CommandRefused(CtiError):
    """What was asked cannot be done with this call now. 当前不能执行此操作"""

    code = "command-refused"


class CallOver(CommandRefused):
    """This call is over. 通话已结束"""

    code = "call-over"


class CallNotAnswered(CommandRefused):
    """Nobody talks with the citizen yet. 通话尚未接通"""

    code = "call-not-answered"


class CallInOtherForm(CommandRefused):
    """The talk does not have the form that this needs (held, consulting, conference, ...). 当前通话形态不允许此操作"""

    code = "call-in-other-form"


class NotOnThisCall(CommandRefused):
    """This seat or this leg is not on the call. 不在此通话中"""

    code = "not-on-this-call"


class CommandUnderWay(CommandRefused):
    """Another command is being carried out on this call. 另一操作正在进行"""

    code = "command-under-way"


class NumberRefused(CommandRefused):
    """This number may not be dialled from here. 该号码不允许外呼"""

    code = "number-refused"


class TargetAlreadyThere(CommandRefused):
    """Whom you want to bring in is on this call already. 对方已在此通话中"""

    code = "target-already-there"


class TargetNotFree(CommandRefused):
    """This seat cannot be rung now. 目标座席不空闲"""

    code = "target-not-free"


class SpyingOnOneself(CommandRefused):
    """A seat cannot listen to its own call. 不能监听自己的通话"""

    code = "spying-on-oneself"
