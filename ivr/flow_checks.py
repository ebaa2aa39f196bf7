"""What a document of flows must fulfil before it may be published. 流程检查

every target exists              every node is reachable            key 0 leads to a person
silence leads to a person        nothing goes round by itself       the recording notice is first
one menu level unless allowed    the direct profile has no menu     urging needs an order
a choice for every call          texts exist (ivr.flow_text_checks) groups exist
"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from cti.ids import SkillGroupCode
from documents.problems import DocumentKind, Problem
from documents.reading import Complaints
from ivr.flow import (
    GREETING,
    NOWHERE,
    PERSON_KEY,
    AskDigits,
    AskKey,
    Callback,
    Choose,
    ChooseBy,
    Flow,
    HangUp,
    Language,
    Message,
    Node,
    NodeId,
    Progress,
    Say,
    Survey,
    Urge,
    WaitingRoom,
)
from ivr.flow_edges import BY_ITSELF, IN_SILENCE, edges, reachable
from ivr.flow_profiles import Flows, ProfileKind
from ivr.flow_text_checks import check_texts
from ivr.texts import Texts

SETTLED = (Callback, Urge, Survey, HangUp)
"""Whoever is here has got, or given, what he chose to; only from here may silence end a call. 已办"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What flows are checked against beside each other. 检查依据"""

    texts: Texts
    groups: Collection[SkillGroupCode]
    lists: Collection[str] = ()
    """Lists of callers that there are; empty: not checked. 来电名单"""


def check_flows(flows: Flows, ground: Ground) -> list[Problem]:
    """Everything wrong beyond the form."""
    say = Complaints(DocumentKind.FLOWS)
    _check_choices(flows, say)
    _check_profiles(flows, say)
    for flow in flows.flows.values():
        if _check_targets(flow, ground, say):
            _check_ways(flow, ground.texts, say)
    check_texts(flows, ground.texts, say)
    return say.found


def _check_choices(flows: Flows, say: Complaints) -> None:
    for choice in flows.choices:
        if choice.profile not in flows.profiles:
            say.error(choice.line, "profile-unknown", f"没有方案 {choice.profile}")
        earlier = [one.number for one in flows.choices if one.fits_all and one.line < choice.line]
        if earlier:
            say.error(
                choice.line, "choice-unreachable", f"第 {earlier[0]} 条不带条件，其后的都不会生效"
            )
    if not flows.choices or not flows.choices[-1].fits_all:
        line = flows.choices[-1].line if flows.choices else 1
        say.error(line, "no-choice-for-the-rest", "最后必须有一条不带任何条件的 choice")
    if not any(not number.called for number in flows.numbers):
        say.error(1, "no-number-for-the-rest", "必须有一个不写 called 的 number，适用其余号码")
    seen: set[str] = set()
    for number in flows.numbers:
        for called in set(number.called) & seen:
            say.error(number.line, "number-twice", f"号码 {called} 重复")
        seen.update(number.called)


def _check_profiles(flows: Flows, say: Complaints) -> None:
    for profile in flows.profiles.values():
        flow = flows.flows.get(profile.flow)
        if flow is None:
            say.error(
                profile.line, "flow-unknown", f"方案“{profile.name}”的流程 {profile.flow} 不存在"
            )
            continue
        if flow.after_talk:
            say.error(profile.line, "flow-after-talk", f"{flow.name}是通话后的流程，不能用于来电")
        if profile.kind is ProfileKind.DIRECT and _levels(flow):
            say.error(
                profile.line, "direct-with-menu", f"直通方案不能有菜单，但流程“{flow.name}”有"
            )


def _check_targets(flow: Flow, ground: Ground, say: Complaints) -> bool:
    """Whether every way leads somewhere; only then the ways can be looked at."""
    before = len(say.found)
    if flow.entry not in flow.nodes:
        say.error(flow.line, "target-unknown", f"流程“{flow.name}”的入口 {flow.entry} 不存在")
    if not isinstance(flow.nodes.get(flow.person), WaitingRoom):
        say.error(flow.line, "person-missing", f"流程“{flow.name}”的 person 应为一个等候区节点")
    for node in flow.nodes.values():
        for edge in edges(node):
            if edge.target not in flow.nodes:
                say.error(node.line, "target-unknown", f"{node.id} 指向不存在的节点 {edge.target}")
        if not isinstance(flow.nodes.get(flow.person_of(node)), WaitingRoom):
            say.error(node.line, "person-missing", f"{node.id} 的 person 应为一个等候区节点")
    sound = len(say.found) == before
    for node in flow.nodes.values():
        _check_node(flow, node, ground, say)
    return sound


def _check_node(flow: Flow, node: Node, ground: Ground, say: Complaints) -> None:
    match node:
        case AskKey(keys=keys):
            if not keys:
                say.error(node.line, "value-missing", f"{node.id} 没有任何按键")
            zero = flow.nodes.get(keys.get(PERSON_KEY, NOWHERE))
            if PERSON_KEY in keys and not isinstance(zero, WaitingRoom):
                say.error(node.line, "key-0-taken", f"{node.id} 的 0 键只能转人工")
        case WaitingRoom(group=group) if group and group not in ground.groups:
            say.error(node.line, "group-unknown", f"{node.id} 的技能组 {group} 不存在")
        case Language(language=language) if language not in flow.languages:
            say.error(node.line, "language-not-offered", f"流程没有列出语种 {language}")
        case Choose(by=ChooseBy.CALLER_LIST, cases=cases) if ground.lists:
            for case in cases:
                if case.value not in ground.lists:
                    say.error(node.line, "list-unknown", f"没有名单 {case.value}")
        case Choose(by=ChooseBy.LOAD, cases=cases):
            limits = [int(case.value) for case in cases if case.value.isdecimal()]
            if limits != sorted(limits, reverse=True):
                say.error(node.line, "case-unreachable", f"{node.id} 的排队人数应从大到小")
        case _:
            pass


