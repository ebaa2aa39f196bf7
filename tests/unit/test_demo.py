"""The demonstration against a house of fakes, on virtual time."""

import json

import pytest

from hotline.demo import Demonstration
from hotline.outside.aftermath import DidNotHappen
from hotline.outside.cast import Account, DemoSeat
from hotline.outside.scripts import SCRIPTS
from tests.fakes.demo_house import FakeHouse, quiet_voice

SUPERVISOR = Account(username="banzhang", password="secret-banzhang")


def demonstration(house: FakeHouse, told: list[str]) -> Demonstration:
    seats = [
        DemoSeat(
            seat_id=s, operator=Account(username=f"operator-{s}", password=f"secret-operator-{s}")
        )
        for s in house.seats
    ]
    return Demonstration(
        house, house.session, seats, SUPERVISOR, house.archive, told.append, voice=quiet_voice
    )


async def play(house: FakeHouse, calls: int):
    told: list[str] = []
    playing = demonstration(house, told)
    await playing.open_floor()
    return await playing.play_calls(calls), told


async def test_every_call_is_answered_talked_through_and_leaves_its_traces(tmp_path):
    house = FakeHouse(tmp_path, ("8001", "8002"))
    report, told = await play(house, 5)
    assert report.all_well
    assert report.lost == 0
    assert len(house.calls) == 5
    assert sum(len(script.lines) for script in SCRIPTS[:5]) == len(house.told)
    assert told[0] == "2 seats are ready"


async def test_one_citizen_more_than_there_are_seats_calls_at_once_and_waits(tmp_path):
    house = FakeHouse(tmp_path, ("8001", "8002"))
    _, told = await play(house, 6)
    assert house.most_at_once == 3
    assert house.waited_for_a_seat > 0
    assert any("waits in the line" in line for line in told)


async def test_the_last_line_has_the_agreed_shape(tmp_path):
    report, _ = await play(FakeHouse(tmp_path, ("8001",)), 1)
    line = report.to_line()
    assert "\n" not in line
    shape = json.loads(line)
    assert list(shape) == ["calls", "lost"]
    (call,) = shape["calls"]
    assert list(call) == [
        "call_id", "caller_number", "skill_group", "seat_id", "wait_ms", "talk_ms", "ended_by",
        "reason", "recording", "utterances", "order",
    ]  # fmt: skip
    assert call["caller_number"] == SCRIPTS[0].caller_number
    assert (call["ended_by"], call["reason"]) == ("citizen", "hung-up")
    assert list(call["recording"]) == ["id", "path", "sha256", "duration_ms"]
    assert list(call["utterances"][0]) == ["side", "text", "start_ms", "end_ms"]
    assert call["order"] == {
        "id": "20261121-000001", "request_type": "help", "summary": "路灯", "state": "draft",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"sides": ("operator",)}, "the citizen's side was not transcribed"),
        ({"order_drafted": False}, "no work order was drafted within 30 s"),
        ({"file_spoiled": True}, "the archived file is not what was archived"),
        ({"seat_drops_after": 2}, "The far end's call had ended"),
    ],
)
async def test_a_trace_that_is_missing_is_named_and_fails_the_report(tmp_path, wrong, words):
    house = FakeHouse(tmp_path, ("8001",))
    for name, value in wrong.items():
        setattr(house, name, value)
    report, told = await play(house, 1)
    assert not report.all_well
    assert words in (report.outcomes[0].trouble or "")
    assert any("FAILED" in line and words in line for line in told)


async def test_a_citizen_who_reaches_nobody_counts_as_lost(tmp_path):
    house = FakeHouse(tmp_path, ("8001",))
    house.answers_trunk = False
    report, _ = await play(house, 2)
    assert report.lost == 2
    assert json.loads(report.to_line())["lost"] == 2


async def test_one_failed_call_does_not_end_the_others(tmp_path):
    house = FakeHouse(tmp_path, ("8001", "8002"))
    house.seat_drops_after = 20
    report, _ = await play(house, 4)
    troubles = [outcome.trouble for outcome in report.outcomes]
    assert None in troubles
    assert any(troubles)


async def test_a_seat_that_never_becomes_ready_is_named_with_the_refusal(tmp_path):
    house = FakeHouse(tmp_path, ("8001",))
    house.ready_refusals = 10_000
    with pytest.raises(
        DidNotHappen, match="seat 8001 was not ready within 60 s: 409 seat-phone-unreachable"
    ):
        await play(house, 1)


async def test_a_service_that_is_never_ready_ends_the_demonstration(tmp_path):
    house = FakeHouse(tmp_path, ("8001",))
    house.not_ready_looks = 10_000
    with pytest.raises(DidNotHappen, match="the service was not ready within 120 s"):
        await play(house, 1)


async def test_no_number_and_no_spoken_word_is_told_to_the_terminal(tmp_path):
    _, told = await play(FakeHouse(tmp_path, ("8001",)), 3)
    assert not any(script.caller_number in line for line in told for script in SCRIPTS)
