"""The seats, kept so that a group's best free one is found without looking at all of them. 座席面

A group's free seats stand sorted by level, then longest idle, then id: the first is the best there
is, whatever level a citizen asks for at most. How many seats of a group are in which state is kept
with every change, so that "why did nobody take him" costs nothing when it is asked.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import replace

from cti.ids import SeatId, SkillGroupCode
from seats.model import GroupPresence, Seat, SeatState
from seats.rules import microseconds

Rank = tuple[int, int, SeatId]
"""(level, idle since in µs, seat), smaller is chosen earlier. 座席顺序"""

EMPTY = GroupPresence()

_COUNTED_AS = {
    SeatState.RESERVED: "reserved",
    SeatState.RINGING: "ringing",
    SeatState.TALKING: "talking",
    SeatState.WRAP_UP: "wrap_up",
    SeatState.NOT_READY: "not_ready",
    SeatState.SIGNED_OUT: "signed_out",
}


class Floor:
    """Every seat as the router sees it. 座席面"""

    def __init__(self, seats: Iterable[Seat] = ()) -> None:
        self._seats: dict[SeatId, Seat] = {}
        self._free: dict[SkillGroupCode, list[Rank]] = {}
        self._free_seats: dict[SeatId, Seat] = {}
        self._presence: dict[SkillGroupCode, GroupPresence] = {}
        self._away: dict[SkillGroupCode, int] = {}
        self._size: dict[SkillGroupCode, int] = {}
        for seat in seats:
            self.put(seat)

    @property
    def seats(self) -> Mapping[SeatId, Seat]:
        return self._seats

    @property
    def free(self) -> Mapping[SkillGroupCode, list[Rank]]:
        """The free seats of each group that has any, the best first."""
        return self._free

    @property
    def free_seats(self) -> Mapping[SeatId, Seat]:
        return self._free_seats

    def presence(self, group: SkillGroupCode) -> GroupPresence:
        """The group's seats by state."""
        return self._presence.get(group, EMPTY)

    def deserted(self, group: SkillGroupCode) -> bool:
        """Nobody is signed in who serves the group."""
        return self._size.get(group, 0) == self._away.get(group, 0)

    def follow(self, seats: Mapping[SeatId, Seat]) -> None:
        """Take over what changed; seats are values, so a changed one is another object."""
        known = self._seats
        for seat_id, seat in seats.items():
            if known.get(seat_id) is not seat:
                self.put(seat)
        if len(known) != len(seats):
            for gone in known.keys() - seats.keys():
                self.remove(gone)

    def put(self, seat: Seat) -> None:
        """The seat is now so."""
        self.remove(seat.seat_id)
        self._seats[seat.seat_id] = seat
        self._count(seat, 1)
        if is_free(seat):
            self._free_seats[seat.seat_id] = seat
            for group, rank in _ranks(seat):
                insort(self._free.setdefault(group, []), rank)

    def remove(self, seat_id: SeatId) -> None:
        """Nothing happens when there is no such seat."""
        seat = self._seats.pop(seat_id, None)
        if seat is None:
            return
        self._count(seat, -1)
        if self._free_seats.pop(seat_id, None) is not None:
            for group, rank in _ranks(seat):
                ranks = self._free[group]
                del ranks[bisect_left(ranks, rank)]
                if not ranks:
                    del self._free[group]

    def _count(self, seat: Seat, by: int) -> None:
        word = _counted_as(seat)
        for group in seat.definition.skills:
            known = self._presence.get(group, EMPTY)
            self._presence[group] = replace(known, **{word: getattr(known, word) + by})
            self._size[group] = self._size.get(group, 0) + by
            if word == "signed_out":
                self._away[group] = self._away.get(group, 0) + by


def is_free(seat: Seat) -> bool:
    """It can be given a citizen now."""
    return seat.state is SeatState.READY and seat.phone_reachable


def _counted_as(seat: Seat) -> str:
    if seat.state is SeatState.READY:
        return "free" if seat.phone_reachable else "unreachable"
    return _COUNTED_AS[seat.state]


def _ranks(seat: Seat) -> list[tuple[SkillGroupCode, Rank]]:
    idle = microseconds(seat.idle_since)
    return [(group, (level, idle, seat.seat_id)) for group, level in seat.definition.skills.items()]
