"""How the archive behaves. 归档设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingsSettings:
    """The archive. 录音归档"""

    archive_folder: str = ""
    """Empty means var/archive; production gives it its own mount. 归档目录"""
    bit_rate: int = 24_000
    """Opus, stereo, bits per second. 码率"""
    complexity: int = 5
    """Opus complexity 0-10: CPU against size. 复杂度"""
    retry_every_s: int = 30
    """A recording that could not be archived is tried again after this. 重试间隔"""
    retry_limit_s: int = 900
    """Failing again and again, the pause doubles up to this; it is never given up. 重试间隔上限"""
    settle_s: float = 2.0
    """Asterisk closes the legs a moment after the hang-up. 话路落盘等待"""
    transcript_limit_s: int = 30
    """The copy is made once the transcript is finished, or after this; the raw legs wait for the transcript. 等待转写时限"""
    keep_free_mb: int = 200
    """Below so much free space nothing is put into the archive; the legs wait. 保留空间"""
