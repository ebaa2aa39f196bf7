import asyncio
import itertools
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from cti.ami.link import AmiLink
from cti.call import CallState
from cti.control import CallControl
from cti.errors import (
    ActionLost,
    ActionRefused,
    ActionTimedOut,
    LinkLost,
    UnknownCall,
    UnsafeActionValue,
)
from cti.facts import PhoneState
from cti.settings import AmiSettings
from cti.tracker import CallTracker
from hotline.clock import utc_now
from tests.fakes.asterisk_ami import FakeAsterisk, error, message, rows, success

QUICK = AmiSettings(
    action_limit_s=20.0, ping_every_s=0.05, ping_limit_s=20.0, reconnect_every_s=0.05,
    refused_login_every_s=0.05,
)  # fmt: skip
CALL = "node1-1795254166.0"
LEG = "node1-1795254167.1"
STAMP = "Privilege: call,all\nTimestamp: 1795254166.774986"


def citizen(call=CALL, state="waiting"):
    return (
        f"Channel: PJSIP/trunk-00000000\nCallerIDNum: 13800000001\nCallerIDName: 市民王小明\n"
        f"Context: hotline-in\nExten: 12345\nUniqueid: {call}\nLinkedid: {call}\n"
        f"ChanVariable: HOTLINE_CALL={call if state else ''}\nChanVariable: HOTLINE_STATE={state}\n"
        "ChanVariable: HOTLINE_GROUP=general\nChanVariable: HOTLINE_JOINED_AT=1795254167123\n"
        "ChanVariable: HOTLINE_PRIORITY=0\nApplication: AGI\nBridgeId: "
    )


def newchannel(call=CALL):
    return message("Event: Newchannel", STAMP, citizen(call, state=""))


def hangup(call=CALL):
    return message("Event: Hangup", STAMP, citizen(call), "Cause: 16")


class Witness:
    """Hears everything that a link brings and lets a test wait for it."""

    def __init__(self):
        self.told, self.phones = [], []
        self.tracker = CallTracker(self._tell, utc_now)
        self._news = asyncio.Event()

    def _tell(self, event):
        self.told.append(event)
        self._news.set()

    def phone_changed(self, fact):
        self.phones.append(fact)
        self._news.set()

    @property
    def story(self):
        return [type(event).__name__ for event in self.told]

    async def until(self, true):
        async with asyncio.timeout(30):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def hears(self, name, times=1):
        await self.until(lambda: self.story.count(name) >= times)
        return [event for event in self.told if type(event).__name__ == name][-1]


@asynccontextmanager
async def linked(asterisk, settings=QUICK, secret="s3cret", **more):
    witness = Witness()
    link = AmiLink(
        "127.0.0.1", asterisk.port, "hotline", secret, "node1", settings,
        witness.tracker.meet, witness._tell, utc_now, phone_changed=witness.phone_changed, **more,
    )  # fmt: skip
    async with asyncio.TaskGroup() as group:
        running = group.create_task(link.run(), name=link.name)
        try:
            yield link, witness
        finally:
            running.cancel()


async def test_a_call_is_heard_from_arrival_to_end_however_the_bytes_are_cut():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (_, witness):
        await witness.hears("LinkRestored")
        for byte in newchannel() + hangup():
            asterisk.say(bytes([byte]))
        await witness.hears("CallAbandoned")
        assert witness.story == ["LinkRestored", "CallArrived", "CallAbandoned"]


async def test_what_asterisk_has_already_is_told_before_the_link_counts_as_restored():
    async with FakeAsterisk() as asterisk:
        asterisk.channels = [citizen()]
        asterisk.devices = {"PJSIP/8001": "NOT_INUSE", "PJSIP/trunk": "INUSE"}
        async with linked(asterisk) as (link, witness):
            await link.restored()
            assert witness.story == [
                "CallArrived", "RecordingStarted", "NoticePlayed", "CallQueued", "LinkRestored",
            ]  # fmt: skip
            assert [(p.seat_id, p.phone) for p in witness.phones] == [("8001", PhoneState.FREE)]
            assert link.connected
            assert link.trouble is None


