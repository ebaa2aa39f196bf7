"""What the network sees of the sound. 声学特征

64 mel bins over 45 ms frames (instead of the usual 40 over 25 ms): fine enough that the harmonics
of the voice show, so that tones can be told without a pitch extractor. The same options are written
to conf/mfcc.conf, so Vosk computes the same numbers.
"""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.training.sound import SAMPLE_RATE

COEFFICIENTS = 64
FRAME_MS = 45
SHIFT_MS = 10
LOWEST_HZ = 20
HIGHEST_HZ = 3_700

MFCC_CONF = f"""\
--sample-frequency={SAMPLE_RATE}
--use-energy=false
--num-mel-bins={COEFFICIENTS}
--num-ceps={COEFFICIENTS}
--frame-length={FRAME_MS}
--low-freq={LOWEST_HZ}
--high-freq={HIGHEST_HZ}
--dither=0
--allow-downsample=true
"""
"""No dither: the same sound gives the same text, always."""


def features(sound: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """One row each 10 ms; full scale of the sound is 32768, as Kaldi has it."""
    import kaldi_native_fbank  # of the extra `training`; the options above are needed without it

    computer = kaldi_native_fbank.OnlineMfcc(_options())
    computer.accept_waveform(SAMPLE_RATE, np.asarray(sound, np.float32).tolist())
    computer.input_finished()
    rows = [computer.get_frame(at) for at in range(computer.num_frames_ready)]
    return np.stack(rows).astype(np.float32) if rows else np.zeros((0, COEFFICIENTS), np.float32)


@functools.cache
def _options() -> Any:
    import kaldi_native_fbank

    options = kaldi_native_fbank.MfccOptions()
    frames = options.frame_opts
    frames.samp_freq = SAMPLE_RATE
    frames.dither = 0
    frames.snip_edges = True
    frames.frame_length_ms = FRAME_MS
    frames.frame_shift_ms = SHIFT_MS
    options.mel_opts.num_bins = COEFFICIENTS
    options.mel_opts.low_freq = LOWEST_HZ
    options.mel_opts.high_freq = HIGHEST_HZ
    options.num_ceps = COEFFICIENTS
    options.use_energy = False
    return options
