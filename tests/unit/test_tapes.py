"""The real Asterisk's own words, and what we make of them: the exact story, event by event.

Recorded by tests/live/record_tapes.py from the product; the `lab_` tapes show what the product
does not let happen yet, on a dialplan of their own.
"""

from pathlib import Path

import pytest

from cti.events import CallAnswered, CallArrived, CallEvent, CallQueued, CallReturnedToLine
from cti.tape import Heard, as_stream, read_tape
from tests.fakes.tape_replay import replay_bytes, replay_tape

TAPES = Path(__file__).parents[1] / "tapes"
SIZE_LIMIT = 150_000

ARRIVAL = ["CallArrived", "RecordingStarted", "NoticePlayed", "CallQueued"]
TALK = [*ARRIVAL, "CallOffered", "CallAnswered"]
END = ["SeatLeftCall", "CallEnded"]
STORIES = {
    "answered_citizen_hangs_up": [*TALK, "KeyPressed", *END],
    "seat_hangs_up": [*TALK, *END],
    "abandoned_in_queue": [*ARRIVAL, "CallAbandoned"],
    "citizen_gives_up_while_ringing": [
        *ARRIVAL, "CallOffered", "CallReturnedToLine", "CallAbandoned",
    ],
    "no_answer_then_next_seat": [*ARRIVAL, "CallOffered", "CallReturnedToLine", *TALK[4:], *END],
    "seat_busy_then_next_seat": [*ARRIVAL, "CallOffered", "CallReturnedToLine", *TALK[4:], *END],
    "service_killed_and_resumed": [*TALK, *ARRIVAL, *END, *TALK[4:], *END],
    "lifeboat_answered": [*ARRIVAL[:2], "NoticePlayed", "CallTookLifeboat", *TALK[4:], *END],
    "lab_no_answer_busy_unreachable_abandoned": [
        *ARRIVAL,
        *("CallOffered", "CallReturnedToLine") * 2,
        "CallOffered",
        "KeyPressed",
        "CallReturnedToLine",
        "CallAbandoned",
    ],
    "lab_redirected_and_hung_up_by_us": [
        *ARRIVAL,
        *("CallOffered", "CallReturnedToLine") * 2,
        "CallAbandoned",
    ],
}  # fmt: skip
ENDINGS = {
    "seat_hangs_up": ("seat", "hung-up"),
    "lab_redirected_and_hung_up_by_us": ("service", "hung-up"),
}
"""All others are the citizen's."""
SEATS_THAT_DID_NOT_TAKE_IT = {
    "citizen_gives_up_while_ringing": [("8001", "citizen-gone")],
    "no_answer_then_next_seat": [("8001", "no-answer")],
    "seat_busy_then_next_seat": [("8001", "busy")],
    "lab_no_answer_busy_unreachable_abandoned": [
        ("8002", "no-answer"),
        ("8003", "busy"),
        ("8009", "citizen-gone"),
    ],
}


def heard_on(name: str) -> list[Heard]:
    return list(read_tape((TAPES / f"{name}.tape").read_text(encoding="utf-8")))


def test_every_tape_has_its_story():
    assert {path.stem for path in TAPES.glob("*.tape")} == STORIES.keys()


@pytest.mark.parametrize("name", STORIES)
def test_a_real_call_tells_its_story(name):
    replay = replay_tape(TAPES / f"{name}.tape")
    assert replay.story == STORIES[name]
    assert not replay.counts
    assert not replay.tracker.unexpected
    assert not replay.tracker.unknown
    ending = replay.told[-1].ending
    assert (ending.blame, ending.reason) == ENDINGS.get(name, ("citizen", "hung-up"))
    refused = [event for event in replay.told if isinstance(event, CallReturnedToLine)]
    if name in SEATS_THAT_DID_NOT_TAKE_IT:
        told = [(event.seat_id, event.ending.reason) for event in refused]
        assert [t for t in told if t[1] != "offered-elsewhere"] == SEATS_THAT_DID_NOT_TAKE_IT[name]


@pytest.mark.parametrize("name", STORIES)
def test_nothing_on_a_tape_is_secret_or_large(name):
    text = (TAPES / f"{name}.tape").read_text(encoding="utf-8")
    assert len(text) < SIZE_LIMIT
    for word in ("Secret", "Password", "/home", "/tmp", "/root"):
        assert word not in text


def test_a_killed_services_waiting_citizen_keeps_his_place_and_the_talk_goes_on():
    replay = replay_tape(TAPES / "service_killed_and_resumed.tape")
    arrived = [event.call_id for event in replay.told if isinstance(event, CallArrived)]
    [talk, wait] = arrived
    story = {
        call_id: [
            type(event).__name__
            for event in replay.told
            if isinstance(event, CallEvent) and event.call_id == call_id
        ]
        for call_id in arrived
    }
    assert story == {talk: [*TALK, *END], wait: [*TALK, *END]}
    [queued] = [e for e in replay.told if isinstance(e, CallQueued) and e.call_id == wait]
    assert replay.tracker.calls[wait].joined_at == queued.joined_at


def test_a_service_that_begins_in_the_middle_learns_all_from_the_list():
    """Only what was heard after the killed service's last word, by a tracker that knows nothing."""
    heard = heard_on("service_killed_and_resumed")
    begins = max(n for n, message in enumerate(heard) if b"CoreStartupDate: " in message.raw)
    replay = replay_bytes([as_stream(heard[begins:])])
    talk = ["CallArrived", "RecordingStarted", "NoticePlayed", "CallQueued", *TALK[4:]]
    assert replay.story == [*talk, *ARRIVAL, *END, *TALK[4:], *END]


def test_a_talk_that_began_unheard_is_dated_by_the_seats_own_channel():
    heard = heard_on("lifeboat_answered")
    replay = replay_bytes([as_stream(heard)])
    [answered] = [event for event in replay.told if isinstance(event, CallAnswered)]
    lines = {line for message in heard for line in message.raw.split(b"\r\n")}
    written = {line.rpartition(b"=")[2] for line in lines if b"HOTLINE_ANSWERED_AT=1" in line}
    assert written == {str(round(answered.at.timestamp() * 1000)).encode()}
    [call] = replay.tracker.calls.values()
    assert (call.seat_id, call.lifeboat) == ("8001", True)
    assert answered.at < call.seat_left_at
