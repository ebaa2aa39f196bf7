"""Weighted graphs as rows of arcs, and OpenFst's programs that turn them into files. 图文件

The programs come from Debian's packages libfst-tools and libfst22 (OpenFst 1.7.9); Vosk reads their
files. The look-ahead type lies in a library of its own that must be loaded beforehand.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("fstcompile", "fstarcsort", "fstconvert")
_LOOKAHEAD_LIBRARY = "libfstlookahead.so.22"
_LIMIT_S = 300


class GraphToolsMissing(Exception):
    """OpenFst's programs are not installed (Debian: libfst-tools libfst22). 缺少图工具"""

    code = "graph-tools-missing"


class GraphNotBuilt(Exception):
    """One of OpenFst's programs failed. 图未生成"""

    code = "graph-not-built"


@dataclass(frozen=True, slots=True, order=True)
class Arc:
    """From one state to another; 0 as a label is nothing. 弧"""

    source: int
    target: int
    heard: int
    said: int
    cost: float


def tools_there() -> bool:
    """All of the programs can be started."""
    return all(shutil.which(program) for program in PROGRAMS)


def arcs_text(arcs: Iterable[Arc], finals: Iterable[tuple[int, float]], start: int) -> str:
    """What fstcompile reads; the start state is the one that is named first."""
    rows = sorted(arcs, key=lambda arc: (arc.source != start, arc))
    lines = [f"{arc.source} {arc.target} {arc.heard} {arc.said} {arc.cost:.4f}" for arc in rows]
    return "\n".join([*lines, *(f"{state} {cost:.4f}" for state, cost in finals)]) + "\n"


def compile_lookahead(text: str, target: Path) -> dict[int, int]:
    """Write an olabel-look-ahead graph; how the output labels were renumbered.

    Raises GraphToolsMissing, GraphNotBuilt.
    """
    relabelled = target.with_suffix(".relabel")
    sorted_graph = _run(["fstarcsort", "--sort_type=olabel"], _run(["fstcompile"], text.encode()))
    converted = _run(
        ["fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={relabelled}"],
        sorted_graph,
        preload=_LOOKAHEAD_LIBRARY,
    )
    target.write_bytes(converted)
    pairs = [line.split() for line in relabelled.read_text().splitlines() if line.strip()]
    relabelled.unlink()
    return {int(old): int(new) for old, new in pairs}


def compile_grammar(text: str, target: Path) -> None:
    """Write a constant acceptor. Raises GraphToolsMissing, GraphNotBuilt."""
    sorted_graph = _run(["fstarcsort", "--sort_type=ilabel"], _run(["fstcompile"], text.encode()))
    target.write_bytes(_run(["fstconvert", "--fst_type=const"], sorted_graph))


def _run(command: list[str], given: bytes, preload: str = "") -> bytes:
    environment = {**os.environ, "LD_PRELOAD": preload} if preload else None
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, env=environment, check=False,
            timeout=_LIMIT_S,
        )  # fmt: skip
    except FileNotFoundError as missing:
        raise GraphToolsMissing(f"{command[0]}: {GraphToolsMissing.__doc__}") from missing
    if done.returncode or not done.stdout:
        raise GraphNotBuilt(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
