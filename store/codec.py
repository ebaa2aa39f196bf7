"""Events as JSON and back, generically from their dataclasses. 事件编码

Instants are ISO 8601 with offset, enums their value, tuples lists. A type that this version does not
know is kept as it is, so that an older service can read a newer journal.
"""

import dataclasses
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from asr import events as asr_events
from cti import events as cti_events
from cti.events import Event
from ivr import events as ivr_events
from orders import citizen_events
from orders import events as order_events
from quality import events as quality_events
from recordings import events as recording_events
from seats import events as seat_events

MODULES = (
    cti_events,
    asr_events,
    seat_events,
    order_events,
    citizen_events,
    recording_events,
    quality_events,
    ivr_events,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """An event of a type this version does not know; kept untouched. 未知事件"""

    type_name: str
    body: dict[str, Any]


class EventUnreadable(Exception):
    """A journal row does not hold what its type says. 流水记录无法解读"""

    code = "event-unreadable"


def _classes() -> Iterable[type[Event]]:
    for module in MODULES:
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, Event):
                yield thing


EVENT_TYPES: dict[str, type[Event]] = {kind.__name__: kind for kind in _classes()}


def encode(value: Any) -> dict[str, Any]:
    """A dataclass instance as a JSON object with its type's name under "type"."""
    if isinstance(value, UnknownEvent):
        return {"type": value.type_name, **value.body}
    return {"type": type(value).__name__, **body_of(value)}


def body_of(value: Any) -> dict[str, Any]:
    """The fields alone."""
    return {field.name: _out(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _out(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_out(item) for item in value]
    if isinstance(value, dict):
        return {str(_out(key)): _out(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return body_of(value)
    raise TypeError(f"{type(value).__name__} is not for events")


def decode(type_name: str, body: dict[str, Any]) -> Event:
    """The event in a journal row. Raises EventUnreadable."""
    kind = EVENT_TYPES.get(type_name)
    try:
        if kind is None:
            at: datetime = _in(datetime, body["at"])
            return UnknownEvent(at=at, type_name=type_name, body=body)
        return build(kind, body)
    except (KeyError, TypeError, ValueError) as wrong:
        raise EventUnreadable(type_name) from wrong


T = typing.TypeVar("T")


def build(kind: type[T], body: dict[str, Any]) -> T:
    """A dataclass from its fields; fields this version does not know are passed over."""
    hints = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _in(hints[name], body[name]) for name in hints if name in body})


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _in(hint: Any, value: Any) -> Any:
    hint = getattr(hint, "__supertype__", hint)  # NewType
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (inner,) = (one for one in get_args(hint) if one is not type(None))
        return _in(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError("list expected")
        inner = get_args(hint)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_in(inner[0], item) for item in value)
        return tuple(_in(one, item) for one, item in zip(inner, value, strict=True))
    if hint is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError("aware instant expected")
        return instant
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and not isinstance(value, hint):
        raise TypeError(f"{hint.__name__} expected")
    return value
