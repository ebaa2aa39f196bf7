"""Missing transcripts over REST: who may ask, what is refused, how it stands."""

import pytest

from asr.errors import (
    CallNotKnown,
    CallNotOver,
    RecordingGone,
    TranscriptInTheMaking,
    TranscriptWhole,
)
from cti.ids import CallId
from tests.fakes.services import CALL, NOON
from tests.unit.test_web import browser, run
from web.ports import BackfillItem

PATH = f"/api/calls/{CALL}/transcribe"


def test_leaders_inspectors_and_administrators_have_text_made_up_and_operators_do_not(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            assert (await b.client.post(PATH)).status_code == 403
            assert (await b.client.get("/api/backfill")).status_code == 403
            for name in ("leader", "inspector", "admin"):
                await b.log_in(name)
                answer = await b.client.post(PATH)
                assert (answer.status_code, answer.json()["by"]) == (202, name)
            assert b.services.backfills.wanted == [
                (CALL, "leader"),
                (CALL, "inspector"),
                (CALL, "admin"),
            ]

    run(story())


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (CallNotKnown(), 404),
        (RecordingGone(), 404),
        (CallNotOver(), 409),
        (TranscriptWhole(), 409),
        (TranscriptInTheMaking(), 409),
    ],
)
def test_what_cannot_be_made_up_is_refused_by_name(tmp_path, refusal, status):
    async def story():
        async with browser(tmp_path) as b:
            b.services.backfills.refusal = refusal
            await b.log_in("leader")
            answer = await b.client.post(PATH)
            assert (answer.status_code, answer.json()["code"]) == (status, refusal.code)

    run(story())


def test_the_board_shows_what_waits_what_failed_and_why_and_how_fast_it_goes(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            item = {"call_id": CallId(CALL), "why": "asked", "by": "leader", "wanted_at": NOON}
            b.services.backfills.items = {
                "queue": [BackfillItem(**item, state="working", heard_ms=4000)],
                "failed": [BackfillItem(**item, state="given_up", reason="recording-gone")],
                "done": [BackfillItem(**item, state="done", finished_at=NOON)],
            }
            await b.log_in("leader")
            board = (await b.client.get("/api/backfill")).json()
            assert board["queue"][0]["heard_ms"] == 4000
            assert board["failed"][0]["reason"] == "recording-gone"
            assert board["done"][0]["finished_at"] == board["done"][0]["wanted_at"]
            assert board["speed"] == {
                "heard_ms": 60_000,
                "busy_ms": 2_000,
                "times_real_time": 30.0,
            }

    run(story())
