"""Headers below are as Asterisk 22.10.1 sends them, shortened to what is read."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from cti.ami.reading import READERS, read_facts
from cti.ami.snapshot import Interpreter
from cti.ami.wire import Message
from cti.errors import MalformedMessage
from cti.events import Direction, PartyRole, Room
from cti.facts import (
    ChannelsListed,
    CitizenArrived,
    CitizenGone,
    CitizenHeld,
    CitizenInRoom,
    HangupAsked,
    HangupOrdered,
    KeyWasPressed,
    LegGone,
    LegInRoom,
    LegRang,
    LegRecordingBegan,
    LifeboatJoined,
    NoticeEnded,
    PhoneChanged,
    PhoneState,
    RecordingBegan,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatHeld,
    SeatRang,
    SeatRetrieved,
    WaitingBegan,
    WhyNotAnswered,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALL = "node1-1795254166.0"
LEG = "node1-1795254167.1"
STAMP = "Privilege: call,all\nTimestamp: 1795254166.774986\nSystemName: node1"
STAMPED = datetime.fromtimestamp(1795254166.774986, UTC)
CITIZEN = f"""Channel: PJSIP/trunk-00000000
CallerIDNum: 13800000001
Context: hotline-in
Exten: 12345
Priority: 13
Uniqueid: {CALL}
Linkedid: {CALL}
ChanVariable: HOTLINE_CALL={CALL}
ChanVariable: HOTLINE_STATE=waiting
ChanVariable: HOTLINE_GROUP=general
ChanVariable: HOTLINE_JOINED_AT=1795254167123
ChanVariable: HOTLINE_PRIORITY=3"""
SEAT = f"""Channel: PJSIP/8001-00000001
ChannelState: 6
Context: seat-out
Exten: s
Uniqueid: {LEG}
Linkedid: {CALL}
ChanVariable: HOTLINE_CALL={CALL}
ChanVariable: HOTLINE_STATE="""
DESTINATION = f"""DestChannel: PJSIP/8001-00000001
DestUniqueid: {LEG}
DestLinkedid: {CALL}
DestChanVariable: HOTLINE_CALL={CALL}"""

THIRD = f"""\
Channel: Local/110@hotline-out-00000000;1
CallerIDNum: 12345
Context: hotline-room
Exten: aside-third
Priority: 1
Uniqueid: {CALL}-p9
Linkedid: {CALL}-p9
ChanVariable: HOTLINE_CALL={CALL}
ChanVariable: HOTLINE_PARTY=third:110"""
THE_110 = {"leg_id": f"{CALL}-p9", "role": PartyRole.THIRD, "who": "110"}
SUPERVISOR = THIRD.replace("Local/110@hotline-out-00000000;1", "PJSIP/8004-00000009")
SUPERVISOR = SUPERVISOR.replace("-p9", "-p8").replace("third:110", "supervisor:8004")
ORIGINATED = f"""\
DestChannel: Local/110@hotline-out-00000000;1
DestCallerIDNum: 110
DestUniqueid: {CALL}-p9
DestLinkedid: {CALL}-p9
DestChanVariable: HOTLINE_CALL={CALL}
DestChanVariable: HOTLINE_PARTY=third:110"""


def raw(*lines):
    return "\n".join(lines).replace("\n", "\r\n").encode()


def read(*lines):
    facts = read_facts(Message(raw(*lines)), "node1", NOON)
    assert len(facts) <= 1
    return facts[0] if facts else None


def fact(kind, **fields):
    return kind(call_id=CALL, at=STAMPED, **fields)


def test_a_channel_of_the_trunk_is_a_citizen_arriving():
    new = CITIZEN.replace(f"HOTLINE_CALL={CALL}", "HOTLINE_CALL=")
    assert read("Event: Newchannel", STAMP, new) == fact(
        CitizenArrived, caller_number="13800000001", called_number="12345"
    )


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("Context: hotline-in", "Context: seat-out"),
        (f"Linkedid: {CALL}", "Linkedid: node1-1795254166.9"),
        ("PJSIP/trunk-00000000", "Local/12345@hotline-in-00000000;1"),
        ("node1-", "node2-"),
        ("HOTLINE_CALL=", "HOTLINE_CALL=node2-1795254166.0"),
    ],
)
def test_other_channels_make_no_calls(what, instead):
    new = CITIZEN.replace(f"HOTLINE_CALL={CALL}", "HOTLINE_CALL=").replace(what, instead)
    assert read("Event: Newchannel", STAMP, new) is None


def test_a_caller_without_a_number_has_an_empty_one():
    new = CITIZEN.replace(f"HOTLINE_CALL={CALL}", "HOTLINE_CALL=")
    assert (
        read("Event: Newchannel", STAMP, new.replace("13800000001", "<unknown>")).caller_number
        == ""
    )


READABLE = [
    ("MixMonitorStart", (CITIZEN,), fact(RecordingBegan)),
    (
        "MixMonitorStart",
        (SEAT,),
        fact(LegRecordingBegan, leg_id=LEG, role=PartyRole.SEAT, who="8001"),
    ),
    ("MixMonitorStart", (SEAT.replace("/8001-", "/trunk-"),), None),
    ("UserEvent", (CITIZEN, "UserEvent: HotlineNotice", f"HotlineCall: {CALL}"), fact(NoticeEnded)),
    (
        "UserEvent",
        # The channel's own Priority is 13; the citizen's is 3.
        (
            CITIZEN,
            "UserEvent: HotlineWaiting\nGroup: general\nJoinedAt: 1795254167123\nPriority: 3",
        ),
        fact(
            WaitingBegan,
            skill_group="general",
            joined_at=datetime.fromtimestamp(1795254167.123, UTC),
            priority=3,
        ),
    ),
    ("UserEvent", (CITIZEN, "UserEvent: Other"), None),
    ("UserEvent", (CITIZEN, "UserEvent: HotlineOther\nX: y"), None),
    ("DialBegin", (CITIZEN, DESTINATION), fact(SeatRang, seat_id="8001", leg_id=LEG)),
    ("DialBegin", (DESTINATION,), None),
    ("DialBegin", (CITIZEN, DESTINATION.replace("/8001-", "/trunk-")), None),
    ("Hold", (SEAT,), fact(SeatHeld, seat_id="8001")),
    ("Hold", (CITIZEN,), None),
    ("Unhold", (SEAT,), fact(SeatRetrieved, seat_id="8001")),
    ("HangupRequest", (CITIZEN, "Cause: 16"), fact(HangupAsked, seat_id=None)),
    ("HangupRequest", (SEAT, "Cause: 16"), fact(HangupAsked, seat_id="8001")),
    ("SoftHangupRequest", (CITIZEN, "Cause: 16"), fact(HangupOrdered, seat_id=None)),
    ("SoftHangupRequest", (SEAT, "Cause: 16"), fact(HangupOrdered, seat_id="8001")),
    ("Hangup", (SEAT, "Cause: 16"), fact(SeatGone, seat_id="8001", leg_id=LEG)),
    ("Hangup", (CITIZEN, "Cause: 16"), fact(CitizenGone, cause=16)),
    ("Hangup", (THIRD, "Cause: 17"), fact(LegGone, **THE_110, cause=17)),
    ("Hangup", (THIRD.replace("-p9\n", "-p9;2\n"), "Cause: 17"), None),
    ("DialBegin", (ORIGINATED,), fact(LegRang, **THE_110)),
    ("DialBegin", (ORIGINATED.replace("node1-", "node2-"),), None),
    ("ConfbridgeJoin", (CITIZEN, f"Conference: talk-{CALL}"), fact(CitizenInRoom)),
    (
        "ConfbridgeJoin",
        (THIRD, f"Conference: aside-{CALL}"),
        fact(LegInRoom, **THE_110, room=Room.ASIDE),
    ),
    (
        "ConfbridgeJoin",
        (SEAT, f"Conference: talk-{CALL}"),
        fact(LegInRoom, leg_id=LEG, role=PartyRole.SEAT, who="8001", room=Room.TALK),
    ),
    ("ConfbridgeJoin", (SEAT, "Conference: 1000"), None),
    ("UserEvent", (CITIZEN, f"UserEvent: HotlineHeld\nHotlineCall: {CALL}"), fact(CitizenHeld)),
    (
        "UserEvent",
        (SUPERVISOR, f"UserEvent: HotlineSpying\nHotlineCall: {CALL}\nHow: whisper"),
        fact(
            LegInRoom,
            leg_id=f"{CALL}-p8",
            role=PartyRole.SUPERVISOR,
            who="8004",
            room=Room.WHISPERING,
        ),
    ),
    ("Hangup", (SEAT.replace("/8001-", "/trunk-"), "Cause: 16"), None),
    ("DTMFEnd", (CITIZEN, "Digit: 5", "Direction: Received"), fact(KeyWasPressed, key="5")),
    (
        "DTMFEnd",
        (f"{CITIZEN}\r\nChanVariable: HOTLINE_PRIVATE=yes", "Digit: 5", "Direction: Received"),
        None,
    ),
    ("DTMFEnd", (SEAT, "Digit: 5", "Direction: Sent"), None),
    ("DTMFEnd", (SEAT, "Digit: 5", "Direction: Received"), None),
    ("QueueCallerJoin", (CITIZEN, "Queue: lifeboat"), fact(LifeboatJoined)),
    ("QueueCallerJoin", (CITIZEN, "Queue: other"), None),
    (
        "DeviceStateChange",
        ("Device: PJSIP/8001\nState: RINGING",),
        PhoneChanged(at=STAMPED, seat_id="8001", phone=PhoneState.RINGING),
    ),
    ("DeviceStateChange", ("Device: PJSIP/trunk\nState: INUSE",), None),
    ("DeviceStateChange", ("Device: Queue:lifeboat_pause_PJSIP/8001\nState: INUSE",), None),
    ("Newexten", (CITIZEN,), None),
]


@pytest.mark.parametrize(("name", "parts", "expected"), READABLE)
def test_an_event_is_read(name, parts, expected):
    assert read(f"Event: {name}", STAMP, *parts) == expected


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("NOANSWER", WhyNotAnswered.NO_ANSWER),
        ("BUSY", WhyNotAnswered.BUSY),
        ("CHANUNAVAIL", WhyNotAnswered.UNREACHABLE),
        ("CONGESTION", WhyNotAnswered.UNREACHABLE),
        ("CANCEL", WhyNotAnswered.CITIZEN_GONE),
        ("SOMETHING-NEW", WhyNotAnswered.UNREACHABLE),
    ],
)
def test_why_a_ringing_ended(status, why):
    ended = read("Event: DialEnd", STAMP, CITIZEN, DESTINATION, f"DialStatus: {status}")
    assert ended == fact(SeatDidNotAnswer, seat_id="8001", leg_id=LEG, why=why)


def test_an_answered_ringing():
    answered = read("Event: DialEnd", STAMP, CITIZEN, DESTINATION, "DialStatus: ANSWER")
    assert answered == fact(SeatConnected, seat_id="8001", leg_id=LEG)


def test_the_inherited_call_goes_before_the_linkedid():
    seat = SEAT.replace(f"Linkedid: {CALL}", "Linkedid: node1-1795254199.7")
    assert read("Event: Hangup", STAMP, seat).call_id == CALL


def test_a_row_without_a_timestamp_is_as_old_as_its_arrival():
    assert read("Event: DeviceStateChange\nDevice: PJSIP/8001\nState: INUSE").at == NOON


def test_legs_of_another_node_say_nothing_here():
    for name in READERS:
        lines = (CITIZEN, DESTINATION, "Direction: Received", "Queue: lifeboat", "Device: PJSIP/x")
        other = [line.replace("node1-", "node2-") for line in lines]
        assert (
            read(f"Event: {name.decode()}", STAMP, *other, "UserEvent: HotlineNotice\nX: y") is None
        )


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Hangup", ("Uniqueid: 1",)),
        ("Hangup", (CITIZEN.replace("Uniqueid", "X"),)),
        ("DialBegin", (CITIZEN,)),
        ("DialEnd", (CITIZEN, DESTINATION)),
        ("DeviceStateChange", ("Device: PJSIP/8001",)),
        ("DeviceStateChange", ("Device: PJSIP/8001\nState: DANCING",)),
        (
            "UserEvent",
            (CITIZEN, "UserEvent: HotlineWaiting\nGroup: g\nJoinedAt: soon\nPriority: 0"),
        ),
        ("UserEvent", (CITIZEN, "UserEvent: HotlineWaiting\nGroup: g\nJoinedAt: 1\nPriority: x")),
        (
            "UserEvent",
            (CITIZEN, "UserEvent: HotlineWaiting\nGroup: g\nJoinedAt: 1e99\nPriority: 1"),
        ),
    ],
)
def test_a_missing_or_wrong_header_is_named(name, parts):
    with pytest.raises(MalformedMessage):
        read(f"Event: {name}", STAMP, *parts)


# Snapshots

STARTED = "Response: Success\nActionID: a\nCoreStartupDate: 2026-11-21\nCoreStartupTime: 09:42:18"
BRIDGED = "BridgeId: fb7d16d0"


def snapshot(*rows, items=None):
    interpreter = Interpreter("node1", Counter())
    interpreter.facts(Message(raw(STARTED)), NOON)
    for row in rows:
        assert (
            interpreter.facts(Message(raw("Event: CoreShowChannel\nActionID: b", row)), NOON) == ()
        )
    complete = (
        f"Event: CoreShowChannelsComplete\nListItems: {len(rows) if items is None else items}"
    )
    return interpreter.facts(Message(raw(complete)), NOON)


def kinds(facts):
    return [type(fact).__name__ for fact in facts]


def test_a_waiting_citizen_is_found_in_the_list():
    listed, *facts = snapshot(CITIZEN)
    assert listed.legs == {CALL}
    assert listed.asterisk_started_at == datetime(2026, 11, 21, 9, 42, 18).astimezone(UTC)
    assert kinds(facts) == ["CitizenArrived", "RecordingBegan", "NoticeEnded", "WaitingBegan"]
    assert facts[0].at == datetime.fromtimestamp(1795254166, UTC)
    assert facts[3].joined_at == datetime.fromtimestamp(1795254167.123, UTC)
    assert facts[3].priority == 3


def test_a_talk_is_found_in_the_list():
    _, *facts = snapshot(SEAT + f"\n{BRIDGED}", CITIZEN + f"\n{BRIDGED}")
    assert kinds(facts)[-2:] == ["SeatRang", "SeatConnected"]
    assert facts[-1].leg_id == LEG


def test_a_seat_that_still_rings_is_not_connected():
    ringing = SEAT.replace("ChannelState: 6", "ChannelState: 5") + "\nBridgeId: "
    _, *facts = snapshot(ringing, CITIZEN + "\nBridgeId: ")
    assert kinds(facts)[-2:] == ["WaitingBegan", "SeatRang"]


def test_a_citizen_in_the_lifeboat_is_not_in_our_line():
    _, *facts = snapshot(CITIZEN.replace("hotline-in", "hotline-lifeboat").replace("12345", "s"))
    assert kinds(facts) == ["CitizenArrived", "RecordingBegan", "NoticeEnded", "LifeboatJoined"]


def test_a_channel_that_is_no_citizens_makes_no_call():
    strange = CITIZEN.replace(f"HOTLINE_CALL={CALL}", "HOTLINE_CALL=").replace(
        "hotline-in", "seat-out"
    )
    assert kinds(snapshot(strange)) == ["ChannelsListed"]


def test_a_call_that_cannot_be_read_does_not_hide_the_others():
    other = CITIZEN.replace("1795254166.0", "1795254166.5")
    broken = CITIZEN.replace("JOINED_AT=1795254167123", "JOINED_AT=")
    assert {f.call_id for f in snapshot(broken, other)[1:]} == {"node1-1795254166.5"}


def test_a_list_with_a_hole_makes_nobody_vanish():
    with pytest.raises(MalformedMessage):
        snapshot(CITIZEN, items=2)


def test_a_list_that_somebody_else_asked_for_is_not_a_snapshot():
    interpreter = Interpreter("node1", Counter())
    for text in (
        "Event: CoreShowChannel\n" + CITIZEN,
        "Event: CoreShowChannelsComplete\nListItems: 1",
    ):
        assert interpreter.facts(Message(raw(text)), NOON) == ()


def test_only_the_first_list_after_core_status_is_the_snapshot():
    interpreter = Interpreter("node1", Counter())
    complete = Message(raw("Event: CoreShowChannelsComplete\nListItems: 0"))
    interpreter.facts(Message(raw(STARTED)), NOON)
    assert kinds(interpreter.facts(complete, NOON)) == ["ChannelsListed"]
    assert interpreter.facts(complete, NOON) == ()


def test_an_empty_asterisk_says_so():
    [listed] = snapshot()
    assert isinstance(listed, ChannelsListed)
    assert listed.legs == frozenset()


def test_a_call_to_a_citizen_begins_with_the_first_leg_that_rings_for_it():
    seat = ORIGINATED.replace("third:110", "seat:8001").replace(
        "Local/110@hotline-out-00000000;1", "PJSIP/8001-00000003"
    )
    first = raw("Event: DialBegin", STAMP, seat, "DestChanVariable: HOTLINE_OUT=13800000001")
    arrived, rang = read_facts(Message(first), "node1", NOON)
    assert arrived == fact(
        CitizenArrived,
        caller_number="13800000001",
        called_number="",
        direction=Direction.OUT,
    )
    assert (rang.leg_id, rang.who) == (f"{CALL}-p9", "8001")


def test_his_own_leg_begins_it_when_he_is_called_first():
    his = ORIGINATED.replace("-p9", "").replace("DestChanVariable: HOTLINE_PARTY=third:110", "")
    first = raw("Event: DialBegin", STAMP, his.strip(), "DestChanVariable: HOTLINE_OUT=13800000001")
    arrived, rang = read_facts(Message(first), "node1", NOON)
    assert arrived.direction is Direction.OUT
    assert (arrived.call_id, rang.leg_id) == (CALL, CALL)


@pytest.mark.parametrize("party", ["", "third", "king:110", ":", "third:"])
def test_a_leg_of_ours_that_names_no_party_is_malformed(party):
    with pytest.raises(MalformedMessage):
        read("Event: Hangup", STAMP, THIRD.replace("third:110", party), "Cause: 17")
