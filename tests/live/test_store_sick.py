"""Somebody else holds the database's write lock for the length of a call."""

import sqlite3
from contextlib import closing

import pytest

from hotline.api_client import ApiRefused
from hotline.sounds.voice import speak
from tests.live.afterwards import left_whole, text_of, words_of
from tests.live.stage import QUICK, open_stage

CALLER = "13800000001"


async def test_a_call_is_served_as_usual_and_written_down_later(ready_var, short_path):
    async with open_stage(ready_var, short_path, QUICK) as stage:
        await stage.take_seat("8001")
        phone = stage.world.phone("8001")
        api = await stage.api()
        with closing(sqlite3.connect(stage.places.var / "hotline.sqlite")) as other:
            other.isolation_level = None
            other.execute("BEGIN IMMEDIATE")
            citizen = await stage.world.dial(CALLER)
            call_id = (await stage.call_of(CALLER))["call_id"]
            await phone.talking()
            await stage.call_is(call_id, "talking")
            await phone.say(speak("您好，请问有什么可以帮您"))
            await citizen.say(speak("我要投诉，楼下的路灯坏了三天没人修"))
            await stage.until("/api/health", lambda h: not part(h, "数据库")["ok"])
            with pytest.raises(ApiRefused) as refused:
                await api.get("/readyz")
            assert refused.value.status == 503
            assert "数据库" in str(refused.value.body)
            await citizen.hang_up()
            await stage.call_is(call_id, "ended")
            await stage.seat_is("8001", "ready")
            rows = other.execute("SELECT * FROM calls WHERE call_id = ?", [call_id]).fetchall()
            assert rows == []
            other.execute("ROLLBACK")

        await stage.until("/readyz", lambda r: r["ready"])
        await left_whole(stage, call_id)
        assert "路灯坏了" in text_of(await words_of(stage, call_id, "citizen"))
        assert "请问" in text_of(await words_of(stage, call_id, "operator"))
        [order] = (await api.get("/api/orders"))["orders"]
        assert order["call_id"] == call_id
        assert order["fields"]["request_type"]["value"] == "complaint"


def part(health, name):
    return next(part for part in health["parts"] if part["name"] == name)
