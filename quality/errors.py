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


class SampleUnknown(QualityError):
    """There is no such draw, or the call is not in it. 没有这次抽样"""

    code = "sample-unknown"


class SampleSpanInvalid(QualityError):
    """The period must begin before it ends, end before now, and be no longer than 93 days. 时段无效"""

    code = "sample-span-invalid"


class SampleEmpty(QualityError):
    """No finished call of the period has an archived recording that is long enough. 没有可抽取的通话"""

    code = "sample-empty"


class SampledCallNotYours(QualityError):
    """Another inspector has this call. 该通话不在您的清单中"""

    code = "sampled-call-not-yours"


class SkipReasonMissing(QualityError):
    """Say why the call is not inspected. 请填写跳过原因"""

    code = "skip-reason-missing"
