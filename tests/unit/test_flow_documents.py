"""Documents of flows with mistakes: each is named with its line; nothing dangerous is published."""

import pytest

from hotline.bot_needs import ABOUT
from ivr.flow_checks import Ground, check_flows
from ivr.flow_document import read_flows
from ivr.flow_text_checks import texts_of
from ivr.texts import read_texts
from tests.fakes.shipped_flows import ground, shipped_flows

FRAME = """kind = "flows"
[[number]]
name = "12345"
greeting = "recording-notice"
[[profile]]
code = "direct"
name = "直通"
kind = "direct"
flow = "direct"
[[choice]]
profile = "direct"
[[flow]]
code = "direct"
name = "直通"
entry = "notice"
person = "line"
[[flow.node]]
id = "line"
kind = "waiting-room"
[[flow.node]]
id = "notice"
kind = "say"
text = "greeting"
"""
"""`next` of the notice is still to come, as line 24."""
GOOD = FRAME + 'next = "line"\n'


def node(node_id, kind, *rest):
    return "\n".join(["[[flow.node]]", f'id = "{node_id}"', f'kind = "{kind}"', *rest, ""])


def led_by_notice(first, *nodes):
    return FRAME + f'next = "{first}"\n' + "".join(nodes)


def problems(text):
    flows, found = read_flows(text)
    return [(one.line, one.code) for one in [*found, *check_flows(flows, ground())]]


