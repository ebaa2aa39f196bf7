"""The child process that reads one side of an archived recording as plain samples. 解码进程

    python -m recordings.decode FILE CHANNEL FROM_MS [SERVICE]

Writes 16 kHz int16 mono to standard output from that position to the end and ends with status 0.
Ends with DAMAGED where the file cannot be decoded: a broken file can then hurt nobody but this
process. It runs niced, and waits when nobody reads: a talking citizen comes first, and two hours need
no more memory than two minutes.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from recordings.child_life import end_with
from recordings.crosstalk import Separator
from recordings.legs import RATE_HZ

DAMAGED = 3
NICENESS = 10
RUN_UP_MS = 200
"""The decoder hears so much before the wanted position: Opus needs 80 ms to find its feet."""
LONGEST_GAP_S = 3 * 60 * 60
"""A position beyond this is no position but damage."""

Samples = NDArray[np.int16]


def side_of(file: Path, channel: int, from_ms: int) -> Iterator[bytes]:
    """The side from that position on, in pieces; nothing for a channel that the file has not.

    Where pages are missing there is silence, so that what follows keeps its position. Raises
    FFmpegError, IndexError, ValueError for what is no recording.
    """
    given = from_ms * RATE_HZ // 1000
    for begins, samples in _pieces(file, channel, from_ms):
        if begins > given:
            if begins - given > LONGEST_GAP_S * RATE_HZ:
                raise ValueError("a position that cannot be")
            for hole in range(given, begins, RATE_HZ):
                yield bytes(2 * min(RATE_HZ, begins - hole))
            given = begins
        fresh = samples[max(0, given - begins) :]
        if len(fresh):
            given = begins + len(samples)
            yield fresh.tobytes()


def _pieces(file: Path, channel: int, from_ms: int) -> Iterator[tuple[int, Samples]]:
    """Decoded pieces with the place of their first sample, at 16 kHz."""
    with av.open(str(file)) as ogg:
        stream = ogg.streams.audio[0]
        if channel >= stream.codec_context.channels:
            return
        if from_ms > RUN_UP_MS and stream.time_base is not None:
            ogg.seek(int((from_ms - RUN_UP_MS) / 1000 / stream.time_base), stream=stream)
        stretch: _Stretch | None = None
        for frame in ogg.decode(stream):
            if frame.time is None:
                continue
            if stretch is not None and not stretch.is_followed_by(frame):
                # Pages are missing: what is held back belongs before the hole.
                yield from stretch.end(channel)
                stretch = None
            stretch = stretch or _Stretch(frame)
            yield from stretch.add(frame, channel)
        if stretch is not None:
            yield from stretch.end(channel)


class _Stretch:
    """Frames that follow each other without a hole. 连续段"""

    def __init__(self, first: av.AudioFrame) -> None:
        self._resampler = AudioResampler(format="s16p", rate=RATE_HZ)
        self._separator = Separator()
        self._at = max(0, round((first.time or 0.0) * RATE_HZ))
        self._follows = first.time or 0.0

    def is_followed_by(self, frame: av.AudioFrame) -> bool:
        length = frame.samples / frame.sample_rate
        return abs((frame.time or 0.0) - self._follows) <= length / 2

    def add(self, frame: av.AudioFrame, channel: int) -> Iterator[tuple[int, Samples]]:
        self._follows = (frame.time or 0.0) + frame.samples / frame.sample_rate
        for piece in self._resampler.resample(frame):
            yield from self._placed(self._apart(piece), channel)

    def end(self, channel: int) -> Iterator[tuple[int, Samples]]:
        for piece in self._resampler.resample(None):
            yield from self._placed(self._apart(piece), channel)
        yield from self._placed(self._separator.rest(), channel)

    def _apart(self, piece: av.AudioFrame) -> Samples:
        sound: Samples = piece.to_ndarray().astype(np.int16, copy=False)
        return self._separator.add(sound) if len(sound) == 2 else sound

    def _placed(self, sound: Samples, channel: int) -> Iterator[tuple[int, Samples]]:
        if sound.shape[1]:
            samples: Samples = sound[min(channel, len(sound) - 1)]
            yield self._at, samples
            self._at += len(samples)


def main(arguments: list[str]) -> int:
    """Write until the end, or until nobody reads any more."""
    os.nice(NICENESS)
    file, channel, from_ms = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    if len(arguments) > 3 and end_with(int(arguments[3])):
        return 1
    try:
        for piece in side_of(file, channel, from_ms):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (FFmpegError, IndexError, ValueError):
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
