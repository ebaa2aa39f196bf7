"""Kaldi's binary files, written piece by piece. Kaldi 文件

The layout was read from Kaldi's public sources (base/io-funcs, matrix/kaldi-matrix and
compressed-matrix, hmm/transition-model, nnet3/*): tokens end in a blank, numbers carry their size
in front, except the count of a row of integers.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINARY_MARK = b"\0B"
_STEPS = 65_535


class KaldiFile:
    """A file in the making. 文件内容"""

    def __init__(self) -> None:
        self._pieces: list[bytes] = [BINARY_MARK]

    def content(self) -> bytes:
        """All that was written."""
        return b"".join(self._pieces)

    def token(self, name: str) -> None:
        """A word and a blank."""
        self._pieces.append(name.encode() + b" ")

    def text(self, lines: Sequence[str]) -> None:
        """Configuration lines: they begin on a new line and end with an empty one."""
        self._pieces.append(("\n" + "".join(f"{line}\n" for line in lines) + "\n").encode())

    def integer(self, value: int) -> None:
        """int32."""
        self._pieces.append(b"\x04" + struct.pack("<i", value))

    def number(self, value: float) -> None:
        """float32."""
        self._pieces.append(b"\x04" + struct.pack("<f", value))

    def long_number(self, value: float) -> None:
        """float64."""
        self._pieces.append(b"\x08" + struct.pack("<d", value))

    def truth(self, value: bool) -> None:
        """A boolean is one letter, without a size."""
        self._pieces.append(b"T" if value else b"F")

    def integers(self, values: Sequence[int]) -> None:
        """A row of int32: the size of one, then the count WITHOUT a size, then the row."""
        self._pieces.append(b"\x04" + struct.pack("<i", len(values)))
        self._pieces.append(np.asarray(values, "<i4").tobytes())

    def vector(self, values: ArrayLike) -> None:
        """float32 numbers."""
        row = np.asarray(values, "<f4")
        self.token("FV")
        self.integer(len(row))
        self._pieces.append(row.tobytes())

    def matrix(self, values: ArrayLike) -> None:
        """In 16-bit steps between the least and the greatest value (`CM2`): half the size, the
        same recognition. Kaldi expands it when it reads the file."""
        table: NDArray[Any] = np.asarray(values, np.float64)
        least = float(table.min())
        span = float(table.max()) - least or 1e-6
        steps = np.clip(np.rint((table - least) / span * _STEPS), 0, _STEPS)
        self.token("CM2")
        self._pieces.append(struct.pack("<ffii", least, span, *table.shape))
        self._pieces.append(steps.astype("<u2").tobytes())
