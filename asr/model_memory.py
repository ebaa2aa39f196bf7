"""How much memory a model will need, before it is loaded. 模型内存估算

Vosk reads graphs and networks into memory whole, so a model needs at least the room that its files
take; large models with a second language model (`rescore`) unpack that one to about twice its size.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from asr.errors import NotEnoughMemory

_PROCESS_BYTES = 60 << 20
"""What a worker needs besides, measured with the demonstration's model (61 MB, 5 MB of them files)."""
_USUAL_FACTOR = 1.5
_RESCORE_FACTOR = 2.0
_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeed:
    """An estimate for one worker with one model. 内存需求"""

    least_bytes: int
    """With less it cannot be loaded at all."""
    likely_bytes: int


def memory_need(folder: Path) -> MemoryNeed:
    """From the sizes of the files."""
    files = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    rescore = sum(size for path, size in files.items() if "rescore" in path.parts)
    rest = sum(files.values()) - rescore
    return MemoryNeed(
        least_bytes=_PROCESS_BYTES + rescore + rest,
        likely_bytes=_PROCESS_BYTES + round(_USUAL_FACTOR * rest + _RESCORE_FACTOR * rescore),
    )


def available_bytes(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """What new processes can have now; None where the system does not tell."""
    try:
        found = _AVAILABLE.search(meminfo.read_text(encoding="ascii", errors="replace"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def refuse_too_large(folder: Path, available: int | None) -> None:
    """Raises NotEnoughMemory if the model cannot possibly be loaded."""
    need = memory_need(folder)
    if available is not None and available < need.least_bytes:
        raise NotEnoughMemory(
            f"{folder.name} needs at least {in_megabytes(need.least_bytes)}, "
            f"{in_megabytes(available)} are free. {NotEnoughMemory.__doc__}"
        )


def in_megabytes(size: int) -> str:
    """For people.

    >>> in_megabytes(61_000_000)
    '61 MB'
    """
    return f"{size / 1e6:.0f} MB"
