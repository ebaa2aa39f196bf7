"""Where the control socket lies, and what an AGI start line looks like."""

import os
import stat
import subprocess

import pytest

from hotline.asterisk.errors import RunFolderNotOurs
from hotline.asterisk.folder import (
    SOCKET_PATH_LIMIT,
    link_data,
    make_run_folder,
    run_folder,
    write_agi_start,
)


def test_a_short_folder_keeps_its_socket_inside(tmp_path):
    assert run_folder(tmp_path) == tmp_path / "run"


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_of_its_own(tmp_path):
    deep, deeper = tmp_path / ("市" * 30), tmp_path / ("市" * 31)
    for folder in (deep, deeper):
        assert len(os.fsencode(run_folder(folder) / "asterisk.ctl")) <= SOCKET_PATH_LIMIT
        assert run_folder(folder).parent != folder
    assert run_folder(deep) != run_folder(deeper)
    assert run_folder(deep) == run_folder(deep)


def test_the_limit_is_counted_in_bytes_to_the_last_one(tmp_path):
    room = SOCKET_PATH_LIMIT - len(os.fsencode(tmp_path / "run" / "asterisk.ctl")) - 1
    fits, too_long = tmp_path / ("a" * room), tmp_path / ("a" * (room + 1))
    assert run_folder(fits) == fits / "run"
    assert run_folder(too_long) != too_long / "run"


def test_a_short_folder_that_others_can_enter_is_refused(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    elsewhere.chmod(0o755)
    with pytest.raises(RunFolderNotOurs):
        make_run_folder(elsewhere, tmp_path / "asterisk")


def test_a_symbolic_link_in_place_of_the_short_folder_is_refused(tmp_path):
    (tmp_path / "target").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(RunFolderNotOurs):
        make_run_folder(tmp_path / "link", tmp_path / "asterisk")


def test_a_short_folder_made_earlier_is_used_again(tmp_path):
    for _ in range(2):
        make_run_folder(tmp_path / "mine", tmp_path / "asterisk")
    assert stat.S_IMODE((tmp_path / "mine").stat().st_mode) == 0o700


def test_links_are_mended_when_the_program_moves(tmp_path):
    data = tmp_path / "data"
    sounds = {"zh/hotline": tmp_path / "prompts", "en/hotline": tmp_path / "english"}
    for source in ("old", "new"):
        (tmp_path / source / "sounds/en").mkdir(parents=True)
        (tmp_path / source / "sounds/en/beep.gsm").touch()
        link_data(data, tmp_path / source, sounds)
    assert (data / "documentation").readlink() == tmp_path / "new/documentation"
    assert (data / "sounds/en/beep.gsm").readlink() == tmp_path / "new/sounds/en/beep.gsm"
    assert (data / "sounds/en/hotline").readlink() == tmp_path / "english"
    assert (data / "sounds/zh/hotline").readlink() == tmp_path / "prompts"


def test_an_agi_script_starts_with_our_python_even_from_a_folder_with_spaces(tmp_path):
    script = tmp_path / "a folder" / "hello world.py"
    script.parent.mkdir()
    script.write_text("import sys; sys.stdout.write('|'.join(sys.argv[1:]))", encoding="utf-8")
    write_agi_start(tmp_path / "start.py", script)
    said = subprocess.run([tmp_path / "start.py", "a b", "c"], capture_output=True, check=True)
    assert said.stdout == b"a b|c"


def test_our_english_prompts_never_lie_in_the_programs_own_folder(tmp_path):
    data, brought = tmp_path / "data", tmp_path / "program/sounds/en"
    brought.mkdir(parents=True)
    (data / "sounds").mkdir(parents=True)
    (data / "sounds/en").symlink_to(brought)  # as an earlier version left it
    link_data(data, tmp_path / "program", {"en/hotline": tmp_path / "english"})
    assert not (brought / "hotline").exists()
    assert (data / "sounds/en/hotline").readlink() == tmp_path / "english"
