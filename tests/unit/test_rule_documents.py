"""Rule documents with mistakes: each is named with its line; the shipped ones have none."""

import pytest

from documents.calendar import shipped_calendar
from documents.problems import DocumentKind, Severity, errors_in
from hotline.flow_joints import flow_problems
from seats.model import SeatDefinition
from seats.rule_documents.documents import Surroundings, check, check_together, read_all
from seats.rule_versions import shipped

K = DocumentKind
SHIPPED = {kind: shipped(kind).body for kind in K}
EVERY_GROUP = dict.fromkeys(read_all(SHIPPED)[0].groups, 1)
SURROUNDINGS = Surroundings(
    calendar=shipped_calendar(),
    seats={"8001": SeatDefinition(seat_id="8001", operator_name="某", skills=EVERY_GROUP)},
    prompts=frozenset({"hotline/please-wait"}),
    further=(flow_problems,),
)


def problems(kind: K, text: str, surroundings: Surroundings = SURROUNDINGS):
    return [(p.line, p.code) for p in check(kind, text, SHIPPED, surroundings)]


def test_what_is_shipped_has_no_problems_and_knows_every_special_seat():
    documents, found = read_all(SHIPPED)
    assert [*found, *check_together(documents, SURROUNDINGS)] == []
    names = {row.rules.name for row in documents.groups.values()}
    assert {"公积金", "人社", "医保", "法律", "政务服务", "助企服务", "唐山话", "手语"} <= names
    assert {row.rules.language for row in documents.groups.values()} >= {"en", "ja", "ko", "ru"}


GENERAL = '[[group]]\ncode = "general"\nname = "综合"\n'


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('kind = "groups"\n[[group]\n', 2, "syntax"),
        ('kind = "routing"\n' + GENERAL, 1, "kind-wrong"),
        (f'kind = "groups"\n{GENERAL}colour = "red"\n', 5, "key-unknown"),
        (f'kind = "groups"\nfoo = 1\n{GENERAL}', 2, "key-unknown"),
        (f'kind = "groups"\n{GENERAL}{GENERAL}', 6, "group-twice"),
        (f'kind = "groups"\n{GENERAL}hours = "工作日 09:00-17:00"\n', 2, "general-closed"),
        ('kind = "groups"\n[[group]]\ncode = "law"\nname = "法律"\n', 1, "general-missing"),
        (f'kind = "groups"\n{GENERAL}[[group]]\ncode = "law"\n', 5, "value-missing"),
        (f'kind = "groups"\n{GENERAL}minimum = true\n', 5, "value-invalid"),
        (f'kind = "groups"\n{GENERAL}minimum = -1\n', 5, "value-out-of-range"),
        (f'kind = "groups"\n{GENERAL}kind = "royal"\n', 5, "value-invalid"),
        (f'kind = "groups"\n{GENERAL}[[group.relax]]\nafter_s = 20\n', 5, "relaxation-without-effect"),
        (
            f'kind = "groups"\n{GENERAL}first_level = 1\n[[group.relax]]\nafter_s = 20\nmax_level = 2\n'
            "[[group.relax]]\nafter_s = 20\n",
            10,
            "relaxation-order",
        ),
        (
            f'kind = "groups"\n{GENERAL}[[group]]\ncode = "a"\nname = "甲"\nhours = "工作日 09:00-17:00"\n'
            'overflow = "nobody"\n',
            5,
            "group-unknown",
        ),
        (
            f'kind = "groups"\n{GENERAL}[[group]]\ncode = "a"\nname = "甲"\n'
            'hours = ["工作日 09:00-12:00",\n  "每天 11:00-13:00"]\n',
            8,
            "hours-overlap",
        ),
        (
            f'kind = "groups"\n{GENERAL}[[group]]\ncode = "a"\nname = "甲"\nhours = "周八 9-10"\n',
            8,
            "hours-invalid",
        ),
    ],
)  # fmt: skip
def test_a_mistake_in_the_groups_is_named_with_its_line(text, line, code):
    assert (line, code) in problems(K.GROUPS, text)


