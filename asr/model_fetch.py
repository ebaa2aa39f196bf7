"""Brings an official Vosk model onto this machine, safely and in pieces if need be. 模型下载

The download goes into `<name>.zip.part` and is continued from there after a break; only a file with
the official checksum is unpacked; only an unpacked model that looks usable gets its final name, by
one rename. The official list gives MD5: it guards against broken downloads; against forgery there
is HTTPS.
"""

import fcntl
import hashlib
import http.client
import json
import os
import shutil
import stat
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from asr.errors import (
    ChecksumWrong,
    DownloadBroken,
    ModelListUnreadable,
    ModelUnusable,
    UnknownModel,
    UnsafeArchive,
)
from asr.model_check import check_files
from asr.models import is_model_name, models_folder

LIST_URL = "https://alphacephei.com/vosk/models/model-list.json"
_BLOCK_BYTES = 1 << 20
_LIST_LIMIT_BYTES = 8 << 20
_TIMEOUT_S = 30
_MAX_UNPACKED_BYTES = 24 << 30
_BROKEN = (urllib.error.URLError, http.client.HTTPException, OSError)

_LANGUAGES = {"cn": "zh", "vn": "vi", "ua": "uk", "kz": "kk", "br": "pt"}
_OTHER_KINDS = ("-spk-", "recasepunc", "-tts-")

Progress = Callable[[int, int], None]
"""Told how many bytes have arrived and how many there are in all (0 = not known)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialModel:
    """One model of the official list. 官方模型"""

    name: str
    language: str
    size_bytes: int
    md5: str
    url: str
    obsolete: bool = False

    @property
    def spoken(self) -> str:
        """The language as skill groups write it: zh for the list's cn, en for en-us."""
        first = self.language.partition("-")[0]
        return _LANGUAGES.get(first, first)

    @property
    def recognises(self) -> bool:
        """It turns speech into text: the list also has models of voices and of punctuation."""
        return not any(part in self.name for part in _OTHER_KINDS)


def official_models(list_url: str = LIST_URL) -> tuple[OfficialModel, ...]:
    """The official list, without entries that lack something. Raises ModelListUnreadable."""
    try:
        with urllib.request.urlopen(_http(list_url), timeout=_TIMEOUT_S) as answer:
            rows = json.loads(answer.read(_LIST_LIMIT_BYTES))
    except (*_BROKEN, ValueError) as wrong:
        raise ModelListUnreadable(f"{list_url}: {wrong}") from wrong
    if not isinstance(rows, list):
        raise ModelListUnreadable(f"{list_url}: a list was expected")
    return tuple(model for row in rows if (model := _read_row(row)) is not None)


