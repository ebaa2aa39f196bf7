"""Surveys and messages as JSON. 市民侧视图"""

from collections.abc import Mapping
from typing import Any

from orders.messages import Message
from orders.surveys import Scale, Survey, Tally
from recordings.model import Recording
from web.ports import User
from web.views import instant, shown_number

Json = dict[str, Any]


def survey(what: Survey) -> Json:
    return {
        "call_id": what.call_id,
        "how": what.how.value,
        "seat_id": what.seat_id,
        "skill_group": what.skill_group,
        "order_id": what.order_id,
        "offered_at": instant(what.offered_at),
        "answered_at": instant(what.answered_at),
        "score": what.score,
        "scale": what.scale,
        "satisfaction": None if what.satisfaction is None else what.satisfaction.value,
    }


def scale(what: Scale) -> Json:
    return {
        "last": what.last,
        "satisfied": list(what.satisfied),
        "basically": list(what.basically),
        "unsatisfied": list(what.unsatisfied),
    }


def tally(what: Tally) -> Json:
    """Shares as numbers between 0 and 1; null where there is nothing to divide by."""
    return {
        "asked": what.asked,
        "rated": what.rated,
        "satisfied": what.satisfied,
        "basically": what.basically,
        "unsatisfied": what.unsatisfied,
        "not_rated": what.not_rated,
        "rated_share": share(what.rated_share),
        "satisfied_share": share(what.satisfied_share),
    }


def by_name(name: str, found: Mapping[Any, Tally]) -> list[Json]:
    """Sorted by name; what has none comes last."""
    rows = [{name: key, **tally(one)} for key, one in found.items()]
    return sorted(rows, key=lambda row: (row[name] is None, row[name] or ""))


def share(part: float | None) -> float | None:
    return None if part is None else round(part, 4)


def message(what: Message, text: str, transcription: str, viewer: User) -> Json:
    return {
        "message_id": what.message_id,
        "call_id": what.call_id,
        "caller_number": shown_number(what.caller_number, viewer, what.seat_id),
        "state": what.state.value,
        "how": what.how.value,
        "began_at": instant(what.began_at),
        "left_at": instant(what.left_at),
        "duration_ms": what.duration_ms,
        "starts_at_ms": what.starts_at_ms,
        "text": text,
        "text_asked_at": instant(what.text_asked_at),
        "transcription": transcription,
        "taken_at": instant(what.taken_at),
        "taken_by": what.taken_by,
        "seat_id": what.seat_id,
        "done_at": instant(what.done_at),
        "done_by": what.done_by,
        "order_id": what.order_id,
        "reason": what.reason,
    }


def recording_of(what: Message, recording: Recording | None) -> Json | None:
    """Where its sound is kept; None until its call is over."""
    if recording is None:
        return None
    return {
        "recording_id": recording.recording_id,
        "state": recording.state.value,
        "duration_ms": recording.duration_ms,
        "sha256": recording.sha256,
        "archived_at": instant(recording.archived_at),
        "offset_ms": what.starts_at_ms,
    }
