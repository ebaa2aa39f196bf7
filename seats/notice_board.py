"""What supervisors tell the seats, and which seats have read it. 座席通知

    posted ──► shown at every seat that is meant ──read──► ticked off
       └──withdrawn, or a shift later──► shown to nobody

A notice is the shift leader's word to all or to some groups at once: no radio, no chat, nothing comes
back but "read".
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from cti.ids import SeatId, SkillGroupCode
from seats.errors import NoticeRefused, NoticeUnknown
from seats.events import NoticePosted, NoticeRead, NoticeWithdrawn
from seats.model import Seat, SeatState
from seats.ports import Now, Tell

LONGEST_NOTICE = 300
STANDS = timedelta(hours=12)
"""One shift; afterwards it is nobody's news. 有效时长"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatNotice:
    """One notice as it stands. 座席通知"""

    notice_id: str
    at: datetime
    by: str
    text: str
    skill_groups: tuple[SkillGroupCode, ...] = ()
    addressed: tuple[SeatId, ...] = ()
    read_at: Mapping[SeatId, datetime] = field(default_factory=dict)

    def meant_for(self, seat: Seat) -> bool:
        return not self.skill_groups or any(
            seat.level_for(code) is not None for code in self.skill_groups
        )


class StoredNotices(Protocol):
    """Notices as they were written down. 通知存储"""

    async def since(self, at: datetime) -> Sequence[SeatNotice]:
        """Those that nobody took back, the oldest first."""


class NoticeBoard:
    """Sole owner of the notices that stand. 通知板"""

    def __init__(
        self,
        stored: StoredNotices,
        seats: Callable[[], Mapping[SeatId, Seat]],
        groups: Callable[[], Collection[SkillGroupCode]],
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._seats = seats
        self._groups = groups
        self._tell = tell
        self._now = now
        self._notices: dict[str, SeatNotice] = {}
        self._count = 0

    async def restore(self) -> None:
        """Those of the last shift."""
        for one in await self._stored.since(self._now() - STANDS):
            self._notices[one.notice_id] = one

    @property
    def standing(self) -> Sequence[SeatNotice]:
        """The newest first."""
        since = self._now() - STANDS
        return [one for one in reversed(self._notices.values()) if one.at > since]

    def post(self, text: str, skill_groups: Sequence[SkillGroupCode], *, by: str) -> SeatNotice:
        """Raises NoticeRefused."""
        text = text.strip()
        if not 0 < len(text) <= LONGEST_NOTICE or set(skill_groups) - set(self._groups()):
            raise NoticeRefused
        at = self._now()
        self._drop_old(at)
        draft = SeatNotice(
            notice_id=self._next_id(at),
            at=at,
            by=by,
            text=text,
            skill_groups=tuple(skill_groups),
        )
        here = (seat for seat in self._seats().values() if seat.state is not SeatState.SIGNED_OUT)
        posted = replace(
            draft, addressed=tuple(sorted(seat.seat_id for seat in here if draft.meant_for(seat)))
        )
        self._notices[posted.notice_id] = posted
        self._tell(
            NoticePosted(
                at=at,
                notice_id=posted.notice_id,
                by=by,
                text=text,
                skill_groups=posted.skill_groups,
                addressed=posted.addressed,
            )
        )
        return posted

    def read(self, notice_id: str, seat_id: SeatId, *, by: str) -> SeatNotice:
        """Said twice it is told once. Raises NoticeUnknown."""
        one = self._find(notice_id)
        if seat_id in one.read_at:
            return one
        at = self._now()
        self._notices[notice_id] = replace(one, read_at={**one.read_at, seat_id: at})
        self._tell(NoticeRead(at=at, notice_id=notice_id, seat_id=seat_id, by=by))
        return self._notices[notice_id]

    def withdraw(self, notice_id: str, *, by: str) -> None:
        """Raises NoticeUnknown."""
        del self._notices[self._find(notice_id).notice_id]
        self._tell(NoticeWithdrawn(at=self._now(), notice_id=notice_id, by=by))

    def _find(self, notice_id: str) -> SeatNotice:
        found = self._notices.get(notice_id)
        if found is None or found.at <= self._now() - STANDS:
            raise NoticeUnknown
        return found

    def _next_id(self, at: datetime) -> str:
        """Of its instant, and a number for two within one millisecond."""
        self._count += 1
        return f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}-{self._count}"

    def _drop_old(self, now: datetime) -> None:
        for notice_id, one in tuple(self._notices.items()):
            if one.at <= now - STANDS:
                del self._notices[notice_id]
