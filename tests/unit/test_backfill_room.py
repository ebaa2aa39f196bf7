"""When there is anything to spare for calls that are over."""

from types import SimpleNamespace

import pytest

from asr.load import SpeechLoad
from asr.settings import AsrSettings
from hotline.backfill_joints import SpareSpeech


def spare(*, places=46, available=1, held=0, waiting_ms=0, sick=None, each=50) -> bool:
    load = SpeechLoad()
    load.is_behind("somebody", waiting_ms)
    pool = SimpleNamespace(room=places, available=available)
    return SpareSpeech(
        load,
        SimpleNamespace(pools={"zh": pool}),
        SimpleNamespace(sick=sick),
        AsrSettings(streams_per_worker=each),
        lambda: held,
    )()


def test_with_free_recognisers_and_nobody_waiting_there_is_room():
    assert spare()
    assert spare(waiting_ms=1_400)


@pytest.mark.parametrize(
    "wanting",
    [{"waiting_ms": 1_600}, {"places": 3}, {"places": 1, "held": 2}, {"sick": "sick-store"}],
    ids=["a voice is behind", "few places", "few places but its own", "the store"],
)
def test_a_live_voice_that_waits_a_last_place_or_a_sick_store_comes_first(wanting):
    assert not spare(**wanting)


def test_its_own_streams_do_not_make_it_give_way_to_nobody():
    assert spare(places=0, held=4)
    assert spare(places=0, held=1, each=2)


def test_where_nobody_answers_it_may_try():
    assert spare(places=0, available=0)
