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
