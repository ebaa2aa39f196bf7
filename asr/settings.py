"""How speech recognition behaves. 转写设置"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class AsrSettings:
    """Speech recognition. 语音转写"""

    model: str = "demo"
    """"demo" (synthetic voices only) or the name of a fetched model, for Chinese. 模型"""
    models: Mapping[str, str] = field(default_factory=dict)
    """Models of other languages, by the skill group's language: en = "vosk-model-small-en-us-0.15". 语种模型"""
    workers: int = 1
    """Worker processes on this machine for Chinese; every other language has one. 进程数"""
    servers: tuple[str, ...] = ()
    """vosk-server addresses (ws://host:port) used instead of own workers. 外部转写服务"""
    language_servers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for other languages: ja = ["ws://10.0.0.7:2700"]. 语种转写服务"""
    streams_per_worker: int = 50
    """Voices that one worker or server takes at a time; the others wait and are made up: few good transcripts rather than many bad ones. 每进程路数"""
    block_ms: int = 400
    """How much audio is sent at a time, at most: a live leg grows by 341 ms. 音频块"""
    poll_ms: int = 40
    """How often a leg is looked at until its rhythm is known. 轮询间隔"""
    answer_limit_s: float = 10.0
    """A recogniser silent for so long is left and the audio sent again elsewhere. 应答时限"""
    probe_every_s: float = 5.0
    """How often an own worker is given a little audio to see whether it still answers. 探测间隔"""
    late_after_s: float = 5.0
    """Text that comes so much later than it was spoken, after an outage, is marked as made up later. 后补界限"""
    partials_within_ms: int = 2500
    """A voice whose audio waits longer than this gets no partial results until it has caught up. 中间结果界限"""
    partial_every_ms: int = 200
    """Partial results of one side are told at most so often. 中间结果间隔"""
    backfills_at_once: int = 2
    """So many ended calls are made up at the same time, so that live calls come first. 后补并发数"""
    backfill_below_ms: int = 1_500
    """Backfill rests while a live voice has more audio than this waiting; a leg grows by a second at a time. 后补让路界限"""
    hand_over_after_s: float = 20.0
    """A call that has ended and still has no recogniser after this is left to the backfill. 转入后补时限"""
    backfill_retry_s: int = 30
    """A backfill that failed is tried again after this, doubling to an hour. 后补重试间隔"""
    doubtful_below: float = 0.8
    """Words of less confidence are marked for a person to listen again: with the demonstration model half of them are wrong, of the others one in seventy. 存疑界限"""
