"""The waiting line, kept so that the next to be served is found without looking at everybody. 排队

Citizens of one group and one priority stand in one row, sorted by arrival. Whatever the rules
credit them with is the same for the whole row, so a row's order never changes: its head is both
the first in service order and the longest waiting, and citizens who have reached the same
relaxation stand side by side. No rules are kept here, so new ones take effect at once.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cti.ids import CallId, SeatId, SkillGroupCode
from seats.model import WaitingCitizen
from seats.rules import EPOCH, MICROSECOND, Rules, microseconds

Entry = tuple[int, CallId, WaitingCitizen]
"""(joined_at in µs, call, citizen); calls differ, so citizens are never compared. 排队条目"""

Row = list[Entry]
ServiceKey = tuple[int, int, CallId]
"""(joined_at less the credit, joined_at, call), smaller is served earlier. 服务顺序"""


class Line:
    """Everybody who waits. 等候队列"""

    def __init__(self, citizens: Iterable[WaitingCitizen] = ()) -> None:
        self._entries: dict[CallId, Entry] = {}
        self._rows: dict[SkillGroupCode, dict[int, Row]] = {}
        self._sticky: dict[SeatId, dict[CallId, Entry]] = {}
        for citizen in citizens:
            self.enter(citizen)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, call_id: object) -> bool:
        return call_id in self._entries

    @property
    def rows(self) -> Mapping[SkillGroupCode, Mapping[int, Row]]:
        """The rows that are not empty, by group and priority."""
        return self._rows

    @property
    def sticky(self) -> Mapping[SeatId, Mapping[CallId, Entry]]:
        """Who would rather go to which seat."""
        return self._sticky

    def citizen(self, call_id: CallId) -> WaitingCitizen | None:
        entry = self._entries.get(call_id)
        return None if entry is None else entry[2]

    def enter(self, citizen: WaitingCitizen) -> None:
        """A call stands in the line once; entering again replaces."""
        if citizen.call_id in self._entries:
            self.leave(citizen.call_id)
        entry = (microseconds(citizen.joined_at), citizen.call_id, citizen)
        self._entries[citizen.call_id] = entry
        rows = self._rows.setdefault(citizen.skill_group, {})
        insort(rows.setdefault(citizen.priority, []), entry)
        if citizen.sticky_seat is not None:
            self._sticky.setdefault(citizen.sticky_seat, {})[citizen.call_id] = entry

    def leave(self, call_id: CallId) -> None:
        """Nothing happens when he is not in the line."""
        entry = self._entries.pop(call_id, None)
        if entry is None:
            return
        citizen = entry[2]
        rows = self._rows[citizen.skill_group]
        row = rows[citizen.priority]
        del row[bisect_left(row, entry[:2])]
        if not row:
            del rows[citizen.priority]
            if not rows:
                del self._rows[citizen.skill_group]
        if citizen.sticky_seat is not None:
            fans = self._sticky[citizen.sticky_seat]
            del fans[call_id]
            if not fans:
                del self._sticky[citizen.sticky_seat]

    def in_order(self, rules: Rules) -> tuple[WaitingCitizen, ...]:
        """Everybody in the order of service."""
        keyed = sorted((service_key(entry, rules), entry[2]) for entry in self._entries.values())
        return tuple(citizen for _, citizen in keyed)

    def ahead_of(self, citizen: WaitingCitizen, rules: Rules) -> dict[SkillGroupCode, int]:
        """How many of each group are served before him if seats come for all; 0 is left out."""
        joined = microseconds(citizen.joined_at)
        key = joined - rules.credit_us(citizen.skill_group, citizen.priority)
        return ahead_of(self._rows, (key, joined, citizen.call_id), rules)

    def next_relaxation(self, rules: Rules, now: datetime) -> datetime | None:
        """The next instant at which somebody's requirement relaxes by itself."""
        now_us = microseconds(now)
        nearest: int | None = None
        for group, rows in self._rows.items():
            for step in rules.service(group).steps[1:]:
                for row in rows.values():
                    place = bisect_left(row, (now_us - step.after_us + 1,))
                    if place < len(row):
                        due = row[place][0] + step.after_us
                        nearest = due if nearest is None or due < nearest else nearest
        return None if nearest is None else EPOCH + nearest * MICROSECOND

    def __iter__(self) -> Iterator[WaitingCitizen]:
        return (entry[2] for entry in self._entries.values())


def service_key(entry: Entry, rules: Rules) -> ServiceKey:
    """Sorts by arrival less what priority and head start are worth; `now` plays no part."""
    joined, call_id, citizen = entry
    return (joined - rules.credit_us(citizen.skill_group, citizen.priority), joined, call_id)


def ahead_of(
    rows_of: Mapping[SkillGroupCode, Mapping[int, Row]], key: ServiceKey, rules: Rules
) -> dict[SkillGroupCode, int]:
    """How many stand before that key, by group."""
    first, joined, call_id = key
    ahead: dict[SkillGroupCode, int] = {}
    for group, rows in rows_of.items():
        number = 0
        credits_us = rules.service(group).credits_us
        for priority, row in rows.items():
            # Within the row a smaller key is an earlier arrival.
            bound = first + credits_us[priority]
            if row[0][0] > bound:
                continue
            if bound == joined:
                number += bisect_left(row, (bound, call_id))
            else:
                number += bisect_left(row, (bound + (bound < joined),))
        if number:
            ahead[group] = number
    return ahead
