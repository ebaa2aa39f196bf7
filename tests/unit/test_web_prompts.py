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


def test_a_text_is_shown_with_its_flows_and_rewritten_in_the_document_that_holds(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            told = (await b.client.get("/api/prompt-texts")).json()
            assert told["flows"] == [{"code": "direct", "name": "直通"}]
            assert told["texts"][0]["words"] == {"zh": "再见。", "en": "Goodbye."}
            url, words = "/api/prompt-texts/goodbye", {"words": {"zh": "感谢来电。"}}
            assert (await b.client.post(url, json=words)).status_code == 403
            await b.log_in("wang")
            assert (await b.client.get("/api/prompt-texts")).json()["texts"] == told["texts"]
            assert (await b.client.get("/api/prompts")).status_code == 403
            assert (await b.client.post(url, json=words)).status_code == 403
            await b.log_in("admin")
            made = (await b.client.post(url, json=words)).json()
            assert made["problems"] == []
            assert made["body"] == made["old"].replace('"感谢您的来电，再见。"', '"感谢来电。"')
            publication = {"body": made["body"], "based_on": made["based_on"], "note": "短些"}
            done = await b.client.post("/api/rules/texts/publish", json=publication)
            assert done.status_code == 200, done.text
            again = (await b.client.post(url, json=words)).json()
            assert (again["old"], again["based_on"]) == (made["body"], 1)

    run(story())


@pytest.mark.parametrize(
    ("code", "words", "status", "why"),
    [
        ("never-written", {"zh": "你好"}, 404, "not-found"),
        ("goodbye", {"ja": "さようなら"}, 409, "text-written-otherwise"),
        ("goodbye", {}, 422, "bad-request"),
        ("goodbye", {"z1": "x"}, 422, "bad-request"),
        ("goodbye", {"zh": "x" * 2001}, 422, "bad-request"),
        ("Goodbye", {"zh": "x"}, 422, "bad-request"),
    ],
)
def test_what_cannot_be_rewritten_is_named(tmp_path, code, words, status, why):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            answer = await b.client.post(f"/api/prompt-texts/{code}", json={"words": words})
            assert (answer.status_code, answer.json()["code"]) == (status, why)

    run(story())


def test_mistakes_in_a_text_are_shown_before_it_is_published(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            words = {"words": {"zh": "您前面还有{place:quickly}位"}}
            made = (await b.client.post("/api/prompt-texts/goodbye", json=words)).json()
            (problem, *_) = made["problems"]
            assert problem["code"] == "slot-invalid"
            assert "quickly" in made["body"].splitlines()[problem["line"] - 1]

    run(story())


def test_texts_that_are_to_come_are_not_overtaken(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("admin")
            body = (await b.client.get("/api/rules/texts")).json()["body"]
            later = {"body": body + "\n# later\n", "note": "x", "at": "2030-01-01T00:00:00Z"}
            assert (await b.client.post("/api/rules/texts/publish", json=later)).status_code == 200
            words = {"words": {"zh": "再见"}}
            answer = await b.client.post("/api/prompt-texts/goodbye", json=words)
            assert (answer.status_code, answer.json()["code"]) == (409, "texts-to-come")

    run(story())
