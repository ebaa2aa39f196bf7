"""What archiving an hour of stereo call costs: ours against pydub.

Two legs of turn-taking (voice-like bursts, noise floor, silence), 20 minutes and 2 hours, become one
Opus file. Ours is the whole encoding process as the service starts it: start-up, encode, peaks, hash,
reading back and verifying. pydub joins the legs and exports at the same bit rate and complexity with
imageio-ffmpeg's ffmpeg, and verifies nothing. Each runs in its own process, by turns, minimum taken:
the machine may be busy. Memory is the largest resident set of the process or its children, above a
bare interpreter's. Prints one JSON line. `python -m bench.archive [repeats]`
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from recordings.encoder import PROJECT
from recordings.legs import RATE_HZ, Legs, legs_of
from recordings.settings import RecordingsSettings

CALL = "node1-1.1"
LIMIT_CORE_S_PER_HOUR = 25
LIMIT_MB = 60
TURN_S = 7
LEG_RATE_HZ = 48_000
"""What Asterisk writes (cti/leg_files.py); ours takes every third sample, pydub's ffmpeg all of them."""
SETTINGS = RecordingsSettings()
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
WATCH = """
import json, os, sys
kept = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
opened = [(os.POSIX_SPAWN_DUP2, kept, 1)]
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ, file_actions=opened)
_, status, used = os.wait4(pid, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""A small process between us and the measured one: Linux hands a parent's peak on to what it starts,
and ours, with numpy, would pass for the bare interpreter's."""
PYDUB = """
import sys
import imageio_ffmpeg
from pydub import AudioSegment
AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
legs = []
for leg in sys.argv[1:3]:
    with open(leg, "rb") as file:
        legs.append(AudioSegment(data=file.read(), sample_width=2, frame_rate=48000, channels=1))
joined = AudioSegment.from_mono_audiosegments(*legs)
joined.export(sys.argv[3], format="ogg", codec="libopus", bitrate=sys.argv[4],
              parameters=["-compression_level", sys.argv[5]]).close()
"""


def write_legs(folder: Path, minutes: int) -> Legs:
    """A second at a time, so that making them needs no memory to speak of."""
    legs, rng = legs_of(folder, CALL), np.random.default_rng(7)
    at = np.arange(RATE_HZ) / RATE_HZ
    folder.mkdir()
    with legs.files[0].open("wb") as citizen, legs.files[1].open("wb") as seat:
        for second in range(minutes * 60):
            syllables = np.sqrt(np.clip(np.sin(2 * np.pi * 4 * at + 6 * rng.random()), 0, 1))
            voice = 0.12 * np.sin(2 * np.pi * (140 + 60 * rng.random()) * at)
            voice += 0.06 * np.sin(2 * np.pi * (700 + 900 * rng.random()) * at)
            voice += 0.05 * rng.standard_normal(RATE_HZ)
            speaks = second // TURN_S % 3  # The third turn is nobody's.
            for side, file in enumerate((citizen, seat)):
                sound = 0.0015 * rng.standard_normal(RATE_HZ)
                sound += syllables * voice if speaks == side else 0
                samples = (np.clip(sound, -1, 1) * 32767).astype("<i2")
                file.write(np.repeat(samples, LEG_RATE_HZ // RATE_HZ).tobytes())
    return legs


def ours(legs: Legs, folder: Path) -> list[str]:
    order = {
        "files": [str(file) for file in legs.files],
        "to": str(folder / "ours.opus"),
        "peaks_to": str(folder / "ours.peaks"),
        "title": CALL,
        "bit_rate": SETTINGS.bit_rate,
        "complexity": SETTINGS.complexity,
    }
    for left in (order["to"], order["peaks_to"]):
        Path(str(left)).unlink(missing_ok=True)
    return [sys.executable, "-m", "recordings.encode", "copy", json.dumps(order)]


def pydub(legs: Legs, folder: Path) -> list[str]:
    files = (str(legs.files[0]), str(legs.files[1]), str(folder / "pydub.opus"))
    asked = (f"{SETTINGS.bit_rate // 1000}k", str(SETTINGS.complexity))
    return [sys.executable, "-W", "ignore", "-c", PYDUB, *files, *asked]


def measured(command: list[str], said: Path) -> tuple[float, float]:
    """(core-seconds, peak MB) of a process and its children; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", WATCH, str(said), *command],
        capture_output=True,
        check=False,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": str(PROJECT)},
    )
    status, core_s, peak_kb = json.loads(done.stdout)
    if status:
        raise SystemExit(f"failed: {command[:3]}: {said.read_text()}")
    return core_s, peak_kb / 1024


def main(repeats: int) -> int:
    result: dict[str, object] = {"bit_rate": SETTINGS.bit_rate, "complexity": SETTINGS.complexity}
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        said = folder / "said"
        bare_mb = min(measured([sys.executable, "-c", "pass"], said)[1] for _ in range(3))
        result["interpreter_mb"] = round(bare_mb, 1)
        held = True
        for minutes in (20, 120):
            legs = write_legs(folder / str(minutes), minutes)
            runs: dict[str, list[tuple[float, float]]] = {"ours": [], "pydub": []}
            for _ in range(repeats):
                runs["ours"].append(measured(ours(legs, folder), said))
                runs["pydub"].append(measured(pydub(legs, folder), said))
            cost = {}
            for who, rows in runs.items():
                cost[who] = {
                    "core_s_per_hour": round(min(row[0] for row in rows) * 60 / minutes, 2),
                    "mb_above_interpreter": round(max(row[1] for row in rows) - bare_mb, 1),
                    "bytes_per_minute": (folder / f"{who}.opus").stat().st_size // minutes,
                }
            result[f"{minutes}_min"] = cost
            held &= cost["ours"]["core_s_per_hour"] <= LIMIT_CORE_S_PER_HOUR
            held &= cost["ours"]["mb_above_interpreter"] <= LIMIT_MB
            legs.remove()
    print(json.dumps({**result, "within_limits": held}))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
