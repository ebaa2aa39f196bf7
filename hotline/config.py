"""The configuration as one frozen tree, read once from TOML. 配置

Every field has its unit in its name and its reason beneath it; each part receives only its piece.
Secrets are generated into var/secrets.toml (mode 0600) on first start and never have a default.
"""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from asr.settings import AsrSettings
from cti.settings import AmiSettings, ControlSettings
from hotline.watchdog import WatchdogSettings
from ivr.settings import IvrSettings
from orders.settings import OrdersSettings
from recordings.settings import RecordingsSettings
from seats.settings import SeatsSettings, ServiceLevelSettings
from store.settings import StoreSettings
from web.settings import WebSettings

T = TypeVar("T")


class ConfigError(Exception):
    """The configuration file is wrong. 配置错误"""

    code = "config-error"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskConfig:
    """Where Asterisk comes from and how it is reached. Asterisk"""

    provide: str = "auto"
    """"auto": a system Asterisk >= 20, else the rootless bundle; "system"; "bundle"; or "external": somebody else runs it and we only connect. 来源"""
    bundle_suite: str = "sid"
    """Debian suite the bundle is taken from, on the mirror the machine's own apt sources name. 发行版"""
    node: str = "node1"
    """Asterisk's systemname, the first part of every call id. 节点名"""
    sip_address: str = "127.0.0.1"
    """Address SIP and RTP listen on; a LAN address lets real phones register. SIP 监听地址"""
    sip_port: int = 0
    """0 chooses a free port at first start and remembers it. SIP 端口"""
    rtp_first_port: int = 20000
    """First port of the RTP range. RTP 起始端口"""
    rtp_last_port: int = 21999
    """Last port of the RTP range; two per leg. RTP 结束端口"""
    trunk_host: str = ""
    """The carrier's address; empty means only the demonstration trunk exists. 中继地址"""
    trunk_port: int = 5060
    """The carrier's SIP port. 中继端口"""
    numbers: tuple[str, ...] = ("12345",)
    """Called numbers that are ours; each lands in the same line. 接入号码"""
    ami_port: int = 0
    """0 chooses a free port at first start and remembers it. AMI 端口"""
    start_limit_s: int = 30
    """After this a start that is not fully booted counts as failed. 启动时限"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set. 配置"""

    asterisk: AsteriskConfig = field(default_factory=AsteriskConfig)
    ami: AmiSettings = field(default_factory=AmiSettings)
    control: ControlSettings = field(default_factory=ControlSettings)
    ivr: IvrSettings = field(default_factory=IvrSettings)
    seats: SeatsSettings = field(default_factory=SeatsSettings)
    service_level: ServiceLevelSettings = field(default_factory=ServiceLevelSettings)
    asr: AsrSettings = field(default_factory=AsrSettings)
    orders: OrdersSettings = field(default_factory=OrdersSettings)
    recordings: RecordingsSettings = field(default_factory=RecordingsSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    web: WebSettings = field(default_factory=WebSettings)
    watchdog: WatchdogSettings = field(default_factory=WatchdogSettings)


def read_config(path: Path | None) -> Config:
    """The configuration in a TOML file, or the defaults without one.

    Raises ConfigError, naming the key, for unknown keys and wrong types.
    """
    if path is None or not path.exists():
        return Config()
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"{path}: {wrong}") from wrong
    return _build(Config, tree, "")


def _build(kind: type[T], tree: dict[str, Any], where: str) -> T:
    hints = get_type_hints(kind)
    unknown = sorted(set(tree) - set(hints))
    if unknown:
        raise ConfigError(f"unknown key: {where}{unknown[0]}")
    return kind(**{k: _value(hints[k], v, f"{where}{k}") for k, v in tree.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigError(f"{where} must be a table")
        return _build(hint, value, f"{where}.")
    origin = get_origin(hint)
    if origin is tuple:
        inner = get_args(hint)[0]
        if not isinstance(value, list):
            raise ConfigError(f"{where} must be a list")
        return tuple(_value(inner, item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is Mapping:
        inner = get_args(hint)[1]
        if not isinstance(value, dict):
            raise ConfigError(f"{where} must be a table")
        return {key: _value(inner, item, f"{where}.{key}") for key, item in value.items()}
    if origin in (typing.Union, types.UnionType):
        raise ConfigError(f"{where}: unions are not configurable")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigError(f"{where} must be {hint.__name__}, not {type(value).__name__}")
    return value
