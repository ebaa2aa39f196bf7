"""How speech recognition behaves. 转写设置"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """Speech recognition. 语音转写"""

    model: str = "demo"
    """"demo" (synthetic voices only) or the name of a fetched model. 模型"""
    workers: int = 1
    """Worker processes on this machine. 进程数"""
    servers: tuple[str, ...] = ()
    """vosk-server addresses (ws://host:port) used instead of own workers. 外部转写服务"""
    block_ms: int = 200
    """How much audio is sent at a time. 音频块"""
    poll_ms: int = 100
    """How often the growing legs are looked at. 轮询间隔"""
    answer_limit_s: float = 10.0
    """A recogniser silent for so long is left and the audio sent again elsewhere. 应答时限"""
