"""`hotline demo --calls N --json`, as a newcomer runs it."""

import hashlib
from pathlib import Path

from tests.live.demo_command import demo


async def test_the_last_line_of_the_demo_accounts_for_every_call(ready_var, short_path):
    report, _ = await demo(ready_var, short_path, "--calls", "2")
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
