"""What can be wrong with running Asterisk. Asterisk 错误"""


class AsteriskError(Exception):
    """Asterisk cannot be run as asked. Asterisk 运行错误"""

    code = "asterisk-error"


class PlaceholderWithoutValue(AsteriskError):
    """A configuration template names a value nobody gave. 模板缺少取值"""

    code = "asterisk-placeholder-without-value"


class PlaceholderValueUnsafe(AsteriskError):
    """A value would break out of its line in Asterisk's configuration. 模板取值不安全"""

    code = "asterisk-placeholder-value-unsafe"


class AsteriskDidNotStart(AsteriskError):
    """Asterisk did not become ready within its limit. Asterisk 启动失败"""

    code = "asterisk-did-not-start"


class AsteriskPortTaken(AsteriskDidNotStart):
    """Asterisk started and found one of its ports held by another program. Asterisk 端口被占用"""

    code = "asterisk-port-taken"


class AsteriskNotRunning(AsteriskError):
    """There is no running Asterisk to talk to. Asterisk 未运行"""

    code = "asterisk-not-running"


class AsteriskSilent(AsteriskError):
    """Asterisk runs and does not answer its control socket. Asterisk 无响应"""

    code = "asterisk-silent"


class RunFolderNotOurs(AsteriskError):
    """The short folder for the control socket belongs to somebody else. 运行目录不属于本用户"""

    code = "asterisk-run-folder-not-ours"
