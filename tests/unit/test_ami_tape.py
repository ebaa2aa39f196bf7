import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.wire import Wire
from cti.tape import TITLE, Heard, TapeRecorder, as_stream, read_tape, written


def recorded(chunks):
    tape, seconds = io.StringIO(), iter(range(1000))
    recorder = TapeRecorder(tape, lambda: float(next(seconds)))
    for chunk in chunks:
        recorder.hear(chunk)
    return tape.getvalue()


LINES = st.one_of(
    st.binary(min_size=1, max_size=12).filter(
        lambda line: b"\r\n" not in line and line[-1:] != b"\r"
    ),
    st.sampled_from([b"@1.0", b"#", b"\\", b"\\n", b"\\@", b"Event: X", "姓名: 王".encode()]),
)
MESSAGES = st.lists(LINES, min_size=1, max_size=6).map(b"\r\n".join)


@given(st.lists(MESSAGES, max_size=5))
def test_a_tape_gives_back_what_was_heard(messages):
    stream = b"".join(raw + b"\r\n\r\n" for raw in messages)
    assert [heard.raw for heard in read_tape(recorded([stream]))] == Wire().feed(stream)


def test_a_tape_reads_like_a_tape():
    tape = recorded([b"Event: Hangup\r\nCause: 16\r\n", b"\r\nEvent: X\r\n\r\n"])
    assert tape == f"{TITLE}\n@2.000\nEvent: Hangup\nCause: 16\n@2.000\nEvent: X\n"


def test_only_test_numbers_get_onto_a_tape():
    real = "139" + "12345678"
    line = f"CallerIDNum: {real}\r\nTimestamp: 1795254166.774986\r\nOther: 13800001234".encode()
    text = written(Heard(offset_s=0.0, raw=line))
    assert real not in text
    assert "13800009999" in text
    assert "13800001234" in text
    assert "1795254166.774986" in text


def test_something_else_is_no_tape():
    with pytest.raises(ValueError, match="not a hotline tape"):
        list(read_tape("Event: X"))


def test_the_stream_of_a_tape_is_asterisks():
    heard = list(read_tape(f"{TITLE}\n# a comment\n@0.0\nEvent: X\nA: b\n\n@0.5\nEvent: Y\n"))
    assert as_stream(heard) == b"Event: X\r\nA: b\r\n\r\nEvent: Y\r\n\r\n"