def test_the_smallest_flow_has_no_problems():
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('kind = "flow"\n', 1, "kind-wrong"),
        ('kind = "flows"\n[[flow]\n', 2, "syntax"),
        ('kind = "flows"\n', 1, "no-choice-for-the-rest"),
        ('kind = "flows"\n', 1, "no-number-for-the-rest"),
        (GOOD + "colour = 1\n", 25, "key-unknown"),
        (GOOD + node("x", "dance", 'steps = "2"'), 27, "kind-unknown"),
        (GOOD + node("line", "hang-up", 'text = "goodbye"'), 25, "node-twice"),
        (GOOD + node("person", "hang-up", 'text = "goodbye"'), 25, "value-invalid"),
        (GOOD + node("X y", "hang-up", 'text = "goodbye"'), 26, "value-invalid"),
        (GOOD + node("x", "hang-up", 'text = "goodbye"'), 25, "node-unreachable"),
        (FRAME, 20, "value-missing"),
        (FRAME + 'next = "away"\n', 20, "target-unknown"),
        (GOOD.replace('entry = "notice"', 'entry = "away"'), 12, "target-unknown"),
        (GOOD.replace('person = "line"', 'person = "notice"'), 12, "person-missing"),
        (GOOD.replace('"waiting-room"\n', '"waiting-room"\ngroup = "nobody"\n'), 17, "group-unknown"),
        (GOOD.replace('flow = "direct"', 'flow = "away"'), 5, "flow-unknown"),
        (GOOD.replace('profile = "direct"', 'profile = "away"'), 10, "profile-unknown"),
        (GOOD.replace("[[choice]]\n", '[[choice]]\nswitch = "x"\n'), 10, "no-choice-for-the-rest"),
        (GOOD + '[[choice]]\nprofile = "direct"\n', 25, "choice-unreachable"),
        (GOOD.replace('name = "12345"', 'name = "x"\ncalled = "12a"'), 4, "value-invalid"),
        (GOOD.replace('"recording-notice"', '"away"'), 2, "text-unknown"),
        (GOOD.replace('"recording-notice"', '"goodbye"'), 2, "greeting-without-notice"),
        (GOOD.replace('"greeting"', '"away"'), 20, "text-unknown"),
        (GOOD.replace('"greeting"', '"goodbye"'), 20, "notice-not-first"),
        (GOOD.replace('"greeting"', '"recording-notice"'), 20, "notice-not-first"),
        (GOOD.replace('entry = "notice"', 'entry = "line"'), 17, "notice-not-first"),
        (GOOD.replace('"greeting"', '"place"'), 20, "value-unknown"),
        (led_by_notice("end", node("end", "hang-up", 'text = "goodbye"')), 20, "silence-ends"),
        (led_by_notice("notice"), 20, "loop-without-exit"),
        (led_by_notice("a", node("a", "say", 'text = "night"', 'next = "b"'), node("b", "say", 'text = "night"', 'next = "a"')), 25, "loop-without-exit"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = "line" }', 'on_silence = "notice"')), 20, "loop-without-exit"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = "line" }', 'on_wrong = "q"')), 25, "loop-without-exit"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = "e" }', 'on_silence = "e"'), node("e", "hang-up", 'text = "goodbye"')), 25, "silence-ends"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = "c" }', 'on_silence = "c"'), node("c", "callback", 'text = "goodbye"', 'next = "e"'), node("e", "hang-up", 'text = "goodbye"')), 25, "silence-ends"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', "keys = {}")), 25, "value-missing"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 0 = "notice" }')), 25, "key-0-taken"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 12 = "line" }')), 29, "value-invalid"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = 2 }')), 29, "value-invalid"),
        (led_by_notice("q", node("q", "ask-key", 'text = "offer"', 'keys = { 1 = "away" }')), 25, "target-unknown"),
        (led_by_notice("u", node("u", "urge", 'text = "urge-noted"', 'next = "line"')), 25, "urge-without-order"),
        (led_by_notice("c", node("c", "choose", 'by = "weather"', 'otherwise = "line"')), 28, "value-invalid"),
        (led_by_notice("c", node("c", "choose", 'by = "time"', 'cases = { "周八" = "line" }', 'otherwise = "line"')), 29, "value-invalid"),
        (led_by_notice("c", node("c", "choose", 'by = "load"', 'cases = { many = "line" }', 'otherwise = "line"')), 29, "value-invalid"),
        (led_by_notice("c", node("c", "choose", 'by = "load"', 'cases = { 5 = "line", 9 = "line" }', 'otherwise = "line"')), 25, "case-unreachable"),
        (led_by_notice("c", node("c", "choose", 'by = "caller_list"', 'cases = { vip = "line" }', 'otherwise = "line"')), 25, "list-unknown"),
        (led_by_notice("l", node("l", "language", 'language = "en"', 'next = "line"')), 25, "language-not-offered"),
        (led_by_notice("l", node("l", "language", 'language = "en"', 'next = "s"'), node("s", "say", 'text = "main-menu"', 'next = "line"')), 30, "text-language-missing"),
        (led_by_notice("m", node("m", "message", 'text = "offer"', 'confirm = "offer"', 'again_key = "1"', 'next = "line"')), 25, "value-invalid"),
        (led_by_notice("d", node("d", "ask-digits", 'text = "offer"', 'name = "N"', 'next = "line"')), 29, "value-invalid"),
        (led_by_notice("d", node("d", "ask-digits", 'text = "offer"', 'name = "n"', "shortest = 9", "longest = 4", 'next = "line"')), 31, "value-invalid"),
        (GOOD.replace('entry = "notice"', 'entry = "notice"\nbased_on = "away"'), 16, "flow-unknown"),
        (GOOD.replace('entry = "notice"', 'entry = "notice"\nafter_talk = true'), 5, "flow-after-talk"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(text, line, code):
    assert (line, code) in problems(text)


MENU = node("menu", "ask-key", 'text = "offer"', 'keys = { 1 = "law", 2 = "fund" }')
ROOMS = node("law", "waiting-room", 'group = "law"') + node(
    "fund", "waiting-room", 'group = "housing_fund"'
)
TOP = node("top", "ask-key", 'text = "offer"', 'keys = { 1 = "menu", 2 = "line" }')


def test_the_direct_profile_may_have_no_menu_and_a_menu_only_one_level():
    one_level = led_by_notice("menu", MENU, ROOMS)
    assert [code for _, code in problems(one_level)] == ["direct-with-menu"]
    as_menu = one_level.replace('kind = "direct"', 'kind = "menu"')
    assert problems(as_menu) == []
    two = led_by_notice("top", TOP, MENU, ROOMS).replace('kind = "direct"', 'kind = "menu"')
    assert problems(two) == [(12, "menu-too-deep")]
    allowed = two.replace('person = "line"\n', 'person = "line"\nlevels_allowed = 2\n')
    assert problems(allowed) == []


def test_a_flow_based_on_another_has_the_nodes_that_it_needs():
    second = '[[flow]]\ncode = "night"\nname = "夜间"\nbased_on = "direct"\nentry = "notice"\nperson = "line"\n'
    flows, found = read_flows(GOOD + second)
    assert (found, check_flows(flows, ground())) == ([], [])
    assert set(flows.flows["night"].nodes) == {"notice", "line"}
    other = (
        second
        + node("notice", "say", 'text = "greeting"', 'next = "queue"')
        + node("queue", "waiting-room")
    )
    flows, _ = read_flows(GOOD + other.replace('person = "line"', 'person = "queue"'))
    assert set(flows.flows["night"].nodes) == {"notice", "queue"}


def test_a_large_document_is_checked_in_no_time():
    """Five hundred questions, each leading to nine others: every path would be too many to walk."""
    questions = []
    for number in range(500):
        keys = ", ".join(f'{key} = "q{(number * 7 + key * 31) % 500}"' for key in range(1, 10))
        questions.append(node(f"q{number}", "ask-key", 'text = "offer"', f"keys = {{ {keys} }}"))
    found = {code for _, code in problems(led_by_notice("q0", *questions))}
    assert found == {"direct-with-menu", "menu-too-deep"}


# Texts.

TEXT = 'kind = "texts"\nlanguages = ["zh", "en"]\n[[text]]\ncode = "a"\n'


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('kind = "flows"\n', 1, "kind-wrong"),
        ('kind = "texts"\nlanguages = ["zh", "tlh"]\n', 2, "language-unknown"),
        (TEXT, 3, "value-missing"),
        (TEXT + 'zh = "好"\nfr = "bon"\n', 6, "key-unknown"),
        (TEXT + 'zh = "好"\n[[text]]\ncode = "a"\nzh = "好"\n', 6, "code-twice"),
        (TEXT.replace('"a"', '"A b"') + 'zh = "好"\n', 4, "value-invalid"),
        (TEXT.replace('"a"', '"say-n-1"') + 'zh = "好"\n', 4, "value-invalid"),
        (TEXT + 'zh = "第{place}位"\n', 5, "slot-invalid"),
        (TEXT + 'zh = "第{place:shout}位"\n', 5, "slot-invalid"),
        (TEXT + 'zh = "第{place:count位"\n', 5, "slot-invalid"),
        (TEXT + 'zh = "{tlh|Qapla}"\n', 5, "slot-invalid"),
        (TEXT + 'zh = "第{place:count}位"\nen = "Hello"\n', 6, "slots-differ"),
        (TEXT + f'zh = "{"好" * 401}"\n', 5, "text-too-long"),
        (TEXT + 'zh = "第{b:count}位"\n[[text]]\ncode = "a-3"\nzh = "好"\n', 6, "name-taken"),
    ],
)
def test_a_mistake_in_the_texts_is_named_with_its_line(text, line, code):
    _, found = read_texts(text)
    assert (line, code) in [(one.line, one.code) for one in found]


