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
    probe_every_s: float = 5.0
    """How often an own worker is given a little audio to see whether it still answers. 探测间隔"""
    late_after_s: float = 5.0
    """Text that comes so much later than it was spoken, after an outage, is marked as made up later. 后补界限"""
    partial_every_ms: int = 200
    """Partial results of one side are told at most so often. 中间结果间隔"""
    backfills_at_once: int = 2
    """So many ended calls are made up at the same time, so that live calls come first. 后补并发数"""
