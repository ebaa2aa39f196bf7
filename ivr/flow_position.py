"""Where a citizen is in a flow, as one short word in a channel variable. 流程位置

    menu@7/main/ask/1/4/0/0/zh/-/order=20261121-000042

Only letters, digits and @ / = , - . stand in it: Asterisk's dialplan and AGI leave it as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from ivr.flow import NOWHERE, FlowCode, NodeId

QUERY_CODE = "query-code"
"""What he typed to see his order. Never part of the word: variables can be seen in Asterisk. 查询码"""
LONGEST = 400
"""Characters; a longer word is none of ours."""
_POSITION = re.compile(
    r"(?P<flow>[a-z0-9-]{1,32})@(?P<version>[0-9]{1,9})/(?P<node>[a-z0-9-]{1,32})/"
    r"(?P<stage>[a-z]{1,10})/(?P<tries>[0-9]{1,2})/(?P<moves>[0-9]{1,4})/(?P<offered>[0-9]{1,4})/"
    r"(?P<taken_up>[0-9]{1,2})/(?P<language>[a-z]{2,12})/(?P<room>[a-z0-9-]{1,32})/(?P<values>.*)"
)
_VALUE = re.compile(r"([a-z][a-z0-9-]{0,31})=([A-Za-z0-9.-]{0,40})")


class Stage(StrEnum):
    """How far he is within a node. 节点内阶段"""

    SAY = "say"  # 播报
    ASK = "ask"  # 询问
    RECORD = "record"  # 录音
    CONFIRM = "confirm"  # 确认
    LOOK = "look"  # 查询
    TELL = "tell"  # 告知
    REFUSE = "refuse"  # 拒绝
    NOTE = "note"  # 登记
    WAIT = "wait"  # 等候
    OVER = "over"  # 结束


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a walk, from which any process can go on. 位置"""

    flow: FlowCode
    version: int
    node: NodeId
    stage: Stage
    tries: int = 0
    """Questions put again, wrong codes, messages spoken anew: within this node. 重试次数"""
    moves: int = 0
    """Nodes that he has come into. 步数"""
    offered: int = 0
    """How often he was offered something else than waiting. 询问次数"""
    taken_up: int = 0
    """How often another process went on from here. 恢复次数"""
    language: str = "zh"
    room: NodeId = NOWHERE
    """The waiting room in which he keeps a place while he is asked. 保留的排队"""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        values = ",".join(
            f"{name}={value}" for name, value in self.values.items() if name != QUERY_CODE
        )
        return (
            f"{self.flow}@{self.version}/{self.node}/{self.stage}/{self.tries}/{self.moves}/"
            f"{self.offered}/{self.taken_up}/{self.language}/{self.room or '-'}/{values}"
        )


def read_position(word: str) -> Position | None:
    """None for what is no position."""
    found = _POSITION.fullmatch(word) if len(word) <= LONGEST else None
    if found is None or found["stage"] not in list(Stage):
        return None
    values = {}
    for one in found["values"].split(",") if found["values"] else ():
        value = _VALUE.fullmatch(one)
        if value is None:
            return None
        values[value[1]] = value[2]
    return Position(
        flow=FlowCode(found["flow"]),
        version=int(found["version"]),
        node=NodeId(found["node"]),
        stage=Stage(found["stage"]),
        tries=int(found["tries"]),
        moves=int(found["moves"]),
        offered=int(found["offered"]),
        taken_up=int(found["taken_up"]),
        language=found["language"],
        room=NodeId("" if found["room"] == "-" else found["room"]),
        values=MappingProxyType(values),
    )
