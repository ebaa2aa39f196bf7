"""`hotline demo ... --json` as a newcomer runs it, in a folder of its own. 演示命令"""

import asyncio
import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from hotline.outside.phone_lines import free_port
from hotline.places import ROOT

LIMIT_S = 240
SHOWN_OF_FAILURE = 6000


async def demo(ready_var: Path, short_path: Path, *words: str) -> tuple[Any, str]:
    """Its report, and everything that it showed; it must have ended well."""
    var = short_path / "v"
    shutil.copytree(ready_var, var, symlinks=True)
    (var / "hotline.toml").write_text(f"[web]\nport = {free_port(socket.SOCK_STREAM)}\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(var), "demo", *words, "--json",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT_S):
        output, said = await process.communicate()
    shown = output.decode() + said.decode()
    assert process.returncode == 0, shown[-SHOWN_OF_FAILURE:]
    assert "FAILED" not in shown
    report = json.loads(output.decode().splitlines()[-1])
    assert report["lost"] == 0
    return report, shown
