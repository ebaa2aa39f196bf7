"""Which texts there are, and in which flows each of them is heard. 提示音用途"""

from collections.abc import Iterable, Mapping

from hotline.prompt_joints import ALWAYS_SAID
from ivr.flow import GREETING, Flow
from ivr.flow_profiles import Flows
from ivr.flow_text_checks import texts_of
from ivr.texts import Texts
from orders.limits import BLOCKED_TEXT, TOO_OFTEN_TEXT
from web.prompt_ports import TextRow

REFUSED = frozenset({BLOCKED_TEXT, TOO_OFTEN_TEXT})
"""The gate says these instead of a flow. 拒绝时播报"""


def text_rows(texts: Texts, flows: Flows) -> tuple[TextRow, ...]:
    """In the order in which they are written."""
    heard_in = _heard_in(flows)
    return tuple(
        TextRow(
            code=text.code,
            words=dict(text.words),
            notice=text.notice,
            flows=tuple(heard_in.get(text.code, ())),
            without_service=text.code in ALWAYS_SAID,
            refused=text.code in REFUSED,
        )
        for text in texts.values()
    )


def text_of_sounds(texts: Texts) -> Mapping[tuple[str, str], str]:
    """The text's code, by language and name of each of its sounds."""
    return {
        (language, name): text.code
        for text in texts.values()
        for language in text.words
        for name in text.prompts(language)
    }


def _heard_in(flows: Flows) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in flows.flows.values():
        for code in dict.fromkeys(_said_in(flow, flows)):
            found.setdefault(code, []).append(flow.code)
    return found


def _said_in(flow: Flow, flows: Flows) -> Iterable[str]:
    for node in flow.nodes.values():
        for code, _ in texts_of(node):
            if code == GREETING:
                yield from (number.greeting for number in flows.numbers)
            else:
                yield code
