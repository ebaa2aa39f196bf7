"""Is this folder a speech model that Vosk can use, and if not, why not? 模型检查"""

import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_KALDI_BINARY = b"\0B"
_FST_MAGIC = 2_125_659_606
_FST_HAS_SYMBOLS = 0x3
_RATE = re.compile(r"^\s*--sample-frequency=(\d+)", re.MULTILINE)
_KALDI_DEFAULT_RATE = 16_000
_TELEPHONE_RATES = (8_000, 16_000)
_LOAD_LIMIT_S = 300
_OTHER_ENGINES = ("*.onnx", "*.pt", "*.safetensors", "*.gguf", "ggml-*.bin", "am.mvn")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """What was found out about a folder. 检查结果

    `complaints` are sentences for the person who set the model up; none means usable.
    `sample_rate` is None where none could be found; `takes_phrases` says whether the model can be
    restricted to a list of phrases at run time.
    """

    path: Path
    complaints: tuple[str, ...]
    sample_rate: int | None = None
    takes_phrases: bool = False

    @property
    def usable(self) -> bool:
        """Vosk can work with it."""
        return not self.complaints


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a generation of Vosk models keeps its files."""

    acoustic: str
    features: tuple[str, ...]
    options: tuple[str, ...]
    graph: str
    words: str


_TODAY = _Layout(
    "am/final.mdl",
    ("conf/mfcc.conf", "conf/fbank.conf"),
    ("conf/model.conf",),
    "graph",
    "graph/words.txt",
)
_FLAT = _Layout("final.mdl", ("mfcc.conf",), (), ".", "words.txt")


def check_files(path: Path) -> ModelReport:
    """Look at the files; nothing is loaded."""
    foreign = _not_a_model_at_all(path)
    if foreign is not None:
        return ModelReport(path=path, complaints=(foreign,))
    flat = not (path / "am").exists() and (path / "final.mdl").exists()
    layout = _FLAT if flat else _TODAY
    complaints = [
        *_wrong_acoustic(path, layout),
        *_missing_options(path, layout),
        *_wrong_graph(path, layout),
    ]
    rate = _sample_rate(path, layout)
    if rate is not None and rate not in _TELEPHONE_RATES:
        complaints.append(
            f"it was trained on {rate} Hz audio; calls come in 16000 Hz, "
            "so only models of 8000 or 16000 Hz can be used"
        )
    static = (path / layout.graph / "HCLG.fst").exists()
    return ModelReport(
        path=path,
        complaints=tuple(complaints),
        sample_rate=rate,
        takes_phrases=not complaints and not static,
    )


def check(path: Path) -> ModelReport:
    """Look at the files, then have Vosk really load them, in a process of its own.

    A model that is broken inside ends the process that loads it, which must not be ours. Takes as
    long as loading does: a moment for a small model, up to a minute for a large one.
    """
    report = check_files(path)
    if not report.usable:
        return report
    # With nothing on its standard input a worker loads the model, is ready, and ends at once.
    try:
        worker = subprocess.run(
            (sys.executable, "-m", "asr.server", "--model", str(path.resolve())),
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LOAD_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        complaint = f"Vosk did not finish loading it within {_LOAD_LIMIT_S} s"
    else:
        if worker.returncode == 0:
            return report
        said = worker.stderr.decode(errors="replace").strip().splitlines()
        complaint = f"Vosk cannot load it: {_telling(said)}"
    return ModelReport(path=path, complaints=(complaint,), sample_rate=report.sample_rate)


def feature_options(path: Path) -> str:
    """The model's feature options, one `--name=value` a line; empty if there are none."""
    for layout in (_TODAY, _FLAT):
        for name in layout.features:
            if (path / name).is_file():
                return (path / name).read_text(encoding="utf-8", errors="replace")
    return ""


