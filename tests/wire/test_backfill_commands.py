"""`hotline transcribe` on a real installation folder, without and with a service."""

import json
from pathlib import Path

import pytest

from asr.events import Side
from cti.ids import CallId
from hotline import backfill_commands
from hotline.administration import CommandRefused
from hotline.cli import parser
from hotline.config import Config
from hotline.places import Places
from tests.fakes.recognisers import ToyHouse, said
from tests.fakes.spoken_calls import BEGAN, SpokenCalls, running

FIRST, SECOND = CallId("node1-1772413200.1"), CallId("node1-1772413200.2")


async def run(folder: Path, *words: str) -> tuple[int, list[str]]:
    lines: list[str] = []
    arguments = parser().parse_args(["transcribe", *words])
    status = await backfill_commands.carry_out(arguments, Places(folder), Config(), lines.append)
    return status, lines


@pytest.fixture
def at_once(monkeypatch):
    """No service runs, and that is known without waiting, until this is undone."""
    monkeypatch.setattr(backfill_commands, "NO_SERVICE_S", 0.0)
    return monkeypatch


async def two_talks(folder: Path) -> None:
    async with SpokenCalls(folder).open() as calls:
        for call_id in (FIRST, SECOND):
            await calls.has_happened(call_id, {Side.CITIZEN: said("路灯", 600)})


async def test_without_a_service_the_wish_is_noted_and_made_up_when_it_runs(tmp_path, at_once):
    await two_talks(tmp_path)
    status, lines = await run(tmp_path, "--missing", "--since", "2026-01-01")
    assert (status, lines) == (0, [f"{FIRST}  等待服务启动", f"{SECOND}  等待服务启动"])
    # What is noted already is not missing any more, and may still be asked about.
    assert await run(tmp_path, "--missing") == (0, ["没有缺少转写的通话"])
    at_once.undo()
    async with SpokenCalls(tmp_path).open() as calls, running(calls.backfill(ToyHouse())):
        status, (line,) = await run(tmp_path, "--json", FIRST, SECOND)
        assert [u.text for u in await calls.transcripts.of_call(SECOND)] == ["路灯"]
    assert status == 0
    assert json.loads(line) == {
        "calls": [{"call_id": one, "state": "done", "reason": None} for one in (FIRST, SECOND)]
    }


async def test_a_call_that_cannot_be_made_up_is_named_and_the_status_says_so(tmp_path):
    await two_talks(tmp_path)
    for leg in (tmp_path / "legs").iterdir():
        leg.unlink()
    async with SpokenCalls(tmp_path).open() as calls, running(calls.backfill(ToyHouse())):
        status, lines = await run(tmp_path, FIRST)
    assert (status, lines) == (1, [f"{FIRST}  无法补转写  recording-gone"])


@pytest.mark.parametrize(
    "words",
    [(), ("--missing", FIRST), (FIRST, "--since", "2026-01-01"), ("node1-1.9",)],
    ids=["nothing", "both", "since", "unknown"],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_asked(tmp_path, words):
    await two_talks(tmp_path)
    with pytest.raises(CommandRefused):
        await run(tmp_path, *words)
    async with SpokenCalls(tmp_path).open() as calls:
        assert await calls.backfills.counts() == {}


async def test_only_talks_since_a_day_are_taken(tmp_path, at_once):
    await two_talks(tmp_path)
    day_after = f"{BEGAN.year}-12-31"
    assert await run(tmp_path, "--missing", "--since", day_after) == (0, ["没有缺少转写的通话"])
    with pytest.raises(CommandRefused):
        await run(tmp_path, "--missing", "--since", "gestern")
