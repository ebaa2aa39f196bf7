"""What the doctor says about Asterisk while nothing runs."""

from pathlib import Path

from hotline.asterisk.bundle import AsteriskProgram
from hotline.asterisk.checks import (
    check_installed,
    check_log,
    check_running,
    check_sounds,
    check_version,
)
from hotline.asterisk.server import AsteriskServer
from hotline.sounds.prompts import make_prompts
from hotline.sounds.voices import read_voices
from ivr.texts import read_texts


def program(version: str) -> AsteriskProgram:
    return AsteriskProgram(
        command=("/bin/false",), modules=Path("/m"), data=Path("/d"), version=version
    )


def server(folder: Path) -> AsteriskServer:
    return AsteriskServer(program("22.1.0"), folder, folder, {})


def test_a_missing_asterisk_is_said_with_what_to_do():
    check = check_installed(None)
    assert not check.ok
    assert "bin/hotline run" in check.detail
    assert check_installed(program("22.1.0")).ok


def test_an_asterisk_that_is_too_old_is_said_with_the_version_needed():
    assert check_version(program("20.6.0~dfsg")).ok
    old = check_version(program("18.10.0~dfsg"))
    assert not old.ok
    assert "20" in old.detail


def test_missing_sounds_are_named(tmp_path):
    voices = tmp_path / "prompts.toml"
    voices.write_text('[zh]\nname = "cmn"\n', encoding="utf-8")
    music = tmp_path / "music"
    assert "尚未制作" in check_sounds(voices, tmp_path, music).detail
    texts, _ = read_texts(
        'kind = "texts"\n[[text]]\ncode = "recording-notice"\nzh = "录音"\n[[text]]\ncode = "b"\nzh = "再见"\n'
    )
    make_prompts(texts, read_voices(voices), tmp_path)
    said = (tmp_path / "zh/b.sln").read_bytes()
    (tmp_path / "zh/b.sln").write_bytes(b"")
    missing = check_sounds(voices, tmp_path, music)
    assert not missing.ok
    assert "zh/b、等待音乐" in missing.detail
    (tmp_path / "zh/b.sln").write_bytes(said)
    music.mkdir()
    (music / "hotline.sln").write_bytes(b"\0\0")
    assert check_sounds(voices, tmp_path, music).ok
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio/b.wav").write_bytes(b"no wav")
    make_prompts(texts, read_voices(voices), tmp_path)
    assert "b.wav" in check_sounds(voices, tmp_path, music).detail


async def test_a_stopped_asterisk_and_a_stale_pid_file_count_as_not_running(tmp_path):
    assert not (await check_running(server(tmp_path))).ok
    # Process 1 lives, and does not run on our configuration.
    (tmp_path / "asterisk.pid").write_text("1\n", encoding="ascii")
    assert server(tmp_path).find_running() is None
    (tmp_path / "asterisk.pid").write_text("not a number", encoding="ascii")
    assert server(tmp_path).find_running() is None


def test_troubles_in_the_log_are_counted(tmp_path):
    assert check_log(server(tmp_path)).ok
    (tmp_path / "log").mkdir()
    (tmp_path / "log/messages").write_text("[2026] ERROR[1] a.c: x\n", encoding="utf-8")
    check = check_log(server(tmp_path))
    assert not check.ok
    assert "1 条" in check.detail
