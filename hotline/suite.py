"""`hotline check`, `test` and `bench`: everything they need, then everything they do. 检查与测试

What the machine lacks is installed here (apt when root); what cannot be had is a failure, never a
silent skip.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hotline.asterisk import bundle
from hotline.config import Config
from hotline.console_build import build_console, first_load, install_modules, run_npm
from hotline.places import BUNDLE_VARIABLE, ROOT, Places

SIDE_BY_SIDE = ("--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder", "--durations=20")
"""Most live tests wait for people to speak, so two cores carry three processes. The order stays that of
tests/conftest.py: the browser comes last, because its driver keeps a loop of its own in each process."""
POSTGRES_FOLDERS = ("/usr/lib/postgresql",)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class PartMissing(Exception):
    """A part that the tests need is not there and cannot be installed here. 缺少测试部件"""

    code = "part-missing"


def check(places: Places) -> int:
    """Style, types, import directions, console types and size. Returns the exit status."""
    inside = Path(sys.executable).parent
    install_modules(places.console_source, _say)
    steps: list[Sequence[str]] = [
        [str(inside / "ruff"), "check", "."],
        [str(inside / "ruff"), "format", "--check", "."],
        [sys.executable, "-m", "mypy"],
        [str(inside / "lint-imports"), "--no-logo"],
    ]
    for step in steps:
        _say("$ " + " ".join([Path(step[0]).name, *step[1:]]))
        status = subprocess.run(step, cwd=ROOT, check=False).returncode
        if status:
            return status
    _say("$ npm run typecheck")
    run_npm(["run", "typecheck"], places.console_source)
    # Fails when an operator would have to fetch too much (web/console/firstLoad.ts).
    build_console(places.console_source, places.console_build, _say)
    _say(first_load(places.console_build))
    return 0


def test(places: Places, config: Config, words: Sequence[str]) -> int:
    """The whole suite, or what pytest's words select. Returns the exit status."""
    provide_parts(places, config)
    if not words:
        _say("$ npm test")
        run_npm(["test"], places.console_source)
        words = SIDE_BY_SIDE
    environment = {**os.environ, BUNDLE_VARIABLE: str(places.bundle)}
    _say("$ pytest " + " ".join(words))
    return subprocess.run(_pytest(words), cwd=ROOT, env=environment, check=False).returncode


def _pytest(words: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *words]


def bench(places: Places, config: Config, words: Sequence[str]) -> int:
    """Every benchmark in bench/, or the named ones; each prints JSON lines. Exit status.

    What follows a name after colons goes to the benchmark: `speech:latency`, `floor:100:20:10`.
    """
    provide_parts(places, config)
    environment = {**os.environ, BUNDLE_VARIABLE: str(places.bundle), "PYTHONPATH": str(ROOT)}
    everything = sorted(
        path.stem for path in (ROOT / "bench").glob("*.py") if not path.name.startswith("_")
    )
    status = 0
    for word in words or everything:
        name, *arguments = word.split(":")
        _say(" ".join([f"$ bench/{name}.py", *arguments]))
        status |= subprocess.run(
            [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments],
            cwd=ROOT, env=environment, check=False,
        ).returncode  # fmt: skip
    return status


def provide_parts(places: Places, config: Config) -> None:
    """Asterisk, console, Chromium with Chinese fonts, PostgreSQL. Raises PartMissing."""
    places.var.mkdir(parents=True, exist_ok=True)
    bundle.provide(config.asterisk.provide, config.asterisk.bundle_suite, places.bundle, _say)
    build_console(places.console_source, places.console_build, _say)
    wanted = []
    if not any(shutil.which(browser) for browser in BROWSERS):
        wanted.append("chromium")
    if not _has_chinese_fonts():
        wanted.append("fonts-wqy-microhei")
    if not _has_postgres():
        wanted.append("postgresql")
    if wanted:
        install(wanted)


def _has_postgres() -> bool:
    if shutil.which("postgres"):
        return True
    return any(next(Path(folder).glob("*/bin/postgres"), None) for folder in POSTGRES_FOLDERS)


def _has_chinese_fonts() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def install(packages: Sequence[str]) -> None:
    """Debian packages, by apt-get when root. Raises PartMissing."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise PartMissing(f"install these first: {' '.join(packages)}")
    _say("installing " + " ".join(packages))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], env=environment, check=False, stdout=sys.stderr)
    done = subprocess.run(
        ["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages],
        env=environment, check=False, stdout=sys.stderr,
    )  # fmt: skip
    if done.returncode:
        raise PartMissing(f"apt-get could not install {' '.join(packages)}")


def _say(text: str) -> None:
    sys.stderr.write(f"hotline: {text}\n")
    sys.stderr.flush()
