"""From what was said to proposed fields, each with the audio that supports it. 工单草拟

    UtteranceHeard ──read──► Reading ──┐
    earlier readings ──────────────────┼─propose─► the fields that should change
    caller's number, present fields ───┘

Pure and deterministic: no model, only words, so that every proposal can be explained. A sentence
is read once; proposing looks at the readings, so a long call stays cheap. What a person wrote is
never proposed anew.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from asr.events import Side
from orders import event_types
from orders.callers import Heard, number_in
from orders.model import (
    ANONYMOUS,
    FieldValue,
    FilledBy,
    OrderField,
    Proof,
    RequestType,
    Urgency,
)
from orders.places import merged
from orders.reading import Reading, filled
from orders.spoken_numbers import DIGITS, national

CONTENT_LIMIT = 2_000
"""Characters; the rest of a longer statement is in the transcript. 内容上限"""
SUMMARY_LIMIT = 50
"""Characters. 摘要上限"""

Proposal = tuple[OrderField, FieldValue]


def propose(
    readings: Sequence[Reading],
    caller_number: str,
    current: Mapping[OrderField, FieldValue],
) -> tuple[Proposal, ...]:
    """The fields whose machine-made value should change, in the order of the form."""
    ordered = sorted(readings, key=lambda r: (r.utterance.starts_at_ms, r.utterance.side))
    citizen = [r for r in ordered if r.utterance.side is Side.CITIZEN]
    wanted = {
        OrderField.CALLER_NAME: _caller_name(ordered),
        OrderField.CONTACT_NUMBER: _contact_number(ordered, caller_number),
        OrderField.REQUEST_TYPE: _request_type(citizen),
        OrderField.EVENT_TYPE: _event_type(citizen),
        OrderField.URGENCY: _urgency(citizen),
        OrderField.CONTENT: _content(ordered),
        OrderField.ADDRESS: _address(citizen),
        OrderField.SUMMARY: _summary(citizen),
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


def _caller_name(ordered: Sequence[Reading]) -> FieldValue | None:
    """The fullest that fits: 王 and later 王先生 make 王先生; a full name stays a full name."""
    best: tuple[Reading, Heard] | None = None
    for reading in ordered:
        heard = reading.name
        if heard is None:
            continue
        if best is None or heard.value == ANONYMOUS or _names_better(reading, heard, best[1]):
            best = (reading, heard)
    return None if best is None else filled(*best)


def _names_better(reading: Reading, heard: Heard, known: Heard) -> bool:
    if known.value == ANONYMOUS:
        return False
    if heard.value.startswith(known.value):
        return heard.value != known.value
    # The operator may have misheard; only the citizen himself corrects a name.
    own = reading.utterance.side is Side.CITIZEN
    return own and not known.value.startswith(heard.value)


def _contact_number(ordered: Sequence[Reading], caller_number: str) -> FieldValue | None:
    """The last number the citizen said, else the one an operator read out, else the caller's."""
    said: FieldValue | None = None
    read_out: FieldValue | None = None
    asked = False
    before: Reading | None = None
    for reading in ordered:
        if reading.utterance.side is Side.CITIZEN:
            number = reading.number or number_in(reading.text, asked)
            if number is not None:
                said = filled(reading, number)
            elif before is not None and (joined := _said_in_two(before, reading, asked)):
                said = joined
            before = reading
        else:
            if reading.number is not None:
                heard = replace(reading.number, confidence=0.75)
                read_out = filled(reading, heard)
            asked = reading.asks_number or (asked and reading.number is None)
    if said or read_out:
        return said or read_out
    number_shown = national(caller_number)
    if number_shown is None:
        return None
    return FieldValue(value=number_shown, by=FilledBy.MACHINE, confidence=0.6)


def _said_in_two(first: Reading, second: Reading, asked: bool) -> FieldValue | None:
    """一三八零零零零 … 零零零一: people pause in the middle of a number."""
    if not (first.text and second.text):
        return None
    if first.text[-1] not in DIGITS or second.text[0] not in DIGITS or first.number:
        return None
    number = number_in(first.text + second.text, asked)
    if number is None or not number.start < len(first.text) < number.end:
        return None
    proof = Proof(
        side=Side.CITIZEN,
        starts_at_ms=first.utterance.starts_at_ms,
        ends_at_ms=second.utterance.ends_at_ms,
    )
    return FieldValue(value=number.value, by=FilledBy.MACHINE, confidence=0.8, proof=proof)


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
    if not weights:
        return _trouble_without_a_name(citizen)
    best = max(weights, key=lambda kind: weights[kind])
    return filled(*first[best])


