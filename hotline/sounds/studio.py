"""A studio's recordings, which take the place of synthetic sounds file by file. 录音棚文件"""

import struct
import warnings
import wave
from dataclasses import dataclass
from pathlib import Path

from hotline.sounds.errors import StudioRecordingBroken
from hotline.sounds.names import RATE_HZ, studio_path, studio_places
from hotline.sounds.sound import (
    Samples,
    even_loudness,
    from_pcm,
    resample,
    spoken_level_dbfs,
    to_pcm,
)
from hotline.sounds.whole_files import replace_file

LIMIT_BYTES = 50_000_000
SHORTEST_S, LONGEST_S = 0.1, 120.0
"""AGI waits two minutes for a prompt; the longest text is a minute and a half."""
QUIETEST_DBFS = -50.0
"""Below this it would be the studio's noise that is made loud. 最低响度"""
LOWEST_HZ, HIGHEST_HZ = 8_000, 192_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioSound:
    """A recording as Asterisk plays it, and how loud it came. 录音棚声音"""

    pcm: bytes
    came_dbfs: float


def read_studio_recording(path: Path) -> StudioSound:
    """8 kHz, 16 bit, mono, even loudness. Raises StudioRecordingBroken, naming the file and why."""
    samples, rate_hz = _read(path)
    seconds = samples.size / rate_hz
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise StudioRecordingBroken(
            f"{path.name}: 时长 {seconds:.1f} 秒，应为 {SHORTEST_S:g} 至 {LONGEST_S:g} 秒"
        )
    came_dbfs = spoken_level_dbfs(samples, rate_hz)
    if came_dbfs < QUIETEST_DBFS:
        raise StudioRecordingBroken(f"{path.name}: 无声或声音太小，低于 {QUIETEST_DBFS:g} dBFS")
    even = even_loudness(resample(samples, rate_hz, RATE_HZ), RATE_HZ)
    return StudioSound(pcm=to_pcm(even), came_dbfs=came_dbfs)


def keep_studio_recording(folder: Path, language: str, name: str, content: bytes) -> Path:
    """Check it and put it in its place. Raises StudioRecordingBroken, OSError; then nothing has changed."""
    path = studio_path(folder, language, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Its own name while it is looked at, so that what is said of it names the file.
    tried = path.parent / ".incoming" / path.name
    tried.parent.mkdir(exist_ok=True)
    try:
        replace_file(tried, content)
        read_studio_recording(tried)
        tried.replace(path)
        for other in studio_places(folder, language, name)[1:]:
            other.unlink(missing_ok=True)
    finally:
        tried.unlink(missing_ok=True)
    return path


def drop_studio_recording(folder: Path, language: str, name: str) -> bool:
    """The synthetic voice speaks again. False: there was none."""
    there = False
    for path in studio_places(folder, language, name):
        there |= path.exists()
        path.unlink(missing_ok=True)
    return there


def _read(path: Path) -> tuple[Samples, int]:
    with warnings.catch_warnings():
        # pydub warns at import: of audioop's end (we install audioop-lts) and of a missing ffmpeg (not needed here)
        warnings.simplefilter("ignore")
        from pydub import AudioSegment

    try:
        if path.stat().st_size > LIMIT_BYTES:
            raise StudioRecordingBroken(f"{path.name}: 超过 {LIMIT_BYTES // 1_000_000} MB")
        # wave refuses what is no PCM wav, before pydub looks for ffmpeg
        with wave.open(str(path), "rb") as header:
            rate_hz, frames = header.getframerate(), header.getnframes()
        if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
            raise StudioRecordingBroken(
                f"{path.name}: 采样率 {rate_hz} Hz，应为 {LOWEST_HZ} 至 {HIGHEST_HZ} Hz"
            )
        if frames > LONGEST_S * rate_hz:
            raise StudioRecordingBroken(f"{path.name}: 长于 {LONGEST_S:g} 秒")
        with path.open("rb") as recording:
            segment = AudioSegment.from_wav(recording)
    except (OSError, wave.Error, EOFError, ValueError, IndexError, struct.error) as wrong:
        raise StudioRecordingBroken(f"{path.name}: 不是可用的 PCM WAV 文件 ({wrong})") from wrong
    return from_pcm(segment.set_channels(1).set_sample_width(2).raw_data), rate_hz