def test_groups_that_overflow_in_a_circle_are_found():
    closed = 'hours = "工作日 09:00-17:00"\n'
    text = (
        f'kind = "groups"\n{GENERAL}'
        f'[[group]]\ncode = "a"\nname = "甲"\noverflow = "b"\n{closed}'
        f'[[group]]\ncode = "b"\nname = "乙"\noverflow = "a"\n{closed}'
    )
    assert {(5, "overflow-loop"), (10, "overflow-loop")} <= set(problems(K.GROUPS, text))


REST = '[[row]]\nname = "其余"\ngroup = "general"\n'


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('kind = "routing"\n', 1, "no-row-for-the-rest"),
        (f'kind = "routing"\n{REST}key = "1"\n', 2, "no-row-for-the-rest"),
        (f'kind = "routing"\n{REST}{REST}', 5, "row-unreachable"),
        (
            f'kind = "routing"\n[[row]]\nname = "甲"\nkey = ["1", "2"]\ngroup = "law"\n'
            f'[[row]]\nname = "乙"\nkey = "1"\ncalled = "12315"\ngroup = "law"\n{REST}',
            6,
            "row-unreachable",
        ),
        (f'kind = "routing"\n[[row]]\nname = "甲"\nkey = "1"\ngroup = "kings"\n{REST}', 2, "group-unknown"),
        (f'kind = "routing"\n[[row]]\nname = "甲"\nlist = "vip"\ngroup = "law"\n{REST}', 4, "list-unknown"),
        (f'kind = "routing"\n[[row]]\nname = "甲"\nkey = "x"\ngroup = "law"\n{REST}', 4, "value-invalid"),
        (f'kind = "routing"\n{REST}prompt = "hotline/song"\n', 2, "prompt-missing"),
        (f'kind = "routing"\n{REST}priority = 9\n', 5, "value-out-of-range"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_routing_table_is_named_with_its_line(text, line, code):
    assert (line, code) in problems(K.ROUTING, text)


def test_a_narrower_row_before_a_wider_one_can_be_reached():
    text = (
        'kind = "routing"\n[[row]]\nname = "甲"\nlist = "elderly"\ncalled = "12315"\ngroup = "law"\n'
        f'[[row]]\nname = "乙"\nlist = "elderly"\ngroup = "law"\nprompt = "hotline/please-wait"\n{REST}'
    )
    assert problems(K.ROUTING, text) == []


def test_a_row_for_a_key_is_read_and_warned_of_because_flows_decide_on_keys():
    row = 'kind = "routing"\n[[row]]\nname = "甲"\nkey = "1"\ngroup = "general"\n' + REST
    (found,) = check(K.ROUTING, row, SHIPPED, SURROUNDINGS)
    assert (found.line, found.code, found.severity) == (4, "key-unused", Severity.WARNING)


def test_a_group_that_nobody_serves_is_a_warning_unless_its_callers_may_go_elsewhere():
    seats = {"8001": SeatDefinition(seat_id="8001", operator_name="某", skills={"general": 1})}
    lonely = Surroundings(calendar=shipped_calendar(), seats=seats)
    groups = f'kind = "groups"\n{GENERAL}[[group]]\ncode = "law"\nname = "法律"\n'
    row = 'kind = "routing"\n[[row]]\nname = "甲"\ncalled = "12348"\ngroup = "law"\n' + REST
    current = {**SHIPPED, K.GROUPS: groups}
    (found,) = check(K.ROUTING, row, current, lonely)
    assert (found.line, found.code, found.severity) == (2, "group-without-seats", Severity.WARNING)
    assert check(K.ROUTING, row, SHIPPED, lonely) == []


def test_taking_a_group_away_that_a_row_needs_is_an_error_in_the_groups_own_publication():
    found = check(K.GROUPS, f'kind = "groups"\n{GENERAL}', SHIPPED, SURROUNDINGS)
    assert {(p.kind, p.code) for p in errors_in(found)} == {
        (K.ROUTING, "group-unknown"),
        (K.FLOWS, "group-unknown"),
    }


@pytest.mark.parametrize(
    ("kind", "text", "line", "code"),
    [
        (K.POSTS, '[[post]]\nseat = "8a"\nname = "某"\n', 3, "value-invalid"),
        (K.POSTS, '[[post]]\nseat = "8001"\nname = "某"\nskills = { kings = 1 }\n', 2, "group-unknown"),
        (K.POSTS, '[[post]]\nseat = "8001"\nname = "某"\nskills = { law = 0 }\n', 5, "value-invalid"),
        (K.POSTS, '[[post]]\nseat = "8009"\nname = "某"\n', 2, "seat-without-extension"),
        (K.POSTS, '[[post]]\nseat = "8001"\nname = "某"\n' * 2, 6, "seat-twice"),
        (
            K.POSTS,
            '[[post]]\nseat = "8001"\nname = "某"\noperator = "wang"\n'
            '[[post]]\nseat = "8002"\nname = "某"\noperator = "wang"\n',
            9,
            "operator-twice",
        ),
        (K.ROSTERS, '[[shift]]\nname = "夜"\n', 2, "value-missing"),
        (
            K.ROSTERS,
            '[[shift]]\nname = "夜"\nhours = "每天 20:00-08:00"\n[[shift.seat]]\nseat = "8009"\n',
            5,
            "seat-unknown",
        ),
        (
            K.ROSTERS,
            '[[shift]]\nname = "甲"\nhours = "每天 08:00-16:00"\n[[shift.seat]]\nseat = "8001"\n'
            '[[shift]]\nname = "乙"\nhours = "周一 15:00-23:00"\n[[shift.seat]]\nseat = "8001"\n',
            7,
            "hours-overlap",
        ),
        (K.DIRECTORY, "", 1, "emergency-missing"),
        (K.DIRECTORY, '[[line]]\ncode = "x"\nname = "某"\nnumber = "0086315"\n', 5, "number-invalid"),
        (K.CODES, "", 1, "code-missing"),
        (K.CODES, '[[code]]\ncode = "X"\nname = "某"\n', 3, "code-invalid"),
        (K.POLICIES, "[line]\nsticky_s = 900\n", 3, "value-out-of-range"),
        (K.POLICIES, "[kings]\nbreak_s = 900\n", 2, "key-unknown"),
        (K.POLICIES, "[callbacks]\nattempts = 0\n", 3, "value-out-of-range"),
        (K.POLICIES, "[callbacks]\npauses_min = [10, -1]\n", 3, "value-out-of-range"),
        (K.POLICIES, "[callbacks]\npauses_min = []\n", 3, "value-missing"),
        (K.POLICIES, '[callbacks]\npauses_min = ["10"]\n', 3, "value-invalid"),
        (K.POLICIES, '[callbacks]\nfirst = "king"\n', 3, "value-invalid"),
        (K.POLICIES, "[callbacks]\nfrom_hour = 9\n", 3, "value-missing"),
        (K.POLICIES, "[callbacks]\nfrom_hour = 20\nuntil_hour = 9\n", 4, "hours-invalid"),
        (K.POLICIES, '[supervision]\ntold = ["listen", "sing"]\n', 3, "value-invalid"),
        (K.POLICIES, '[supervision]\nlisteners = ["operator"]\n', 3, "value-invalid"),
    ],
)  # fmt: skip
def test_a_mistake_in_any_other_document_is_named_with_its_line(kind, text, line, code):
    assert (line, code) in problems(kind, f'kind = "{kind}"\n{text}')


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize(
    "text",
    ["", "\x00", "kind = 1", "[" * 5000, "group = 3\nrow = [1]\npost = {}\nline = 'x'", "[[[", "a" * 2_000_000],
    ids=["empty", "nul", "number", "deep", "wrong-types", "brackets", "long"],
)  # fmt: skip
def test_rubbish_is_an_error_and_never_an_exception(kind, text):
    assert errors_in(check(kind, text, SHIPPED, SURROUNDINGS))


def test_policies_name_the_limits_that_differ():
    text = 'kind = "policies"\n[states]\nbreak_s = 600\nmeal_s = 0\n'
    documents, found = read_all({**SHIPPED, K.POLICIES: text})
    assert found == []
    assert dict(documents.policies.limits) == {"break_s": 600, "meal_s": 0}
    assert problems(K.POLICIES, text + "tea_s = 1\n") == [(5, "key-unknown")]
    assert problems(K.POLICIES, text + "talking_s = -1\n") == [(5, "value-out-of-range")]
