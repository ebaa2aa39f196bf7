"""What Asterisk says on an AGI connection and what we say back, cut in any way and spoilt in any way."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.agi.wire import (
    BLOCK_LIMIT,
    COMMAND_LIMIT,
    ENVIRONMENT_LIMIT,
    LINE_LIMIT,
    AgiReader,
    Environment,
    HangupNotice,
    Reply,
    command,
    quoted,
)
from ivr.errors import AgiGarbage, AgiTooLong, UnsafeAgiValue
from tests.fakes.agi_asterisk import unquoted

ENVIRONMENT = (
    b"agi_network: yes\nagi_request: agi://127.0.0.1:4573/citizen\nagi_uniqueid: node1-1.7\n"
    + "agi_calleridname: 欧阳: 春晓\nagi_rdnis: \n\n".encode()
)
TALK = (
    b"200 result=1 (node1-1.7|arrived||)\n100 Trying...\n200 result=0\n"
    b"520-Invalid command syntax.  Proper usage follows:\nUsage: STREAM FILE\n"
    b"520 End of proper usage.\nHANGUP\n511 Command Not Permitted on a dead channel\n"
    b"200 result=-1 endpos=1600\n510 Invalid or unknown command\n200 result=1 ((a) b)\n"
)


def environment_read() -> AgiReader:
    reader = AgiReader()
    reader.feed(ENVIRONMENT)
    return reader


def test_a_whole_conversation_is_read():
    environment, *talk = AgiReader().feed(ENVIRONMENT + TALK)
    assert isinstance(environment, Environment)
    assert environment.values == {
        "network": "yes",
        "request": "agi://127.0.0.1:4573/citizen",
        "uniqueid": "node1-1.7",
        "calleridname": "欧阳: 春晓",
        "rdnis": "",
    }
    assert [(t.code, t.result, t.value) if isinstance(t, Reply) else t for t in talk] == [
        (200, 1, "node1-1.7|arrived||"),
        (200, 0, None),
        (520, None, None),
        HangupNotice(),
        (511, None, None),
        (200, -1, None),
        (510, None, None),
        (200, 1, "(a) b"),
    ]


@given(st.lists(st.integers(0, len(ENVIRONMENT + TALK)), max_size=12))
def test_any_chunking_gives_the_same_items(cuts):
    stream = ENVIRONMENT + TALK
    borders = [0, *sorted(cuts), len(stream)]
    reader = AgiReader()
    items = []
    for start, end in pairwise(borders):
        items += reader.feed(stream[start:end])
    assert items == AgiReader().feed(stream)


def test_byte_by_byte_gives_the_same_items():
    reader = AgiReader()
    items = [i for n in ENVIRONMENT + TALK for i in reader.feed(bytes([n]))]
    assert items == AgiReader().feed(ENVIRONMENT + TALK)


LINES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=30).map(str.encode),
    st.sampled_from(
        [b"", b"HANGUP", b"520-x", b"520 y", b"200 result=", b"agi_a: b", b"200 result=-"]
    ),
    st.integers(0, 10**40).map(lambda n: b"200 result=%d" % n),
)


@given(st.booleans(), st.lists(LINES, max_size=20).map(b"\n".join))
def test_garbage_raises_nothing_but_the_named_errors(introduced, garbage):
    reader = environment_read() if introduced else AgiReader()
    with suppress(AgiGarbage, AgiTooLong):
        reader.feed(garbage)


def test_a_result_of_thousands_of_figures_is_no_result():
    (reply,) = environment_read().feed(b"200 result=" + b"9" * 5000 + b"\n")
    assert reply.result is None


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\n",
        b"\n",
        b"\x16",
        b"agi_x\n\n",
        b"agi_x: y\nx: y\n\n",
        b"agi_x: y\nagi_\n\n",
    ],
)
def test_who_does_not_begin_as_asterisk_does_is_refused(first):
    with pytest.raises(AgiGarbage):
        AgiReader().feed(first)


@pytest.mark.parametrize(
    ("reader", "first", "limit"),
    [
        (AgiReader(), b"agi_", ENVIRONMENT_LIMIT),
        (AgiReader(), b"agi_a: b\nagi_", ENVIRONMENT_LIMIT),
        (environment_read(), b"200 ", LINE_LIMIT),
    ],
)
def test_what_does_not_end_is_refused_before_it_fills_the_memory(reader, first, limit):
    reader.feed(first + b"a" * (limit - len(first)))
    with pytest.raises(AgiTooLong):
        reader.feed(b"a")


def test_too_many_lines_are_refused():
    with pytest.raises(AgiTooLong):
        AgiReader().feed(b"".join(b"agi_%d: x\n" % n for n in range(ENVIRONMENT_LIMIT)))
    with pytest.raises(AgiTooLong):
        environment_read().feed(b"520-x\n" + b"more\n" * (BLOCK_LIMIT + 1))


@given(st.lists(st.text(), min_size=1, max_size=6))
def test_asterisk_reads_back_exactly_the_words_that_were_said(words):
    if any(set("\r\n\0") & set(word) for word in words):
        with pytest.raises(UnsafeAgiValue):
            command(*words)
        return
    line = command(*words).decode()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert unquoted(line.removesuffix("\n")) == words


@pytest.mark.parametrize("word", ['"', "\\", '\\"', "", " ", "a b", "座席", 'x" HANGUP', "\t"])
def test_awkward_words_stay_one_word(word):
    assert unquoted(f"SET VARIABLE A {quoted(word)}") == ["SET", "VARIABLE", "A", word]


def test_what_asterisk_would_read_as_two_commands_is_not_said():
    room = COMMAND_LIMIT - len("SET VARIABLE A ")
    assert len(command("SET", "VARIABLE", "A", "x" * room)) == COMMAND_LIMIT + 1
    for word in ("x" * (room + 1), "座" * (room // 3 + 1), '"' * (room // 2)):
        with pytest.raises(UnsafeAgiValue):
            command("SET", "VARIABLE", "A", word)


def test_half_a_character_is_refused_by_name():
    with pytest.raises(UnsafeAgiValue):
        command("SET", "VARIABLE", "A", "\ud800")
