"""What the codec lets through from the other channel is silent; what is said is not."""

import numpy as np
import pytest

from recordings.crosstalk import Separator
from tests.fakes.legs import voice

LOUD = voice(3.0, 130, 1)
OTHER = voice(3.0, 210, 2)


def apart(left, right, piece=16_000):
    separator = Separator()
    sound = np.stack([left, right]).round().astype(np.int16)
    pieces = [
        separator.add(sound[:, begin : begin + piece]) for begin in range(0, sound.shape[1], piece)
    ]
    return np.concatenate([*pieces, separator.rest()], axis=1).astype(float)


def rms(sound):
    return float(np.sqrt(np.mean(sound**2)))


def test_a_faint_copy_of_the_other_channel_becomes_silence_and_the_other_stays():
    left, right = apart(LOUD, 0.07 * LOUD)
    assert rms(right) < 0.001 * rms(LOUD)
    assert rms(left - LOUD) < 0.01 * rms(LOUD)
    left, right = apart(-0.07 * OTHER, OTHER)
    assert rms(left) < 0.001 * rms(OTHER)


def test_a_faint_voice_under_a_loud_one_keeps_its_sound():
    faint = 0.1 * OTHER
    _, right = apart(LOUD, faint + 0.07 * LOUD)
    assert rms(right - faint) < 0.4 * rms(faint)
    assert rms(right) > 0.8 * rms(faint)


def test_two_who_speak_at_once_are_left_as_they_are():
    left, right = apart(LOUD, 0.5 * OTHER)
    assert rms(left - LOUD) < 1
    assert rms(right - 0.5 * OTHER) < 1


def test_silence_on_both_sides_is_silence():
    left, right = apart(np.zeros(5000), np.zeros(5000))
    assert not left.any()
    assert not right.any()


@pytest.mark.parametrize("piece", [1, 319, 960, 16_001, 48_000])
def test_no_sample_is_lost_however_the_sound_comes_in_pieces(piece):
    count = 3_333 if piece == 1 else len(LOUD)
    left, right = apart(LOUD[:count], OTHER[:count], piece)
    assert left.shape == right.shape == (count,)
    assert rms(left - LOUD[:count]) < 1
