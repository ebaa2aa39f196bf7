"""How the citizen's side behaves. 语音流程设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IvrSettings:
    """The citizen's side of a call. 语音流程"""

    agi_port: int = 0
    """0 chooses a free port at first start and remembers it. AGI 端口"""
    agi_connections: int = 4_000
    """Connections beyond this are closed at once; the dialplan retries. 连接上限"""
    agi_environment_limit_s: float = 5.0
    """A connection that has not sent its environment by then is closed. 环境时限"""
    survey_after_every_talk: bool = False
    """False: only whom his seat releases to it is asked how it was. 通话后一律评价"""
    ring_s: int = 20
    """How long a seat's phone rings before the next seat is tried. 振铃时限"""
