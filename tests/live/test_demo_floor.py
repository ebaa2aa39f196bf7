"""`hotline demo --scenario floor --json`: what it says it shows, it has shown. 专席演示"""

import asyncio
import json
import shutil
import socket
import sys

from hotline.outside.floor_rules import SPECIAL_GROUPS
from hotline.outside.phone_lines import free_port
from hotline.places import ROOT

LIMIT_S = 150
MANDARIN = ("housing_fund", "social_security")
SHOWN = ("三方通话", "转接", "回拨")


async def test_the_floor_demo_shows_every_group_and_every_kind_of_help(ready_var, short_path):
    var = short_path / "v"
    shutil.copytree(ready_var, var, symlinks=True)
    (var / "hotline.toml").write_text(f"[web]\nport = {free_port(socket.SOCK_STREAM)}\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hotline.cli", "--var", str(var),
        "demo", "--scenario", "floor", "--json",
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(LIMIT_S):
        output, said = await process.communicate()
    shown = output.decode() + said.decode()
    assert process.returncode == 0, shown[-4000:]
    assert "FAILED" not in shown
    report = json.loads(output.decode().splitlines()[-1])
    assert report["lost"] == 0
    served = {call["skill_group"]: call for call in report["calls"]}
    # Two experts' groups, a dialect and two foreign languages, each served by its own seat.
    assert served.keys() == {group.code for group in SPECIAL_GROUPS}
    assert len(served) == len(report["calls"]) == 5
    for group in SPECIAL_GROUPS:
        assert served[group.code]["recording"]["sha256"]
        assert served[group.code]["order"]["state"] == "draft"
        [why] = [line for line in shown.splitlines() if f"{group.title}：" in line]
        assert group.seat_id in why, why
        # The shipped model hears Mandarin: for a dialect and for English no text is made up.
        spoken = group.code in MANDARIN
        assert (f"{group.code}：未转写" in shown) != spoken
        assert bool(served[group.code]["utterances"]) == spoken
    three_way = served[SPECIAL_GROUPS[0].code]
    assert {one["side"] for one in three_way["utterances"]} == {
        "citizen", "operator", "third_party",
    }  # fmt: skip
    for what in SHOWN:
        assert [line for line in shown.splitlines() if f"{what}：" in line], what
