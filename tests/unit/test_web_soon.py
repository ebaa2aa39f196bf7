"""What was told is found, although the store is a commit behind."""

from dataclasses import replace

from tests.fakes.services import memory_services
from web.soon import found_soon


class LiveBehindWhich:
    """Writes when somebody waits for it. 落后的流水"""

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table
        self.waited = 0

    async def all_written(self):
        self.waited += 1
        self.table["20261122-000001"] = "draft"


def house_behind():
    table: dict[str, str] = {}
    live = LiveBehindWhich(table)

    async def look():
        return table.get("20261122-000001")

    return replace(memory_services(), live=live), live, look


async def test_what_is_not_there_yet_is_found_once_it_is_written():
    house, live, look = house_behind()
    assert await found_soon(look, house) == "draft"
    assert live.waited == 1


async def test_what_is_there_waits_for_nobody():
    house, live, look = house_behind()
    live.table["20261122-000001"] = "submitted"
    assert await found_soon(look, house) == "submitted"
    assert live.waited == 0
