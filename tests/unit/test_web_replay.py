"""Searching, hearing and marking recorded calls through the web: who may what."""

from datetime import timedelta

import pytest

from asr.events import Side
from cti.ids import SeatId, SkillGroupCode
from recordings.finding import COUNTED, After, Findings, FoundCall, Hit
from tests.fakes.services import CALL, NOON
from tests.unit.test_web import browser, run

RECORDING = f"{CALL}-1"
AUDIO = f"/api/recordings/{RECORDING}/audio"
LISTENINGS = f"/api/recordings/{RECORDING}/listenings"
MARKS = f"/api/calls/{CALL}/marks"


@pytest.mark.parametrize("name", ["leader", "inspector"])
def test_nobody_but_the_calls_seat_hears_it_without_saying_why(name, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            refused = await b.client.get(AUDIO)
            assert (refused.status_code, refused.json()["code"]) == (403, "purpose-missing")
            for purpose, code in (
                ("", "purpose-missing"), ("好奇", "purpose-invalid"), ("依法调取", "purpose-note-missing"),
            ):  # fmt: skip
                answer = await b.says_why(purpose=purpose)
                assert answer.json()["code"] == code
            assert (await b.client.get(AUDIO)).status_code == 403
            opened = await b.says_why(purpose="依法调取", note="调证字 7 号")
            assert opened.status_code == 201
            assert (await b.client.get(AUDIO)).status_code == 200
            # For this recording only.
            assert (await b.client.get(f"/api/recordings/{CALL}-2/audio")).status_code == 403

    run(story())


def test_a_seat_hears_its_own_call_at_once_and_what_it_heard_is_kept_as_well(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("wang")
            assert (await b.client.get(AUDIO)).status_code == 200
            opened = (await b.says_why(purpose="")).json()
            assert (opened["own"], opened["purpose"], opened["by"]) == (True, "", "wang")
            heard = await b.client.post(
                f"{LISTENINGS}/{opened['listening_id']}/heard", json={"spans": [[0, 4000]]}
            )
            assert heard.json()["heard_ms"] == 4000

    run(story())


def test_what_was_heard_is_shown_by_person_to_shift_leaders_and_administrators(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            for spans in ([[0, 5000], [4000, 9000]], [[60_000, 999_000]]):
                listening = (await b.says_why()).json()["listening_id"]
                told = await b.client.post(f"{LISTENINGS}/{listening}/heard", json={"spans": spans})
                assert told.status_code == 200
            for name, status in (
                ("inspector", 403),
                ("wang", 403),
                ("leader", 200),
                ("admin", 200),
            ):
                await b.log_in(name)
                answer = await b.client.get(LISTENINGS)
                assert answer.status_code == status, name
            body = answer.json()
            (person,) = body["people"]
            assert (person["by"], person["times"], person["heard_ms"]) == ("inspector", 2, 19_000)
            assert person["spans"] == [[0, 9000], [60_000, 70_000]]
            assert person["purposes"] == ["质量抽检"]
            assert [one["address"] for one in body["listenings"]] == ["127.0.0.1"] * 2
            day = {"since": NOON.isoformat(), "until": (NOON + timedelta(days=1)).isoformat()}
            every = await b.client.get("/api/listenings", params=day)
            assert len(every.json()["listenings"]) == 2
            nobody = await b.client.get("/api/listenings", params={**day, "by": "leader"})
            assert nobody.json()["listenings"] == []

    run(story())


@pytest.mark.parametrize(
    "spans", [[[-1, 5]], [["a", 5]], [[1, 2, 3]], "all", [[0, 10**12]], [[0, 1]] * 501]
)
def test_spans_that_are_none_are_refused(spans, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            listening = (await b.says_why()).json()["listening_id"]
            told = await b.client.post(f"{LISTENINGS}/{listening}/heard", json={"spans": spans})
            assert told.status_code == 422

    run(story())


def test_nobody_tells_what_another_heard(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            listening = (await b.says_why()).json()["listening_id"]
            await b.log_in("leader")
            told = await b.client.post(f"{LISTENINGS}/{listening}/heard", json={"spans": [[0, 1]]})
            assert (told.status_code, told.json()["code"]) == (404, "listening-unknown")

    run(story())


def test_the_purposes_are_those_of_the_list_that_holds(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("inspector")
            assert (await b.client.get("/api/purposes")).json()["purposes"] == [
                {"name": "质量抽检", "needs_note": False},
                {"name": "依法调取", "needs_note": True},
            ]

    run(story())


def test_marks_are_made_and_seen_by_inspectors_and_shift_leaders_only(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            mark = {"at_ms": 12_000, "ends_at_ms": 15_000, "text": " 语气生硬 "}
            for name, status in (("wang", 403), ("admin", 403), ("inspector", 201)):
                await b.log_in(name)
                assert (await b.client.post(MARKS, json=mark)).status_code == status, name
            (made,) = (await b.client.get(MARKS)).json()["marks"]
            assert (made["text"], made["by"], made["at_ms"], made["ends_at_ms"]) == (
                "语气生硬", "inspector", 12_000, 15_000,
            )  # fmt: skip
            for wrong in ({"at_ms": 90_000}, {"at_ms": 9000, "ends_at_ms": 9000}, {"at_ms": -1}):
                assert (await b.client.post(MARKS, json=wrong)).status_code == 422
            for name in ("wang", "admin"):
                await b.log_in(name)
                assert (await b.client.get(MARKS)).status_code == 403

    run(story())


def test_a_mark_is_removed_by_its_author_or_a_shift_leader(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            (made,) = (await b.client.post(MARKS, json={"at_ms": 1})).json()["marks"]
            await b.log_in("inspector")
            refused = await b.client.delete(f"{MARKS}/{made['mark_id']}")
            assert (refused.status_code, refused.json()["code"]) == (403, "mark-not-yours")
            (own, _) = sorted(
                (await b.client.post(MARKS, json={"at_ms": 2})).json()["marks"],
                key=lambda one: one["by"],
            )
            left = (await b.client.delete(f"{MARKS}/{own['mark_id']}")).json()["marks"]
            assert [one["by"] for one in left] == ["leader"]
            assert (await b.client.delete(f"{MARKS}/{own['mark_id']}")).status_code == 404
            await b.log_in("leader")
            assert (await b.client.delete(f"{MARKS}/{made['mark_id']}")).json()["marks"] == []

    run(story())


def found(services) -> FoundCall:
    one = FoundCall(
        recording=services.recordings.recording, call_id=CALL, caller_number="13800000001",
        seat_id=SeatId("8001"), skill_group=SkillGroupCode("general"), satisfaction="unsatisfied",
        score=1, cues=2, signals=3, marks=4, listenings=5, hit_count=7,
        hits=(Hit(side=Side.CITIZEN, who=None, at_ms=1200, text="我要投诉。", marks=((2, 4),)),),
    )  # fmt: skip
    after = After(started_at=NOON + timedelta(microseconds=7), recording_id=RECORDING)
    services.replay_room.finding.findings = Findings(calls=(one,), after=after, total=COUNTED + 1)
    return one


def test_a_found_call_has_its_sentences_and_the_next_page_begins_where_this_one_ended(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            found(b.services)
            await b.log_in("inspector")
            page = (await b.client.get("/api/search", params={"text": "投诉"})).json()
            (one,) = page["calls"]
            assert one["hits"] == [
                {
                    "side": "citizen",
                    "who": None,
                    "at_ms": 1200,
                    "text": "我要投诉。",
                    "marks": [[2, 4]],
                }
            ]
            assert (one["caller_number"], one["hit_count"], one["skill_group_name"]) == (
                "138****0001", 7, "综合受理",
            )  # fmt: skip
            assert (page["total"], page["more_than_total"]) == (COUNTED, True)
            await b.client.get("/api/search", params={"after": page["after"], "limit": 5})
            _, after, limit = b.services.replay_room.finding.asked[-1]
            assert (after.started_at, after.recording_id, limit) == (
                NOON + timedelta(microseconds=7), RECORDING, 5,
            )  # fmt: skip
            await b.client.get("/api/search", params={"after": "no token"})
            assert b.services.replay_room.finding.asked[-1][1] is None

    run(story())


def test_every_condition_is_passed_on(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in("leader")
            answer = await b.client.get(
                "/api/search",
                params={
                    "text": "消防 通道", "side": "citizen", "number": "13800000001", "seat": "8001",
                    "group": "general", "since": NOON.isoformat(), "cue": "danger",
                    "signal": "not-ours", "satisfaction": "unsatisfied", "score": 1,
                    "shortest_s": 60, "longest_s": 600, "marked": True, "unheard": True,
                },
            )  # fmt: skip
            assert answer.status_code == 200
            wanted, _, _ = b.services.replay_room.finding.asked[-1]
            assert wanted.phrases == (("消", "防"), ("通", "道"))
            assert (wanted.side, wanted.number, wanted.number_ends) == (
                Side.CITIZEN, "13800000001", None,
            )  # fmt: skip
            assert (wanted.seat_id, wanted.skill_group, wanted.since) == ("8001", "general", NOON)
            assert (wanted.cue, wanted.signal) == ("danger", "not-ours")
            assert (wanted.satisfaction, wanted.score) == ("unsatisfied", 1)
            assert (wanted.shortest_s, wanted.longest_s, wanted.marked) == (60, 600, True)
            assert (wanted.unheard_by, wanted.only_seat) == ("leader", None)
            assert not wanted.without_supervisors

    run(story())


@pytest.mark.parametrize(
    ("name", "asked", "status"),
    [
        ("leader", {"number": "13800000001"}, 200),
        ("inspector", {"number": "13800000001"}, 403),
        ("inspector", {"number": "0001"}, 200),
        ("inspector", {"number": "00"}, 403),
        ("leader", {"number": "0001' OR 1"}, 422),
        ("leader", {"text": "，。"}, 422),
        ("leader", {"text": "长" * 201}, 422),
        ("leader", {"cue": "no-such"}, 422),
        ("leader", {"limit": 1000}, 422),
        ("leader", {"strange": 1}, 422),
        ("wang", {"text": "消防"}, 200),
        ("wang", {"cue": "danger"}, 200),
        ("wang", {"satisfaction": "unsatisfied"}, 403),
        ("wang", {"signal": "not-ours"}, 403),
        ("wang", {"marked": True}, 403),
        ("admin", {"seat": "8001"}, 200),
        ("admin", {"text": "消防"}, 403),
        ("admin", {"cue": "danger"}, 403),
        ("admin", {"score": 1}, 403),
    ],
)
def test_who_may_look_for_what(name, asked, status, tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            await b.log_in(name)
            answer = await b.client.get("/api/search", params=asked)
            assert answer.status_code == status, answer.text

    run(story())


def test_an_operator_finds_only_his_own_calls_and_nothing_that_is_said_of_him(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            found(b.services)
            await b.log_in("wang")
            (one,) = (await b.client.get("/api/search", params={"text": "投诉"})).json()["calls"]
            wanted, _, _ = b.services.replay_room.finding.asked[-1]
            assert (wanted.only_seat, wanted.without_supervisors) == ("8001", True)
            assert (one["satisfaction"], one["score"], one["signals"], one["marks"]) == (
                None, None, 0, 0,
            )  # fmt: skip
            assert (one["cues"], one["listenings"], len(one["hits"])) == (2, 0, 1)

    run(story())


def test_an_administrator_finds_calls_and_reads_no_word_of_them(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            found(b.services)
            await b.log_in("admin")
            (one,) = (await b.client.get("/api/search")).json()["calls"]
            assert (one["hits"], one["hit_count"], one["cues"]) == ([], 0, 0)
            assert (one["listenings"], one["caller_number"]) == (5, "138****0001")

    run(story())


def test_who_heard_and_marked_a_call_is_in_nobodys_stream():
    from recordings.events import CallMarked, ListeningOpened
    from tests.fakes.services import user
    from web.live import Window
    from web.ports import Role, Told

    opened = ListeningOpened(
        at=NOON, call_id=CALL, recording_id=RECORDING, listening_id="l", by="inspector",
        name="何质检", purpose="质量抽检", note="", own=False, address="10.0.0.7",
    )  # fmt: skip
    marked = CallMarked(
        at=NOON, call_id=CALL, mark_id="m", by="inspector", name="何质检", at_ms=1, text="语气生硬"
    )
    for viewer in (user("wang", Role.OPERATOR, seat="8001"), user("leader", Role.SUPERVISOR)):
        window = Window(viewer, lambda _: {})
        window.know(CALL, "8001")
        assert [window.show(Told(1, one)) for one in (opened, marked)] == [(None, False)] * 2