def _trouble_without_a_name(citizen: Sequence[Reading]) -> FieldValue | None:
    """Who tells of water, roads or schools and asks for nothing most likely wants help."""
    for reading in citizen:
        if reading.event_types:
            _, _, heard = reading.event_types[0]
            return filled(reading, replace(heard, value=RequestType.HELP, confidence=0.4))
    return None


def _event_type(citizen: Sequence[Reading]) -> FieldValue | None:
    weights: dict[str, int] = defaultdict(int)
    best_word: dict[str, tuple[int, Reading, Heard]] = {}
    for reading in citizen:
        for name, weight, heard in reading.event_types:
            weights[name] += weight
            if name not in best_word or weight > best_word[name][0]:
                best_word[name] = (weight, reading, heard)
    if not weights:
        return None
    order = list(event_types.EVENT_TYPES)
    best = max(weights, key=lambda name: (weights[name], -order.index(name)))
    _, reading, heard = best_word[best]
    share = weights[best] / sum(weights.values())
    return filled(reading, replace(heard, confidence=0.4 + 0.5 * share))


def _urgency(citizen: Sequence[Reading]) -> FieldValue | None:
    """The gravest danger of the call; 一般 once he has stated anything without one."""
    for wanted in (Urgency.VERY_URGENT, Urgency.URGENT):
        for reading in citizen:
            if reading.danger is not None and reading.danger[0] is wanted:
                return filled(reading, reading.danger[1])
    if not any(reading.statement for reading in citizen):
        return None
    return FieldValue(value=Urgency.ORDINARY, by=FilledBy.MACHINE, confidence=0.5)


def _address(citizen: Sequence[Reading]) -> FieldValue | None:
    spoken = [(reading, reading.place) for reading in citizen if reading.place is not None]
    whole = merged(place for _, place in spoken)
    if whole is None:
        return None
    source = next(r for r, place in spoken if set(place.parts) & set(whole.parts))
    assert source.place is not None
    confidence = min(0.9, 0.5 + 0.1 * len(whole.parts))
    heard = Heard(
        value=whole.text,
        start=source.place.start,
        end=source.place.end,
        confidence=confidence,
    )
    return filled(source, heard)


_QUESTION = re.compile("(?:吗|呢|怎么办|什么|多少|几点.*|怎么.{1,6}|哪里.{0,3})$")
_PAUSE_MS = 1_500


def _content(ordered: Sequence[Reading]) -> FieldValue | None:
    """The citizen's statement in his own order; a long pause or the operator's turn ends a sentence."""
    pieces: list[str] = []
    stated: list[Reading] = []
    before: Reading | None = None
    for reading in ordered:
        if reading.statement:
            if stated:
                pieces.append(_mark(stated[-1], reading, before))
            pieces.append(reading.statement)
            stated.append(reading)
        before = reading
    if not stated:
        return None
    closing = "？" if _QUESTION.search(stated[-1].statement) else "。"
    value = "".join(pieces)[: CONTENT_LIMIT - 1] + closing
    return FieldValue(
        value=value,
        by=FilledBy.MACHINE,
        confidence=round(sum(r.utterance.confidence for r in stated) / len(stated), 2),
        proof=Proof(
            side=Side.CITIZEN,
            starts_at_ms=stated[0].utterance.starts_at_ms,
            ends_at_ms=max(r.utterance.ends_at_ms for r in stated),
        ),
    )


def _mark(last: Reading, reading: Reading, before: Reading | None) -> str:
    if _QUESTION.search(last.statement):
        return "？"
    interrupted = before is not None and before.utterance.side is not Side.CITIZEN
    paused = reading.utterance.starts_at_ms - last.utterance.ends_at_ms > _PAUSE_MS
    return "。" if interrupted or paused else "，"


_PREAMBLE = re.compile(
    "^(?:我(?:想|要|想要)?(?:(?:咨询|投诉|举报|反映|求助|问|建议|表扬)(?:一下|一个问题)?)|请问|麻烦问一下|我想问一下)(?=.{4})"
)


def _summary(citizen: Sequence[Reading]) -> FieldValue | None:
    """His own most telling sentence, without the preamble; the first of equals."""
    best: tuple[int, Reading] | None = None
    for reading in citizen:
        if not reading.statement:
            continue
        telling = sum(weight for _, weight, _ in reading.event_types)
        telling += 6 * len(reading.described) + 8 * (reading.danger is not None)
        telling += 3 * len(reading.place.parts) if reading.place else 0
        if best is None or telling > best[0]:
            best = (telling, reading)
    if best is None:
        return None
    reading = best[1]
    value = _PREAMBLE.sub("", reading.statement)
    if len(value) > SUMMARY_LIMIT:
        value = value[: SUMMARY_LIMIT - 1] + "…"
    start = max(0, reading.text.find(reading.statement))
    end = start + len(reading.statement)
    return filled(reading, Heard(value=value, start=start, end=end, confidence=0.6))
