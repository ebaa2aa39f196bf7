"""The flows in force: a call goes on in the version it began with."""

from ivr.flow_book import KEPT_VERSIONS, FlowBook
from ivr.flow_steps import JoinLine, KeyCame, Played
from seats.rule_versions import DEFAULTS
from tests.fakes.shipped_flows import around

FLOWS = (DEFAULTS / "flows.toml").read_text(encoding="utf-8")
TEXTS = (DEFAULTS / "texts.toml").read_text(encoding="utf-8")


def book():
    one = FlowBook()
    one.take_up(3, FLOWS, TEXTS)
    return one


def test_a_new_call_gets_the_profile_and_the_greeting_of_its_number():
    chosen = book().choose(around(called_number="12329"))
    assert (chosen.profile.code, chosen.walk.version) == ("direct", 3)
    assert chosen.walk.begin().doing.lines[0].text == "notice-housing-fund"


def test_before_anything_was_taken_up_there_is_no_flow():
    assert FlowBook().choose(around()) is None
    assert FlowBook().named("survey", around()) is None


def test_a_call_goes_on_in_its_own_version_when_another_is_published():
    one = book()
    menu = around(switches=frozenset({"menu"}))
    step = one.choose(menu).walk.begin()
    one.take_up(9, FLOWS.replace('6 = "law"', '6 = "general"'), TEXTS)
    walk = one.walk_of(step.position, menu)
    line = walk.advance(walk.advance(step.position, Played()).position, KeyCame(key="6"))
    assert line.doing.group == "law"
    new = one.choose(menu).walk
    line = new.advance(new.advance(new.begin().position, Played()).position, KeyCame(key="6"))
    assert line.doing.group == "general"


def test_the_oldest_versions_are_forgotten_and_an_undone_one_is_the_newest_again():
    one = book()
    position = one.choose(around()).walk.begin().position
    for version in range(4, 4 + KEPT_VERSIONS):
        one.take_up(version, FLOWS, TEXTS)
    assert one.walk_of(position, around()) is None
    one.take_up(3, FLOWS, TEXTS)
    assert one.walk_of(position, around()).version == 3


def test_the_survey_is_found_by_its_name_and_said_in_sounds():
    one = book()
    ask = one.named("survey", around(language="en")).begin()
    (line,) = ask.doing.lines
    assert one.sounds(line.text, "en", line.values) == ("survey",)
    assert not isinstance(ask.doing, JoinLine)
