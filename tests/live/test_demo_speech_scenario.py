"""`hotline demo --scenario speech --json`: from the spoken word to the filled form. 语音演示"""

import asyncio
import json
import shutil
import socket
import sys
from pathlib import Path

from hotline.demo_speech import SIDES, right_fields
from hotline.outside.phone_lines import free_port
from hotline.outside.speech_script import ENOUGH, SUMMARY_LENGTH
from hotline.places import ROOT

LIMIT_S = 240


async def test_the_speech_demo_fills_a_form_with_proofs_and_warns_of_the_danger(
    ready_var, short_path
):
    var = short_path / "v"
    shutil.copytree(ready_var, var, symlinks=True)
    (var / "hotline.toml").write_text(f"[web]\nport = {free_port(socket.SOCK_STREAM)}\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(var),
        "demo", "--scenario", "speech", "--json",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT_S):
        output, said = await process.communicate()
    shown = output.decode() + said.decode()
    assert process.returncode == 0, shown[-6000:]
    assert "FAILED" not in shown
    report = json.loads(output.decode().splitlines()[-1])
    assert report["lost"] == 0
    [call] = report["calls"]
    # The transcript, as it was told while they spoke.
    assert {one["side"] for one in call["utterances"]} == {"citizen", "operator"}
    for side in (SIDES["citizen"], SIDES["operator"]):
        assert f" {side}：" in shown
    # The warning.
    dangers = [cue for cue in call["cues"] if cue["kind"] == "danger"]
    assert dangers
    assert dangers[0]["title"] in shown
    assert any(sentence["state"] == "said" for sentence in call["sentences"])
    # The form: every field from the machine, with the audio that proves it.
    fields = call["order"]["fields"]
    assert len(right_fields(fields)) >= ENOUGH
    for filled in fields.values():
        assert filled["by"] == "machine"
        assert 0 < filled["confidence"] <= 1
    assert fields["address"]["proof"]["starts_at_ms"] < fields["address"]["proof"]["ends_at_ms"]
    assert SUMMARY_LENGTH[0] <= len(fields["summary"]["value"]) <= SUMMARY_LENGTH[1]
    assert call["order"]["summary"] == fields["summary"]["value"]
    assert Path(call["recording"]["path"]).exists()
