"""Which speech model is used and where it lies. 语音模型"""

import re
from collections.abc import Mapping
from pathlib import Path

from asr.errors import ModelUnusable, UnknownLanguage, UnknownModel
from asr.model_check import check_files
from asr.model_memory import available_bytes, refuse_too_large

DEMO = "demo"
"""The model that comes with the project; it understands synthetic voices only."""
RECOMMENDED = ("vosk-model-cn-0.22", "vosk-model-small-cn-0.22")
"""The official Mandarin models: 1.3 GB and better, 42 MB and worse."""

CHINESE = "zh"

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z]{2,4})?|dialect")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHOSEN = "chosen"


def is_model_name(name: str) -> bool:
    """It can be a folder's name and cannot lead anywhere else."""
    return _NAME.fullmatch(name) is not None and ".." not in name


def is_language(language: str) -> bool:
    """It is written as skill groups write their language: zh, en, ja ..."""
    return _LANGUAGE.fullmatch(language) is not None


def models_folder(var: Path) -> Path:
    """Where fetched models lie."""
    return var / "models"


def model_folder(name: str, var: Path) -> Path:
    """Where the model of this name lies, whether it is there or not. Raises UnknownModel."""
    if name == DEMO:
        return Path(__file__).parent / "demo_model"
    if not is_model_name(name):
        raise UnknownModel(name)
    return models_folder(var) / name


def installed_models(var: Path) -> tuple[str, ...]:
    """The models that can be chosen, the demonstration's one first."""
    folder = models_folder(var)
    fetched = folder.iterdir() if folder.is_dir() else ()
    return (
        DEMO,
        *sorted(
            entry.name for entry in fetched if entry.is_dir() and not entry.name.startswith(".")
        ),
    )


def chosen_models(var: Path) -> dict[str, str]:
    """What was chosen on the command line, by language; unreadable lines are left out.

    Each line has a language and a name. The first releases knew Chinese only and wrote nothing but
    the name: that is still understood.
    """
    try:
        text = (models_folder(var) / _CHOSEN).read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    chosen: dict[str, str] = {}
    for line in text.splitlines():
        language, name = ([CHINESE, *line.split()])[-2:] if line.strip() else ("", "")
        if is_language(language) and is_model_name(name):
            chosen[language] = name
    return chosen


def chosen_model(configured: str, var: Path) -> str:
    """The model for Chinese: the configuration file's, unless that is the default; then the one
    chosen on the command line; else the demonstration's."""
    if configured != DEMO:
        return configured
    return chosen_models(var).get(CHINESE, DEMO)


def model_for(language: str, configured: Mapping[str, str], default: str, var: Path) -> str | None:
    """The model for a language: the configuration file's, then the one chosen on the command line;
    None where there is none. `default` is what Chinese has."""
    if language == CHINESE:
        return configured.get(CHINESE) or chosen_model(default, var)
    return configured.get(language) or chosen_models(var).get(language)


def models_in_use(configured: Mapping[str, str], default: str, var: Path) -> dict[str, str]:
    """The model of every language that has one; Chinese always has."""
    languages = {CHINESE, *configured, *chosen_models(var)}
    return {
        language: name
        for language in sorted(languages)
        if (name := model_for(language, configured, default, var)) is not None
    }


def use(name: str, var: Path, language: str = CHINESE) -> None:
    """Use this model for this language from the next start on. Raises UnknownModel, ModelUnusable,
    UnknownLanguage, NotEnoughMemory."""
    if not is_language(language):
        raise UnknownLanguage(language)
    folder = model_folder(name, var)
    if not folder.is_dir():
        raise UnknownModel(name)
    report = check_files(folder)
    if not report.usable:
        raise ModelUnusable(report.complaints)
    refuse_too_large(folder, available_bytes())
    models_folder(var).mkdir(parents=True, exist_ok=True)
    chosen = {**chosen_models(var), language: name}
    fresh = models_folder(var) / f".{_CHOSEN}"
    lines = (f"{each} {model}\n" for each, model in sorted(chosen.items()))
    fresh.write_text("".join(lines), encoding="ascii")
    fresh.replace(models_folder(var) / _CHOSEN)
