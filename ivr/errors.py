"""What can be wrong on the citizen's side of a call. 语音流程类错误"""


class IvrError(Exception):
    """Something about a citizen's story is wrong. 语音流程错误"""

    code = "ivr-error"


class CitizenHungUp(IvrError):
    """The citizen's channel has left this story: hung up, or led elsewhere. 市民已离开"""

    code = "citizen-hung-up"


class AgiGarbage(IvrError):
    """The peer sent something that is no AGI. AGI 报文格式错误"""

    code = "agi-garbage"


class AgiTooLong(IvrError):
    """A line, or the number of lines, is beyond all that Asterisk sends. AGI 报文过长"""

    code = "agi-too-long"


class AgiEnvironmentLate(IvrError):
    """The peer connected and did not say in time who it is. AGI 环境超时"""

    code = "agi-environment-late"


class AgiSilent(IvrError):
    """Asterisk did not answer a command in time. AGI 指令超时"""

    code = "agi-silent"


class AgiCommandRefused(IvrError):
    """Asterisk does not know or take the command. AGI 指令被拒绝"""

    code = "agi-command-refused"


class UnsafeAgiValue(IvrError):
    """A value for a command holds CR, LF, NUL or no text, or is too long; not sent. AGI 参数非法"""

    code = "unsafe-agi-value"


class SpoolFileBroken(IvrError):
    """A file in the lifeboat's spool is no record of a call. 应急记录损坏"""

    code = "spool-file-broken"
