"""Which speech model is used and where it lies. 语音模型"""

import re
from pathlib import Path

from asr.errors import ModelUnusable, UnknownModel
from asr.model_check import check_files

DEMO = "demo"
"""The model that comes with the project; it understands synthetic voices only."""
RECOMMENDED = ("vosk-model-cn-0.22", "vosk-model-small-cn-0.22")
"""The official Mandarin models: 1.3 GB and better, 42 MB and worse."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHOSEN = "chosen"


def is_model_name(name: str) -> bool:
    """It can be a folder's name and cannot lead anywhere else."""
    return _NAME.fullmatch(name) is not None and ".." not in name


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


def chosen_model(configured: str, var: Path) -> str:
    """The model to use: the configuration file's, unless that is the default; then the one chosen
    on the command line; else the demonstration's."""
    if configured != DEMO:
        return configured
    try:
        name = (models_folder(var) / _CHOSEN).read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return DEMO
    return name if is_model_name(name) else DEMO


def use(name: str, var: Path) -> None:
    """Use this model from the next start on. Raises UnknownModel, ModelUnusable."""
    folder = model_folder(name, var)
    if not folder.is_dir():
        raise UnknownModel(name)
    report = check_files(folder)
    if not report.usable:
        raise ModelUnusable(report.complaints)
    models_folder(var).mkdir(parents=True, exist_ok=True)
    fresh = models_folder(var) / f".{_CHOSEN}"
    fresh.write_text(f"{name}\n", encoding="ascii")
    fresh.replace(models_folder(var) / _CHOSEN)
