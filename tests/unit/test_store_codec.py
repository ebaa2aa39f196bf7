import dataclasses
import json
import types
import typing
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.events import CallArrived
from cti.ids import CallId
from store.codec import EVENT_TYPES, EventUnreadable, UnknownEvent, body_of, decode, encode

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def values_of(hint):
    """Any value that a field with this type hint may have."""
    hint = getattr(hint, "__supertype__", hint)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(values_of(one) for one in inner))
    if origin is tuple and len(inner) == 2 and inner[1] is Ellipsis:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values_of(one) for one in inner))
    if hint is type(None):
        return st.none()
    if hint is datetime:
        return st.datetimes(timezones=st.just(UTC))
    if hint is float:
        return st.floats(allow_nan=False, allow_infinity=False)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if dataclasses.is_dataclass(hint):
        return instances_of(hint)
    return {str: st.text(), int: st.integers(), bool: st.booleans()}[hint]


def instances_of(kind):
    hints = typing.get_type_hints(kind)
    fields = {field.name: values_of(hints[field.name]) for field in dataclasses.fields(kind)}
    return st.builds(kind, **fields)


def through_json(body):
    return json.loads(json.dumps(body))


def test_every_package_that_tells_events_is_known():
    assert {
        "CallArrived",
        "UtteranceHeard",
        "SeatReserved",
        "FieldsEdited",
        "RecordingArchived",
    } <= (EVENT_TYPES.keys())


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_every_event_comes_back_as_it_was(name):
    @given(event=instances_of(EVENT_TYPES[name]))
    def comes_back(event):
        assert decode(name, through_json(body_of(event))) == event
        assert encode(event) == {"type": name, **body_of(event)}

    comes_back()


def test_an_event_of_a_later_version_is_kept_as_it_is():
    body = {"at": AT.isoformat(), "call_id": "node1-1.1", "colour": ["red"]}
    kept = decode("CallPainted", body)
    assert kept == UnknownEvent(at=AT, type_name="CallPainted", body=body)
    assert encode(kept) == {"type": "CallPainted", **body}


def test_a_field_of_a_later_version_is_passed_over():
    arrived = CallArrived(
        at=AT, call_id=CallId("node1-1.1"), caller_number="13800000001", called_number="12345"
    )
    assert decode("CallArrived", {**body_of(arrived), "colour": "red"}) == arrived


GOOD = {"at": AT.isoformat(), "call_id": "1", "seat_id": "8001", "skill_group": "general",
        "reasons": ["空闲最久"], "considered": 2}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": None},
        {"at": 5},
        {"at": "yesterday"},
        {"at": "2026-11-21T08:00:00"},
        {"call_id": 7},
        {"considered": "two"},
        {"reasons": "one sentence"},
        {"reasons": None},
        {"reasons": [1]},
    ],
)
def test_a_row_that_does_not_hold_what_its_type_says_is_refused_by_name(wrong):
    assert decode("SeatReserved", GOOD)
    with pytest.raises(EventUnreadable, match="SeatReserved"):
        decode("SeatReserved", GOOD | wrong)


@pytest.mark.parametrize("body", [None, [], "text", 3, {}])
@pytest.mark.parametrize("name", ["CallArrived", "CallPainted"])
def test_a_body_that_is_no_object_is_refused_by_name(name, body):
    with pytest.raises(EventUnreadable, match=name):
        decode(name, body)


def test_what_is_no_value_is_not_encoded():
    @dataclasses.dataclass(frozen=True)
    class Odd:
        thing: object

    with pytest.raises(TypeError, match="object is not for events"):
        encode(Odd(thing=object()))
