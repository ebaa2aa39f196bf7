"""apt-get itself, with a state of its own, against archives that cannot be trusted or reached."""

import shutil
import socket
from pathlib import Path

import pytest

from hotline.asterisk.apt_sources import Archive
from hotline.asterisk.bundle_errors import ArchiveUnreachable, SignatureWrong
from hotline.asterisk.private_apt import private_apt, run_apt

pytestmark = pytest.mark.skipif(shutil.which("apt-get") is None, reason="needs apt-get")


def update(folder: Path, uri: str) -> None:
    keyring = folder / "nobody.gpg"
    keyring.touch()
    archive = Archive(uri=uri, suite="sid", components=("main",), keyring=str(keyring))
    command = private_apt(folder / "apt", archive, "amd64")
    with (folder / "lock").open("a") as lock:
        run_apt([*command, "-o", "Acquire::Retries=0", "update"], lambda _: None, "", lock.fileno())


def test_an_archive_without_a_signature_is_refused(tmp_path):
    release = tmp_path / "archive/dists/sid/Release"
    release.parent.mkdir(parents=True)
    release.write_text("Suite: sid\nComponents: main\nArchitectures: amd64\n", encoding="utf-8")
    with pytest.raises(SignatureWrong):
        update(tmp_path, f"file:{tmp_path}/archive")


def test_an_archive_that_does_not_answer_is_named_so(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(ArchiveUnreachable):
        update(tmp_path, f"http://127.0.0.1:{port}/debian")


def test_the_machines_own_apt_state_is_not_touched(tmp_path):
    command = private_apt(
        tmp_path / "apt",
        Archive(uri="http://m/d", suite="sid", components=("main",), keyring="/k.gpg"),
        "arm64",
    )
    text = Path(command[2]).read_text(encoding="utf-8")
    for setting in ("Dir::State", "Dir::Cache", "Dir::Log", "Dir::Etc::SourceList"):
        assert f'{setting} "{tmp_path}/apt/' in text
    line = (tmp_path / "apt/sources.list").read_text(encoding="utf-8")
    assert line == "deb [arch=arm64 signed-by=/k.gpg] http://m/d sid main\n"
