"""What can be wrong with recognising speech. 转写类错误"""


class AsrError(Exception):
    """Something about speech recognition is wrong. 转写错误"""

    code = "asr-error"


class NoRecogniser(AsrError):
    """No recogniser can be reached at the moment. 没有可用的转写服务"""

    code = "no-recogniser"


class RecognisersBusy(NoRecogniser):
    """Every recogniser has as many streams as it may have; there will be room. 转写服务已满"""

    code = "recognisers-busy"


class RecogniserLost(AsrError):
    """The recogniser went away in the middle of its work. 转写服务中断"""

    code = "recogniser-lost"


class RecogniserSilent(AsrError):
    """The recogniser did not answer within its limit. 转写服务无应答"""

    code = "recogniser-silent"


class RecogniserGarbage(AsrError):
    """The recogniser answered something that is not the vosk-server protocol. 转写服务应答无法解析"""

    code = "recogniser-garbage"


class RecogniserRefused(AsrError):
    """The recogniser said that it cannot do what was asked. 转写服务拒绝"""

    code = "recogniser-refused"


class SpeechRequestWrong(AsrError):
    """A peer of our speech server sent something that it must not send. 转写请求有误

    `code` is what the peer is told; `close_code` is the websocket close code.
    """

    code = "speech-request-wrong"

    def __init__(self, code: str, message: str, close_code: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.close_code = close_code


class TranscriptsUnavailable(AsrError):
    """What was heard so far cannot be read at the moment. 暂时读不到已有转写"""

    code = "transcripts-unavailable"


class ModelUnusable(AsrError):
    """The speech model cannot be used; `complaints` says why in plain words. 模型不可用"""

    code = "model-unusable"

    def __init__(self, complaints: tuple[str, ...]) -> None:
        super().__init__("; ".join(complaints))
        self.complaints = complaints


class UnknownModel(AsrError):
    """There is no model of this name. 没有这个模型"""

    code = "unknown-model"


class UnknownLanguage(AsrError):
    """A language is written in small letters, such as en, ja or zh. 语种写法有误"""

    code = "unknown-language"


class NotEnoughMemory(AsrError):
    """The model needs more memory than this machine has free. 内存不足"""

    code = "not-enough-memory"


class ModelListUnreadable(AsrError):
    """The list of official models could not be fetched or understood. 模型列表不可读"""

    code = "model-list-unreadable"


class DownloadBroken(AsrError):
    """The download broke off; what has arrived is kept and the next try goes on from there. 下载中断"""

    code = "download-broken"


class ChecksumWrong(AsrError):
    """The downloaded file is not the official one; it was deleted. 校验和不符"""

    code = "checksum-wrong"


class UnsafeArchive(AsrError):
    """The archive holds paths that lead out of its folder, links, or too much data. 压缩包不安全"""

    code = "unsafe-archive"


class BackfillError(AsrError):
    """The missing text of a call could not be made up. 后补错误"""

    code = "backfill-error"
    for_good = False
    """Trying again later cannot help."""


class CallNotKnown(BackfillError):
    """There is no such call, or it was never recorded. 没有该通话或未录音"""

    code = "unknown-call"
    for_good = True


class CallNotOver(BackfillError):
    """The call is still going on and is taken down as it is spoken. 通话尚未结束"""

    code = "call-not-over"


class TranscriptWhole(BackfillError):
    """This call has its whole transcript already. 转写已完整"""

    code = "transcript-whole"


class TranscriptInTheMaking(BackfillError):
    """This call's transcript is in the making or waits for its turn. 转写正在进行"""

    code = "transcript-in-the-making"


class RecordingGone(BackfillError):
    """Neither raw legs nor an archived recording of this call are there. 录音已不存在"""

    code = "recording-gone"
    for_good = True


class RecordingDamaged(BackfillError):
    """The archived recording is not what was archived, or cannot be decoded. 录音文件损坏"""

    code = "recording-damaged"
    for_good = True


class RecordingMoved(BackfillError):
    """The raw legs went into the archive while they were being read. 录音正在归档"""

    code = "recording-moved"


class RecordingUnreadable(BackfillError):
    """The archive or its catalogue cannot be read at the moment. 录音暂不可读"""

    code = "recording-unreadable"


class ModelMissing(BackfillError):
    """There is no model for this call's language yet. 该语言尚无模型"""

    code = "model-missing"