async def test_a_broken_link_comes_back_and_learns_what_happened_meanwhile():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await witness.hears("LinkRestored")
        asterisk.say(newchannel(CALL) + newchannel("node1-1795254170.5"))
        await witness.hears("CallArrived", 2)
        asterisk.channels = [citizen("node1-1795254170.5"), citizen("node1-1795254180.9")]
        asterisk.hang_up()
        lost = await witness.hears("LinkLost")
        assert lost.reason in ("closed-by-asterisk", "connection-broken")
        restored = await witness.hears("LinkRestored", 2)
        assert restored.gap_ms >= 0
        ended = await witness.hears("CallAbandoned")
        assert (ended.call_id, ended.ending.reason) == (CALL, "ended-while-away")
        states = {call_id: call.state for call_id, call in witness.tracker.calls.items()}
        assert states["node1-1795254170.5"] is CallState.QUEUED
        assert states["node1-1795254180.9"] is CallState.QUEUED
        assert link.connected


async def test_calls_that_died_with_asterisk_are_told_as_that():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (_, witness):
        await witness.hears("LinkRestored")
        arrived = message("Event: Newchannel", citizen(state=""))  # Arrives now.
        asterisk.say(arrived)
        await witness.hears("CallArrived")
        await asterisk.die()
        await witness.hears("LinkLost")
        # Local time, whole seconds: after the call's arrival whatever the fraction, and not in the future.
        witness.tracker._calls[CALL] = replace(
            witness.tracker._calls[CALL], arrived_at=utc_now().replace(year=2020)
        )
        asterisk.started = (
            f"CoreStartupDate: {local():%Y-%m-%d}\nCoreStartupTime: {local():%H:%M:%S}"
        )
        async with asterisk:
            ended = await witness.hears("CallAbandoned")
            assert ended.ending.reason == "asterisk-restarted"


def local():
    return utc_now().astimezone().replace(microsecond=0)


async def test_an_event_after_the_rows_is_not_undone_by_them():
    """The citizen is in the list, and his hang-up is written right behind it."""
    async with FakeAsterisk() as asterisk:
        asterisk.channels = [citizen()]
        asterisk.answers["DeviceStateList"] = lambda action: (
            hangup() + rows(action, "DeviceStateList", "DeviceStateChange", [])
        )
        async with linked(asterisk) as (link, witness):
            await link.restored()
            assert witness.story[-2:] == ["CallAbandoned", "LinkRestored"]
            assert witness.tracker.calls[CALL].ending.reason == "hung-up"


async def test_a_call_that_arrives_during_the_snapshot_is_not_taken_for_gone():
    async with FakeAsterisk() as asterisk:
        asterisk.answers["CoreShowChannels"] = lambda action: (
            rows(action, "CoreShowChannels", "CoreShowChannel", []) + newchannel()
        )
        async with linked(asterisk) as (link, witness):
            await link.restored()
            assert witness.story == ["CallArrived", "LinkRestored"]


async def test_a_frozen_asterisk_is_noticed_by_our_own_ping():
    settings = replace(QUICK, ping_limit_s=0.5)
    async with FakeAsterisk() as asterisk, linked(asterisk, settings) as (link, witness):
        await witness.hears("LinkRestored")
        asterisk.frozen = True
        lost = await witness.hears("LinkLost")
        assert lost.reason == "silent"
        assert link.counts["silent"] == 1
        asterisk.frozen = False
        await witness.hears("LinkRestored", 2)


async def test_actions_unanswered_at_the_break_fail_and_are_never_sent_again():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await link.restored()
        asterisk.answers["Originate"] = lambda _: None
        async with asyncio.TaskGroup() as group:
            originate = group.create_task(lost(link))
            await asterisk.asked("Originate")
            asterisk.hang_up()
        assert originate.result() is ActionLost
        await witness.hears("LinkRestored", 2)
        # Pings come after whatever else the link might send on its own.
        await asterisk.asked("Ping", len(asterisk.of("Ping")) + 2)
        assert len(asterisk.of("Originate")) == 1


async def lost(link):
    with suppress(ActionLost):
        await link.act("Originate", (("Channel", "PJSIP/8001"),))
        return None
    return ActionLost


async def test_an_action_while_the_link_is_down_fails_at_once_and_is_not_kept():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await link.restored()
        await asterisk.die()
        await witness.hears("LinkLost")
        with pytest.raises(LinkLost):
            await link.act("Hangup", (("Channel", CALL),))
        async with asterisk:
            await witness.hears("LinkRestored", 2)
            assert not asterisk.of("Hangup")


