"""A citizen's story as data: nodes, and where each leads. 流程

    entry ─► say / ask / choose … ─► waiting room (a person) or hang-up

From every node key 0 leads to a person: to the node's own `person`, else to the flow's. That edge is
drawn nowhere and cannot be taken away. What a flow must fulfil is in ivr.flow_checks, how it is
walked in ivr.flow_walk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NewType

from cti.ids import SkillGroupCode
from documents.calendar import Hours

NodeId = NewType("NodeId", str)
FlowCode = NewType("FlowCode", str)
NOWHERE = NodeId("")
BY_THE_TABLE = SkillGroupCode("")
GREETING = "greeting"
"""A node that plays this plays the greeting of the number he called. 本号码欢迎词"""
KEY_UNKNOWN = "key-unknown"
"""Played before a question is put again after a wrong key. 按键无效"""
NO_KEY = "no-key"
"""Played before it is put again after silence. 未按键"""
PERSON_KEY = "0"


class ChooseBy(StrEnum):
    """What a way is chosen by, without asking him. 自动分支依据"""

    TIME = "time"  # 时间
    NUMBER = "number"  # 被叫号码
    CALLER_LIST = "caller_list"  # 来电名单
    LANGUAGE = "language"  # 语言
    LOAD = "load"  # 排队人数
    SWITCH = "switch"  # 开关


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One place in a flow. 节点"""

    id: NodeId
    line: int = 1
    person: NodeId = NOWHERE
    """The waiting room behind key 0; empty: the flow's. 转人工"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Node):
    """Something is said. 播报"""

    text: str
    whole: bool = False
    """To its end: no key cuts it short. The greeting is always said whole. 必须播完"""
    next: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskKey(Node):
    """He presses one key. 按键"""

    text: str
    keys: Mapping[str, NodeId]
    retries: int = 1
    timeout_s: int = 5
    on_silence: NodeId
    on_wrong: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDigits(Node):
    """He types a number; a single 0 is the key for a person. 按数字"""

    text: str
    name: str
    shortest: int
    longest: int
    end_key: str = "#"
    retries: int = 1
    timeout_s: int = 5
    next: NodeId
    on_silence: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way of a choice. 分支"""

    value: str
    target: NodeId
    hours: Hours | None = None
    """The value of a choice by time, read. 时段"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Node):
    """The first case that fits; he notices nothing. 自动分支"""

    by: ChooseBy
    cases: tuple[Case, ...]
    otherwise: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Language(Node):
    """From here on it is this language. 语言"""

    language: str
    next: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Node):
    """He speaks a message, and may keep it or speak it anew. Silence afterwards keeps it. 留言"""

    text: str
    confirm: str
    keep_key: str = "1"
    again_key: str = "2"
    longest_s: int = 120
    silence_s: int = 5
    retakes: int = 2
    timeout_s: int = 8
    next: NodeId
    on_silence: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(Node):
    """One question, asked once; no key is no answer and never 满意. 满意度评价

    Which keys are on the scale, and what each means, is a policy and not the flow's.
    """

    text: str
    timeout_s: int = 8
    next: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Node):
    """How his own order stands: his number and the query code must fit together. 进度自助查询"""

    text: str
    found: str
    wrong: str
    shortest: int
    longest: int
    tries: int = 3
    timeout_s: int = 8
    next: NodeId
    on_silence: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge(Node):
    """Notes that he urges the order that was found for him. 催办"""

    text: str
    next: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Node):
    """Notes that he is to be called back and keeps his place in the line. 请求回拨"""

    text: str
    next: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot(Node):
    """He says what he needs and confirms what was understood. Off unless its switch is on. 语音导航"""

    text: str
    confirm: str
    needs: Mapping[str, NodeId]
    switch: str = "voice-bot"
    longest_s: int = 10
    retries: int = 1
    timeout_s: int = 5
    otherwise: NodeId


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoom(Node):
    """He waits for a person; here a walk is at its aim. 等候区"""

    group: SkillGroupCode = BY_THE_TABLE
    """Empty: the routing table decides. 技能组"""
    comfort: str = ""
    """Said once, if nobody is free at once. 安抚语"""
    place: str = ""
    """Said every `every_s`, with {place}. 排队位置播报"""
    estimate: str = ""
    """Said behind it where the wait can be known, with {least} and {most} minutes. 等候估计播报"""
    useful: tuple[str, ...] = ()
    """Said in turn after the place. 等待中的提示"""
    every_s: int = 30
    offer: NodeId = NOWHERE
    """The question after `offer_after_s`: call back, message or go on waiting. 等候选择"""
    offer_after_s: int = 60
    offer_again_s: int = 0
    """0: offered once. 再次询问间隔"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(Node):
    """A last sentence, and the call is over. 挂机"""

    text: str


KINDS: Mapping[str, type[Node]] = MappingProxyType(
    {
        "say": Say,
        "ask-key": AskKey,
        "ask-digits": AskDigits,
        "choose": Choose,
        "language": Language,
        "message": Message,
        "survey": Survey,
        "progress": Progress,
        "urge": Urge,
        "callback": Callback,
        "bot": Bot,
        "waiting-room": WaitingRoom,
        "hang-up": HangUp,
    }
)


def kind_of(node: Node) -> str:
    """The word for it in the document and in events."""
    return next(name for name, kind in KINDS.items() if type(node) is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A whole story. 流程"""

    code: FlowCode
    name: str
    line: int = 1
    entry: NodeId
    person: NodeId
    """The waiting room behind key 0. 转人工"""
    nodes: Mapping[NodeId, Node]
    languages: tuple[str, ...] = ("zh",)
    """The first is the one that it begins in. 语种"""
    levels_allowed: int = 1
    """Menus one behind the other. 菜单层数"""
    after_talk: bool = False
    """He was served already and told of the recording (a survey). 通话后"""

    def person_of(self, node: Node) -> NodeId:
        return node.person or self.person
