"""At which of its two telephones a seat is rung. 座席设备

A seat has two places to register: PJSIP/8001, a telephone on the desk, and PJSIP/8001-web, the console in
a browser. The browser goes first while it is registered, because its operator switched it on. For
everything else the seat has one telephone: it is reachable if either is, and in use if either is.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cti.facts import PhoneChanged, PhoneDevice, PhoneState
from cti.ids import SeatId

STRONGEST = (PhoneState.IN_USE, PhoneState.RINGING, PhoneState.FREE, PhoneState.UNREACHABLE)
"""Of two telephones the seat is what stands first here."""
BROWSER_SUFFIX = "-web"

States = dict[PhoneDevice, PhoneState]


def dial_string(seat_id: SeatId, device: PhoneDevice = PhoneDevice.DESK) -> str:
    """What Asterisk calls that telephone."""
    suffix = BROWSER_SUFFIX if device is PhoneDevice.BROWSER else ""
    return f"PJSIP/{seat_id}{suffix}"


def seats_phones(facts: Iterable[PhoneChanged]) -> tuple[PhoneChanged, ...]:
    """One fact for each seat from a whole list of telephones."""
    states: dict[SeatId, States] = {}
    latest: dict[SeatId, PhoneChanged] = {}
    for fact in facts:
        states.setdefault(fact.seat_id, {})[fact.device] = fact.phone
        latest[fact.seat_id] = fact
    return tuple(_of_seat(fact, states[seat_id]) for seat_id, fact in latest.items())


class SeatDevices:
    """Remembers both telephones of each seat, and tells what the seat's is. 座席设备"""

    def __init__(self, tell: Callable[[PhoneChanged], None]) -> None:
        self._tell = tell
        self._states: dict[SeatId, States] = {}

    def changed(self, fact: PhoneChanged) -> None:
        """One of the two came or went, or went into a call or out of it."""
        states = self._states.setdefault(fact.seat_id, {})
        states[fact.device] = fact.phone
        self._tell(_of_seat(fact, states))

    def is_there(self, seat_id: SeatId, device: PhoneDevice) -> bool:
        """Whether that telephone is registered."""
        return _registered(self._states.get(seat_id, {}), device)

    def in_use(self, seat_id: SeatId, device: PhoneDevice) -> bool:
        """Whether that telephone is in a call."""
        return self._states.get(seat_id, {}).get(device) is PhoneState.IN_USE

    def dial(self, seat_id: SeatId) -> str:
        """What to ring now."""
        return dial_string(seat_id, _rung(self._states.get(seat_id, {})))


def _of_seat(fact: PhoneChanged, states: States) -> PhoneChanged:
    phone = next(state for state in STRONGEST if state in states.values())
    return replace(fact, phone=phone, device=_rung(states))


def _rung(states: Mapping[PhoneDevice, PhoneState]) -> PhoneDevice:
    there = _registered(states, PhoneDevice.BROWSER)
    return PhoneDevice.BROWSER if there else PhoneDevice.DESK


def _registered(states: Mapping[PhoneDevice, PhoneState], device: PhoneDevice) -> bool:
    return states.get(device, PhoneState.UNREACHABLE) is not PhoneState.UNREACHABLE
