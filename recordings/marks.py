"""Marks and comments that inspectors and shift leaders leave on a call. 标注"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cti.ids import CallId
from recordings.errors import MarkInvalid, MarkNotYours
from recordings.events import CallMarked, MarkRemoved
from recordings.ports import Now, Tell

LONGEST = 500
"""Letters of a comment. 评语上限"""
PAST_END_MS = 2_000
"""A mark may stand so far beyond the length that the catalogue knows: sound ends in blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment or a span of the call's clock that somebody pointed out. 标注"""

    mark_id: str
    call_id: CallId
    at_ms: int
    ends_at_ms: int | None
    text: str
    by: str
    name: str
    made_at: datetime


class MarkDesk:
    """Takes marks and takes them away. 标注"""

    def __init__(self, tell: Tell, now: Now, new_id: Callable[[], str]) -> None:
        self._tell = tell
        self._now = now
        self._new_id = new_id

    def make(
        self,
        call_id: CallId,
        *,
        by: str,
        name: str,
        at_ms: int,
        ends_at_ms: int | None,
        text: str,
        length_ms: int,
    ) -> Mark:
        """`length_ms` of the call's clock. Raises MarkInvalid."""
        last = length_ms + PAST_END_MS
        ordered = ends_at_ms is None or at_ms < ends_at_ms <= last
        if not 0 <= at_ms <= last or not ordered or len(text) > LONGEST:
            raise MarkInvalid
        made = Mark(
            mark_id=self._new_id(),
            call_id=call_id,
            at_ms=at_ms,
            ends_at_ms=ends_at_ms,
            text=text,
            by=by,
            name=name,
            made_at=self._now(),
        )
        self._tell(
            CallMarked(
                at=made.made_at,
                call_id=call_id,
                mark_id=made.mark_id,
                by=by,
                name=name,
                at_ms=at_ms,
                ends_at_ms=ends_at_ms,
                text=text,
            )
        )
        return made

    def remove(self, mark: Mark, by: str, *, anybodys: bool) -> None:
        """`anybodys`: he may remove those of others too. Raises MarkNotYours."""
        if mark.by != by and not anybodys:
            raise MarkNotYours
        self._tell(MarkRemoved(at=self._now(), call_id=mark.call_id, mark_id=mark.mark_id, by=by))
