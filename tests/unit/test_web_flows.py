"""Flows over REST: which holds now, and pictures of what holds and of what is being written."""

from xml.etree import ElementTree

import pytest

from documents.problems import DocumentKind
from seats.publishing import shipped
from tests.unit.test_web import browser, run

BODY = shipped(DocumentKind.FLOWS).body


async def drawn(b, body):
    answer = await b.client.post("/api/flows/draw", json={"body": body})
    assert answer.status_code == 200
    return {one["code"]: one["svg"] for one in answer.json()["flows"]}


def test_flows_say_which_profile_each_number_gets_now(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            told = (await b.client.get("/api/flows")).json()
            profiles = {one["code"]: one for one in told["profiles"]}
            assert profiles[told["numbers"][0]["profile"]]["kind"] == "direct"
            assert {one["profile"] for one in told["choices"]} <= set(profiles)
            assert {one["flow"] for one in profiles.values()} <= {f["code"] for f in told["flows"]}

    run(story())


def test_every_flow_in_force_has_a_picture_and_no_other_has(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            for flow in (await b.client.get("/api/flows")).json()["flows"]:
                answer = await b.client.get(f"/api/flows/{flow['code']}.svg")
                assert answer.headers["content-type"].startswith("image/svg+xml")
                ElementTree.fromstring(answer.text)
            assert (await b.client.get("/api/flows/none.svg")).status_code == 404

    run(story())


def test_operators_do_not_read_flows(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            assert (await b.client.get("/api/flows")).status_code == 403
            assert (await b.client.get("/api/flows/direct.svg")).status_code == 403
            answer = await b.client.post("/api/flows/draw", json={"body": BODY})
            assert answer.status_code == 403

    run(story())


def test_a_text_that_is_being_written_is_drawn_without_being_kept(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            before = (await b.client.get("/api/flows")).json()
            pictures = await drawn(b, BODY)
            assert pictures.keys() == {one["code"] for one in before["flows"]}
            assert (await b.client.get("/api/flows")).json() == before

    run(story())


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[[flow",
        '[[flow]]\ncode = "a"\nname = "x"\nentry = "nowhere"\nperson = "p"\n',
        BODY.replace("entry = ", "entri = "),
        BODY.replace("next = ", 'next = "gone" # '),
        BODY.replace('kind = "waiting-room"', 'kind = "unknown"'),
        BODY[: len(BODY) // 2],
    ],
)
def test_a_text_with_mistakes_is_drawn_as_far_as_it_goes(tmp_path, body):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            for svg in (await drawn(b, body)).values():
                ElementTree.fromstring(svg)

    run(story())


def test_words_of_a_document_are_never_markup(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            evil = "<script>alert(1)</script>"
            name = next(line for line in BODY.splitlines() if line.startswith("name = "))
            pictures = await drawn(b, BODY.replace(name, f'name = "{evil}"'))
            assert all("<script" not in svg for svg in pictures.values())

    run(story())
