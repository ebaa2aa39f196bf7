"""A seat has a telephone on its desk and one in the browser; for the floor it has one."""

from datetime import UTC, datetime

import pytest

from cti.ami.names import device_of, seat_of
from cti.facts import PhoneChanged, PhoneDevice, PhoneState
from cti.seat_devices import SeatDevices, seats_phones

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DESK, BROWSER = PhoneDevice.DESK, PhoneDevice.BROWSER
FREE, RINGING, IN_USE, GONE = (
    PhoneState.FREE, PhoneState.RINGING, PhoneState.IN_USE, PhoneState.UNREACHABLE,
)  # fmt: skip


def changed(device, phone, seat="8001"):
    return PhoneChanged(at=NOON, seat_id=seat, phone=phone, device=device)


@pytest.mark.parametrize(
    ("channel", "seat", "device"),
    [
        ("PJSIP/8001", "8001", DESK),
        ("PJSIP/8001-0000001a", "8001", DESK),
        ("PJSIP/8001-web", "8001", BROWSER),
        ("PJSIP/8001-web-0000001a", "8001", BROWSER),
        ("PJSIP/trunk-0000001a", None, DESK),
        ("PJSIP/8001-webs", None, DESK),
    ],
)
def test_both_devices_of_a_seat_are_told_from_the_rest_by_their_names(channel, seat, device):
    assert seat_of(channel) == seat
    assert device_of(channel) is device


@pytest.mark.parametrize(
    ("desk", "browser", "seats"),
    [
        (GONE, GONE, GONE),
        (FREE, GONE, FREE),
        (GONE, FREE, FREE),
        (FREE, RINGING, RINGING),
        (IN_USE, FREE, IN_USE),
        (GONE, IN_USE, IN_USE),
    ],
)
def test_the_seat_is_what_the_busier_of_its_telephones_is(desk, browser, seats):
    told = []
    devices = SeatDevices(told.append)
    devices.changed(changed(DESK, desk))
    devices.changed(changed(BROWSER, browser))
    assert told[-1].phone is seats
    (listed,) = seats_phones([changed(DESK, desk), changed(BROWSER, browser)])
    assert listed.phone is seats


def test_the_browser_is_rung_while_it_is_registered_and_else_the_desk():
    devices = SeatDevices(lambda _: None)
    assert devices.dial("8001") == "PJSIP/8001"
    devices.changed(changed(DESK, FREE))
    devices.changed(changed(BROWSER, FREE))
    assert devices.dial("8001") == "PJSIP/8001-web"
    assert devices.is_there("8001", DESK)
    devices.changed(changed(BROWSER, IN_USE))
    assert devices.in_use("8001", BROWSER)
    assert not devices.in_use("8001", DESK)
    devices.changed(changed(BROWSER, GONE))
    assert devices.dial("8001") == "PJSIP/8001"
    assert devices.dial("8002") == "PJSIP/8002"
