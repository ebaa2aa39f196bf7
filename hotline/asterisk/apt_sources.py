"""The Debian or Ubuntu archive that this machine's own apt sources name. 软件源

Both source formats are read: one-line (`*.list`) and deb822 (`*.sources`). The mirror is always the
machine's own, never one of ours: what the administrator allowed is what is used. Standard library only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

DEBIAN_KEYRINGS = (
    "/usr/share/keyrings/debian-archive-keyring.gpg",
    "/usr/share/keyrings/debian-archive-keyring.pgp",
)
UBUNTU_KEYRINGS = (
    "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
    "/etc/apt/trusted.gpg.d/ubuntu-keyring-2018-archive.gpg",
)
UBUNTU_FIRST_WITH_20 = "noble"
"""Ubuntu 24.04; earlier releases carry Asterisk 18, so they borrow this suite of the same archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One (address, suite) pair of an apt source. 源条目"""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Where the bundle is taken from and who signs it. 归档"""

    uri: str
    suite: str
    components: tuple[str, ...]
    keyring: str | None
    """Path of the key file that exists here; None if none does."""


def read_machine_sources(etc_apt: Path) -> tuple[Source, ...]:
    """All binary sources below an /etc/apt folder, in apt's order; unreadable files are passed over."""
    paths = [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]
    sources: list[Source] = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if path.suffix == ".list":
            sources += parse_one_line(text)
        elif path.suffix == ".sources":
            sources += parse_deb822(text)
    return tuple(sources)


def parse_one_line(text: str) -> list[Source]:
    """`deb [arch=amd64 signed-by=/k.gpg] http://host/debian trixie main`, one a line."""
    found = []
    for raw in text.splitlines():
        line = raw.split("#", 1)[0].strip()
        shape = re.match(
            r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s*(?P<rest>.*)",
            line,
        )
        if shape is None:
            continue
        options = dict(o.split("=", 1) for o in (shape["options"] or "").split() if "=" in o)
        found.append(
            Source(
                uri=shape["uri"],
                suite=shape["suite"],
                components=tuple(shape["rest"].split()),
                signed_by=options.get("signed-by"),
            )
        )
    return found


def parse_deb822(text: str) -> list[Source]:
    """Stanzas of `Types/URIs/Suites/Components/Signed-By` fields, separated by empty lines."""
    found = []
    for stanza in _stanzas(text):
        fields = _fields(stanza)
        if (
            "deb" not in fields.get("types", "").split()
            or fields.get("enabled", "yes").lower() == "no"
        ):
            continue
        signed_by = fields.get("signed-by", "").strip()
        # A key written into the stanza itself (ASCII armour) is no path; the distribution's keyring serves.
        path = signed_by.split()[0] if signed_by.startswith("/") else None
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                components = tuple(fields.get("components", "").split())
                found.append(Source(uri=uri, suite=suite, components=components, signed_by=path))
    return found


def find_archive(sources: Iterable[Source], suite: str, os_release: Path) -> Archive | None:
    """The archive to take Asterisk from, or None where the sources name neither Debian nor Ubuntu.

    On Debian `suite` of the machine's own mirror; on Ubuntu the machine's own suite, because Ubuntu's
    archive has no sid, and because its releases since 24.04 carry Asterisk 20 or later in universe.
    """
    release = _os_release(os_release)
    wanted = [
        s
        for s in sources
        if _is_main_archive(s, release.get("ID", ""), release.get("VERSION_CODENAME", ""))
    ]
    if not wanted:
        return None
    source = wanted[0]
    if release.get("ID") == "ubuntu" or "/ubuntu" in source.uri:
        recent = _year(release.get("VERSION_ID", "")) >= 24
        own = release.get("VERSION_CODENAME") or source.suite
        return Archive(
            uri=source.uri,
            suite=own if recent else UBUNTU_FIRST_WITH_20,
            components=("main", "universe"),
            keyring=_first_that_exists((source.signed_by, *UBUNTU_KEYRINGS)),
        )
    return Archive(
        uri=source.uri,
        suite=suite,
        components=("main",),
        # The keyring of a source may hold one release's key only; the whole keyring knows sid's too.
        keyring=_first_that_exists((*DEBIAN_KEYRINGS, source.signed_by)),
    )


def _is_main_archive(source: Source, distribution: str, codename: str) -> bool:
    """Main archive: not the security or updates archive, not a third party's repository."""
    if (
        not source.uri.startswith(("http://", "https://", "mirror+", "file:", "copy:"))
        or "main" not in source.components
    ):
        return False
    if "security" in source.uri or re.search(
        r"-(security|updates|backports|proposed)", source.suite
    ):
        return False
    own_suites = {codename, "stable", "testing", "unstable", "sid"} - {""}
    looks_like = re.search(r"/(debian|ubuntu|ubuntu-ports)/?$", source.uri) is not None
    return looks_like or (distribution in ("debian", "ubuntu") and source.suite in own_suites)


def _stanzas(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [stanza for stanza in re.split(r"\n\s*\n", "\n".join(lines)) if stanza.strip()]


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line[:1].isspace() and name:
            fields[name] += "\n" + line.strip()
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _os_release(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return {
        k: v.strip().strip('"') for k, v in (line.split("=", 1) for line in lines if "=" in line)
    }


def _year(version_id: str) -> int:
    number = version_id.split(".")[0]
    return int(number) if number.isdigit() else 0


def _first_that_exists(paths: Iterable[str | None]) -> str | None:
    return next((p for p in paths if p is not None and Path(p).is_file()), None)
