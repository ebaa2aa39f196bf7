"""`hotline rules` on a real installation folder."""

from functools import partial

import pytest

from hotline import administration, rule_commands
from hotline.administration import CommandRefused
from hotline.config import Config
from hotline.places import Places
from hotline.rule_words import KINDS
from seats.errors import RuleKindUnknown, RulesRefused
from tests.wire import commands
from tests.wire.commands import fresh

run = partial(commands.run, rule_commands.carry_out, "rules")


async def test_show_edit_check_publish_diff_undo_history(tmp_path):
    await fresh(tmp_path)
    _, (text,) = await run(tmp_path, "show", "routing")
    file = tmp_path / "routing.toml"
    file.write_text(text.replace('group = "law"', 'group = "general"', 1), encoding="utf-8")
    assert await run(tmp_path, "check", str(file)) == (0, ["没有问题"])
    status, (line,) = await run(tmp_path, "publish", str(file), "--note", "法律并入综合")
    assert (status, line.split()[:2]) == (0, ["routing", "v1"])
    _, (diff,) = await run(tmp_path, "diff", "routing", "0")
    assert '-group = "law"' in diff
    await run(tmp_path, "undo", "routing")
    _, listed = await run(tmp_path, "history", "routing")
    assert [one.split()[1] for one in listed] == ["v2", "v1", "v0"]
    assert (await run(tmp_path, "show", "routing"))[1] == [text]
    _, (old,) = await run(tmp_path, "show", "routing", "--version", "1")
    assert old == file.read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_can_be_shown_and_what_is_shipped_has_no_mistake(tmp_path, kind):
    await fresh(tmp_path)
    _, (text,) = await run(tmp_path, "show", kind)
    file = tmp_path / f"{kind}.toml"
    file.write_text(text, encoding="utf-8")
    status, said = await run(tmp_path, "check", str(file))
    assert status == 0
    assert not [one for one in said if "错误" in one]


async def test_a_publication_for_later_holds_only_then(tmp_path):
    await fresh(tmp_path)
    _, (text,) = await run(tmp_path, "show", "policies")
    file = tmp_path / "policies.toml"
    file.write_text(text.replace("= 30", "= 10"), encoding="utf-8")
    await run(tmp_path, "publish", str(file), "--note", "国庆", "--at", "2099-10-01T00:00")
    assert (await run(tmp_path, "show", "policies"))[1] == [text]
    _, listed = await run(tmp_path, "history", "policies")
    assert "2099-10-01 00:00:00" in listed[0]


async def test_a_wrong_file_is_refused_line_by_line_and_nothing_is_published(tmp_path):
    await fresh(tmp_path)
    file = tmp_path / "routing.toml"
    file.write_text('kind = "routing"\n[[row]]\nname = "甲"\nkey = "1"\ngroup = "kings"\n')
    status, said = await run(tmp_path, "check", str(file))
    assert status == 1
    assert any(one.startswith("routing:2: 错误 group-unknown") for one in said)
    with pytest.raises(RulesRefused):
        await run(tmp_path, "publish", str(file), "--note", "x")
    assert len((await run(tmp_path, "history", "routing"))[1]) == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [(None, CommandRefused), (b"\xff\xfe", CommandRefused), (b"hello", RuleKindUnknown)],
)
async def test_what_is_no_rule_file_is_refused_by_name(tmp_path, content, error):
    file = tmp_path / "x.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error):
        await run(tmp_path, "check", str(file))


async def test_sounds_are_made_of_the_texts_that_hold_and_their_rows_may_name_them(tmp_path):
    await fresh(tmp_path)
    places = Places(tmp_path / "var")
    _, (texts,) = await run(tmp_path, "show", "texts")
    assert (await administration.texts_in_force(places, Config())).rstrip("\n") == texts
    file = tmp_path / "texts.toml"
    file.write_text(f'{texts}\n[[text]]\ncode = "flood"\nzh = "道路积水"\n', encoding="utf-8")
    _, (routing,) = await run(tmp_path, "show", "routing")
    rows = tmp_path / "routing.toml"
    rows.write_text(f'{routing}\nprompt = "hotline/flood"\n', encoding="utf-8")
    _, said = await run(tmp_path, "check", str(rows))
    assert any("hotline/flood" in line for line in said)
    await run(tmp_path, "publish", str(file), "--note", "汛期")
    assert (await run(tmp_path, "check", str(rows))) == (0, ["没有问题"])
    await run(tmp_path, "publish", str(rows), "--note", "汛期")
    assert "道路积水" in await administration.texts_in_force(places, Config())
    without = tmp_path / "without.toml"
    without.write_text(texts, encoding="utf-8")
    with pytest.raises(RulesRefused):
        await run(tmp_path, "publish", str(without), "--note", "汛期结束")
