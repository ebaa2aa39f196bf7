"""What the dialplan promises can be read off it."""

import re
from pathlib import Path

import pytest

from hotline.prompt_joints import ALWAYS_SAID
from ivr import dialplan_variables as variables
from ivr.model import StoryState
from ivr.prompt_list import needed_sounds
from ivr.ringing import SEAT_ANSWERED, SEAT_LEG
from tests.fakes.shipped_flows import shipped_texts

CONF = Path(__file__).parents[2] / "asterisk-conf"


def lines(name: str) -> list[str]:
    text = (CONF / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != ";"]


def contexts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines("extensions.conf"):
        head = re.fullmatch(r"\[([\w-]+)\]", line)
        if head:
            steps = found.setdefault(head[1], [])
        else:
            steps.append(line)
    return found


DIALPLAN = "\n".join(lines("extensions.conf"))


def test_every_variable_of_the_dialplan_is_explained_and_every_explained_one_is_used():
    used = set(re.findall(r"HOTLINE_[A-Z_]+", DIALPLAN))
    # These only the story and AMI events use; the dialplan carries them from one story to the next.
    carried = {variables.GROUP, variables.PRIORITY, variables.PARTY, variables.OUT}
    # What he chooses in a menu; the story sets it and reads it.
    chosen = {variables.KEY, variables.LANGUAGE, variables.DIGITS, variables.MESSAGE}
    # Where he is, and that what he types is nobody's business: the story's own, the latter told on AMI.
    own_words = {variables.FLOW, variables.PRIVATE}
    assert used == variables.ALL - carried - chosen - own_words
    channelvars = re.search(r"channelvars = (.*)", "\n".join(lines("manager.conf")))
    told = set(channelvars[1].split(","))
    own = {variables.CALL, variables.STATE, variables.ANSWERED_AT, variables.TURN}
    assert told == own | {variables.JOINED_AT, variables.PRIVATE, *carried}


def test_the_explained_variables_are_those_with_an_explanation():
    source = Path(variables.__file__).read_text(encoding="utf-8")
    assert set(re.findall(r'= "(HOTLINE_\w+)"\n"""', source)) == variables.ALL


def test_states_named_in_the_dialplan_are_states_of_the_story():
    named = set(re.findall(r'HOTLINE_STATE=(\w+)|HOTLINE_STATE}" = "(\w+)"', DIALPLAN))
    assert {first or second for first, second in named} <= set(StoryState)


def test_no_pattern_takes_everything_and_failed_calls_end():
    assert not re.search(r"exten => _\.", DIALPLAN)
    patterned = [c for c, steps in contexts().items() if any("exten => _" in s for s in steps)]
    assert patterned
    for context in patterned:
        assert "exten => failed,1,Hangup()" in contexts()[context]


def test_a_frozen_service_cannot_hold_a_channel():
    steps = contexts()["hotline-in"]
    asks = [n for n, step in enumerate(steps) if ",AGI(" in step]
    assert asks
    for n in asks:
        label = max(m for m in range(n) if "n(story)" in steps[m])
        assert any("Set(AGIEXITONHANGUP=yes)" in step for step in steps[label:n])
    others = {c for c, s in contexts().items() if any(",AGI(" in x for x in s)} - {"hotline-in"}
    assert others == {"hotline-lifeboat"}
    # There it is set already: nobody comes there but from the story.
    doors = re.findall(r"\((?:hotline-lifeboat),", DIALPLAN)
    assert len(doors) == 1


def test_a_seats_telephone_may_dial_nothing():
    (pattern, failed) = contexts()["seat-out"]
    assert pattern == "exten => _[+0-9]!,1,Hangup(21)"
    assert failed == "exten => failed,1,Hangup()"
    assert "include" not in DIALPLAN


def test_nothing_starts_programs_but_the_lifeboats_script():
    assert re.findall(r"AGI\(([^)]*)\)", DIALPLAN) == [
        "${HOTLINE_AGI}",
        "lifeboat.py,${HOTLINE_SPOOL}",
    ]
    assert not re.search(r"\b(System|TrySystem|SHELL|Exec|CURL|FILE)\(", DIALPLAN)


@pytest.mark.parametrize(
    "subroutine", [SEAT_LEG, SEAT_ANSWERED, "hotline-lifeboat", "hotline-goodbye"]
)
def test_contexts_that_code_names_exist(subroutine):
    assert subroutine.split("^")[0] in contexts()


def test_whoever_rings_a_seat_has_the_moment_of_the_answer_written_down():
    assert f"membergosub = {SEAT_ANSWERED}" in lines("queues.conf")


def test_prompts_of_story_dialplan_and_queue_are_ours():
    navigator = (Path(variables.__file__).parent / "navigator.py").read_text(encoding="utf-8")
    text = DIALPLAN + "\n".join(lines("queues.conf")) + navigator
    named = set(re.findall(r"\bhotline/([a-z-]+)", text))
    assert named == set(ALWAYS_SAID)
    assert named <= set(needed_sounds(shipped_texts())["zh"])
