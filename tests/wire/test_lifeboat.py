"""The lifeboat: the script as Asterisk starts it, and the spool it writes into."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cti.facts import CitizenArrived, Fact, LifeboatJoined
from hotline.places import ROOT
from ivr.errors import SpoolFileBroken
from ivr.lifeboat_spool import BATCH, SIZE_LIMIT, LifeboatSpool, read_record

CALL = "node1-1795254167.7"
NUMBER = "13800000001"
ANSWERS = (b"12345", b"waiting", b"tax", b"1795254167123", b"2")


def environment(spool: Path, name: bytes = "欧阳春晓".encode()) -> bytes:
    return (
        b"agi_request: lifeboat.py\nagi_uniqueid: " + CALL.encode()
        + b"\nagi_callerid: " + NUMBER.encode() + b"\nagi_calleridname: " + name
        + b"\nagi_arg_1: " + os.fsencode(spool) + b"\n\n"
    )  # fmt: skip


def answers(count: int = 5) -> bytes:
    return b"".join(b"200 result=1 (" + value + b")\n" for value in ANSWERS[:count])


def lifeboat(spoken: bytes, locale: str = "C") -> subprocess.CompletedProcess[bytes]:
    """Run it as AsteriskServer's start line does; what it says goes to a pipe nobody answers."""
    words = [sys.executable, "-P", str(ROOT / "ivr" / "lifeboat.py")]
    place = {"PATH": os.environ["PATH"], "LC_ALL": locale}
    return subprocess.run(
        words, input=spoken, capture_output=True, timeout=20, env=place, check=False
    )


def test_a_call_is_written_down_for_the_owner_only(tmp_path):
    ended = lifeboat(environment(tmp_path) + answers())
    assert (ended.returncode, ended.stderr) == (0, b"")
    (record,) = tmp_path.iterdir()
    assert record.name == f"{CALL}.json"
    assert record.stat().st_mode & 0o777 == 0o600
    written = json.loads(record.read_bytes())
    now_ms = datetime.now(UTC).timestamp() * 1000
    assert abs(written.pop("written_at_ms") - now_ms) < 20_000
    assert written == {
        "call_id": CALL,
        "caller_number": NUMBER,
        "called_number": "12345",
        "state": "waiting",
        "skill_group": "tax",
        "joined_at_ms": "1795254167123",
        "turn": "2",
    }
    arrived, joined = read_record(record)
    assert (arrived.call_id, arrived.caller_number, arrived.called_number) == (
        CALL,
        NUMBER,
        "12345",
    )
    assert arrived.at == datetime.fromtimestamp(1795254167, UTC)
    assert (joined.call_id, joined.turn) == (CALL, 2)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "POSIX"])
@pytest.mark.parametrize("name", ["座席".encode(), "座席".encode("gb18030"), b"\xff\x00\xfe"])
def test_a_callers_name_in_any_bytes_loses_no_record(tmp_path, name, locale):
    ended = lifeboat(environment(tmp_path, name) + answers(), locale)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "rest", [b"", answers(2), b"HANGUP\n", b"200 result=-1\n", b"520-x\n520 y\n", b"511 dead\n"]
)
def test_a_hang_up_in_the_middle_still_leaves_what_was_known(tmp_path, rest):
    ended = lifeboat(environment(tmp_path) + rest)
    assert (ended.returncode, ended.stderr) == (0, b"")
    (record,) = tmp_path.iterdir()
    assert read_record(record)[0].caller_number == NUMBER


@pytest.mark.parametrize("place", ["missing/folder", "file"])
def test_a_spool_that_cannot_be_written_costs_the_citizen_nothing(tmp_path, place):
    (tmp_path / "file").write_bytes(b"")
    ended = lifeboat(environment(tmp_path / place) + answers())
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("spoken", [b"", b"\n", b"agi_uniqueid: x\n\n", b"\x00\xff\n\n"])
def test_no_environment_is_no_trouble(spoken):
    ended = lifeboat(spoken)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_second_look_at_the_lifeboat_replaces_the_first(tmp_path):
    for _ in range(2):
        lifeboat(environment(tmp_path) + answers())
    assert len(list(tmp_path.iterdir())) == 1


def test_it_imports_nothing_of_ours():
    source = (ROOT / "ivr" / "lifeboat.py").read_text(encoding="utf-8")
    ours = (
        "cti",
        "documents",
        "ivr",
        "hotline",
        "store",
        "seats",
        "web",
        "asr",
        "orders",
        "recordings",
    )
    for package in ours:
        assert f"import {package}" not in source
        assert f"from {package}" not in source


def write(folder: Path, number: int, **changed: object) -> Path:
    record = {
        "call_id": f"node1-179525416{number}.{number}",
        "caller_number": NUMBER,
        "called_number": "12345",
        "written_at_ms": 1795254170000 + number,
        **changed,
    }
    path = folder / f"{record['call_id']}.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


