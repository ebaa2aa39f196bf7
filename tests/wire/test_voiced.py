"""How much of a leg is sound: a citizen's voice is, an idle line and steady noise are not."""

import numpy as np
import pytest

from cti.ids import CallId, LegId, message_id_of
from hotline.citizen_joints import MessageFiles
from orders.messages import LEAST_VOICED_MS
from recordings.legs import own_leg_of
from recordings.voiced import duration_and_voiced_ms

CALL = CallId("node1-1.1")
FIRST = message_id_of(CALL, 1)
RATE = 16_000
some = np.random.default_rng(5)


def noise(seconds, level):
    return some.normal(0, level, int(seconds * RATE))


def voice(seconds, level=3000):
    """Syllables: a hum that swells and fades four times a second."""
    t = np.arange(int(seconds * RATE)) / RATE
    return level * np.sin(2 * np.pi * 180 * t) * np.abs(np.sin(2 * np.pi * 2 * t))


def lay(folder, *parts, name=FIRST, ending=".sln16"):
    sound = np.concatenate(parts).astype("<i2") if parts else np.zeros(0, "<i2")
    (folder / f"{CALL}-own-{name}{ending}").write_bytes(sound.tobytes())
    return own_leg_of(folder, CALL, LegId(name))


@pytest.mark.parametrize(
    ("parts", "least_ms", "most_ms"),
    [
        ((), 0, 0),
        ((noise(5, 20),), 0, 0),
        ((noise(5, 400),), 0, LEAST_VOICED_MS - 1),
        ((np.zeros(5 * RATE),), 0, 0),
        ((noise(2, 20), voice(3) + noise(3, 20), noise(2, 20)), 2_300, 3_100),
        ((voice(20),), 15_000, 20_000),
        ((noise(3, 100), voice(1, 1500) + noise(1, 100), noise(3, 100)), LEAST_VOICED_MS, 1_100),
    ],
)
def test_only_what_stands_out_is_sound(parts, least_ms, most_ms, tmp_path):
    duration_ms, voiced_ms = duration_and_voiced_ms(lay(tmp_path, *parts))
    assert duration_ms == sum(len(one) for one in parts) * 1000 // RATE
    assert least_ms <= voiced_ms <= most_ms


async def test_messages_are_measured_and_numbered_where_they_lie(tmp_path):
    files = MessageFiles(tmp_path)
    assert await files.last_number(CALL) == 0
    assert await files.measure(CALL, FIRST) is None
    lay(tmp_path, voice(2))
    lay(tmp_path, voice(1), name=message_id_of(CALL, 12))
    lay(tmp_path, voice(1), name="node1-1.2")
    assert await files.last_number(CALL) == 12
    sound = await files.measure(CALL, FIRST)
    assert (sound.duration_ms, sound.empty) == (2_000, False)
