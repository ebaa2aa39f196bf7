"""Silence that lasts is not sent to a recogniser; nothing that anybody says is cut."""

from itertools import pairwise

import numpy as np
import pytest

from asr.events import Side, UtteranceHeard
from asr.gate import HOLD_MS, LONGEST_MS, PRE_ROLL_MS, SilenceGate
from asr.transcriber import Transcriber
from tests.fakes.recognisers import quiet, said
from tests.unit.test_transcriber import Stage, at, working

BLOCK_MS = 400


def noise(level: float, ms: int, seed: int = 1) -> bytes:
    samples = np.random.default_rng(seed).normal(0, level, ms * 16)
    return np.clip(samples, -32768, 32767).astype("<i2").tobytes()


def buzz(level: float, ms: int) -> bytes:
    """Something like a voice: RMS `level`, swelling over 100 ms."""
    at_s = np.arange(ms * 16) / 16_000
    swell = np.minimum(1.0, at_s / 0.1)
    return (level * 1.414 * swell * np.sin(2 * np.pi * 180 * at_s)).astype("<i2").tobytes()


def mixed(one: bytes, other: bytes) -> bytes:
    both = np.frombuffer(one, "<i2").astype(np.int32) + np.frombuffer(other, "<i2")
    return np.clip(both, -32768, 32767).astype("<i2").tobytes()


def heard(audio: bytes) -> list[tuple[int, int]]:
    """The stretches (from, to) that would be sent, in ms."""
    gate = SilenceGate()
    stretches: list[tuple[int, int]] = []
    position = 0
    size = BLOCK_MS * 32
    while position * 32 < len(audio):
        block = audio[position * 32 : position * 32 + size]
        if gate.shuts(block, position, half_said=False):
            position += BLOCK_MS
            continue
        if gate.shut:
            position = gate.opens(position)
            continue
        if stretches and stretches[-1][1] == position:
            stretches[-1] = (stretches[-1][0], position + len(block) // 32)
        else:
            stretches.append((position, position + len(block) // 32))
        position += BLOCK_MS
    return stretches


@pytest.mark.parametrize(
    ("line", "voice"), [(0, 60), (8, 60), (8, 3000), (30, 120), (60, 200), (300, 500)]
)
def test_a_voice_after_a_long_silence_is_heard_whole_however_soft(line, voice):
    """A soft one is -54 dB on a quiet line, or little louder than a noisy line."""
    before, length = 12_000, 1_200
    audio = noise(line, before + length + 4_000)
    spoken = bytes(before * 32) + buzz(voice, length) + bytes(4_000 * 32)
    covered = heard(mixed(audio, spoken))
    assert any(a <= before - 200 and before + length + 500 <= b for a, b in covered), covered


def test_of_a_long_silence_little_is_heard_and_a_noisy_line_is_heard_whole():
    def share(audio: bytes) -> float:
        return sum(b - a for a, b in heard(audio)) * 32 / len(audio)

    assert share(bytes(60_000 * 32)) < 0.15
    assert share(noise(30, 60_000)) < 0.2
    assert share(noise(200, 60_000)) == 1.0


def test_also_in_endless_silence_something_is_heard_now_and_then():
    stretches = heard(bytes(100_000 * 32))
    pauses = [b[0] - a[1] for a, b in pairwise(stretches)]
    assert len(pauses) >= 2
    assert max(pauses) <= LONGEST_MS


def test_what_is_half_said_is_never_cut_off():
    gate = SilenceGate()
    for position in range(0, 20_000, BLOCK_MS):
        assert not gate.shuts(bytes(BLOCK_MS * 32), position, half_said=True)


async def test_words_after_silences_stand_at_their_own_place_and_silence_is_not_sent():
    stage = Stage()
    transcriber = Transcriber(stage.around)
    script = b"".join(
        said(word, 600) + quiet(pause)
        for word, pause in (("路灯", 9_000), ("坏了", 1_500), ("没人", 45_000), ("修", 3_000))
    )
    async with working(transcriber):
        transcriber.seat_connected(at(0))
        await stage.record(citizen=script)
        transcriber.call_ended(at(len(script) // 32))
    citizen = [(u.text, u.starts_at_ms, u.ends_at_ms) for u in stage.told
               if isinstance(u, UtteranceHeard) and u.side is Side.CITIZEN]  # fmt: skip
    assert citizen == [
        ("路灯", 0, 600),
        ("坏了", 9_600, 10_200),
        ("没人", 11_700, 12_300),
        ("修", 57_300, 57_900),
    ]
    assert stage.house.answered_bytes < 2 * len(script) * 0.5
    assert HOLD_MS + PRE_ROLL_MS < 3_000