async def on_disk() -> bool:
    return True


async def test_every_record_is_met_the_oldest_first_and_removed(tmp_path):
    for number in (3, 1, 2):
        write(tmp_path, number)
    met: list[Fact] = []
    spool = LifeboatSpool(tmp_path, met.append, on_disk)
    assert await spool.read_once() == 3
    await spool.remove_met()
    assert [type(fact) for fact in met] == [CitizenArrived, LifeboatJoined] * 3
    assert [fact.call_id[-1] for fact in met[::2]] == ["1", "2", "3"]
    assert list(tmp_path.iterdir()) == []
    assert spool.read_files == {"met": 3}
    assert await spool.read_once() == 0


async def test_a_record_stays_until_the_journal_has_it_and_is_met_only_once(tmp_path):
    answers = [False, True]
    path = write(tmp_path, 1)
    met: list[Fact] = []

    async def written_down() -> bool:
        return answers.pop(0)

    spool = LifeboatSpool(tmp_path, met.append, written_down)
    assert await spool.read_once() == 1
    await spool.remove_met()  # the store is sick
    assert path.exists()
    # A process that dies now leaves the record to the next one.
    assert await LifeboatSpool(tmp_path, met.append, on_disk).read_once() == 1
    assert await spool.read_once() == 0
    await spool.remove_met()
    assert not path.exists()
    # He may come into the lifeboat again.
    write(tmp_path, 1)
    assert await spool.read_once() == 1


async def test_however_many_there_are_all_are_met_at_once(tmp_path):
    """The snapshot that follows ends the calls that are over, but only those that were met."""
    for number in range(2 * BATCH + 1):
        write(tmp_path, number, call_id=f"node1-1795254167.{number}")
    met: list[Fact] = []
    assert await LifeboatSpool(tmp_path, met.append, on_disk).read_once() == 2 * BATCH + 1
    assert len({fact.call_id for fact in met}) == 2 * BATCH + 1


BROKEN = [
    b"", b"{", b"[]", b"7", b'"x"', b"null", b"{}", b"\xff\xfe",
    b"[" * 16_000,
    b'{"call_id": "node1-1.7"}',
    b'{"call_id": "node1-1.7", "caller_number": "", "written_at_ms": "x"}',
    b'{"call_id": "node1-1.7", "caller_number": "", "written_at_ms": Infinity}',
    b'{"call_id": "node1-1.7", "caller_number": "", "written_at_ms": NaN}',
    b'{"call_id": "node1-1.7", "caller_number": "", "written_at_ms": 1e300}',
    b'{"call_id": "x", "caller_number": "", "written_at_ms": 1}',
    b'{"call_id": "n-99999999999999999999.7", "caller_number": "", "written_at_ms": 1}',
    b'{"call_id": "n-' + b"9" * 6000 + b'.7", "caller_number": "", "written_at_ms": 1}',
    b" " * (SIZE_LIMIT + 1),
]  # fmt: skip


async def test_broken_files_are_set_aside_and_counted_and_the_good_one_is_met(tmp_path):
    for n, content in enumerate(BROKEN):
        (tmp_path / f"b{n:02}.json").write_bytes(content)
    write(tmp_path, 1)
    (tmp_path / "folder.json").mkdir()
    (tmp_path / ".node1-1.7.99").write_bytes(b"half")
    met: list[Fact] = []
    spool = LifeboatSpool(tmp_path, met.append, on_disk)
    assert await spool.read_once() == 1
    assert len(met) == 2
    assert spool.read_files == {"met": 1, "spool-file-broken": len(BROKEN), "unreadable": 1}
    assert len(list(tmp_path.glob("*.broken"))) == len(BROKEN) + 1
    assert await spool.read_once() == 0


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_record_is_named_so(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises((SpoolFileBroken, OSError)):
        read_record(path)


async def test_trouble_with_one_record_keeps_no_other_back(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2)
    met: list[Fact] = []

    def meet(fact: Fact) -> None:
        if fact.call_id.endswith("1"):
            raise ZeroDivisionError
        met.append(fact)

    assert await LifeboatSpool(tmp_path, meet, on_disk).read_once() == 2
    assert [fact.call_id[-1] for fact in met] == ["2", "2"]


async def test_a_spool_folder_that_is_not_there_is_an_empty_one(tmp_path):
    assert await LifeboatSpool(tmp_path / "none", lambda _: None, on_disk).read_once() == 0


async def test_it_looks_again_by_itself(tmp_path):
    heard = asyncio.Event()
    write(tmp_path, 1)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        spool = LifeboatSpool(tmp_path, lambda _: heard.set(), on_disk)
        running = group.create_task(spool.run(), name=spool.name)
        await heard.wait()
        running.cancel()