def fetch(
    name: str,
    var: Path,
    list_url: str = LIST_URL,
    progress: Progress = lambda _have, _all: None,
) -> Path:
    """Have this official model under `var/models`; its folder. Does nothing if it is there already.

    Blocks for as long as it takes. Raises UnknownModel, ModelListUnreadable, DownloadBroken (try
    again: it goes on where it broke off), ChecksumWrong, UnsafeArchive, ModelUnusable.
    """
    if not is_model_name(name):
        raise UnknownModel(name)
    folder = models_folder(var) / name
    if folder.is_dir() and check_files(folder).usable:
        return folder
    wanted = next((model for model in official_models(list_url) if model.name == name), None)
    if wanted is None:
        raise UnknownModel(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one_at_a_time(folder.parent):
        part = folder.parent / f"{name}.zip.part"
        _download(wanted, part, progress)
        if _md5(part) != wanted.md5:
            part.unlink()
            raise ChecksumWrong(name)
        _install(part, folder)
        part.unlink()
    return folder


def _read_row(row: object) -> OfficialModel | None:
    if not isinstance(row, dict):
        return None
    try:
        model = OfficialModel(
            name=str(row["name"]),
            language=str(row.get("lang", "")),
            size_bytes=int(row.get("size", 0)),
            md5=str(row["md5"]).lower(),
            url=str(row["url"]),
            obsolete=str(row.get("obsolete", "false")).lower() == "true",
        )
    except (KeyError, TypeError, ValueError):
        return None
    return model if is_model_name(model.name) and len(model.md5) == 32 else None


def _http(url: str, first_byte: int = 0) -> urllib.request.Request:
    """Only http and https: a list must not be able to name a local file. Raises DownloadBroken."""
    if not url.startswith(("https://", "http://")):
        raise DownloadBroken(f"not an http address: {url}")
    headers = {"Range": f"bytes={first_byte}-"} if first_byte else {}
    return urllib.request.Request(url, headers=headers)


def _download(model: OfficialModel, part: Path, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    if model.size_bytes and have == model.size_bytes:
        return
    if model.size_bytes and have > model.size_bytes:
        have = 0
    try:
        with urllib.request.urlopen(_http(model.url, have), timeout=_TIMEOUT_S) as answer:
            continues = answer.status == 206 and _starts_at(answer.headers["Content-Range"], have)
            with part.open("ab" if continues else "wb") as file:
                _receive(answer, file.write, have if continues else 0, progress)
    except urllib.error.HTTPError as refused:
        refused.close()
        if refused.code == 416:
            # There is nothing after what we have: either it is complete, or it is not that file.
            return
        raise DownloadBroken(f"{model.url}: HTTP {refused.code}") from refused
    except _BROKEN as broken:
        raise DownloadBroken(f"{model.url}: {broken}") from broken


def _receive(
    answer: http.client.HTTPResponse,
    write: Callable[[bytes], object],
    have: int,
    progress: Progress,
) -> None:
    announced = answer.headers["Content-Length"]
    whole = have + int(announced) if announced and announced.isdigit() else 0
    progress(have, whole)
    while block := answer.read1(_BLOCK_BYTES):
        write(block)
        have += len(block)
        progress(have, whole)
    if have < whole:
        raise http.client.IncompleteRead(b"", whole - have)


def _starts_at(content_range: str | None, first_byte: int) -> bool:
    return content_range is not None and content_range.startswith(f"bytes {first_byte}-")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, _unsafe_but_official).hexdigest()


def _unsafe_but_official() -> "hashlib._Hash":
    return hashlib.md5(usedforsecurity=False)


def _install(archive: Path, folder: Path) -> None:
    unpacked = folder.parent / f".unpacking-{folder.name}"
    shutil.rmtree(unpacked, ignore_errors=True)
    unpacked.mkdir()
    try:
        _unpack(archive, unpacked)
        inside = [entry for entry in unpacked.iterdir() if entry.is_dir()]
        root = inside[0] if len(inside) == 1 and not (unpacked / "am").exists() else unpacked
        report = check_files(root)
        if not report.usable:
            raise ModelUnusable(report.complaints)
        if folder.exists():
            # What is there is no usable model, or fetch would have been content with it.
            shutil.rmtree(folder)
        root.rename(folder)
    finally:
        shutil.rmtree(unpacked, ignore_errors=True)


def _unpack(archive: Path, into: Path) -> None:
    room = _MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(archive) as packed:
            for entry in packed.infolist():
                target = into / _safe_path(entry)
                if entry.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(entry) as source, target.open("xb") as copy:
                    while block := source.read(_BLOCK_BYTES):
                        room -= len(block)
                        if room < 0:
                            raise UnsafeArchive("too much data")
                        copy.write(block)
    except (zipfile.BadZipFile, NotImplementedError, FileExistsError, NotADirectoryError) as wrong:
        raise UnsafeArchive(f"not a proper zip file: {wrong}") from wrong


def _safe_path(entry: zipfile.ZipInfo) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if (
        path.is_absolute()
        or not path.parts
        or ".." in path.parts
        or "\\" in entry.filename
        or ":" in path.parts[0]
        or kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        or entry.flag_bits & 0x1
    ):
        raise UnsafeArchive(f"refused: {entry.filename!r}")
    return path


@contextmanager
def _only_one_at_a_time(folder: Path) -> Iterator[None]:
    lock = os.open(folder / ".fetching", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as taken:
        raise DownloadBroken("another fetch is at work in this folder") from taken
    finally:
        os.close(lock)
