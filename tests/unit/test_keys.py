"""Keys pressed on an idle line: each counts once, from the first moment on."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ivr.keys import Heard

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


async def pressed(heard):
    """All that are there now."""
    found = ""
    while True:
        try:
            async with asyncio.timeout(1):
                found += await heard.next()
        except TimeoutError:
            return found


async def test_a_key_right_after_the_answer_counts():
    heard = Heard()
    heard.answered(at(0), "6")
    heard.note(at(0.05), "1")
    assert await pressed(heard) == "1"


@pytest.mark.parametrize("echo_s", [-0.2, 0, 0.3])
async def test_the_answer_told_again_is_no_second_press(echo_s):
    heard = Heard()
    heard.answered(at(0), "1")
    heard.note(at(echo_s), "1")
    assert await pressed(heard) == ""


async def test_the_answer_told_before_the_channel_says_so_is_no_second_press_either():
    heard = Heard()
    heard.note(at(-0.1), "1")
    heard.answered(at(0), "1")
    assert await pressed(heard) == ""


async def test_the_same_key_pressed_a_second_later_counts():
    heard = Heard()
    heard.answered(at(0), "1")
    heard.note(at(1), "1")
    assert await pressed(heard) == "1"


async def test_what_was_pressed_before_a_step_was_over_was_meant_for_it():
    heard = Heard()
    heard.note(at(-2), "2")
    heard.answered(at(0))
    heard.note(at(-1), "3")
    heard.note(at(0.1), "4")
    assert await pressed(heard) == "4"


async def test_a_bouncing_finger_is_one_press_and_another_key_is_another():
    heard = Heard()
    for seconds, key in ((0, "5"), (0.2, "5"), (0.3, "1"), (1.5, "1")):
        heard.note(at(seconds), key)
    assert await pressed(heard) == "511"


async def test_a_mashed_keypad_is_dropped_beyond_what_anybody_means():
    heard = Heard()
    for number in range(1000):
        heard.note(at(number), "12"[number % 2])
    assert len(await pressed(heard)) == 64
