"""Order numbers: the day in China and a serial, "20261121-000042". 工单编号

Pure. China has one zone and no summer time, so the zone needs no table of the machine's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from orders.model import OrderId

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Serial:
    """The last number given. 流水"""

    day: str = ""
    count: int = 0

    @property
    def order_id(self) -> OrderId:
        return OrderId(f"{self.day}-{self.count:06}")


def after(last: Serial, at: datetime) -> Serial:
    """The next number; a clock that was set back a day goes on with the later day's numbers."""
    day = max(last.day, at.astimezone(SHANGHAI).strftime("%Y%m%d"))
    return Serial(day=day, count=last.count + 1 if day == last.day else 1)


def serial_of(order_id: OrderId) -> Serial:
    """What an order's number says; zero for one that is not of ours."""
    day, _, count = order_id.partition("-")
    if len(day) != 8 or not day.isdecimal() or not count.isdecimal():
        return Serial()
    return Serial(day=day, count=int(count))
