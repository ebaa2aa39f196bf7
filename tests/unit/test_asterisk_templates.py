"""Templates become files, or say what is wrong."""

import stat
from pathlib import Path

import pytest

from hotline.asterisk.errors import PlaceholderValueUnsafe, PlaceholderWithoutValue
from hotline.asterisk.templates import render


def templates(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.conf").write_text(text, encoding="utf-8")
    return folder


def test_placeholders_are_filled_and_dialplan_expressions_stay(tmp_path):
    source = templates(tmp_path, a="port = @AMI_PORT@\nSet(X=${EXTEN}@default)\nmail@example.org\n")
    render(source, tmp_path / "etc", {"AMI_PORT": "5038"})
    text = (tmp_path / "etc/a.conf").read_text(encoding="utf-8")
    assert text == "port = 5038\nSet(X=${EXTEN}@default)\nmail@example.org\n"


def test_a_value_is_not_searched_for_placeholders_again(tmp_path):
    source = templates(tmp_path, a="@ONE@")
    render(source, tmp_path / "etc", {"ONE": "@TWO@"})
    assert (tmp_path / "etc/a.conf").read_text(encoding="utf-8") == "@TWO@"


def test_a_placeholder_nobody_filled_is_named_with_its_file(tmp_path):
    source = templates(tmp_path, pjsip="bind = @SIP_ADDRESS@:@SIP_PORT@")
    with pytest.raises(PlaceholderWithoutValue, match=r"pjsip\.conf names @SIP_PORT@"):
        render(source, tmp_path / "etc", {"SIP_ADDRESS": "127.0.0.1"})


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "a\0b"])
def test_a_value_cannot_break_out_of_its_line(tmp_path, value):
    with pytest.raises(PlaceholderValueUnsafe):
        render(templates(tmp_path, a="x = @X@"), tmp_path / "etc", {"X": value})


def test_a_value_named_lines_may_have_several(tmp_path):
    render(templates(tmp_path, a="@X_LINES@"), tmp_path / "etc", {"X_LINES": "a = 1\nb = 2"})
    assert (tmp_path / "etc/a.conf").read_text(encoding="utf-8") == "a = 1\nb = 2"


def test_rendered_files_are_readable_by_their_owner_only(tmp_path):
    source = templates(tmp_path, a="secret = @S@")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/a.conf").write_text("older, open to all", encoding="utf-8")
    render(source, tmp_path / "etc", {"S": "x"})
    assert stat.S_IMODE((tmp_path / "etc/a.conf").stat().st_mode) == 0o600
