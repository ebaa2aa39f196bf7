"""The build as a program of its own, so that what was just installed can be imported. 构建程序"""

import argparse
import json
import os
import sys
from pathlib import Path

from asr.training.build import SEED, Build, Extra, load_extra, put_in_place
from asr.training.texts import read_material, sentences

_EXAMINED_TEMPLATES = 100


def main() -> None:
    """`python -m asr.training --folder var/training`."""
    parser = argparse.ArgumentParser(prog="asr.training")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--extra", type=Path, help="JSON: sentences and names of the product")
    parser.add_argument("--acoustic-of", type=Path, help="language model only, for this model")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--examine", action="store_true", help="measure the model afterwards")
    words = parser.parse_args()
    extra = load_extra(words.extra) if words.extra else Extra()
    build = Build(words.folder, extra, words.processes, _say)
    if words.acoustic_of is None:
        build.everything()
    else:
        build.language_model(words.acoustic_of)
    if words.examine:
        _examine(build)
    if words.into is not None:
        put_in_place(build.model, words.into)


def _examine(build: Build) -> None:
    from asr.training.evaluation import report

    material = read_material()
    fresh = sentences(material, _EXAMINED_TEMPLATES, SEED + 3, avoid=build.training_sentences())
    figures = report(build.model, fresh)
    (build.model.parent / "report.json").write_text(json.dumps(figures, indent=1))
    _say(json.dumps(figures))


def _say(text: str) -> None:
    sys.stderr.write(f"training: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
