"""The names of parties' own raw files, and what is kept of their loudness."""

import pytest

from cti.ids import CallId, LegId, is_leg_id
from recordings.errors import AudioMissing
from recordings.legs import (
    calls_with_legs,
    calls_with_own_legs,
    own_leg_of,
    own_legs_in,
)
from recordings.waveform import (
    levels_of_legs,
    peaks_as_bytes,
    peaks_from_bytes,
    peaks_of_legs,
)
from tests.fakes.legs import as_recorded, turns, write_legs

CALL = CallId("node1-1772438400.7")
OTHER = CallId("node1-1772438400.70")
LEG = LegId("node1-1772438400.9")
ORIGINATED = LegId(f"{CALL}-p1772438403000")


def test_a_calls_own_legs_are_found_by_its_name_and_no_other_calls(tmp_path):
    for call_id, leg_id in ((CALL, LEG), (CALL, ORIGINATED), (OTHER, LEG)):
        own_leg_of(tmp_path, call_id, leg_id).files[0].write_bytes(b"")
    write_legs(tmp_path, "node1-2.1", 0.1)
    assert own_legs_in(tmp_path, CALL) == [ORIGINATED, LEG]
    assert own_legs_in(tmp_path, OTHER) == [LEG]
    assert own_legs_in(tmp_path, CallId("node1-2.1")) == []
    assert calls_with_own_legs(tmp_path) == {CALL, OTHER}
    assert calls_with_legs(tmp_path) == [CALL, OTHER, "node1-2.1"]
    assert own_legs_in(tmp_path / "not there", CALL) == []


@pytest.mark.parametrize(
    "leg", ["", ".", "..", "../x", "a/b", "node1-1.9;2", "node1 1.9", "节点-1.9", "x" * 121, "-p1"]
)
def test_what_cannot_be_a_legs_id_is_no_file_name(leg, tmp_path):
    assert not is_leg_id(leg)
    if "/" not in leg:
        (tmp_path / f"{CALL}-own-{leg}.sln16").write_bytes(b"")
        assert own_legs_in(tmp_path, CALL) == []
        assert calls_with_own_legs(tmp_path) == frozenset()


def test_one_voices_peaks_are_kept_apart_from_a_calls_and_garbage_is_none(tmp_path):
    leg = own_leg_of(tmp_path, CALL, LEG)
    leg.files[0].write_bytes(as_recorded(turns(4.0, 0)))
    (levels,) = levels_of_legs(leg)
    assert (len(levels), max(levels[:20]) > 50) == (40, True)
    kept = peaks_as_bytes((levels,))
    assert peaks_from_bytes(kept) == peaks_of_legs(leg)
    assert peaks_from_bytes(kept).own == levels
    for wrong in (kept[:4], kept[:-1], kept + b"\x00"):
        with pytest.raises(AudioMissing):
            peaks_from_bytes(wrong)
