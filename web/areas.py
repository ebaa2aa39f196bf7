"""What somebody who works for one district may see. 区域权限

    an account's area ──► empty: the whole city
                     └──► a district: calls whose order names it, with all that hangs on them,
                          and the calls and orders of his own seat

Here and nowhere else. One thing, named in an address, is let through or refused by `admit`, so a route that
is written tomorrow is closed too; lists come through the reading ports, which `within` puts in place of
the house's own. A call whose order names no district yet is the whole city's.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from cti.call import Call
from cti.ids import CallId, MessageId
from orders.model import OrderField, OrderId, WorkOrder
from recordings.model import RecordingId
from web.errors import OutsideArea
from web.ports import Services, User

T = TypeVar("T")
MOST_LOOKED_THROUGH = 8_000
"""A list looks no further back for what is of the district. 回溯上限"""


def sees_everything(viewer: User) -> bool:
    return viewer.area == ""


def is_of(order: WorkOrder, viewer: User) -> bool:
    """Whether he sees the order itself."""
    district = order.fields.get(OrderField.DISTRICT)
    own = viewer.seat_id is not None and viewer.seat_id == order.seat_id
    return own or (district is not None and district.value == viewer.area)


class Area:
    """One viewer's district, asked of calls. 可见区域"""

    def __init__(self, house: Services, viewer: User) -> None:
        self._house = house
        self.viewer = viewer

    def _has_part(self, call: Call) -> bool:
        """His own seat's call, also one in which it is a further party."""
        seat = self.viewer.seat_id
        return seat is not None and (
            call.seat_id == seat or any(party.who == seat for party in call.parties)
        )

    async def of_ids(self, call_ids: Sequence[CallId]) -> set[CallId]:
        """Those that he sees."""
        districts = await self._house.districts.of_calls(call_ids)
        seen = {one for one in call_ids if self.viewer.area in districts.get(one, frozenset())}
        if self.viewer.seat_id is not None:
            others = [one for one in call_ids if one not in seen]
            known = await self._house.calls.find_many(others)
            seen |= {one for one in others if one in known and self._has_part(known[one])}
        return seen

    async def require(self, call_id: CallId) -> None:
        """Raises OutsideArea."""
        if call_id not in await self.of_ids([call_id]):
            raise OutsideArea

    async def only(self, rows: Sequence[T], call_of: Callable[[T], CallId]) -> list[T]:
        seen = await self.of_ids([call_of(one) for one in rows])
        return [one for one in rows if call_of(one) in seen]

    async def newest(
        self,
        ask: Callable[[int], Awaitable[Sequence[T]]],
        limit: int,
        call_of: Callable[[T], CallId],
    ) -> list[T]:
        return await enough(ask, limit, lambda rows: self.only(rows, call_of))


async def enough(
    ask: Callable[[int], Awaitable[Sequence[T]]],
    limit: int,
    only: Callable[[Sequence[T]], Awaitable[list[T]]],
) -> list[T]:
    """The newest that are seen, however many others are newer."""
    asked = limit
    while True:
        rows = await ask(asked)
        seen = await only(rows)
        if len(seen) >= limit or len(rows) < asked or asked >= MOST_LOOKED_THROUGH:
            return seen[:limit]
        asked = min(asked * 4, MOST_LOOKED_THROUGH)


async def admit(viewer: User, parts: Mapping[str, Any], house: Services) -> None:
    """Whether he may come to what an address names; what is not there is not our business.

    Raises OutsideArea.
    """
    area = Area(house, viewer)
    if "order_id" in parts:
        order = await house.order_records.find(OrderId(parts["order_id"]))
        if order is not None and not is_of(order, viewer):
            raise OutsideArea
    call_id = await _call_named(parts, house)
    if call_id is not None:
        await area.require(call_id)


async def _call_named(parts: Mapping[str, Any], house: Services) -> CallId | None:
    if "call_id" in parts:
        call_id = CallId(parts["call_id"])
        return call_id if await house.calls.find(call_id) is not None else None
    if "recording_id" in parts:
        # While a call goes on its recording is in no catalogue; its name begins with the call's.
        recording = await house.recordings.find(RecordingId(parts["recording_id"]))
        return (
            CallId(str(parts["recording_id"]).rpartition("-")[0])
            if recording is None
            else recording.call_id
        )
    if "message_id" in parts:
        message = await house.citizens.message_records.find_message(MessageId(parts["message_id"]))
        return None if message is None else message.call_id
    return None
