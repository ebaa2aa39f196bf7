"""Takes out of one channel what Opus let through from the other. 串音消除

At our bit rate Opus codes the two channels together, and its coarsest step leaves 7 % of the louder one
in the other (measured: 23 dB below, on every voice). Nobody hears that, but a recogniser that listens
to a silent channel adapts to it and writes down the other side's words.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME = 320
"""20 ms at 16 kHz: Opus decides anew at least as often."""
TOGETHER = 50 * FRAME
"""So much is worked on at once; frame by frame would cost more than the decoding."""
MUCH_LOUDER = 32.0
"""In energy (15 dB): only then can the quieter channel be mostly crosstalk."""
LARGEST_SHARE = 0.12
"""Of the other channel's amplitude that can be crosstalk."""
NOTHING_OF_ITS_OWN = 0.1
"""What remains of the energy when the crosstalk is taken out; less is the codec's noise, not a voice."""

Stereo = NDArray[np.int16]


class Separator:
    """Two rows in, in pieces of any length; the same two rows out, a little later, apart. 分离"""

    def __init__(self) -> None:
        self._rest: Stereo = np.zeros((2, 0), dtype=np.int16)

    def add(self, piece: Stereo) -> Stereo:
        """Whole frames, and nothing until there are many."""
        sound = np.concatenate([self._rest, piece], axis=1)
        if sound.shape[1] < TOGETHER:
            self._rest = sound
            return sound[:, :0]
        whole = sound.shape[1] // FRAME * FRAME
        self._rest = sound[:, whole:]
        return _apart(sound[:, :whole])

    def rest(self) -> Stereo:
        """What was kept back."""
        last, self._rest = self._rest, self._rest[:, :0]
        whole = last.shape[1] // FRAME * FRAME
        # The last piece of a frame is too short to be judged, and for any word.
        return np.concatenate([_apart(last[:, :whole]), last[:, whole:]], axis=1)


def _apart(sound: Stereo) -> Stereo:
    frames = sound.reshape(2, -1, FRAME).astype(np.float64)
    energy = (frames**2).sum(axis=2)
    both = (frames[0] * frames[1]).sum(axis=1)
    apart = [
        _without(frames[one], frames[1 - one], energy[one], energy[1 - one], both) for one in (0, 1)
    ]
    whole: Stereo = np.clip(np.rint(np.stack(apart)), -32_768, 32_767).astype(np.int16)
    return whole.reshape(2, -1)


def _without(
    own: NDArray[Any],
    other: NDArray[Any],
    energy: NDArray[Any],
    louder: NDArray[Any],
    both: NDArray[Any],
) -> NDArray[Any]:
    share = both / np.maximum(louder, 1.0)
    crosstalk = (louder > energy * MUCH_LOUDER) & (np.abs(share) <= LARGEST_SHARE)
    share = np.where(crosstalk, share, 0.0)
    left = own - share[:, None] * other
    nothing = crosstalk & ((left**2).sum(axis=1) <= energy * NOTHING_OF_ITS_OWN)
    return np.where(nothing[:, None], 0.0, left)
