import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.ami.wire import Wire
from cti.events import CallReturnedToLine
from cti.tape import TITLE, Heard, TapeRecorder, as_stream, read_tape, written
from tests.fakes.tape_replay import replay_bytes, replay_tape

TAPES = Path(__file__).parents[1] / "tapes"


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


# Tapes of a real Asterisk

TALK = [
    "CallArrived",
    "RecordingStarted",
    "NoticePlayed",
    "CallQueued",
    "CallOffered",
    "CallAnswered",
]
STORIES = {
    "lab_answered_citizen_hangs_up": [*TALK, "KeyPressed", "SeatLeftCall", "CallEnded"],
    "lab_seat_hangs_up": [*TALK, "SeatLeftCall", "CallEnded"],
    "lab_no_answer_busy_unreachable_abandoned": [
        *TALK[:4],
        *("CallOffered", "CallReturnedToLine") * 2,
        "CallOffered",
        "KeyPressed",
        "CallReturnedToLine",
        "CallAbandoned",
    ],
    "lab_lifeboat_answered": [*TALK[:4], "CallTookLifeboat", *TALK[4:]],
    "lab_redirected_and_hung_up_by_us": [
        *TALK[:4],
        *("CallOffered", "CallReturnedToLine") * 2,
        "CallAbandoned",
    ],
}
ENDINGS = {
    "lab_answered_citizen_hangs_up": ("citizen", "hung-up"),
    "lab_seat_hangs_up": ("seat", "hung-up"),
    "lab_no_answer_busy_unreachable_abandoned": ("citizen", "hung-up"),
    "lab_redirected_and_hung_up_by_us": ("service", "hung-up"),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_real_call_tells_its_story(name):
    replay = replay_tape(TAPES / f"{name}.tape")
    assert replay.story == STORIES[name]
    assert not replay.counts
    assert not replay.tracker.unexpected
    if name in ENDINGS:
        ending = replay.told[-1].ending
        assert (ending.blame, ending.reason) == ENDINGS[name]


def test_reasons_of_the_seats_that_did_not_take_it():
    replay = replay_tape(TAPES / "lab_no_answer_busy_unreachable_abandoned.tape")
    returned = [event for event in replay.told if isinstance(event, CallReturnedToLine)]
    assert [(event.seat_id, event.ending.reason) for event in returned] == [
        ("8002", "no-answer"),
        ("8003", "busy"),
        ("8009", "citizen-gone"),
    ]


def test_a_talk_known_only_from_a_list_is_a_talk():
    """The snapshot that closes the tape, heard by a service that has just started."""
    text = (TAPES / "lab_lifeboat_answered.tape").read_text(encoding="utf-8")
    started, _empty, *rows = (heard for heard in read_tape(text) if b"CoreS" in heard.raw)
    replay = replay_bytes([as_stream([started, *rows])])
    assert replay.story == [
        "CallArrived", "RecordingStarted", "NoticePlayed", "CallTookLifeboat", "CallOffered",
        "CallAnswered",
    ]  # fmt: skip
    [call] = replay.tracker.calls.values()
    assert (call.seat_id, call.lifeboat) == ("8001", True)
