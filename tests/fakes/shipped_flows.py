"""The flows and texts of this release, read once. 出厂流程"""

from datetime import datetime
from functools import cache

from documents.calendar import BEIJING, shipped_calendar
from ivr.flow import Flow, FlowCode
from ivr.flow_checks import Ground
from ivr.flow_choice import Surroundings
from ivr.flow_document import read_flows
from ivr.flow_profiles import Flows
from ivr.flow_steps import (
    AskOneKey,
    Came,
    CollectDigits,
    JoinLine,
    Listen,
    LookedUp,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Played,
    Recorded,
    RecordMessage,
    Step,
)
from ivr.flow_walk import Walk
from ivr.texts import Texts, read_texts
from seats.rule_documents.groups import read_groups
from seats.rule_documents.routing_table import LISTS
from seats.rule_versions import DEFAULTS

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)
"""A Monday."""


def around(**known) -> Surroundings:
    return Surroundings(**{"at": NOON, "calendar": shipped_calendar(), **known})


@cache
def shipped_flows() -> Flows:
    flows, problems = read_flows((DEFAULTS / "flows.toml").read_text(encoding="utf-8"))
    assert problems == []
    return flows


@cache
def shipped_texts() -> Texts:
    texts, problems = read_texts((DEFAULTS / "texts.toml").read_text(encoding="utf-8"))
    assert problems == []
    return texts


@cache
def ground() -> Ground:
    groups, _ = read_groups((DEFAULTS / "groups.toml").read_text(encoding="utf-8"))
    return Ground(texts=shipped_texts(), groups=frozenset(groups), lists=LISTS)


def walk(flow: str | Flow, **known) -> Walk:
    found = flow if isinstance(flow, Flow) else shipped_flows().flows[FlowCode(flow)]
    return Walk(flow=found, version=7, around=around(**known), greeting="recording-notice")


def silence(step: Step) -> Came:
    """What comes of a step with a receiver that lies on a table."""
    match step.doing:
        case AskOneKey() | CollectDigits() | Listen():
            return NothingCame()
        case RecordMessage():
            return Recorded(duration_ms=0)
        case Note():
            return Noted()
        case LookUp():
            return LookedUp()
        case _:
            return Played()


def is_at_its_end(step: Step) -> bool:
    return isinstance(step.doing, JoinLine) or step.position.stage == "over"
