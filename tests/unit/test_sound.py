"""Arithmetic on sound."""

import numpy as np

from hotline.sounds.sound import even_loudness, from_pcm, level_dbfs, resample, to_pcm


def tone(frequency_hz: float, rate_hz: int, seconds: float = 1.0):
    return 0.5 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * rate_hz)) / rate_hz)


def power_db(samples) -> float:
    return float(10 * np.log10((samples[200:-200] ** 2).mean()))


def test_a_tone_keeps_its_pitch_place_and_strength_at_another_rate():
    at_8000 = resample(tone(1000, 22050), 22050, 8000)
    assert at_8000.size == 8000
    assert np.abs(at_8000[200:-200] - tone(1000, 8000)[200:-200]).max() < 0.002


def test_what_the_lower_rate_cannot_hold_is_taken_out_instead_of_folding_back():
    assert power_db(resample(tone(5000, 22050), 22050, 8000)) < -70


def test_a_lower_rate_becomes_a_higher_one():
    at_16000 = resample(tone(1000, 8000), 8000, 16000)
    assert np.abs(at_16000[200:-200] - tone(1000, 16000)[200:-200]).max() < 0.002


def test_pauses_do_not_count_for_loudness():
    quiet = np.concatenate([tone(300, 8000) * 0.01, np.zeros(8000)])
    louder = even_loudness(quiet, 8000)
    assert abs(power_db(louder[:8000]) + 20) < 0.1


def test_a_lone_peak_is_never_clipped():
    clicks = np.zeros(8000)
    clicks[::800] = 0.5
    assert np.abs(even_loudness(clicks, 8000)).max() <= 0.9


def test_silence_stays_silence():
    assert not even_loudness(np.zeros(8000), 8000).any()
    assert level_dbfs(bytes(100)) == float("-inf")
    assert level_dbfs(b"") == float("-inf")


def test_samples_survive_their_way_through_pcm():
    pcm = np.arange(-32767, 32768, 257, dtype="<i2").tobytes()
    assert np.abs(from_pcm(to_pcm(from_pcm(pcm))) - from_pcm(pcm)).max() < 1e-4
