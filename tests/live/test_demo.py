"""`hotline demo --calls N --json`, as a newcomer runs it."""

import asyncio
import hashlib
import json
import shutil
import socket
import sys
from pathlib import Path

from hotline.outside.phone_lines import free_port
from hotline.places import ROOT

LIMIT_S = 240


async def test_the_last_line_of_the_demo_accounts_for_every_call(ready_var, short_path):
    var = short_path / "v"
    shutil.copytree(ready_var, var, symlinks=True)
    (var / "hotline.toml").write_text(f"[web]\nport = {free_port(socket.SOCK_STREAM)}\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(var), "demo", "--calls", "2", "--json",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT_S):
        output, said = await process.communicate()
    assert process.returncode == 0, said.decode()[-4000:]
    report = json.loads(output.decode().splitlines()[-1])
    assert report["lost"] == 0
    assert len(report["calls"]) == 2
    for call in report["calls"]:
        assert call["skill_group"] == "general"
        assert call["seat_id"] in ("8001", "8002", "8003")
        assert call["ended_by"] == "citizen"
        assert call["reason"] == "hung-up"
        assert call["wait_ms"] >= 0
        assert call["talk_ms"] > 10_000
        recording = call["recording"]
        audio = Path(recording["path"]).read_bytes()
        assert hashlib.sha256(audio).hexdigest() == recording["sha256"]
        assert abs(recording["duration_ms"] - call["talk_ms"] - call["wait_ms"]) < 20_000
        assert {said["side"] for said in call["utterances"]} == {"citizen", "operator"}
        assert all(said["start_ms"] < said["end_ms"] for said in call["utterances"])
        assert call["order"]["state"] == "draft"
        assert call["order"]["request_type"]
        assert call["order"]["summary"]