def _check_ways(flow: Flow, texts: Texts, say: Complaints) -> None:
    from_entry = reachable(flow, [flow.entry])
    for node in flow.nodes.values():
        if node.id not in from_entry:
            say.error(node.line, "node-unreachable", f"节点 {node.id} 永远走不到")
    if not flow.after_talk:
        for node in flow.nodes.values():
            end = silent_end(flow, node)
            if end is not None:
                say.error(node.line, "silence-ends", f"在 {node.id} 不按键会到 {end}，应当到人工")
        _check_notice(flow, texts, say)
    for round_ in _rounds(flow):
        say.error(
            flow.nodes[round_[0]].line,
            "loop-without-exit",
            f"不按键或按错会一直循环：{' → '.join(round_)} → {round_[0]}",
        )
    levels = _levels(flow)
    if levels > flow.levels_allowed:
        say.error(
            flow.line, "menu-too-deep", f"菜单有 {levels} 层，只允许 {flow.levels_allowed} 层"
        )
    without = reachable(flow, [flow.entry], without=Progress)
    for node in flow.nodes.values():
        if isinstance(node, Urge) and node.id in without:
            say.error(node.line, "urge-without-order", f"{node.id} 之前必须先查询到工单")


def silent_end(flow: Flow, node: Node) -> NodeId | None:
    """Where a call would end, or be settled for him, if he did nothing from this node on."""
    if isinstance(node, SETTLED):
        return None
    seen: set[NodeId] = set()
    ahead = [node.id]
    while ahead:
        here = flow.nodes[ahead.pop()]
        if isinstance(here, WaitingRoom) or here.id in seen:
            continue
        if isinstance(here, SETTLED):
            return here.id
        seen.add(here.id)
        ahead += [edge.target for edge in edges(here) if edge.kind in IN_SILENCE]
    return None


def _check_notice(flow: Flow, texts: Texts, say: Complaints) -> None:
    """Nothing is heard, asked or waited for before it is told that the call is recorded."""
    for node in first_heard(flow):
        text = texts.get(node.text) if isinstance(node, Say) else None
        tells = isinstance(node, Say) and (
            node.text == GREETING or (node.whole and text is not None and text.notice)
        )
        if not tells:
            say.error(
                node.line,
                "notice-not-first",
                f"{node.id} 之前没有录音告知：最先播的应是 greeting，或播完整的告知文本",
            )


def first_heard(flow: Flow) -> Iterator[Node]:
    """The first nodes on every way that are noticed by him."""
    seen: set[NodeId] = set()
    ahead = [flow.entry]
    while ahead:
        node = flow.nodes[ahead.pop()]
        if node.id in seen:
            continue
        seen.add(node.id)
        if isinstance(node, Choose | Language):
            ahead += [edge.target for edge in edges(node)]
        else:
            yield node


def _rounds(flow: Flow) -> list[list[NodeId]]:
    """Rounds that are gone for ever if nothing is pressed, or always the wrong key; each once."""
    found: dict[frozenset[NodeId], list[NodeId]] = {}
    for start in flow.nodes:
        way = _way_back(flow, start)
        if way:
            found.setdefault(frozenset(way), way)
    return list(found.values())


def _way_back(flow: Flow, start: NodeId) -> list[NodeId]:
    """The shortest way from a node to itself along edges that go by themselves; empty: none."""
    came_from: dict[NodeId, NodeId] = {}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for edge in edges(flow.nodes[here]):
            if edge.kind not in BY_ITSELF or edge.target in came_from:
                continue
            came_from[edge.target] = here
            if edge.target == start:
                way = [here]
                while way[0] != start:
                    way.insert(0, came_from[way[0]])
                return way
            ahead.append(edge.target)
    return []


def _levels(flow: Flow) -> int:
    """Menus one behind the other, by the shortest way to each: hearing one again is no new level.

    A question that follows a deed (what was found, what was recorded) or waiting begins anew.
    """
    passed = {flow.entry: 0}
    ahead = deque([flow.entry])
    deepest = 0
    while ahead:
        here = ahead.popleft()
        node = flow.nodes.get(here)
        if node is None or isinstance(node, _DEEDS):
            continue
        menus = passed[here] + (1 if _is_menu(flow, node) else 0)
        deepest = max(deepest, menus)
        for edge in edges(node):
            if menus < passed.get(edge.target, len(flow.nodes) + 1):
                passed[edge.target] = menus
                ahead.append(edge.target)
    return deepest


_DEEDS = (WaitingRoom, HangUp, Message, Progress, Urge, Callback, Survey, AskDigits)


def _is_menu(flow: Flow, node: Node) -> bool:
    """A question among groups; one single key, or callback and message, is no menu."""
    if not isinstance(node, AskKey):
        return False
    lines = {
        target for target in node.keys.values() if isinstance(flow.nodes.get(target), WaitingRoom)
    }
    asks = {target for target in node.keys.values() if isinstance(flow.nodes.get(target), AskKey)}
    return len(lines) > 1 or bool(asks)