def sample_rate_in(options: str) -> int:
    """The sample rate the model was trained on; Kaldi's own default where none is written."""
    found = _RATE.search(options)
    return int(found[1]) if found else _KALDI_DEFAULT_RATE


def _telling(lines: list[str]) -> str:
    errors = [line for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it gives no reason"])[-1][:300]


def _not_a_model_at_all(path: Path) -> str | None:
    if not path.exists():
        return f"there is no folder {path}"
    if path.is_file():
        if path.suffix == ".zip":
            return f"{path} is a zip file; unpack it first (hotline model fetch does)"
        return f"{path} is a file, not a folder"
    entries = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
    if not entries:
        return "the folder is empty"
    if (path / "am").is_dir() or (path / "final.mdl").exists() or (path / "graph").is_dir():
        return None
    if len(entries) == 1 and entries[0].is_dir():
        return f"the model lies one folder deeper: {entries[0]}"
    if any(next(path.glob(pattern), None) for pattern in _OTHER_ENGINES):
        return "this is a model for another engine (ONNX, PyTorch or ggml), not for Vosk"
    return "this is no Vosk model: neither am/final.mdl nor graph/ is in it"


def _wrong_acoustic(path: Path, layout: _Layout) -> list[str]:
    acoustic = path / layout.acoustic
    if not acoustic.is_file():
        return [f"{layout.acoustic} is missing (the acoustic model)"]
    with acoustic.open("rb") as start:
        if start.read(2) != _KALDI_BINARY:
            return [f"{layout.acoustic} is no Kaldi model file; was it downloaded completely?"]
    return []


def _missing_options(path: Path, layout: _Layout) -> list[str]:
    complaints = []
    if not any((path / name).is_file() for name in layout.features):
        complaints.append(f"{layout.features[0]} is missing (how sound becomes features)")
    complaints += [
        f"{name} is missing (the decoder's options)"
        for name in layout.options
        if not (path / name).is_file()
    ]
    return complaints


def _wrong_graph(path: Path, layout: _Layout) -> list[str]:
    folder = path / layout.graph
    where = "" if layout.graph == "." else f"{layout.graph}/"
    static = folder / "HCLG.fst"
    graphs = [static] if static.exists() else [folder / "HCLr.fst", folder / "Gr.fst"]
    missing = [graph.name for graph in graphs if not graph.is_file()]
    if len(missing) == 2:
        return [f"{where}HCLG.fst (or {where}HCLr.fst with {where}Gr.fst) is missing (the graph)"]
    if missing:
        return [f"{where}{missing[0]} is missing (half of the graph)"]
    complaints = []
    symbols = False
    for graph in graphs:
        flags = _fst_flags(graph)
        if flags is None:
            complaints.append(f"{where}{graph.name} is no graph; was it downloaded completely?")
        else:
            symbols = symbols or bool(flags & _FST_HAS_SYMBOLS)
    if not static.exists() and not (folder / "disambig_tid.int").is_file():
        complaints.append(f"{where}disambig_tid.int is missing (it may be empty)")
    if not complaints and not symbols and not (path / layout.words).is_file():
        complaints.append(f"{layout.words} is missing (the words)")
    return complaints


def _fst_flags(graph: Path) -> int | None:
    """The flags in an OpenFst file's header; None if it is no such file.

    Header: int32 magic, two texts (int32 length, bytes), int32 version, int32 flags.
    """
    with graph.open("rb") as file:
        header = file.read(200)
    try:
        (magic,) = struct.unpack_from("<i", header, 0)
        place = 4
        for _ in range(2):
            (length,) = struct.unpack_from("<i", header, place)
            place += 4 + length
        _version, flags = struct.unpack_from("<ii", header, place)
    except struct.error:
        return None
    return int(flags) if magic == _FST_MAGIC else None


def _sample_rate(path: Path, layout: _Layout) -> int | None:
    if any((path / name).is_file() for name in layout.features):
        return sample_rate_in(feature_options(path))
    return None
