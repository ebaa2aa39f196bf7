"""What each sound was made from, kept beside the sounds. 提示音清单文件"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

from hotline.sounds.names import manifest_path
from hotline.sounds.whole_files import replace_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Where a sound now comes from. 提示音结果"""

    language: str
    name: str
    text: str
    source: str
    """ "voice", "studio", or "" where it could not be made."""
    fingerprint: str
    duration_ms: int
    came_dbfs: float
    """How loud the voice or the studio was. 原响度"""
    level_dbfs: float
    """How loud it is now. 均衡后响度"""
    changed: bool = False
    problem: str = ""
    """Why a studio's recording was not used, or nothing was made."""


Manifest = Mapping[tuple[str, str], Made]
"""By language and name."""


def read_manifest(folder: Path) -> Manifest:
    """Unreadable or of an older form: empty, and everything is made anew, which is cheap."""
    try:
        rows = json.loads(manifest_path(folder).read_text(encoding="utf-8"))["sounds"]
        found = [Made(**row) for row in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return MappingProxyType({})
    return MappingProxyType({(one.language, one.name): one for one in found})


def write_manifest(folder: Path, made: Manifest) -> None:
    """As a whole."""
    rows = [asdict(replace(one, changed=False)) for _, one in sorted(made.items())]
    text = json.dumps({"sounds": rows}, ensure_ascii=False, indent=1)
    replace_file(manifest_path(folder), f"{text}\n".encode())
