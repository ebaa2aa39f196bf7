"""The service stands still; its watchdog must notice."""

import os
import signal
import time

from tests.live.afterwards import left_whole
from tests.live.stage import QUICK, open_stage

CALLER = "13800000001"
LIMIT_S = 20.0
"""About six on a machine of its own (docs/measurements.md; DESIGN 3 allows ten), but tests share its cores."""


async def test_a_waiting_citizen_is_served_soon(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        api = await stage.api("8001")
        await api.post("/api/seats/8001/not-ready", {"reason": "break"})
        citizen, was = await stage.queues(CALLER)
        call_id = was["call_id"]
        frozen = stage.service_pid()
        os.kill(frozen, signal.SIGSTOP)
        began_s = time.monotonic()
        await stage.new_service(frozen)
        await api.post("/api/seats/8001/ready")
        await stage.world.phone("8001").talking()
        assert time.monotonic() - began_s < LIMIT_S
        call = await stage.call_is(call_id, "talking")
        assert call["joined_at"] == was["joined_at"]
        assert not call["lifeboat"]
        await citizen.hang_up()
        await left_whole(stage, call_id)
        assert (await stage.told(call_id)).count("NoticePlayed") == 1
        assert "service is frozen and gets killed" in stage.log.read_text()
