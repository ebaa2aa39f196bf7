"""What can be wrong with a recording. 录音类错误"""


class RecordingError(Exception):
    """Something about a recording is wrong. 录音错误"""

    code = "recording-error"


class AudioMissing(RecordingError):
    """Neither an archived copy nor raw legs of this recording can be read. 录音不存在"""

    code = "audio-missing"


class LegsMissing(RecordingError):
    """No raw leg of this recording is there. 原始话路缺失"""

    code = "legs-missing"


class LegsStillGrowing(RecordingError):
    """A raw leg grew while it was being copied. 原始话路仍在写入"""

    code = "legs-still-growing"


class EncodeFailed(RecordingError):
    """The encoder process gave no copy. 编码失败"""

    code = "encode-failed"


class CopyDiffers(RecordingError):
    """The written copy does not hold what the legs hold. 副本校验不符"""

    code = "copy-differs"


class ArchiveFull(RecordingError):
    """The archive has no room for the copy. 归档空间不足"""

    code = "archive-full"


class ArchiveUnwritable(RecordingError):
    """The archive folder cannot be written. 归档目录不可写"""

    code = "archive-unwritable"


class AlreadyInArchive(RecordingError):
    """There is a file of this name; nothing in the archive is ever overwritten. 归档文件已存在"""

    code = "already-in-archive"


class CatalogueUnavailable(RecordingError):
    """The catalogue cannot be read at present. 目录暂不可读"""

    code = "catalogue-unavailable"


class ExportTargetNotEmpty(RecordingError):
    """The folder to export into is there already. 导出目录已存在"""

    code = "export-target-not-empty"


class UnsafeRecordingName(RecordingError):
    """The recording's id or path cannot be a file name in the archive. 录音编号含非法字符"""

    code = "unsafe-recording-name"


class AudioDamaged(RecordingError):
    """The archived file is not what was archived, or cannot be decoded. 归档文件损坏"""

    code = "audio-damaged"


class ArchiveUnreadable(RecordingError):
    """The archive cannot be read at present. 归档暂不可读"""

    code = "archive-unreadable"


class PurposeMissing(RecordingError):
    """Say why you want to hear this recording first. 请先选择调听目的"""

    code = "purpose-missing"


class PurposeUnknown(RecordingError):
    """This purpose is not on the list. 调听目的不在清单内"""

    code = "purpose-invalid"


class PurposeNoteMissing(RecordingError):
    """This purpose needs a note: a reference number or a reason. 请填写依据或说明"""

    code = "purpose-note-missing"


class ListeningUnknown(RecordingError):
    """There is no such listening of this user. 调听记录不存在"""

    code = "listening-unknown"


class MarkUnknown(RecordingError):
    """There is no such mark on this call. 标注不存在"""

    code = "mark-unknown"


class MarkNotYours(RecordingError):
    """Only its author or a shift leader may remove a mark. 只能撤销自己的标注"""

    code = "mark-not-yours"


class MarkInvalid(RecordingError):
    """A mark stands within the call, and its comment is not too long. 标注无效"""

    code = "mark-invalid"
