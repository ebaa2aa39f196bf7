"""What a person may write into a field. 字段取值

Pure.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from orders.errors import OrderFieldUnknown, OrderValueInvalid
from orders.model import OrderField, RequestType, Urgency

FieldsWanted = Mapping[OrderField, str] | Mapping[str, str]
"""Values by field, or by a name that may be no field at all. 待写字段"""

LIMITS = {OrderField.CONTENT: 5_000, OrderField.SUMMARY: 500}
LIMIT = 200
"""Characters, where LIMITS says nothing else. 长度上限"""

_CHOICES = {
    OrderField.REQUEST_TYPE: frozenset(RequestType),
    OrderField.URGENCY: frozenset(Urgency),
}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?")
_NUMBER = re.compile(r"[+0-9][0-9 -]{2,24}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def checked(fields: FieldsWanted, districts: Collection[str] = ()) -> dict[OrderField, str]:
    """The values without blanks around them; an empty one clears its field.

    `districts` are those the city has; any name will do while it has no list of them.
    Raises OrderFieldUnknown, OrderValueInvalid.
    """
    return {name: _checked(name, value, districts) for name, value in _known(fields).items()}


def _known(fields: FieldsWanted) -> dict[OrderField, str]:
    try:
        return {OrderField(name): value for name, value in fields.items()}
    except ValueError as unknown:
        raise OrderFieldUnknown from unknown


def _checked(name: OrderField, value: str, districts: Collection[str]) -> str:
    value = value.replace("\r\n", "\n").strip()
    if not value:
        return ""
    choices = _CHOICES.get(name)
    if (
        len(value) > LIMITS.get(name, LIMIT)
        or _CONTROL.search(value)
        or (choices is not None and value not in choices)
        or (name is OrderField.CONTACT_NUMBER and not _NUMBER.fullmatch(value))
        or (name is OrderField.DISTRICT and districts and value not in districts)
        or (name is OrderField.HAPPENED_AT and not _is_instant(value))
    ):
        raise OrderValueInvalid(name)
    return value


def _is_instant(value: str) -> bool:
    """A day, or a day and a time of the clock in China: 2026-11-20, 2026-11-20T20:00."""
    if not _INSTANT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
