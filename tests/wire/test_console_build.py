"""The console is built when its source changed and not otherwise; what was built is what is served."""

import gzip
import os
import tomllib
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from hotline.console_build import ConsoleNotBuilt, build_console, first_load
from web.console_files import ConsoleFiles

ROOT = Path(__file__).resolve().parents[2]
NPM = """#!/bin/sh
echo "$*" >> {log}
case "$*" in
  "run build")
    [ -e src/broken ] && echo "too large" && exit 1
    mkdir -p ../static && echo built > ../static/index.html
    echo "[plugin] first load of the operator: 1.0 kB gzip in 1 files (at most 300)";;
esac
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    source = tmp_path / "web" / "console"
    (source / "src").mkdir(parents=True)
    (source / "node_modules").mkdir()
    (source / "package.json").write_text("{}")
    (source / "package-lock.json").write_text("{}")
    (source / "src" / "main.ts").write_text("1")
    tools = tmp_path / "tools"
    tools.mkdir()
    npm = tools / "npm"
    npm.write_text(NPM.format(log=tmp_path / "npm.log"))
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    return source


def asked(tmp_path) -> list[str]:
    return (tmp_path / "npm.log").read_text().splitlines()


def test_it_is_built_once_and_again_only_after_its_source_changed(source, tmp_path):
    build, said = source.parent / "static", []
    assert build_console(source, build, said.append)
    assert "first load of the operator: 1.0 kB gzip in 1 files (at most 300)" in said
    assert first_load(build) == said[-1]
    assert not build_console(source, build, said.append)
    (source / "node_modules" / "some.js").write_text("not ours")
    assert not build_console(source, build, said.append)
    (source / "src" / "main.ts").write_text("2")
    assert build_console(source, build, said.append)
    assert asked(tmp_path).count("run build") == 2
    # The packages are those of the lock file, which did not change.
    assert len([words for words in asked(tmp_path) if words.startswith("ci ")]) == 1


def test_a_build_that_fails_says_why_and_is_tried_again(source, tmp_path):
    build = source.parent / "static"
    (source / "src" / "broken").touch()
    for _ in range(2):
        with pytest.raises(ConsoleNotBuilt, match="too large"):
            build_console(source, build, lambda _: None)
    (source / "src" / "broken").unlink()
    assert build_console(source, build, lambda _: None)


def test_an_installed_wheel_has_no_source_and_nothing_to_build(tmp_path):
    assert not build_console(tmp_path / "console", tmp_path / "static", lambda _: None)


def test_the_packages_carry_what_was_built():
    carried = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert "static/**" in carried["package-data"]["web"]
    assert "web" in carried["packages"]


async def test_a_browser_that_takes_it_gets_the_packed_file_and_keeps_it(tmp_path):
    plain = b"console.log(1)\n" * 100
    (tmp_path / "a-1.js").write_bytes(plain)
    (tmp_path / "a-1.js.gz").write_bytes(gzip.compress(plain))
    app = FastAPI()
    app.mount("/assets", ConsoleFiles(tmp_path))
    site = "http://hotline.test"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=site) as client:
        packed = await client.get("/assets/a-1.js", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "immutable" in packed.headers["cache-control"]
        assert "javascript" in packed.headers["content-type"]
        assert packed.content == plain
        assert int(packed.headers["content-length"]) < len(plain)
        old = await client.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in old.headers
        assert old.content == plain
        assert (await client.get("/assets/none.js")).status_code == 404
