"""From what was said to proposed fields, each with the audio that supports it. 工单草拟

    UtteranceHeard ──read──► Reading ──┐
    earlier readings ──────────────────┼─propose─► the fields that should change
    caller's number, present fields ───┘

Pure and deterministic: no model, only words, so that every proposal can be explained. A sentence
is read once; proposing looks at the readings, so a long call stays cheap. What a person wrote is
never proposed anew.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from asr.events import Side
from orders.contact import caller_name, contact_number
from orders.event_types import EVENT_TYPES
from orders.heard import Heard
from orders.model import (
    FieldValue,
    FilledBy,
    OrderField,
    RequestType,
    Urgency,
)
from orders.places import Part, Place, answered_part, asked_part, merged
from orders.ports import Summariser
from orders.reading import Reading, filled
from orders.story import Extract, content

Proposal = tuple[OrderField, FieldValue]
EXTRACT = Extract()


def propose(
    readings: Sequence[Reading],
    caller_number: str,
    current: Mapping[OrderField, FieldValue],
    summariser: Summariser = EXTRACT,
) -> tuple[Proposal, ...]:
    """The fields whose machine-made value should change, in the order of the form."""
    ordered = sorted(readings, key=lambda r: (r.utterance.starts_at_ms, r.utterance.side))
    citizen = [r for r in ordered if r.utterance.side is Side.CITIZEN]
    wanted = {
        OrderField.CALLER_NAME: caller_name(ordered),
        OrderField.CONTACT_NUMBER: contact_number(ordered, caller_number),
        OrderField.REQUEST_TYPE: _request_type(citizen),
        OrderField.EVENT_TYPE: _event_type(citizen),
        OrderField.URGENCY: _urgency(citizen),
        OrderField.CONTENT: content(ordered),
        OrderField.DISTRICT: _district(citizen),
        OrderField.ADDRESS: _address(ordered),
        OrderField.HAPPENED_AT: _happened_at(citizen),
        OrderField.PERSONS: _persons(citizen),
        OrderField.WANT: _want(citizen),
        OrderField.SUMMARY: summariser.summary(ordered),
    }
    return tuple(
        (name, value)
        for name, value in wanted.items()
        if value is not None and _may_change(current.get(name), value)
    )


def _may_change(present: FieldValue | None, value: FieldValue) -> bool:
    if present is None:
        return True
    return present.by is FilledBy.MACHINE and present != value


_OVERRIDES = frozenset({RequestType.COMPLAINT, RequestType.REPORT})
_WEAK = frozenset({RequestType.CONSULTATION, RequestType.HELP})


def _request_type(citizen: Sequence[Reading]) -> FieldValue | None:
    """What he declares; the first declaration counts, unless a consultation turns into a complaint.

    Without one, the kind that most of his sentences suggest, the earlier of equals.
    """
    declared: tuple[Reading, RequestType, Heard] | None = None
    for reading in citizen:
        if reading.declared is None:
            continue
        kind, heard = reading.declared
        if declared is None or (declared[1] in _WEAK and kind in _OVERRIDES):
            declared = (reading, kind, heard)
    if declared is not None:
        return filled(declared[0], declared[2])
    weights: dict[RequestType, float] = defaultdict(float)
    first: dict[RequestType, tuple[Reading, Heard]] = {}
    for reading in citizen:
        for rank, (kind, heard) in enumerate(reading.described):
            weights[kind] += heard.confidence / (rank + 1)
            first.setdefault(kind, (reading, heard))
        if reading.danger is not None and reading.danger[0] is Urgency.VERY_URGENT:
            # Whoever is at fault, he needs help first.
            weights[RequestType.HELP] += 1.5
            help_wanted = replace(reading.danger[1], value=RequestType.HELP)
            first.setdefault(RequestType.HELP, (reading, help_wanted))
    if not weights:
        return _trouble_without_a_name(citizen)
    best = max(weights, key=lambda kind: weights[kind])
    return filled(*first[best])


def _trouble_without_a_name(citizen: Sequence[Reading]) -> FieldValue | None:
    """Who tells of danger, water, roads or schools and asks for nothing most likely wants help."""
    for reading in citizen:
        if reading.danger is not None:
            return filled(reading, replace(reading.danger[1], value=RequestType.HELP))
        if reading.classes:
            start, end = reading.classes[0].spans[0]
            return filled(
                reading, Heard(value=RequestType.HELP, start=start, end=end, confidence=0.4)
            )
        if reading.wants:
            return filled(
                reading, replace(reading.wants[0], value=RequestType.HELP, confidence=0.4)
            )
    return None


def _event_type(citizen: Sequence[Reading]) -> FieldValue | None:
    weights: dict[str, int] = defaultdict(int)
    best_words: dict[str, tuple[int, Reading, tuple[int, int]]] = {}
    for reading in citizen:
        for classed in reading.classes:
            name = classed.event_type
            weights[name] += classed.weight
            if name not in best_words or classed.weight > best_words[name][0]:
                best_words[name] = (classed.weight, reading, classed.spans[0])
    if not weights:
        return None
    order = list(EVENT_TYPES)
    best = max(weights, key=lambda name: (weights[name], -order.index(name)))
    _, reading, (start, end) = best_words[best]
    share = weights[best] / sum(weights.values())
    heard = Heard(value=best, start=start, end=end, confidence=0.4 + 0.5 * share)
    return filled(reading, heard)


def _urgency(citizen: Sequence[Reading]) -> FieldValue | None:
    """The gravest danger of the call; 一般 once he has stated anything without one."""
    for wanted in (Urgency.VERY_URGENT, Urgency.URGENT):
        for reading in citizen:
            if reading.danger is not None and reading.danger[0] is wanted:
                return filled(reading, reading.danger[1])
    if not any(reading.statement for reading in citizen):
        return None
    return FieldValue(value=Urgency.ORDINARY, by=FilledBy.MACHINE, confidence=0.5)


def _address(ordered: Sequence[Reading]) -> FieldValue | None:
    spoken: list[tuple[Reading, Place]] = []
    asked: Part | None = None
    for reading in ordered:
        if reading.utterance.side is not Side.CITIZEN:
            asked = asked_part(reading.text) or asked
            continue
        place = reading.place or (answered_part(reading.text, asked) if asked else None)
        if place is not None:
            spoken.append((reading, place))
        if reading.statement:
            asked = None
    whole = merged(place for _, place in spoken)
    if whole is None:
        return None
    used = [one for one in spoken if set(one[1].parts) & set(whole.parts)]
    confidence = min(0.9, 0.5 + 0.1 * len(whole.parts))
    bits = [
        filled(
            reading,
            Heard(value=whole.text, start=place.start, end=place.end, confidence=confidence),
        )
        for reading, place in used
    ]
    return _from_first_to_last(bits)


def _from_first_to_last(bits: Sequence[FieldValue]) -> FieldValue:
    """Proved by everything from its first bit to its last."""
    first, last = bits[0], bits[-1]
    if first.proof is None or last.proof is None:
        return first
    return replace(first, proof=replace(first.proof, ends_at_ms=last.proof.ends_at_ms))


def _district(citizen: Sequence[Reading]) -> FieldValue | None:
    """The surest he names; without a list of the city's names, what he calls 区 or 县."""
    best: tuple[Reading, Heard] | None = None
    for reading in citizen:
        heard = reading.district
        if heard is not None and (best is None or heard.confidence > best[1].confidence):
            best = (reading, heard)
    if best is not None:
        return filled(*best)
    for reading in citizen:
        place = reading.place
        name = None if place is None else dict(place.parts).get(Part.DISTRICT)
        if place is not None and name is not None and not reading.districts_known:
            heard = Heard(value=name, start=place.start, end=place.end, confidence=0.6)
            return filled(reading, heard)
    return None


