"""`hotline demo --scenario floor --json`: what it says it shows, it has shown. 专席演示"""

from hotline.outside.floor_rules import SPECIAL_GROUPS
from tests.live.demo_command import demo

MANDARIN = ("housing_fund", "social_security")
SHOWN = ("三方通话", "转接", "回拨")


async def test_the_floor_demo_shows_every_group_and_every_kind_of_help(ready_var, short_path):
    report, shown = await demo(ready_var, short_path, "--scenario", "floor")
    served = {call["skill_group"]: call for call in report["calls"]}
    # Two experts' groups, a dialect and two foreign languages, each served by its own seat.
    assert served.keys() == {group.code for group in SPECIAL_GROUPS}
    assert len(served) == len(report["calls"]) == 5
    for group in SPECIAL_GROUPS:
        assert served[group.code]["recording"]["sha256"]
        assert served[group.code]["order"]["state"] == "draft"
        [why] = [line for line in shown.splitlines() if f"{group.title}：" in line]
        assert group.seat_id in why, why
        # The shipped model hears Mandarin: for a dialect and for English no text is made up.
        spoken = group.code in MANDARIN
        assert (f"{group.code}：未转写" in shown) != spoken
        assert bool(served[group.code]["utterances"]) == spoken
    three_way = served[SPECIAL_GROUPS[0].code]
    assert {one["side"] for one in three_way["utterances"]} == {
        "citizen", "operator", "third_party",
    }  # fmt: skip
    for what in SHOWN:
        assert [line for line in shown.splitlines() if f"{what}：" in line], what
