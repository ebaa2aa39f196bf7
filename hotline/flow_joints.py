"""Flows and texts joined to the rule documents: what is wrong with them, and which hold. 流程连接件"""

from collections.abc import Mapping

from documents.problems import DocumentKind, Problem
from ivr.flow_book import FlowBook
from ivr.flow_checks import Ground, check_flows
from ivr.flow_document import read_flows
from ivr.texts import read_texts
from seats.rule_documents.documents import Documents
from seats.rule_documents.routing_table import LISTS
from seats.rulebook import Rulebook

UNREAD = ("syntax", "document-too-long")


def flow_problems(texts: Mapping[DocumentKind, str], documents: Documents) -> list[Problem]:
    """For RuleOffice and Rulebook: flows and texts, each by itself and together."""
    flows, of_flows = read_flows(texts[DocumentKind.FLOWS])
    spoken, of_texts = read_texts(texts[DocumentKind.TEXTS])
    own = [*of_flows, *of_texts]
    if any(one.code in UNREAD for one in own):
        return own  # everything else would be its echo
    ground = Ground(texts=spoken, groups=frozenset(documents.groups), lists=LISTS)
    return [*own, *check_flows(flows, ground)]


def flow_book(rulebook: Rulebook) -> FlowBook:
    """The flows in force, also after every publication."""
    book = FlowBook()

    def take_up() -> None:
        book.take_up(
            rulebook.version(DocumentKind.FLOWS).version,
            rulebook.current(DocumentKind.FLOWS),
            rulebook.current(DocumentKind.TEXTS),
        )

    take_up()
    rulebook.watch(take_up)
    return book
