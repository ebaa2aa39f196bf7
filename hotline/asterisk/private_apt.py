"""apt-get with a state of its own: fetches signed packages without root and changes nothing here. 独立 apt

Standard library only.
"""

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from hotline.asterisk.apt_sources import Archive
from hotline.asterisk.bundle_errors import (
    ArchiveUnreachable,
    AsteriskNotProvided,
    DiskFull,
    SignatureWrong,
)

Say = Callable[[str], None]


def private_apt(folder: Path, archive: Archive, architecture: str) -> list[str]:
    """apt-get with a state of its own; the machine's proxies and credentials stay in force."""
    for below in ("state/lists/partial", "cache/archives/partial", "log"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    (folder / "preferences").touch()
    line = f"deb [arch={architecture} signed-by={archive.keyring}] {archive.uri} {archive.suite}"
    (folder / "sources.list").write_text(
        f"{line} {' '.join(archive.components)}\n", encoding="utf-8"
    )
    settings = {
        "APT::Architecture": architecture,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",  # the folder may not be readable for apt's own user
        "APT::Update::Error-Mode": "any",  # an index that did not come is an error, not a warning
        "Acquire::AllowInsecureRepositories": "false",
        "Acquire::AllowWeakRepositories": "false",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "Dir::Cache": f"{folder}/cache",
        "Dir::Cache::archives": f"{folder}/cache/archives",
        "Dir::Etc::Preferences": f"{folder}/preferences",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::Etc::SourceList": f"{folder}/sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Log": f"{folder}/log",
        "Dir::State": f"{folder}/state",
        "Dir::State::Lists": f"{folder}/state/lists",
        "Dir::State::status": f"{folder}/status",
    }
    # Container images clean the machine's package cache in these hooks; it is not ours to clean.
    hooks: tuple[str, ...] = (
        "APT::Update::Pre-Invoke",
        "APT::Update::Post-Invoke",
        "APT::Update::Post-Invoke-Success",
    )
    hooks += ("DPkg::Pre-Install-Pkgs", "APT::Architectures", "Acquire::IndexTargets::deb::DEP-11")
    text = "".join(f"#clear {hook};\n" for hook in hooks)
    text += f'APT::Architectures {{ "{architecture}"; }};\n'
    text += "".join(f'{key} "{value}";\n' for key, value in settings.items())
    (folder / "apt.conf").write_text(text, encoding="utf-8")
    return ["apt-get", "-c", str(folder / "apt.conf"), "-q"]


def run_apt(command: Sequence[str], say: Say, what: str, lock: int) -> None:
    """Run apt-get, telling every twentieth thing it fetched; its last lines explain a failure.

    It holds `lock` (an open locked file) too: if we are killed it goes on, and the next start must wait for it.
    Raises AsteriskNotProvided, each kind with its code.
    """
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    lines: list[str] = []
    fetched = 0
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=(lock,),
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line.rstrip())
            if line.startswith("Need to get"):
                say(f"Asterisk: {line.strip()}")
            if line.startswith("Get:"):
                fetched += 1
                if fetched % 20 == 0:
                    say(f"{what} {fetched}")
    if running.returncode != 0:
        raise explain_apt(lines)


def explain_apt(lines: Sequence[str]) -> AsteriskNotProvided:
    """The named error for what apt-get printed before it failed."""
    text = "\n".join(lines)
    last = "; ".join(line for line in lines if line[:2] in ("E:", "W:"))[-600:] or text[-600:]
    kinds: tuple[tuple[str, type[AsteriskNotProvided]], ...] = (
        (
            r"NO_PUBKEY|is not signed|GPG error|EXPKEYSIG|BADSIG|signatures? (were|was) invalid",
            SignatureWrong,
        ),
        (r"No space left|not have enough free space|enough free space", DiskFull),
        (
            r"Failed to fetch|resolv|connect|timed out|unreachable|Unable to fetch|Release file",
            ArchiveUnreachable,
        ),
    )
    for pattern, kind in kinds:
        if re.search(pattern, text, re.IGNORECASE):
            return kind(f"{kind.__doc__} {last}")
    return AsteriskNotProvided(f"apt-get failed: {last}")
