"""The document of flows: called numbers, profiles, when each holds, and the flows. 流程文件

[[number]]    called, name, greeting         our numbers; `called` left out: all others
[[profile]]   code, name, kind, flow         direct, menu, night, holiday, emergency, overload
[[choice]]    profile; called, switch,       the first that fits holds; the last has no condition
              waiting_from, hours
[[flow]]      code, name, entry, person, languages, levels_allowed, after_talk, based_on
[[flow.node]] id, kind, person, and what the kind needs (ivr.flow_node_entries)

A flow that is based on an earlier one has its nodes too, as far as it leads to them and has none of
its own of that name.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from documents.problems import DocumentKind, Problem
from documents.reading import Complaints, Entry, read_document
from ivr.flow import Flow, FlowCode, Node, NodeId
from ivr.flow_edges import reachable
from ivr.flow_node_entries import PERSON, read_node
from ivr.flow_profiles import CalledNumber, Flows, Profile, ProfileChoice, ProfileKind

CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_CALLED = re.compile(r"\+?[0-9]{2,20}")


def read_flows(text: str) -> tuple[Flows, list[Problem]]:
    """What can be read of it, and everything wrong with its form."""
    say = Complaints(DocumentKind.FLOWS)
    top = read_document(text, say)
    if top is None:
        return Flows(), say.found
    flows = Flows(
        numbers=tuple(_number(entry, say) for entry in top.parts("number")),
        profiles=_profiles(top, say),
        choices=tuple(
            _choice(entry, place, say) for place, entry in enumerate(top.parts("choice"), start=1)
        ),
        flows=_flows(top, say),
    )
    top.done()
    return flows, say.found


def _profiles(top: Entry, say: Complaints) -> MappingProxyType[str, Profile]:
    found: dict[str, Profile] = {}
    for entry in top.parts("profile"):
        row = _profile(entry, say)
        if row.code in found:
            say.error(row.line, "code-twice", f"方案 {row.code} 重复")
        found.setdefault(row.code, row)
    return MappingProxyType(found)


def _flows(top: Entry, say: Complaints) -> MappingProxyType[FlowCode, Flow]:
    found: dict[FlowCode, Flow] = {}
    for entry in top.parts("flow"):
        row = _flow(entry, found, say)
        if row.code in found:
            say.error(row.line, "code-twice", f"流程 {row.code} 重复")
        found.setdefault(row.code, row)
    return MappingProxyType(found)


def _number(entry: Entry, say: Complaints) -> CalledNumber:
    return CalledNumber(
        called=_called(entry, say),
        name=entry.text("name", required=True),
        line=entry.line,
        greeting=entry.text("greeting", required=True),
    )


def _profile(entry: Entry, say: Complaints) -> Profile:
    return Profile(
        code=_code(entry, "code", say),
        name=entry.text("name", required=True),
        line=entry.line,
        kind=ProfileKind(entry.one_of("kind", list(ProfileKind), ProfileKind.DIRECT)),
        flow=FlowCode(entry.text("flow", required=True)),
    )


def _choice(entry: Entry, place: int, say: Complaints) -> ProfileChoice:
    return ProfileChoice(
        profile=entry.text("profile", required=True),
        line=entry.line,
        number=place,
        called=frozenset(_called(entry, say)),
        switch=entry.text("switch"),
        waiting_from=entry.whole("waiting_from", 0, 0, 100_000),
        hours=entry.hours("hours"),
    )


def _flow(entry: Entry, earlier: Mapping[FlowCode, Flow], say: Complaints) -> Flow:
    nodes: dict[NodeId, Node] = {}
    person = NodeId(entry.text("person", required=True))
    for part in entry.parts("node"):
        node_id = NodeId(_code(part, "id", say))
        if node_id in nodes:
            say.error(part.line, "node-twice", f"节点 {node_id} 重复")
        if node_id == PERSON:
            say.error(part.line, "value-invalid", f"{PERSON} 表示转人工，不能作节点名")
        node = read_node(part, node_id, person, say)
        if node is not None:
            nodes.setdefault(node_id, node)
    languages = entry.texts("languages") or ("zh",)
    for wrong in languages:
        if re.fullmatch(r"[a-z]{2,12}", wrong) is None:
            say.error(entry.line_of("languages"), "value-invalid", f"{wrong} 不是语言代码")
    flow = Flow(
        code=FlowCode(_code(entry, "code", say)),
        name=entry.text("name", required=True),
        line=entry.line,
        entry=NodeId(entry.text("entry", required=True)),
        person=person,
        nodes=MappingProxyType(nodes),
        languages=languages,
        levels_allowed=entry.whole("levels_allowed", 1, 0, 3),
        after_talk=entry.flag("after_talk", default=False),
    )
    base = FlowCode(entry.text("based_on"))
    if base and base not in earlier:
        say.error(entry.line_of("based_on"), "flow-unknown", f"前面没有流程 {base}")
    return _with_nodes_of(flow, earlier[base]) if base in earlier else flow


def _with_nodes_of(flow: Flow, base: Flow) -> Flow:
    whole = replace(flow, nodes=MappingProxyType({**base.nodes, **flow.nodes}))
    needed = reachable(whole, [whole.entry, whole.person])
    kept = {name: one for name, one in whole.nodes.items() if name in needed or name in flow.nodes}
    return replace(whole, nodes=MappingProxyType(kept))


def _called(entry: Entry, say: Complaints) -> tuple[str, ...]:
    called = entry.texts("called")
    for wrong in called:
        if _CALLED.fullmatch(wrong) is None:
            say.error(entry.line_of("called"), "value-invalid", f"{wrong} 不是被叫号码")
    return called


def _code(entry: Entry, key: str, say: Complaints) -> str:
    code = entry.text(key, required=True)
    # It becomes part of a channel variable and of a prompt's file name.
    if code and CODE.fullmatch(code) is None:
        say.error(
            entry.line_of(key), "value-invalid", f"{key} 只能用小写字母、数字和短横，最长 32 个"
        )
    return code
