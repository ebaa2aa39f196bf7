"""Every node of every shipped flow: a person by key 0 and by silence, and no walk without an end."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.calendar import BEIJING
from ivr.flow import Say, Survey, WaitingRoom
from ivr.flow_checks import SETTLED, check_flows
from ivr.flow_choice import number_for, profile_for
from ivr.flow_position import Position, Stage, read_position
from ivr.flow_steps import (
    AskOneKey,
    CollectDigits,
    DigitsCame,
    EndCall,
    Gone,
    Heard,
    JoinLine,
    KeyCame,
    Listen,
    LookedUp,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Over,
    Played,
    Recorded,
    RecordMessage,
    WaitedLong,
)
from ivr.flow_walk import MOST_MOVES
from ivr.texts import sounds_of
from tests.fakes.shipped_flows import (
    around,
    ground,
    is_at_its_end,
    shipped_flows,
    shipped_texts,
    silence,
    walk,
)

FLOWS = shipped_flows()
NODES = [(flow.code, node.id) for flow in FLOWS.flows.values() for node in flow.nodes.values()]
SWITCHES = frozenset({"voice-bot"})


def came_into(code, node_id):
    """A walk, and its step just as he has come into the node."""
    one = walk(replace(FLOWS.flows[code], entry=node_id), switches=SWITCHES)
    return one, one.begin()


def test_what_is_shipped_has_no_problems():
    assert check_flows(FLOWS, ground()) == []


@pytest.mark.parametrize(("code", "node_id"), NODES)
def test_key_0_leads_to_a_person(code, node_id):
    one, step = came_into(code, node_id)
    stages = {
        step.position.stage,
        *([Stage.TELL, Stage.CONFIRM, Stage.REFUSE, Stage.LOOK, Stage.NOTE]),
    }
    for stage in stages:
        at = Position(flow=code, version=7, node=node_id, stage=stage, language="zh")
        for came in (KeyCame(key="0"), DigitsCame(digits="0")):
            reached = one.advance(at, came)
            assert isinstance(reached.doing, JoinLine), (stage, came)


@pytest.mark.parametrize(("code", "node_id"), NODES)
def test_silence_leads_to_a_person_unless_he_has_got_what_he_chose(code, node_id):
    one, step = came_into(code, node_id)
    node = one.flow.nodes[node_id]
    for _ in range(MOST_MOVES):
        if is_at_its_end(step):
            break
        step = one.advance(step.position, silence(step))
    if isinstance(node, SETTLED):
        assert isinstance(step.doing, Over | JoinLine)
    else:
        assert isinstance(step.doing, JoinLine)


@pytest.mark.parametrize(("code", "node_id"), NODES)
def test_who_hangs_up_is_gone(code, node_id):
    one, step = came_into(code, node_id)
    assert isinstance(one.advance(step.position, Gone()).doing, Over)


def test_every_flow_of_a_call_begins_with_the_whole_notice():
    for flow in FLOWS.flows.values():
        if not flow.after_talk:
            first = walk(flow).begin()
            assert isinstance(flow.nodes[first.position.node], Say)
            assert first.doing.whole


KEYS = st.sampled_from("0123456789*#").map(lambda key: KeyCame(key=key))
DIGITS = st.text("0123456789*#", min_size=0, max_size=20).map(lambda row: DigitsCame(digits=row))


def possible(step):
    """All that can come of a step; keys can always come."""
    match step.doing:
        case AskOneKey():
            return st.one_of(KEYS, st.just(NothingCame()))
        case CollectDigits():
            return st.one_of(DIGITS, st.just(DigitsCame(digits="482913")), st.just(NothingCame()))
        case RecordMessage():
            return st.sampled_from([Recorded(duration_ms=0), Recorded(duration_ms=20_000)])
        case Listen():
            return st.sampled_from(
                [Heard(need=""), Heard(need="law"), Heard(need="x"), NothingCame()]
            )
        case LookUp():
            return st.sampled_from([LookedUp(), LookedUp(order="20261121-000042")])
        case Note():
            return st.just(Noted())
        case EndCall():
            return st.one_of(KEYS, st.just(Played()))
        case _:
            return st.one_of(KEYS, st.just(Played()))


@settings(max_examples=500)
@given(st.data())
def test_whatever_he_does_he_comes_to_a_person_or_to_an_end(data):
    code = data.draw(st.sampled_from(sorted(FLOWS.flows)))
    one = walk(
        code,
        switches=data.draw(st.sampled_from([frozenset(), SWITCHES])),
        language=data.draw(st.sampled_from(["", "en", "ja"])),
        lists=data.draw(st.sampled_from([frozenset(), frozenset({"elderly"})])),
    )
    step = one.begin()
    for _ in range(3 * MOST_MOVES):
        word = str(step.position)
        assert str(read_position(word)) == word
        if is_at_its_end(step):
            break
        if data.draw(st.integers(0, 30)) == 0:
            step = one.advance(step.position, Gone())
        else:
            step = one.advance(step.position, data.draw(possible(step)))
    assert is_at_its_end(step)


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from([WaitedLong(), *(KeyCame(key=key) for key in "0123456789*#")]), max_size=40
    )
)
def test_whoever_waits_can_be_asked_again_and_again_and_is_never_lost(came):
    one = walk("direct")
    step = one.advance(one.begin().position, Played())
    for each in came:
        step = one.advance(step.position, each)
        if isinstance(step.doing, Over):
            break
        while not is_at_its_end(step):
            step = one.advance(step.position, silence(step))
    assert is_at_its_end(step)


def test_a_walk_that_never_ends_is_ended_with_a_person():
    one = walk("menu")
    at = Position(flow="menu", version=7, node="after-progress", stage=Stage.ASK, moves=MOST_MOVES)
    assert isinstance(one.advance(at, KeyCame(key="2")).doing, JoinLine)


@pytest.mark.parametrize(
    ("known", "profile"),
    [
        ({}, "direct"),
        ({"switches": frozenset({"emergency"}), "waiting": 900}, "emergency"),
        ({"waiting": 300}, "overload"),
        ({"waiting": 299}, "direct"),
        ({"switches": frozenset({"menu"})}, "menu"),
        ({"switches": frozenset({"night"})}, "direct"),
        ({"switches": frozenset({"night"}), "at": 23}, "night"),
        ({"switches": frozenset({"night"}), "at": 6}, "night"),
        ({"switches": frozenset({"holiday"})}, "direct"),
        ({"switches": frozenset({"holiday"}), "day": 22}, "holiday"),
    ],
)
def test_the_first_choice_that_fits_holds(known, profile):
    here = around()
    at = here.at.replace(hour=known.pop("at", 12), day=known.pop("day", 23), tzinfo=BEIJING)
    assert profile_for(FLOWS, around(**known, at=at)).code == profile


def test_each_number_has_its_own_greeting():
    assert number_for(FLOWS, "12329").greeting == "notice-housing-fund"
    assert number_for(FLOWS, "12345").greeting == "recording-notice"


def test_every_step_can_be_said():
    """Each text of each node, in its language, is at least one sound."""
    for code in ("recording-notice", "main-menu", "place", "progress-found"):
        assert sounds_of(shipped_texts(), code, "zh", {})
    place = sounds_of(shipped_texts(), "estimate", "zh", {"least": 2, "most": 12})
    assert place == ("estimate-1", "say-liang", "estimate-3", "say-n-12", "estimate-5")
    assert sounds_of(shipped_texts(), "main-menu", "en", {})[0] == "main-menu-1"
    assert {type(node) for flow in FLOWS.flows.values() for node in flow.nodes.values()} >= {
        Survey,
        WaitingRoom,
    }
