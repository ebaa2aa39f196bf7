import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.errors import AudioMissing, LegsMissing
from recordings.legs import Legs, calls_with_legs, legs_of
from recordings.replay import HEADER_BYTES, WavOfLegs
from recordings.waveform import Meter, levels_of_legs, peaks_as_bytes, peaks_from_bytes
from tests.fakes.legs import turns, write_legs


def test_peaks_are_the_same_however_the_sound_is_cut_into_blocks():
    sound = np.stack([turns(3.05, 0), turns(3.05, 1)])
    whole = Meter()
    whole.add(sound)
    expected = whole.levels()
    assert len(expected[0]) == 31
    for size in (1, 999, 1600, 7000):
        meter = Meter()
        for begin in range(0, sound.shape[1] if size > 1 else 3000, size):
            meter.add(sound[:, begin : begin + size])
        assert meter.levels()[0] == (expected[0] if size > 1 else whole_of(sound[:, :3000])[0])


def whole_of(sound):
    meter = Meter()
    meter.add(sound)
    return meter.levels()


def test_the_loudest_negative_sample_is_full_scale():
    meter = Meter()
    meter.add(np.full((2, 1600), -32768, dtype=np.int16))
    assert meter.levels() == (b"\xff", b"\xff")


def test_peaks_show_who_spoke_when(tmp_path):
    legs = write_legs(tmp_path, seconds=4)
    citizen, operator = levels_of_legs(legs)
    assert min(citizen[:20]) > 10 > max(citizen[21:])
    assert max(operator[:19]) < 10 < min(operator[20:])


def test_a_missing_side_is_silence_and_two_missing_sides_are_an_error(tmp_path):
    legs = write_legs(tmp_path, seconds=1)
    legs.files[1].unlink()
    assert levels_of_legs(legs)[1] == bytes(10)
    legs.files[0].unlink()
    with pytest.raises(LegsMissing):
        levels_of_legs(legs)


def test_kept_peaks_come_back_and_anything_else_is_refused():
    kept = peaks_as_bytes((b"abc", b"defg"))
    peaks = peaks_from_bytes(kept)
    assert (peaks.points_per_second, peaks.citizen, peaks.operator) == (10, b"abc", b"defg")
    for wrong in (b"", kept[:-1], kept + b"x", b"XXXX" + kept[4:]):
        with pytest.raises(AudioMissing):
            peaks_from_bytes(wrong)


def test_half_a_sample_at_the_end_of_a_leg_does_not_count(tmp_path):
    legs = Legs(files=(tmp_path / "a", tmp_path / "b"))
    legs.files[0].write_bytes(bytes(32001))
    assert (legs.samples, legs.duration_ms, legs.sizes) == (16000, 1000, (32001, -1))


def test_calls_that_have_legs_are_found_once_each(tmp_path):
    write_legs(tmp_path, "node1-1.1", 0.1)
    write_legs(tmp_path, "node1-2.1", 0.1)
    legs_of(tmp_path, "node1-2.1").files[1].unlink()
    (tmp_path / "other.txt").write_text("x")
    assert calls_with_legs(tmp_path) == ["node1-1.1", "node1-2.1"]
    assert calls_with_legs(tmp_path / "not there") == []


@given(cut=st.lists(st.integers(0, 44 + 4 * 500), min_size=2, max_size=2))
def test_any_range_of_the_wav_is_that_range_of_the_whole(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("legs")
    legs = Legs(files=(folder / "a", folder / "b"))
    legs.files[0].write_bytes(turns(1, 0)[:500].tobytes())
    legs.files[1].write_bytes(turns(1, 1)[:313].tobytes() + b"\x01")
    wav = WavOfLegs(legs)
    whole = wav.part(0, wav.size_bytes)
    assert len(whole) == wav.size_bytes == HEADER_BYTES + 4 * 500
    first, last = sorted(cut)
    assert wav.part(first, last) == whole[first:last]


def test_the_wav_can_be_read_by_everybody_elses_reader(tmp_path):
    import io
    import wave

    legs = write_legs(tmp_path, seconds=1)
    made = WavOfLegs(legs)
    with wave.open(io.BytesIO(made.part(0, made.size_bytes))) as wav:
        assert (wav.getnchannels(), wav.getframerate(), wav.getnframes()) == (2, 16000, 16000)
        sound = np.frombuffer(wav.readframes(16000), "<i2").reshape(-1, 2)
    assert sound[:, 0].tobytes() == legs.files[0].read_bytes()
    assert sound[:, 1].tobytes() == legs.files[1].read_bytes()
