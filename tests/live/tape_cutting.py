"""Cuts one call out of a session's tape, as small as it can be and still tell the same. 剪带

Only what is about the call's legs, only events that anybody reads, only headers that may matter; the
rows of lists (snapshots, second looks) stay out, for they repeat what the events have said.
"""

import re
from collections.abc import Iterable

from cti.ami.reading import READERS
from cti.ami.wire import END_OF_LINE, event_name
from cti.tape import TITLE, Heard, written

ROWS = frozenset({b"QueueEntry", b"DeviceStateChange"})
EVENTS = frozenset(READERS) - ROWS
NEVER_READ = re.compile(
    rb"(Dest)?(Privilege|SystemName|ChannelStateDesc|CallerIDName|ConnectedLineNum|ConnectedLineName"
    rb"|Language|AccountCode|Priority|BridgeUniqueid|BridgeType|BridgeTechnology|BridgeCreator"
    rb"|BridgeName|BridgeNumChannels|BridgeVideoSourceMode|Cause-txt|TechCause): "
)
USER_EVENT = b"\r\nUserEvent: "
EMPTY = re.compile(rb"(Dest)?ChanVariable: [A-Z_]+=")


def cut_out(heard: Iterable[Heard], call_ids: Iterable[str]) -> list[Heard]:
    """The messages about these calls, whole."""
    named = b"|".join(re.escape(call_id.encode()) for call_id in call_ids)
    about = re.compile(rb"(?<![0-9])(" + named + rb")(?![0-9])")
    return [one for one in heard if event_name(one.raw) in EVENTS and about.search(one.raw)]


def compact(heard: Iterable[Heard]) -> list[Heard]:
    """The same without the headers that nobody reads; a tape of it begins at 0."""
    messages = list(heard)
    began_s = messages[0].offset_s if messages else 0.0
    return [
        Heard(offset_s=one.offset_s - began_s, raw=_without_the_unread(one.raw)) for one in messages
    ]


def tape_of(heard: Iterable[Heard]) -> str:
    return f"{TITLE}\n" + "".join(written(one) for one in heard)


def _without_the_unread(raw: bytes) -> bytes:
    # What the dialplan says in a user event comes last, and has a Priority of its own.
    ours, user_event, said = raw.partition(USER_EVENT)
    first, *lines = ours.split(END_OF_LINE)
    kept = [line for line in lines if not NEVER_READ.match(line) and not EMPTY.fullmatch(line)]
    return END_OF_LINE.join([first, *kept]) + user_event + said
