"""What can go wrong in the simulated outside world. 外部模拟错误

The messages never hold a citizen's number.
"""


class OutsideError(Exception):
    """The simulated outside world did not do what was asked. 外部模拟错误"""

    code = "outside-error"

    def __init__(self, details: str = "") -> None:
        super().__init__(f"{self.__doc__} ({details})" if details else self.__doc__)


class SimulatorGone(OutsideError):
    """The simulator's Asterisk closed its line to us. 模拟器已断开"""

    code = "simulator-gone"


class SimulatorSilent(OutsideError):
    """The simulator's Asterisk did not answer in time. 模拟器无应答"""

    code = "simulator-silent"


class SimulatorRefused(OutsideError):
    """The simulator's Asterisk refused what was asked of it. 模拟器拒绝"""

    code = "simulator-refused"


class CallNotAnswered(OutsideError):
    """The system under test did not answer a citizen's call. 呼入未接通"""

    code = "call-not-answered"

    def __init__(self, details: str = "", cause: int | None = None) -> None:
        super().__init__(details)
        self.cause = cause
        """Q.850 cause of the refusal (17 busy, 21 rejected, ...); None when nothing came. 原因码"""


class FarEndGone(OutsideError):
    """The far end's call had ended. 对端已挂断"""

    code = "far-end-gone"


class StillThere(OutsideError):
    """The far end's call had not ended in time. 对端未挂断"""

    code = "far-end-still-there"


class NotSpoken(OutsideError):
    """The far end did not finish speaking or pressing keys in time. 未播放完成"""

    code = "not-spoken"


class KeysNotHeard(OutsideError):
    """The far end did not receive the expected keys. 未收到按键"""

    code = "keys-not-heard"


class PhoneNotRinging(OutsideError):
    """The seat's phone did not ring in time. 话机未振铃"""

    code = "phone-not-ringing"


class PhoneNotTalking(OutsideError):
    """The seat's phone was not in a call in time. 话机未接通"""

    code = "phone-not-talking"


class PhoneNotIdle(OutsideError):
    """The seat's phone was not free in time. 话机未空闲"""

    code = "phone-not-idle"


class PhoneNotRegistered(OutsideError):
    """The seat's phone could not register in time. 话机未注册"""

    code = "phone-not-registered"


class PhoneStillRegistered(OutsideError):
    """The seat's phone did not unregister in time. 话机未注销"""

    code = "phone-still-registered"


class UnknownPhone(OutsideError):
    """The outside world was not given such a phone. 没有这部话机"""

    code = "unknown-phone"


class NotHeardOut(OutsideError):
    """The simulator did not finish writing what a far end heard. 对端录音未写完"""

    code = "not-heard-out"


class AudioNotPlayable(OutsideError):
    """Audio for a far end must be 16-bit mono at 8000 Hz. 音频格式不符"""

    code = "audio-not-playable"
