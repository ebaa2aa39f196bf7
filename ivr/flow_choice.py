"""What is chosen without asking him: the profile of a call, and the ways of a `choose`. 自动选择"""

from dataclasses import dataclass, field
from datetime import datetime

from documents.calendar import Calendar
from ivr.flow import Choose, ChooseBy, NodeId
from ivr.flow_profiles import CalledNumber, Flows, Profile, ProfileChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of a call and of the floor at this instant. 环境"""

    at: datetime
    calendar: Calendar
    called_number: str = ""
    lists: frozenset[str] = frozenset()
    """The lists that his number is on. 来电名单"""
    language: str = ""
    """What he spoke before, or what his number stands for in a list; empty: unknown. 已知语言"""
    waiting: int = 0
    """How many are in the line. 排队人数"""
    switches: frozenset[str] = field(default_factory=frozenset)
    """Those that are on. 开关"""


def profile_for(flows: Flows, around: Surroundings) -> Profile | None:
    """The first choice that fits; None only if the document has none for it."""
    for choice in flows.choices:
        if _fits(choice, around):
            return flows.profiles.get(choice.profile)
    return None


def number_for(flows: Flows, called: str) -> CalledNumber | None:
    """What is said of the number he called, or else of all others."""
    for number in flows.numbers:
        if called in number.called:
            return number
    return next((number for number in flows.numbers if not number.called), None)


def chosen(node: Choose, around: Surroundings) -> NodeId:
    """Where a choice leads at this instant."""
    for case in node.cases:
        match node.by:
            case ChooseBy.TIME:
                fits = case.hours is not None and case.hours.open_at(around.at, around.calendar)
            case ChooseBy.NUMBER:
                fits = case.value == around.called_number
            case ChooseBy.CALLER_LIST:
                fits = case.value in around.lists
            case ChooseBy.LANGUAGE:
                fits = case.value == around.language
            case ChooseBy.LOAD:
                fits = case.value.isdecimal() and around.waiting >= int(case.value)
            case ChooseBy.SWITCH:
                fits = case.value in around.switches
        if fits:
            return case.target
    return node.otherwise


def _fits(choice: ProfileChoice, around: Surroundings) -> bool:
    return (
        (not choice.called or around.called_number in choice.called)
        and (not choice.switch or choice.switch in around.switches)
        and around.waiting >= choice.waiting_from
        and (choice.hours is None or choice.hours.open_at(around.at, around.calendar))
    )
