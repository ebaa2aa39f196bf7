"""Whether a flow can say what it wants to, in every language in which it may come to it. 流程文本检查"""

from collections.abc import Iterator

from documents.reading import Complaints
from ivr.flow import (
    GREETING,
    KEY_UNKNOWN,
    NO_KEY,
    AskDigits,
    AskKey,
    Bot,
    Callback,
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
from ivr.flow_edges import edges
from ivr.flow_profiles import Flows
from ivr.texts import Text, Texts

PLACE_VALUES = frozenset({"place"})
ESTIMATE_VALUES = frozenset({"least", "most"})
FOUND_VALUES = frozenset({"order", "day", "state"})
NEED_VALUES = frozenset({"need"})


def check_texts(flows: Flows, texts: Texts, say: Complaints) -> None:
    """Every text that is named, in each language; and the values that it wants."""
    spoken: set[str] = set()
    for flow in flows.flows.values():
        languages = languages_at(flow)
        kept = frozenset(node.name for node in flow.nodes.values() if isinstance(node, AskDigits))
        for node in flow.nodes.values():
            spoken_here = languages.get(node.id, frozenset())
            if any(code == GREETING for code, _ in texts_of(node)):
                spoken |= spoken_here
            for code, values in texts_of(node):
                if code != GREETING:
                    _check(node, code, spoken_here, values | kept | {"order"}, texts, say)
    for number in flows.numbers:
        greeting = texts.get(number.greeting)
        if greeting is None:
            say.error(number.line, "text-unknown", f"没有文本 {number.greeting}")
            continue
        if not greeting.notice:
            say.error(
                number.line,
                "greeting-without-notice",
                f"“{number.name}”的欢迎词 {number.greeting} 没有录音告知（notice = true）",
            )
        for language in sorted(spoken - set(greeting.words)):
            say.error(
                number.line, "text-language-missing", f"{number.greeting} 没有语种 {language}"
            )


def texts_of(node: Node) -> Iterator[tuple[str, frozenset[str]]]:
    """Every text that a node may say, with the values that it has for it."""
    none: frozenset[str] = frozenset()
    match node:
        case AskKey() | AskDigits():
            yield from ((code, none) for code in (node.text, KEY_UNKNOWN, NO_KEY))
        case Say() | HangUp() | Urge() | Callback() | Survey():
            yield node.text, none
        case Message():
            yield node.text, none
            yield node.confirm, none
        case Progress():
            yield node.text, none
            yield node.wrong, none
            yield node.found, FOUND_VALUES
        case Bot():
            yield node.text, none
            yield node.confirm, NEED_VALUES
            yield from ((need, none) for need in node.needs)
        case WaitingRoom():
            yield from ((code, none) for code in (node.comfort, *node.useful) if code)
            if node.place:
                yield node.place, PLACE_VALUES
            if node.estimate:
                yield node.estimate, ESTIMATE_VALUES
        case _:
            return


def languages_at(flow: Flow) -> dict[NodeId, frozenset[str]]:
    """The languages in which each node may be come to."""
    begins = flow.languages if flow.after_talk else flow.languages[:1]
    ahead = [(flow.entry, language) for language in begins]
    seen: set[tuple[NodeId, str]] = set()
    while ahead:
        here, language = ahead.pop()
        node = flow.nodes.get(here)
        if node is None or (here, language) in seen:
            continue
        seen.add((here, language))
        after = node.language if isinstance(node, Language) else language
        ahead += [(edge.target, after) for edge in edges(node)]
        ahead.append((flow.person_of(node), after))
    return {
        node_id: frozenset(language for one, language in seen if one == node_id)
        for node_id in flow.nodes
    }


def _check(
    node: Node,
    code: str,
    languages: frozenset[str],
    values: frozenset[str],
    texts: Texts,
    say: Complaints,
) -> None:
    text = texts.get(code)
    if text is None:
        say.error(node.line, "text-unknown", f"{node.id} 的文本 {code} 不存在")
        return
    for language in sorted(languages - set(text.words)):
        say.error(
            node.line, "text-language-missing", f"{node.id} 的文本 {code} 没有语种 {language}"
        )
    for name in sorted(_names(text) - values):
        say.error(node.line, "value-unknown", f"{node.id} 的文本 {code} 要 {name}，这里没有")


def _names(text: Text) -> frozenset[str]:
    return frozenset(slot.name for language in text.words for slot in text.slots(language))
