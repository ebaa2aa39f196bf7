"""A leg is looked at when it has grown, and hardly in between."""

import random

import pytest

from asr.rhythm import Rhythm


def follow(every_s: float, until_s: float, late_s: float = 0.0, seed: int = 1):
    """Look at a leg that grows so often; our looks come up to `late_s` too late.

    Gives how long each growth waited for a look, and how many looks there were.
    """
    rhythm, chance = Rhythm(0.1), random.Random(seed)
    now = 0.0
    seen = 0
    waits: list[float] = []
    looks = 0
    in_vain = False
    while now < until_s:
        looks += 1
        there = int(now / every_s)
        if there > seen:
            waits += [now - number * every_s for number in range(seen + 1, there + 1)]
            seen = there
            if in_vain:
                rhythm.grew(now)
            in_vain = False
            continue
        in_vain = True
        now += rhythm.rest_s(now) + chance.random() * late_s
    return waits, looks


@pytest.mark.parametrize("every_s", [0.341, 1.024])
def test_every_growth_is_found_soon_with_few_looks(every_s):
    waits, looks = follow(every_s, 120)
    settled = waits[10:]
    assert max(settled) <= 0.03
    # One that finds it, one in vain right after, and about two close ones before.
    assert looks / len(waits) < 5


def test_on_a_busy_machine_it_is_found_again_and_never_taken_for_twice_as_long():
    for seed in range(20):
        waits, _ = follow(0.341, 120, late_s=0.2, seed=seed)
        settled = sorted(waits[10:])
        assert settled[len(settled) // 2] < 0.15
        assert settled[-1] < 0.45


def test_a_leg_that_rests_is_looked_at_as_seldom_as_before_and_picked_up_again():
    rhythm = Rhythm(0.1)
    now = 0.0
    for _ in range(20):
        now += 0.341
        rhythm.rest_s(now - 0.001)
        rhythm.grew(now)
    rests = []
    for _ in range(30):
        rests.append(rhythm.rest_s(now))
        now += rests[-1]
    assert rests[-20:] == [0.1] * 20
    rhythm.grew(now)
    assert 0.2 < rhythm.rest_s(now) < 0.341
