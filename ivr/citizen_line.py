"""Who he is and by what he is reached: what each part of his story needs. 市民线路"""

from dataclasses import dataclass

from cti.ids import CallId
from ivr.agi.channel import AgiChannel
from ivr.keys import Heard
from ivr.ports import Desks, Now


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenLine:
    """One citizen on the telephone. 市民线路"""

    channel: AgiChannel
    call_id: CallId
    caller_number: str
    """His own, also when it was us who called; empty: not shown. 市民号码"""
    desks: Desks
    keypad: Heard
    now: Now
