"""House types as the JSON that browsers and integrators read. 视图

Numbers of citizens are masked here unless the viewer may see them.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from asr.events import UtteranceHeard
from cti.call import Call
from cti.events import Ending
from orders.blocks import Block
from orders.codes import WrapUpCode
from orders.model import (
    MANDATORY_FIELDS,
    CallbackAttempt,
    CallbackTask,
    FieldValue,
    WorkOrder,
)
from orders.repeats import Repeat
from orders.summaries import CallSummary
from recordings.model import Recording
from seats.events import CallRouted, SeatReserved
from seats.model import Seat
from web.access import seat_through_which
from web.accounts import may_see_numbers
from web.ports import CallLinks, User

Json = dict[str, Any]


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z and milliseconds."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def masked(number: str) -> str:
    """138****0001; a short number keeps only its last two digits."""
    if len(number) >= 7:
        return f"{number[:3]}****{number[-4:]}"
    return "*" * max(len(number) - 2, 0) + number[-2:]


def shown_number(number: str, viewer: User, seat_id: str | None) -> str:
    own = viewer.seat_id is not None and viewer.seat_id == seat_id
    return number if own or may_see_numbers(viewer) else masked(number)


def ending(ended: Ending | None) -> Json | None:
    return None if ended is None else {"blame": ended.blame.value, "reason": ended.reason}


def span_ms(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return max(0, round((end - start).total_seconds() * 1000))


def call(what: Call, links: CallLinks, viewer: User) -> Json:
    return {
        "call_id": what.call_id,
        "caller_number": shown_number(what.caller_number, viewer, seat_through_which(viewer, what)),
        "called_number": what.called_number,
        "state": what.state.value,
        "direction": what.direction.value,
        "parties": [
            {
                "leg_id": party.leg_id,
                "role": party.role.value,
                "who": party.who,
                "room": None if party.room is None else party.room.value,
                "since": instant(party.since),
            }
            for party in what.parties
        ],
        "arrived_at": instant(what.arrived_at),
        "recording_started_at": instant(what.recording_started_at),
        "joined_at": instant(what.joined_at),
        "answered_at": instant(what.answered_at),
        "ended_at": instant(what.ended_at),
        "skill_group": what.skill_group,
        "priority": what.priority,
        "seat_id": what.seat_id,
        "waited_ms": span_ms(what.joined_at, what.answered_at or what.ended_at),
        "talked_ms": span_ms(what.answered_at, what.seat_left_at or what.ended_at),
        "ending": ending(what.ending),
        "lifeboat": what.lifeboat,
        "order_id": links.order_id,
        "recording_id": links.recording_id,
        "transcription": links.transcription,
    }


def utterance(said: UtteranceHeard) -> Json:
    return {
        "side": said.side.value,
        "text": said.text,
        "written": said.written,
        "language": said.language,
        "pieces": [list(piece) for piece in said.pieces],
        "starts_at_ms": said.starts_at_ms,
        "ends_at_ms": said.ends_at_ms,
        "confidence": round(said.confidence, 3),
        "backfilled": said.backfilled,
        "leg_id": said.leg_id,
        "who": said.who,
        "words": [
            {
                "text": word.text,
                "starts_at_ms": word.starts_at_ms,
                "ends_at_ms": word.ends_at_ms,
                "confidence": round(word.confidence, 3),
                "heard": word.heard,
                "doubtful": word.doubtful,
            }
            for word in said.words
        ],
    }


def decision(reserved: SeatReserved) -> Json:
    found = reserved.at_joining
    return {
        "at": instant(reserved.at),
        "seat_id": reserved.seat_id,
        "skill_group": reserved.skill_group,
        "reasons": list(reserved.reasons),
        "considered": reserved.considered,
        "rules_version": reserved.rules_version,
        "joined_at": instant(reserved.joined_at),
        "waited_ms": reserved.waited_ms,
        "priority": reserved.priority,
        "ahead": reserved.ahead,
        "ahead_at_joining": reserved.ahead_at_joining,
        "at_joining": None if found is None else asdict(found),
        "step": reserved.step,
        "found_by": reserved.found_by,
        "level": reserved.level,
        "flags": list(reserved.flags),
        "sticky_seat": reserved.sticky_seat,
        "by": reserved.by,
    }


def routing(routed: CallRouted) -> Json:
    return {
        "at": instant(routed.at),
        "row": routed.row,
        "number": routed.number,
        "version": routed.version,
        "skill_group": routed.skill_group,
        "priority": routed.priority,
        "sticky": routed.sticky,
        "flags": list(routed.flags),
        "notes": list(routed.notes),
    }


def seat(what: Seat) -> Json:
    return {
        "seat_id": what.seat_id,
        "operator_name": what.definition.operator_name,
        "operator": what.operator,
        "state": what.state.value,
        "reason": what.reason.value if what.reason else None,
        "since": instant(what.since),
        "until": instant(what.until),
        "call_id": what.call_id,
        "last_call_id": what.last_call_id,
        "phone_reachable": what.phone_reachable,
        "skills": dict(what.definition.skills),
        "pending_not_ready": what.pending_not_ready.value if what.pending_not_ready else None,
        "part": what.part.value,
        "pending_sign_out": what.pending_sign_out,
        "phone_in_use": what.phone_in_use,
    }


def field_value(value: FieldValue) -> Json:
    proof = value.proof
    return {
        "value": value.value,
        "by": value.by.value,
        "confidence": round(value.confidence, 3),
        "proof": None
        if proof is None
        else {
            "side": proof.side.value,
            "starts_at_ms": proof.starts_at_ms,
            "ends_at_ms": proof.ends_at_ms,
        },
    }


def order(what: WorkOrder) -> Json:
    filled = {name for name, value in what.fields.items() if value.value}
    return {
        "order_id": what.order_id,
        "call_id": what.call_id,
        "seat_id": what.seat_id,
        "state": what.state.value,
        "opened_at": instant(what.opened_at),
        "submitted_at": instant(what.submitted_at),
        "submitted_by": what.submitted_by,
        "diverted_to": what.diverted_to,
        "flags": list(what.flags),
        "repeat_of": what.repeat_of,
        "channel": what.channel.value,
        "message_id": what.message_id,
        "urges": what.urges,
        "urged_at": instant(what.urged_at),
        "revision": what.revision,
        "fields": {name.value: field_value(value) for name, value in what.fields.items()},
        "missing": [name.value for name in MANDATORY_FIELDS if name not in filled],
    }


def repeat(what: Repeat) -> Json:
    return {
        "order_id": what.order_id,
        "state": what.state.value,
        "opened_at": instant(what.opened_at),
        "submitted_at": instant(what.submitted_at),
        "summary": what.summary,
        "similarity": what.similarity,
        "same_number": what.same_number,
        "repeat_of": what.repeat_of,
    }


def recording(what: Recording, of: Call | None, viewer: User) -> Json:
    return {
        "recording_id": what.recording_id,
        "call_id": what.call_id,
        "state": what.state.value,
        "started_at": instant(what.started_at),
        "duration_ms": what.duration_ms,
        "sha256": what.sha256,
        "size_bytes": what.size_bytes,
        "archived_at": instant(what.archived_at),
        "path": what.path,
        "failure": what.failure,
        "kind": what.kind.value,
        "leg_id": what.leg_id,
        "role": None if what.role is None else what.role.value,
        "who": what.who,
        "offset_ms": what.offset_ms,
        "caller_number": None if of is None else shown_number(of.caller_number, viewer, of.seat_id),
        "seat_id": None if of is None else of.seat_id,
    }


def callback(task: CallbackTask, viewer: User) -> Json:
    return {
        "call_id": task.call_id,
        "caller_number": shown_number(task.caller_number, viewer, task.seat_id),
        "reason": task.reason.value,
        "state": task.state.value,
        "arrived_at": instant(task.arrived_at),
        "joined_at": instant(task.joined_at),
        "skill_group": task.skill_group,
        "due_at": instant(task.due_at),
        "attempts": task.attempts,
        "seat_id": task.seat_id,
        "last_outcome": None if task.last_outcome is None else task.last_outcome.value,
        "reached": task.reached,
        "closed_at": instant(task.closed_at),
        "closed_why": task.closed_why,
        "closed_by": task.closed_by,
    }


def attempt(one: CallbackAttempt) -> Json:
    return {
        "number": one.number,
        "by": one.by,
        "seat_id": one.seat_id,
        "first": one.first.value,
        "began_at": instant(one.began_at),
        "ended_at": instant(one.ended_at),
        "outcome": None if one.outcome is None else one.outcome.value,
        "reached": one.reached,
    }


def summary(one: CallSummary) -> Json:
    return {
        "call_id": one.call_id,
        "seat_id": one.seat_id,
        "code": one.code,
        "name": one.name,
        "note": one.note,
        "by": one.by,
        "at": instant(one.at),
        "excluded_from": list(one.excluded_from),
    }


def code(one: WrapUpCode) -> Json:
    return {
        "code": one.code,
        "name": one.name,
        "order": one.order.value,
        "needs_note": one.needs_note,
        "excluded_from": list(one.excluded_from),
    }


def block(one: Block, viewer: User) -> Json:
    return {
        "call_id": one.call_id,
        "caller_number": shown_number(one.caller_number, viewer, None),
        "state": one.state.value,
        "until": instant(one.until),
        "proposed_at": instant(one.proposed_at),
        "proposed_by": one.proposed_by,
        "note": one.note,
        "decided_by": one.decided_by,
        "decision_note": one.decision_note,
    }
