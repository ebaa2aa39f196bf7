"""Prompts over REST: who hears them, who replaces them, what is refused."""

import pytest

from tests.unit.test_web import browser, run

WAV = b"RIFF a recording"


def test_leaders_and_administrators_see_and_hear_every_prompt(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            for name in ("leader", "inspector", "admin"):
                await b.log_in(name)
                body = (await b.client.get("/api/prompts")).json()
                assert body["trouble"] == ""
                assert [(one["language"], one["missing"]) for one in body["prompts"]] == [
                    ("zh", False),
                    ("en", True),
                ]
            missing = (await b.client.get("/api/prompts?missing=true")).json()["prompts"]
            assert [one["language"] for one in missing] == ["en"]
            assert (await b.client.get("/api/prompts?language=zh")).json()["prompts"][0]["text"]
            sound = await b.client.get("/api/prompts/zh/goodbye/audio")
            assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/wav")
            assert (await b.client.get("/api/prompts/en/goodbye/audio")).status_code == 404

    run(story())


def test_an_operator_sees_nothing_of_it_and_a_leader_changes_nothing(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            for path in ("/api/prompts", "/api/prompts/zh/goodbye/audio"):
                assert (await b.client.get(path)).status_code == 403
            await b.log_in("leader")
            kept = await b.client.post("/api/prompts/goodbye/studio", content=WAV)
            dropped = await b.client.delete("/api/prompts/goodbye/studio")
            assert (kept.status_code, dropped.status_code) == (403, 403)

    run(story())


def test_a_recording_is_uploaded_for_a_language_and_taken_away_again(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            url = "/api/prompts/goodbye/studio"
            row = (await b.client.post(url + "?language=en", content=WAV)).json()
            assert (row["language"], row["made_from"], row["missing"]) == ("en", "studio", False)
            assert b.services.prompts.by == ["admin"]
            assert (await b.client.delete(url)).status_code == 404  # Chinese has none
            assert (await b.client.delete(url + "?language=en")).status_code == 200

    run(story())


def test_what_is_no_recording_or_too_large_is_refused_with_the_reason(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            url = "/api/prompts/goodbye/studio"
            for content in (b"", b"ID3 an mp3", bytes(50_000_001)):
                answer = await b.client.post(url, content=content)
                assert answer.status_code == 422
                assert answer.json()["code"] == "studio-recording-refused"
                assert answer.json()["details"]["why"]

    run(story())


@pytest.mark.parametrize("name", ["..%2F..%2Fx", "A", "x.wav", "-x", "x" * 70])
def test_a_name_that_is_no_plain_word_is_refused(tmp_path, name):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            for answer in (
                await b.client.post(f"/api/prompts/{name}/studio", content=WAV),
                await b.client.post("/api/prompts/goodbye/studio", params={"language": name}),
                await b.client.get(f"/api/prompts/zh/{name}/audio"),
            ):
                assert answer.status_code in (404, 405, 422)

    run(story())
