"""`hotline flow` on a real installation folder."""

from functools import partial
from pathlib import Path

import pytest

from hotline import flow_commands
from hotline.administration import CommandRefused
from seats.rule_versions import DEFAULTS
from tests.wire import commands
from tests.wire.commands import fresh

run = partial(commands.run, flow_commands.carry_out, "flow")


async def test_what_is_shipped_is_checked_walked_and_drawn(tmp_path):
    await fresh(tmp_path)
    assert await run(tmp_path, "check") == (0, ["错误 0 处，提醒 0 处"])
    _, lines = await run(tmp_path, "walk", "--switch", "menu", "6", "wait", "2", "said:9", "1")
    assert lines[0] == "流程：菜单（menu）"
    assert lines[-1] == "结束"
    _, drawn = await run(tmp_path, "draw", str(tmp_path / "pictures"))
    assert {Path(one).name for one in drawn} == {
        path.name for path in (tmp_path / "pictures").iterdir()
    }


async def test_a_file_is_tried_before_it_is_published(tmp_path):
    await fresh(tmp_path)
    shipped = (DEFAULTS / "flows.toml").read_text(encoding="utf-8")
    file = tmp_path / "flows.toml"
    file.write_text(shipped.replace('next = "line"', 'next = "away"', 1), encoding="utf-8")
    status, lines = await run(tmp_path, "check", "--flows", str(file))
    assert status == 1
    assert "target-unknown" in lines[0]
    for words in (("--flow", "away"), ("dance",), ("--at", "noon"), ("--flows", str(tmp_path))):
        with pytest.raises(CommandRefused):
            await run(tmp_path, "walk", *words)
