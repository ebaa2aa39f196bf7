"""RFC 4226 and RFC 6238, with their own numbers."""

from datetime import UTC, datetime

import pytest

from web import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("counter", "code"),
    list(enumerate(
        ("755224", "287082", "359152", "969429", "338314",
         "254676", "287922", "162583", "399871", "520489")
    )),
)  # fmt: skip
def test_the_codes_of_rfc_4226_appendix_d(counter, code):
    assert totp.code_at(SECRET, counter) == code


@pytest.mark.parametrize(
    ("second", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_codes_of_rfc_6238_appendix_b(second, eight_digits):
    at = datetime.fromtimestamp(second, UTC)
    assert totp.code_at(SECRET, totp.step_at(at)) == eight_digits[-6:]


def test_a_telephone_whose_clock_is_half_a_minute_off_is_understood_and_one_minute_is_too_much():
    at = datetime.fromtimestamp(3000, UTC)
    for step, found in ((98, None), (99, 99), (100, 100), (101, 101), (102, None)):
        assert totp.matching_step(SECRET, totp.code_at(SECRET, step), at, 0) == found


def test_a_code_that_was_used_and_the_ones_before_it_count_no_more():
    at = datetime.fromtimestamp(3000, UTC)
    code = totp.code_at(SECRET, 100)
    assert totp.matching_step(SECRET, code, at, 99) == 100
    assert totp.matching_step(SECRET, code, at, 100) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, 99), at, 100) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "十二三四五六", "abcdef"])
def test_what_is_no_code_opens_nothing(code):
    assert totp.matching_step(SECRET, code, datetime.fromtimestamp(59, UTC), 0) is None


def test_an_authenticator_is_told_everything_in_one_address():
    told = totp.address(SECRET, "张 admin", "12345热线")
    assert told.startswith("otpauth://totp/12345%E7%83%AD%E7%BA%BF:%E5%BC%A0%20admin?secret=GEZDG")
    assert "&digits=6&period=30" in told
    assert totp.shown_secret(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