async def test_an_action_without_an_answer_has_a_limit_and_its_late_answer_hurts_nobody():
    settings = replace(QUICK, action_limit_s=0.2)
    async with FakeAsterisk() as asterisk, linked(asterisk, settings) as (link, _):
        await link.restored()
        asterisk.answers["Getvar"] = lambda _: None
        with pytest.raises(ActionTimedOut):
            await link.act("Getvar")
        asterisk.say(success(asterisk.of("Getvar")[0], "Value: late"))
        await asterisk.asked("Ping", len(asterisk.of("Ping")) + 2)
        assert link.counts["answer-to-nobody"] == 1


async def test_a_refused_action_and_a_refused_list_are_refused_at_once():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, _):
        await link.restored()
        for asking in (link.act, link.act_for_list):
            with pytest.raises(ActionRefused, match="unknown command"):
                await asking("MuteAudio")


async def test_an_event_with_the_actions_id_is_not_its_answer():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, _):
        await link.restored()
        asterisk.answers["Originate"] = lambda action: (
            message(
                "Event: OriginateResponse", f"ActionID: {action['ActionID']}", "Response: Failure"
            )
            + success(action, "Message: Originate successfully queued")
        )
        answer = await link.act("Originate")
        assert answer.message == "Originate successfully queued"


async def test_a_value_that_would_be_a_second_action_is_not_sent():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, _):
        await link.restored()
        before = len(asterisk.actions)
        with pytest.raises(UnsafeActionValue):
            await link.act("Setvar", (("Value", "x\r\n\r\nAction: Originate"),))
        await asterisk.asked("Ping", len(asterisk.of("Ping")) + 1)
        assert {action["Action"] for action in asterisk.actions[before:]} == {"Ping"}


async def test_a_wrong_secret_is_named_and_tried_slowly():
    async with FakeAsterisk() as asterisk, linked(asterisk, secret="wrong") as (link, witness):
        assert (await witness.hears("LinkLost")).reason == "refused-login"
        await asterisk.asked("Login", 3)
        assert link.trouble == "refused-login"
        assert not link.connected
        assert witness.story == ["LinkLost"]


async def test_an_asterisk_that_is_not_there_is_waited_for():
    asterisk = FakeAsterisk()
    async with asterisk:
        pass
    async with linked(asterisk) as (link, witness):
        assert (await witness.hears("LinkLost")).reason == "unreachable"
        async with asterisk:
            await witness.hears("LinkRestored")
            assert link.connected


async def test_by_default_there_is_at_most_one_attempt_a_second_however_each_one_fails():
    """Cut at the door, in the banner, in the login, and closed without a word."""
    asterisk, tried_s, enough = FakeAsterisk(), [], asyncio.Event()
    loop = asyncio.get_running_loop()

    async def listen(near_in, near_out):
        tried_s.append(loop.time())
        fate = len(tried_s) % 4
        if len(tried_s) == 6:
            enough.set()
        if fate == 1:
            near_out.transport.abort()
        elif fate == 2:
            near_out.write(b"Asterisk Call")
            near_out.close()
        elif fate == 3:
            near_out.write(b"Asterisk Call Manager/11.0.0\r\n")
            await near_in.readuntil(b"\r\n\r\n")
            near_out.transport.abort()
        else:
            near_out.close()

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        asterisk.port = server.sockets[0].getsockname()[1]
        async with linked(asterisk, AmiSettings()), asyncio.timeout(30):
            await enough.wait()
    assert AmiSettings().reconnect_every_s == 1.0
    gaps_s = [after - before for before, after in itertools.pairwise(tried_s)]
    # Ours is the same loop and clock: only the accepting of a connection lies in between.
    assert min(gaps_s) > 0.95, gaps_s
    assert tried_s[-1] - tried_s[0] > 0.99 * len(gaps_s)


async def test_a_flood_beyond_the_inbox_takes_the_link_anew_and_the_list_repairs_it():
    settings = replace(QUICK, queue_limit=50)
    async with FakeAsterisk() as asterisk, linked(asterisk, settings) as (link, witness):
        await link.restored()
        asterisk.channels = [citizen()]
        asterisk.say(message("Event: Hangup", STAMP, citizen("node1-1.1")) * 2000 + newchannel())
        assert (await witness.hears("LinkLost")).reason == "inbox-overflow"
        await witness.hears("LinkRestored", 2)
        assert witness.story.count("CallArrived") == 1
        assert link.counts["inbox-overflow"] == 1