def test_a_text_becomes_sounds_and_values_and_keeps_the_voice_of_each_piece():
    texts, found = read_texts(TEXT + 'zh = "按8，{en|For English}，第{n:count}位，{m:count}。"\n')
    assert found == []
    words = texts["a"].prompts("zh")
    assert {name: (one.words, one.language) for name, one in words.items()} == {
        "a-1": ("按8，", "zh"),
        "a-2": ("For English", "en"),
        "a-3": ("，第", "zh"),
        "a-5": ("位，", "zh"),
    }


BY_OTHERS = {
    "please-wait",  # the routing table
    "all-seats-busy",  # Asterisk's own queue, while the service is away
    "talk-lost",  # whose seat's telephone died
    "number-blocked", "too-many-calls",  # the gate
    "try-later",  # whoever cannot be served at all
    "state-accepted", "state-diverted",  # what is found of an order
}  # fmt: skip


def test_no_text_is_made_for_nothing():
    flows, texts = shipped_flows(), ground().texts
    said = {
        code
        for flow in flows.flows.values()
        for one in flow.nodes.values()
        for code, _ in texts_of(one)
    }
    said |= {number.greeting for number in flows.numbers} | BY_OTHERS | set(ABOUT.values())
    assert set(texts) == said - {"greeting"}


def test_flows_need_groups_and_texts_to_stand_on():
    flows, _ = read_flows(GOOD)
    nothing = Ground(texts={}, groups=())
    assert {one.code for one in check_flows(flows, nothing)} == {
        "text-unknown",
        "notice-not-first",
    } - {"notice-not-first"}