def _happened_at(citizen: Sequence[Reading]) -> FieldValue | None:
    """The surest instant he names for what he tells; the first of equals."""
    best: tuple[Reading, Heard] | None = None
    for reading in citizen:
        heard = reading.moment
        if heard is not None and (best is None or heard.confidence > best[1].confidence):
            best = (reading, heard)
    return None if best is None else filled(*best)


MOST_PERSONS = 3
"""Whom a request is about; whoever names more tells a story. 涉及对象上限"""


def _persons(citizen: Sequence[Reading]) -> FieldValue | None:
    """The first few different ones, the surest first; 物业 is nobody new after 东湖小区物业."""
    spoken = [(reading, one) for reading in citizen for one in reading.persons]
    spoken.sort(key=lambda one: -one[1].confidence)
    chosen: list[tuple[Reading, Heard]] = []
    for reading, heard in spoken:
        if any(heard.value in known.value or known.value in heard.value for _, known in chosen):
            continue
        chosen.append((reading, heard))
        if len(chosen) == MOST_PERSONS:
            break
    if not chosen:
        return None
    reading, heard = chosen[0]
    return filled(reading, replace(heard, value="、".join(one.value for _, one in chosen)))


def _want(citizen: Sequence[Reading]) -> FieldValue | None:
    """The surest wish; of equals the last, with which he ends."""
    best: tuple[Reading, Heard] | None = None
    for reading in citizen:
        for heard in reading.wants:
            if best is None or heard.confidence >= best[1].confidence:
                best = (reading, heard)
    return None if best is None else filled(*best)
