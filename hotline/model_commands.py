"""`hotline model list|fetch|use|check|build`. 语音模型命令"""

import argparse
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from asr import model_check, model_fetch, models
from asr.errors import ModelListUnreadable
from asr.model_memory import available_bytes, in_megabytes, memory_need, refuse_too_large
from hotline.config import Config
from hotline.places import Places

Out = Callable[[str], None]


def carry_out(arguments: argparse.Namespace, places: Places, config: Config, out: Out) -> int:
    """The exit status. Raises the errors of asr.errors and hotline.model_build."""
    if arguments.action == "list":
        return list_models(places, config, arguments.language, out)
    if arguments.action == "fetch":
        folder = model_fetch.fetch(arguments.name, places.var, progress=_progress)
        out(f"{arguments.name}: {_memory(folder)}")
        return 0
    if arguments.action == "use":
        out(_memory(models.model_folder(arguments.name, places.var)))
        models.use(arguments.name, places.var, arguments.language)
        return 0
    if arguments.action == "build":
        from hotline.model_build import build

        build(places, arguments.language_model_only, arguments.into)
        return 0
    return _check(models.model_folder(arguments.name, places.var), out)


def _check(folder: Path, out: Out) -> int:
    files = model_check.check_files(folder)
    if files.usable:
        out(_memory(folder))
        refuse_too_large(folder, available_bytes())
    checked = model_check.check(folder) if files.usable else files
    for complaint in checked.complaints:
        out(complaint)
    if checked.usable:
        out(f"usable, {checked.sample_rate} Hz")
    return 0 if checked.usable else 1


def _memory(folder: Path) -> str:
    free = available_bytes()
    have = "" if free is None else f", {in_megabytes(free)} are free"
    return f"each worker needs about {in_megabytes(memory_need(folder).likely_bytes)}{have}"


def list_models(
    places: Places,
    config: Config,
    language: str | None,
    out: Out,
    list_url: str = model_fetch.LIST_URL,
) -> int:
    """Installed ones first, then, where the network lets us, the official ones by language."""
    in_use = models.models_in_use(config.asr.models, config.asr.model, places.var)
    installed = models.installed_models(places.var)
    for name in installed:
        uses = [each for each, model in in_use.items() if model == name]
        size = memory_need(models.model_folder(name, places.var)).likely_bytes
        mark = f"* {','.join(uses)}" if uses else "-"
        out(f"{name}  {mark}  about {in_megabytes(size)} of memory")
    for each, name in in_use.items():
        if name not in installed:
            out(f"{name}  * {each}  NOT INSTALLED: hotline model fetch {name}")
    try:
        official = model_fetch.official_models(list_url)
    except ModelListUnreadable as unreadable:
        sys.stderr.write(f"hotline: official models not listed: {unreadable}\n")
        return 0
    _official(official, installed, in_use, language, out)
    return 0


def _official(
    official: Sequence[model_fetch.OfficialModel],
    installed: Sequence[str],
    in_use: Mapping[str, str],
    language: str | None,
    out: Out,
) -> None:
    wanted = [
        model
        for model in official
        if model.recognises and not model.obsolete and language in (None, model.spoken)
    ]
    wanted.sort(key=lambda model: (model.spoken != models.CHINESE, model.spoken, model.size_bytes))
    for spoken, rows in itertools.groupby(wanted, key=lambda model: model.spoken):
        out(f"{spoken}  (in use: {in_use.get(spoken, '-')})")
        for model in rows:
            here = "  installed" if model.name in installed else ""
            out(f"  {model.name}  {in_megabytes(model.size_bytes)}{here}")


def _progress(have: int, whole: int) -> None:
    of = f" / {whole / 1e6:.0f}" if whole else ""
    sys.stderr.write(f"\r{have / 1e6:.0f}{of} MB")
