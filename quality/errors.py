"""What can be wrong with a question to the quality rooms. 质检类错误"""


class QualityError(Exception):
    """Something about cues and signals is wrong. 质检错误"""

    code = "quality-error"


class CueUnknown(QualityError):
    """There is no such cue. 没有这条提示"""

    code = "cue-unknown"


class RerunUnknown(QualityError):
    """There is no such run. 没有这次检测"""

    code = "rerun-unknown"


class RerunGoingOn(QualityError):
    """Another run is going on; wait for it or stop it. 已有检测在进行"""

    code = "rerun-going-on"


class RerunSpanInvalid(QualityError):
    """The period must begin before it ends. 时段无效"""

    code = "rerun-span-invalid"


class RerunTooLarge(QualityError):
    """The period has too many calls; choose a shorter one. 时段内通话过多"""

    code = "rerun-too-large"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.details = {"most": most}


class QualityRecordsAway(QualityError):
    """What is stored cannot be read at the moment. 质检数据暂不可读"""

    code = "quality-records-away"