async def test_garbage_is_counted_and_what_follows_is_heard():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, witness):
        await link.restored()
        wrong_name = newchannel().replace(b"12345", b"\xe7\x8e")
        for junk in (b"\x00\xff\r\n\r\n", b"Event: Hangup\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"):
            asterisk.say(junk)
        asterisk.say(wrong_name)
        arrived = await witness.hears("CallArrived")
        assert arrived.called_number == "�"
        assert link.counts["malformed-message"] == 3
        assert link.counts["wrong-utf8"] == 1


async def test_the_tape_gets_every_byte():
    heard = []
    async with FakeAsterisk() as asterisk, linked(asterisk, tape=heard.append) as (_, witness):
        await witness.hears("LinkRestored")
        asterisk.say(newchannel())
        await witness.hears("CallArrived")
    assert b"".join(heard).startswith(b"Asterisk Call Manager/11.0.0\r\nResponse: Success")
    assert b"".join(heard).endswith(newchannel())


async def test_a_refused_list_of_phones_costs_only_the_phones():
    async with FakeAsterisk() as asterisk:
        asterisk.answers["DeviceStateList"] = lambda action: error(action, "Permission denied")
        async with linked(asterisk) as (link, _):
            await link.restored()
            assert link.counts["snapshot-refused"] == 1


# Control


@asynccontextmanager
async def controlled():
    async with FakeAsterisk() as asterisk, linked(asterisk) as (link, _):
        await link.restored()
        yield asterisk, CallControl(link)


async def test_a_seat_becomes_a_lifeboat_member():
    async with controlled() as (asterisk, control):
        asterisk.answers["QueueAdd"] = lambda action: success(action, "Message: Added interface")
        await control.set_lifeboat_member("8001", True)
        sent = asterisk.of("QueueAdd")[0]
        assert {k: v for k, v in sent.items() if k not in ("Action", "ActionID")} == {
            "Queue": "lifeboat", "Interface": "PJSIP/8001", "MemberName": "8001",
            "StateInterface": "PJSIP/8001", "Paused": "true",
        }  # fmt: skip


async def test_a_member_that_is_there_is_only_paused_or_not():
    async with controlled() as (asterisk, control):
        there = "Unable to add interface: Already there"
        asterisk.answers["QueueAdd"] = lambda action: error(action, there)
        asterisk.answers["QueuePause"] = lambda action: success(action, "Message: unpaused")
        await control.set_lifeboat_member("8001", False)
        assert asterisk.of("QueuePause")[0]["Paused"] == "false"


async def test_removing_a_seat_that_is_no_member_is_no_error():
    async with controlled() as (asterisk, control):
        asterisk.answers["QueueRemove"] = lambda a: error(
            a, "Unable to remove interface: Not there"
        )
        await control.remove_lifeboat_member("8001")
        asterisk.answers["QueueRemove"] = lambda a: error(a, "Permission denied")
        with pytest.raises(ActionRefused):
            await control.remove_lifeboat_member("8001")


async def test_the_lifeboats_members_are_listed():
    async with controlled() as (asterisk, control):
        asterisk.queue_rows = [
            "Queue: lifeboat\nName: 8001\nLocation: PJSIP/8001\nPaused: 0",
            "Queue: lifeboat\nName: 8002\nLocation: PJSIP/8002\nPaused: 1",
        ]
        assert await control.lifeboat_members() == {"8001": False, "8002": True}


async def test_hanging_up_names_the_citizens_leg():
    async with controlled() as (asterisk, control):
        asterisk.answers["Hangup"] = lambda action: success(action, "Message: Channel Hungup")
        await control.hang_up(CALL)
        assert asterisk.of("Hangup")[0]["Channel"] == CALL


async def test_a_call_that_is_gone_is_unknown():
    async with controlled() as (asterisk, control):
        asterisk.answers["Hangup"] = lambda action: error(action, "No such channel")
        with pytest.raises(UnknownCall):
            await control.hang_up(CALL)


@pytest.mark.parametrize("name", ["/.*/", "PJSIP/trunk-00000000", "", "node1-1.1\r\n"])
async def test_only_a_call_can_be_hung_up(name):
    async with controlled() as (asterisk, control):
        with pytest.raises(UnknownCall):
            await control.hang_up(name)
        assert not asterisk.of("Hangup")


@pytest.mark.parametrize("seat", ["trunk", "8001/x", "", "8001\r\nX: y"])
async def test_only_a_seats_number_reaches_the_lifeboat(seat):
    async with controlled() as (asterisk, control):
        with pytest.raises(UnsafeActionValue):
            await control.set_lifeboat_member(seat, False)
        assert not asterisk.of("QueueAdd")
