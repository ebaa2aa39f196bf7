"""What the web tells of the parties of a call: their recordings and their words."""

from dataclasses import replace

from asr.events import Side
from cti.ids import LegId
from tests.fakes.services import CALL, utterance
from tests.unit.test_web import browser, run


def test_all_recordings_of_a_call_are_listed_and_elsewhere_only_whole_calls(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            answer = await b.client.get("/api/recordings", params={"call_id": CALL})
            whole, own = answer.json()["recordings"]
            assert (whole["recording_id"], whole["leg_id"], whole["role"], whole["offset_ms"]) == (
                f"{CALL}-1", None, None, 0,
            )  # fmt: skip
            assert (own["recording_id"], own["role"], own["who"], own["offset_ms"]) == (
                f"{CALL}-2", "third", "water", 30_000,
            )  # fmt: skip
            everywhere = (await b.client.get("/api/recordings")).json()["recordings"]
            assert [one["recording_id"] for one in everywhere] == [f"{CALL}-1"]
            other = await b.client.get("/api/recordings", params={"call_id": "node1-9.9"})
            assert other.json()["recordings"] == []
            await b.says_why(f"{CALL}-2")
            heard = await b.client.get(f"/api/recordings/{CALL}-2/audio")
            assert (heard.status_code, heard.content) == (200, b"0123456789")
            assert "own" in (await b.client.get(f"/api/recordings/{CALL}-2/peaks")).json()

    run(story())


def test_who_may_not_hear_a_call_is_shown_none_of_its_recordings(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("li")
            answer = await b.client.get("/api/recordings", params={"call_id": CALL})
            assert answer.json()["recordings"] == []
            assert (await b.client.get(f"/api/recordings/{CALL}-2/audio")).status_code == 403

    run(story())


def test_a_third_partys_words_say_whose_they_are(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            leg_id = LegId(f"{CALL}-p1763700000000")
            third = replace(utterance(), side=Side.THIRD_PARTY, leg_id=leg_id, who="water")

            async def both(_call_id):
                return [utterance(), third]

            b.services.transcripts.of_call = both
            await b.log_in("inspector")
            told = (await b.client.get(f"/api/calls/{CALL}/transcript")).json()["utterances"]
            assert [(u["side"], u["leg_id"], u["who"]) for u in told] == [
                ("citizen", None, None),
                ("third_party", leg_id, "water"),
            ]

    run(story())
