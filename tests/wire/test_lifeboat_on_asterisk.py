"""Citizens whom Asterisk's own queue holds, and the service that comes back to them, on the real Asterisk.

Joined as hotline/service.py joins them: the spool is read, then the link hears, then the watch leads.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from cti.ami.link import AmiLink
from cti.control import LIFEBOAT_QUEUE, CallControl
from cti.events import CallQueued, CallTookLifeboat, Event
from cti.settings import AmiSettings
from cti.tracker import CallTracker
from hotline.clock import utc_now
from hotline.config import AsteriskConfig
from hotline.house import AMI_USER
from ivr.lifeboat_spool import LifeboatSpool
from ivr.lifeboat_watch import LifeboatWatch
from tests.fakes.waiting_room import FakeWaitingRoom
from tests.wire.test_dialplan_on_asterisk import (
    CALLER,
    CITIZEN_HZ,
    GOODBYE_HZ,
    GOODBYE_S,
    NOTICE_HZ,
    NOTICE_S,
    OTHER_CALLER,
    House,
    seconds_of,
    until_gone,
)
from tests.wire.test_outside_world import tone

THIRD_CALLER = "13800000003"
LIFEBOAT = "hotline-lifeboat"


class Service:
    """What of the service hears Asterisk and leads citizens. 回来的服务"""

    def __init__(self, house: House) -> None:
        self.events: list[Event] = []
        self.tracker = CallTracker(self._tell, utc_now)
        self.link = AmiLink(
            "127.0.0.1",
            house.ports["ami"],
            AMI_USER,
            house.secrets.ami,
            AsteriskConfig().node,
            AmiSettings(),
            self.tracker.meet,
            self._tell,
            utc_now,
        )
        self.watch = LifeboatWatch(self.tracker.calls, CallControl(self.link))
        self.spool = LifeboatSpool(house.spool, self.tracker.meet, self._written_down)

    async def _written_down(self) -> bool:
        return True

    def _tell(self, event: Event) -> None:
        self.events.append(event)
        self.watch.on_event(event)


@asynccontextmanager
async def returned(service: Service) -> AsyncIterator[Service]:
    """It leads back whoever waits."""
    await service.spool.read_once()
    async with listening(service), asyncio.TaskGroup() as group:
        leading = group.create_task(service.watch.run(), name=service.watch.name)
        try:
            yield service
        finally:
            leading.cancel()


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[Service]:
    """It hears and may command, and leads nobody by itself."""
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(service.link.run(), name=service.link.name)
        try:
            await service.link.restored()
            yield service
        finally:
            hearing.cancel()


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    house = House(tmp_path)
    house.asterisk.prepare()  # the dialplan as it is: nobody leaves the lifeboat by himself here
    asyncio.run(house.asterisk.start(60))
    try:
        yield house
    finally:
        house.asterisk.kill()
        asyncio.run(house.asterisk.stop(10))


async def until_queued(house: House, count: int) -> None:
    """Asterisk's own queue holds so many citizens."""
    while True:
        listed = await house.asterisk.cli("core show channels concise")
        if (
            sum(f"!{LIFEBOAT}!" in line and "!Queue!" in line for line in listed.splitlines())
            == count
        ):
            return


def told_of(service: Service, kind: type[Event]) -> int:
    return sum(isinstance(event, kind) for event in service.events)


async def test_the_returned_service_leads_back_who_waits_and_lets_talk_who_talks(house):
    async with house.world() as world, house.lifeboat_member(), asyncio.timeout(90):
        phone = world.phone("8001")
        await phone.answer_after(0.1)
        talker = await world.dial(CALLER)
        at_seat = await phone.talking()
        talking_id = phone.call_id
        before = utc_now() - timedelta(milliseconds=1)  # the channel keeps whole milliseconds
        waiting = [await world.dial(OTHER_CALLER), await world.dial(THIRD_CALLER)]
        await house.until(lambda: len(house.spooled()) == 3)
        await until_queued(house, 3)
        after = utc_now()
        async with house.service(room := FakeWaitingRoom()), returned(Service(house)) as service:
            await room.entries(2)
            assert service.watch.taken_back == 2
            await service.spool.remove_met()
            assert house.spooled() == []
            aboard = [e.call_id for e in service.events if isinstance(e, CallTookLifeboat)]
            assert sorted(aboard) == sorted([talking_id, *(p.call_id for p in room.entered)])
            await house.until(lambda: told_of(service, CallQueued) == 2)
            for place in room.entered:
                assert place.call_id != talking_id
                assert before <= place.joined_at <= after
            await talker.say(tone(CITIZEN_HZ))
            for citizen in waiting:
                await citizen.hang_up()
                # Told of the recording in the lifeboat, and not a second time.
                assert seconds_of(NOTICE_HZ, await citizen.heard_out()) == pytest.approx(
                    NOTICE_S, abs=0.25
                )
            await phone.hang_up()
            heard = await until_gone(talker)
            await house.until_empty()
            await house.until(lambda: all(call.over for call in service.tracker.calls.values()))
        assert seconds_of(CITIZEN_HZ, await at_seat.heard_out()) > 0.3
        assert seconds_of(GOODBYE_HZ, heard) == pytest.approx(GOODBYE_S, abs=0.25)
        # Who is served by the lifeboat alone is told that he is recorded, before he talks.
        assert seconds_of(NOTICE_HZ, heard) == pytest.approx(NOTICE_S, abs=0.25)


async def test_in_the_lifeboat_too_who_came_first_is_served_first(house):
    async with (
        house.world() as world,
        house.service(room := FakeWaitingRoom()),
        listening(Service(house)) as service,
        asyncio.timeout(60),
    ):
        citizens, ids = [], []
        for n, caller in enumerate((CALLER, OTHER_CALLER), start=1):
            citizens.append(await world.dial(caller))
            place = await room.entries(n)
            ids.append(place.call_id)
            # app_queue's priority counts whole seconds: the next one joins in a later one.
            await house.until(lambda at=place.joined_at: utc_now().replace(microsecond=0) > at)
        for n, call_id in enumerate(reversed(ids), start=1):  # the later one gets in first
            there = (("Context", LIFEBOAT), ("Exten", "12345"), ("Priority", "1"))
            await service.link.act("Redirect", (("Channel", call_id), *there))
            await until_queued(house, n)
        listed = await service.link.act_for_list("QueueStatus", (("Queue", LIFEBOAT_QUEUE),))
        entries = [row for row in listed.rows if row.get("event") == "QueueEntry"]
        entries.sort(key=lambda row: int(row["position"]))
        assert [row["uniqueid"] for row in entries] == ids
        for citizen in citizens:
            await citizen.hang_up()
        await house.until_empty()
