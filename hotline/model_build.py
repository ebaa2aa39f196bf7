"""`hotline model build`: the demonstration's speech model anew, from nothing. 训练演示模型

The training itself is asr.training and runs as a program of its own, so that it ends cleanly and
gives its memory back. Here: what it needs, and what the product says, so that the model knows it.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from asr.training.arcs import tools_there
from documents.problems import DocumentKind
from hotline.outside.scripts import SCRIPTS
from hotline.places import ROOT, Places
from hotline.sounds.spoken_figures import as_spoken
from hotline.suite import PartMissing, install
from ivr.texts import read_texts
from seats.rule_documents.places import read_places
from seats.rule_versions import shipped

SHIPPED_MODEL = ROOT / "asr" / "demo_model"
DEBIAN_PACKAGES = ("libfst-tools", "libfst22")
PYTHON_PARTS = ("torch", "kaldi_native_fbank", "jieba", "pypinyin", "espeakng_loader")

_NOT_CHINESE = re.compile("[^\u4e00-\u9fff]+")


class BuildFailed(Exception):
    """The training ended with an error; what it made so far is kept. 模型构建失败"""

    code = "model-build-failed"


def build(places: Places, language_model_only: bool, into: Path | None) -> Path:
    """The folder with the model. Raises PartMissing, BuildFailed."""
    _provide_parts(() if language_model_only else ("torch",))
    folder = places.var / "training"
    folder.mkdir(parents=True, exist_ok=True)
    extra = folder / "extra.json"
    body = {"sentences": own_sentences(), "names": own_names()}
    extra.write_text(json.dumps(body, ensure_ascii=False, indent=0), encoding="utf-8")
    command = [sys.executable, "-m", "asr.training", "--folder", str(folder), "--extra", str(extra)]
    if language_model_only:
        trained = folder / "model"
        has_own = (trained / "am" / "final.mdl").exists()
        command += ["--acoustic-of", str(trained if has_own else SHIPPED_MODEL)]
    else:
        command.append("--examine")
    if into is not None:
        command += ["--into", str(into.resolve())]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise BuildFailed(f"{BuildFailed.__doc__} ({folder})")
    return folder / "model"


def own_sentences() -> list[str]:
    """What the demonstration's people say to each other and the hotline by itself, in clauses."""
    texts, _ = read_texts(shipped(DocumentKind.TEXTS).body)
    announced = [
        piece.words
        for text in texts.values()
        for piece in text.prompts("zh").values()
        if piece.language == "zh"
    ]
    spoken = [line.text for script in SCRIPTS for line in script.lines]
    spoken += [as_spoken(text) for text in announced]
    parts = (part for text in spoken for part in _NOT_CHINESE.split(text))
    return sorted({part for part in parts if part})


def own_names() -> list[str]:
    """Departments and places of the shipped rule documents."""
    directory = tomllib.loads(shipped(DocumentKind.DIRECTORY).body)
    places, _ = read_places(shipped(DocumentKind.PLACES).body)
    named = [str(line["name"]) for line in directory["line"]]
    for place in places:
        named += [place.name, *place.aliases]
    return sorted(_chinese(named))


def _chinese(names: Iterable[str]) -> set[str]:
    return {name for name in names if len(name) > 1 and not _NOT_CHINESE.search(name)}


def _provide_parts(more: Iterable[str]) -> None:
    missing = [part for part in (*PYTHON_PARTS[1:], *more) if find_spec(part) is None]
    if missing:
        raise PartMissing(
            f"{', '.join(missing)}: start this as `bin/hotline model build`, "
            "or: pip install 'hotline-12345[training]'"
        )
    if not tools_there():
        install(DEBIAN_PACKAGES)
