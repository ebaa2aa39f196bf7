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
