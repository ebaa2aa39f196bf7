"""Not only the shipped flows: whatever may be published keeps its promises, and the rest does no harm."""

from dataclasses import replace
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.flow import (
    AskDigits,
    AskKey,
    Bot,
    Callback,
    Case,
    Choose,
    ChooseBy,
    Flow,
    HangUp,
    Language,
    Message,
    Progress,
    Say,
    Survey,
    Urge,
    WaitingRoom,
)
from ivr.flow_checks import SETTLED, check_flows
from ivr.flow_drawing import draw
from ivr.flow_profiles import CalledNumber, Flows, Profile, ProfileChoice, ProfileKind
from ivr.flow_steps import DigitsCame, Gone, JoinLine, KeyCame, NothingCame, Over, Recorded
from ivr.flow_walk import MOST_MOVES
from tests.fakes.shipped_flows import ground, is_at_its_end, shipped_texts, silence, walk

NAMES = ("a", "b", "c", "d", "e", "f", "line", "end")
TARGETS = st.sampled_from([*NAMES, "away"])
SOUND_TARGETS = st.sampled_from(["a", "b", "c", "line", "line", "end"])


def nodes(name, targets):
    def build(kind, **parts):
        return st.builds(kind, id=st.just(name), line=st.just(1), **parts)

    text = st.just("comfort")
    keys = st.dictionaries(st.sampled_from("123456789"), targets, min_size=1, max_size=3)
    return st.one_of(
        build(Say, text=st.sampled_from(["comfort", "greeting"]), next=targets),
        build(AskKey, text=text, keys=keys, on_silence=targets, on_wrong=targets),
        build(AskDigits, text=text, name=st.just("n"), shortest=st.just(2), longest=st.just(4), next=targets, on_silence=targets),
        build(Choose, by=st.just(ChooseBy.SWITCH), cases=st.tuples(st.builds(Case, value=st.just("x"), target=targets)), otherwise=targets),
        build(Language, language=st.sampled_from(["zh", "en"]), next=targets),
        build(Message, text=text, confirm=text, next=targets, on_silence=targets),
        build(Survey, text=text, next=targets),
        build(Progress, text=text, found=text, wrong=text, shortest=st.just(2), longest=st.just(4), next=targets, on_silence=targets),
        build(Urge, text=text, next=targets),
        build(Callback, text=text, next=targets),
        build(Bot, text=text, confirm=text, needs=st.just({"law": "line"}), otherwise=targets),
        build(WaitingRoom, offer=st.one_of(st.just(""), targets)),
        build(HangUp, text=text),
    )  # fmt: skip


def flows(targets, least=6):
    def whole(made):
        parts = {one.id: one for one in made}
        parts["line"] = WaitingRoom(id="line")
        parts["end"] = HangUp(id="end", text="goodbye")
        parts["notice"] = Say(id="notice", text="greeting", next="a")
        return Flow(
            code="any", name="任意", entry="notice", person="line", nodes=MappingProxyType(parts),
            languages=("zh", "en"), levels_allowed=3,
        )  # fmt: skip

    return st.tuples(*(nodes(name, targets) for name in NAMES[:least])).map(whole)


def document(flow):
    return Flows(
        numbers=(CalledNumber(called=(), name="12345", greeting="recording-notice"),),
        profiles={"menu": Profile(code="menu", name="菜单", kind=ProfileKind.MENU, flow="any")},
        choices=(ProfileChoice(profile="menu"),),
        flows={"any": flow},
    )


CAME = st.sampled_from(
    [*(KeyCame(key=key) for key in "123456789*#"), NothingCame(), DigitsCame(digits="12"), Recorded(duration_ms=9000)]
)  # fmt: skip


@settings(max_examples=150)
@given(flows(TARGETS), st.lists(CAME, max_size=30), st.booleans())
def test_no_document_however_wrong_breaks_a_check_a_walk_or_a_drawing(flow, came, hangs_up):
    problems = check_flows(document(flow), ground())
    if not any(one.code in ("target-unknown", "person-missing") for one in problems):
        assert draw(flow, shipped_texts()).endswith("</svg>\n")
    one = walk(flow)
    step = one.begin()
    for each in came:
        step = one.advance(step.position, each)
    if hangs_up:
        assert isinstance(one.advance(step.position, Gone()).doing, Over)
    else:
        for _ in range(3 * MOST_MOVES):
            if is_at_its_end(step):
                break
            step = one.advance(step.position, silence(step))
        assert is_at_its_end(step)


def test_in_whatever_passes_the_checks_silence_and_key_0_lead_to_a_person():
    passed = []

    @settings(max_examples=400)
    @given(flows(SOUND_TARGETS, least=3))
    def each(flow):
        wrong = {one.code for one in check_flows(document(flow), ground())}
        if wrong <= {"node-unreachable"}:
            passed.append(flow)
            walked_from_every_node(flow)

    each()
    # Else nothing would be proved.
    assert len(passed) >= 20


def walked_from_every_node(flow):
    for node in flow.nodes.values():
        one = walk(replace(flow, entry=node.id))
        step = one.begin()
        if not is_at_its_end(step):
            assert isinstance(one.advance(step.position, KeyCame(key="0")).doing, JoinLine)
        moves = 0
        while not is_at_its_end(step):
            step = one.advance(step.position, silence(step))
            moves += 1
        # Far from the limit that would cut it off: nothing went round.
        assert moves < MOST_MOVES / 2
        if not isinstance(node, SETTLED):
            assert isinstance(step.doing, JoinLine), node
