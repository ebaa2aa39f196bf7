from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.wire import (
    LINE_LIMIT,
    MESSAGE_LIMIT,
    Message,
    Wire,
    decode,
    encode,
    event_name,
)
from cti.errors import MalformedMessage, UnsafeActionValue

STREAM = (
    b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: Authentication accepted\r\n\r\n"
    + "Event: QueueMember\r\nName: 8001\r\nMemberName: 王小明坐席\r\n\r\n".encode()
    + "Event: UserEvent\r\nUserEvent: 民意\r\nText: 路灯不亮，请派人。\r\n\r\n".encode()
)

# Pieces that matter to the cutter, so that random streams hit its edges.
PIECES = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b"Event: X",
        b"Asterisk Call Manager/",
        b"A",
        b": ",
        b"\xe7",
    ]
)
GARBAGE = st.lists(st.one_of(PIECES, st.binary(max_size=8))).map(b"".join)


def heard(chunks):
    wire = Wire()
    messages = [raw for chunk in chunks for raw in wire.feed(chunk)]
    return messages, wire.counts, wire.banner


def cut(stream, places):
    edges = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[a:b] for a, b in pairwise(edges)]


def test_a_chinese_name_cut_at_any_byte_arrives_whole():
    for place in range(len(STREAM)):
        messages, counts, banner = heard([STREAM[:place], STREAM[place:]])
        assert len(messages) == 3
        assert Message(messages[1]).need(b"MemberName") == "王小明坐席"
        assert Message(messages[2]).need(b"Text") == "路灯不亮，请派人。"
        assert not counts
        assert banner == "11.0.0"


@given(GARBAGE, st.lists(st.integers(min_value=0)))
def test_any_cutting_gives_the_same_messages(stream, places):
    assert heard(cut(stream, places)) == heard([stream])


@given(st.lists(st.integers(min_value=0), max_size=6), st.integers(-8, 8), st.sampled_from([0, 2]))
def test_any_cutting_gives_the_same_at_the_size_limit(places, more, lead):
    long = b"\r\n"[:lead] + b"Event: Long\r\n" + b"x" * 999 + b"\r\n"
    long += (b"y" * 998 + b"\r\n") * 80
    stream = STREAM + long[: MESSAGE_LIMIT + more] + b"\r\n\r\n" + STREAM
    near_the_end = [len(stream) - len(STREAM) - place % 12 for place in places]
    assert heard(cut(stream, near_the_end)) == heard([stream])


@given(GARBAGE)
def test_garbage_raises_nothing_but_the_named_error(stream):
    for raw in heard([stream])[0]:
        assert b"\r\n\r\n" not in raw
        event_name(raw)
        with suppress(MalformedMessage):
            decode(raw)
        with suppress(MalformedMessage):
            Message(raw).need(b"Uniqueid")


def test_a_message_that_never_ends_is_dropped_and_the_next_one_heard():
    endless = [b"Event: Flood\r\n"] + [b"X: " + b"y" * 500 + b"\r\n"] * 1000
    messages, counts, _ = heard([*endless, b"\r\n", b"Event: Next\r\n\r\n"])
    assert messages == [b"Event: Next"]
    assert counts == Counter({"message-too-long": 1})


def test_a_line_that_is_too_long_is_named():
    long = b"Event: X\r\nY: " + b"z" * LINE_LIMIT + b"\r\n\r\n"
    messages, counts, _ = heard([long + b"Event: Next\r\n\r\n"])
    assert messages == [b"Event: Next"]
    assert counts == Counter({"line-too-long": 1})


def test_memory_stays_bounded_while_garbage_comes():
    wire = Wire()
    for _ in range(100):
        wire.feed(b"\xff" * 10_000)
    assert len(wire._unread) <= MESSAGE_LIMIT + 3


def test_wrong_utf8_is_replaced_and_remembered():
    message = Message(b"Event: X\r\nName: \xe7\x8e\r\n")
    assert message.need(b"Name") == "�"
    assert message.damaged


def test_a_header_is_not_taken_for_another_that_ends_alike():
    message = Message(b"Event: DialBegin\r\nDestUniqueid: n-1.2\r\nUniqueid: n-1.1")
    assert message.need(b"Uniqueid") == "n-1.1"


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0:"), min_size=1)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))


@given(st.lists(st.tuples(NAMES, VALUES), min_size=1))
def test_an_action_comes_back_as_it_was_sent(headers):
    [raw] = Wire().feed(b"Event: X\r\n\r\n" + encode(headers))[1:] or [b""]
    if raw:
        assert decode(raw) == headers


@given(NAMES, VALUES, VALUES, st.sampled_from(["\r", "\n", "\0"]))
def test_a_value_that_would_start_a_second_action_is_refused(name, before, after, unsafe):
    for header in ((name, before + unsafe + after), (name + unsafe, before)):
        with pytest.raises(UnsafeActionValue):
            encode([("Action", "Ping"), header])


def test_a_refusal_does_not_repeat_the_value():
    with pytest.raises(UnsafeActionValue) as caught:
        encode([("CallerID", "13800000001\r\nAction: Originate")])
    assert "1380000" not in str(caught.value)
