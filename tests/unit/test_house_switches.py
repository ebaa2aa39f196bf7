"""The house's switches: turned, wished for, remembered, refused."""

import asyncio
from datetime import UTC, datetime

import pytest

from seats.announcements import Wording
from seats.errors import SwitchReasonMissing, SwitchTextRefused, SwitchUnknown
from seats.events import SwitchChanged
from seats.house_switches import HouseSwitches, Switch, SwitchName, SwitchWish
from tests.fakes.switches import NoSwitches
from tests.unit.test_web import browser, run

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
STORM = "今日暴雨，供水抢修正在进行。"


def house(stored=None):
    told = []
    languages = ("zh", "en")
    return HouseSwitches(stored or NoSwitches(), told.append, lambda: NOON, lambda: languages), told


def test_a_turned_switch_is_on_told_and_announced_until_it_is_turned_off():
    switches, told = house()
    changes = []
    switches.watch(lambda: changes.append(switches.announcement))
    switches.turn("emergency", on=True, by="leader", reason="暴雨", text=f" {STORM} ")
    assert switches.on == {"emergency"}
    switches.turn("emergency", on=False, by="leader", reason="抢修完成", text=STORM)
    assert (switches.on, switches.announcement, changes) == (frozenset(), {}, [{"zh": STORM}, {}])
    assert [(one.name, one.on, one.text) for one in told] == [
        ("emergency", True, STORM),
        ("emergency", False, ""),
    ]
    assert all(isinstance(one, SwitchChanged) and one.at == NOON for one in told)


def test_an_announcement_has_words_in_each_language_that_callers_are_spoken_to_in():
    switches, told = house()
    further = {"en": " Heavy rain today. "}
    switches.turn("emergency", on=True, by="leader", reason="暴雨", text=STORM, others=further)
    assert switches.announcement == {"zh": STORM, "en": "Heavy rain today."}
    assert told[0].others == (Wording(language="en", words="Heavy rain today."),)
    switches.turn("emergency", on=True, by="leader", reason="暴雨", text=STORM, others={"en": " "})
    assert switches.announcement == {"zh": STORM}


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("", {"en": "Heavy rain."}),
        (STORM, {"ja": "大雨"}),
        (STORM, {"zh": "又一条"}),
        (STORM, {"en": "!"}),
        (STORM, {"en": "a" * 401}),
    ],
)
def test_words_that_nobody_would_hear_rightly_are_refused(text, others):
    switches, told = house()
    with pytest.raises(SwitchTextRefused):
        switches.turn("emergency", on=True, by="a", reason="试", text=text, others=others)
    assert told == []


@pytest.mark.parametrize(
    ("name", "reason", "text", "error"),
    [
        ("lights", "试", "", SwitchUnknown),
        ("menu", " ", "", SwitchReasonMissing),
        ("menu", "长" * 201, "", SwitchReasonMissing),
        ("menu", "试", STORM, SwitchTextRefused),
        ("emergency", "试", "雨" * 401, SwitchTextRefused),
        ("emergency", "试", "……！", SwitchTextRefused),
    ],
)
def test_what_cannot_be_turned_so_changes_nothing(name, reason, text, error):
    switches, told = house()
    with pytest.raises(error):
        switches.turn(name, on=True, by="leader", reason=reason, text=text)
    assert (switches.on, told) == (frozenset(), [])


def test_positions_and_wishes_left_meanwhile_hold_after_a_start():
    async def story():
        stored = NoSwitches()
        stored.rows = [Switch(name=SwitchName.MENU, on=True, by="a", reason="试", at=NOON)]
        stored.taken = 4
        stored.wishes = [
            SwitchWish(wish_id=4, name="menu", on=False, by="root", reason="旧"),
            SwitchWish(wish_id=5, name="lights", on=True, by="root", reason="试"),
            SwitchWish(wish_id=6, name="night", on=True, by="root", reason="夜"),
            SwitchWish(
                wish_id=7, name="emergency", on=True, by="root", reason="雨", text=STORM,
                others=(Wording(language="ja", words="雨"), Wording(language="en", words="Rain")),
            ),
        ]  # fmt: skip
        switches, told = house(stored)
        await switches.restore()
        assert switches.on == {"menu", "night", "emergency"}
        assert [(one.name, one.wish_id) for one in told] == [("night", 6), ("emergency", 7)]
        assert switches.announcement == {"zh": STORM, "en": "Rain"}  # no caller speaks Japanese
        assert switches.wishes_refused == 1

    asyncio.run(story())


def test_supervisors_and_administrators_turn_switches_and_operators_only_see_them(tmp_path):
    async def story():
        async with browser(tmp_path) as b:
            body = {"on": True, "reason": "暴雨", "text": STORM, "others": {"en": "Rain"}}
            await b.log_in("leader")
            turned = await b.client.post("/api/switches/emergency", json=body)
            assert (turned.status_code, turned.json()["by"]) == (200, "leader"), turned.text
            no_reason = await b.client.post("/api/switches/night", json={"on": True})
            assert (no_reason.status_code, no_reason.json()["code"]) == (
                422,
                "switch-reason-missing",
            )
            unknown = await b.client.post("/api/switches/lights", json=body)
            assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown-switch")
            await b.log_in("wang")
            refused = await b.client.post("/api/switches/emergency", json={**body, "on": False})
            assert refused.status_code == 403
            seen = (await b.client.get("/api/switches")).json()["switches"]
            assert [one["name"] for one in seen if one["on"]] == ["emergency"]
            assert (seen[0]["text"], seen[0]["others"]) == (STORM, {"en": "Rain"})
            assert (await b.client.get("/api/switches")).json()["languages"] == ["zh", "en"]

    run(story())
