"""The speech protocol: what we write we can read, and nothing strange gets through unnamed."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.engine import Guess, Heard, readable
from asr.errors import RecogniserGarbage, RecogniserRefused, SpeechRequestWrong
from asr.events import Word
from asr.protocol import (
    EndOfAudio,
    StreamConfig,
    read_answer,
    read_request,
    write_config,
    write_guess,
    write_heard,
)

NAMES = [
    "text",
    "partial",
    "result",
    "partial_result",
    "word",
    "start",
    "end",
    "conf",
    "error",
    "config",
    "eof",
    "sample_rate",
    "phrase_list",
]
JSON_LIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
).map(json.dumps)

WORDS = st.lists(
    st.builds(
        Word,
        text=st.text("路灯坏了", min_size=1, max_size=3),
        starts_at_ms=st.integers(0, 10_000_000),
        ends_at_ms=st.integers(0, 10_000_000),
        confidence=st.integers(0, 1000).map(lambda n: n / 1000),
    ),
    max_size=4,
).map(tuple)


@given(WORDS)
def test_what_the_server_says_is_what_the_client_hears(words):
    text = "".join(word.text for word in words)
    config = StreamConfig(partial_words=True)
    heard, guess = Heard(text=text, words=words), Guess(text=text, words=words)
    assert read_answer(write_heard(heard, config)) == heard
    assert read_answer(write_guess(guess, config)) == guess


@given(st.text() | JSON_LIKE)
def test_any_answer_is_understood_or_has_a_name(raw):
    with suppress(RecogniserGarbage, RecogniserRefused):
        assert isinstance(read_answer(raw), Heard | Guess)


@given(st.text() | JSON_LIKE)
def test_any_request_is_understood_or_refused(raw):
    with suppress(SpeechRequestWrong):
        assert isinstance(read_request(raw), StreamConfig | EndOfAudio)


def test_a_config_survives_its_way():
    config = StreamConfig(sample_rate=8000, words=False, partial_words=True, phrases=("路灯",))
    assert read_request(write_config(config)) == config


@pytest.mark.parametrize(
    ("engine", "reader"),
    [
        ("我家 楼下 的 路灯", "我家楼下的路灯"),
        ("我 的 wifi 坏 了", "我的wifi坏了"),
        ("street light broken", "street light broken"),
        ("[unk] 路灯 <UNK>", "路灯"),
        ("[unk]", ""),
        ("", ""),
    ],
)
def test_blanks_stay_only_where_a_reader_wants_them(engine, reader):
    assert readable(engine) == reader
