"""How the raw legs that Asterisk writes are named, and what their samples are. 话路文件

Asterisk writes a recording through a buffer of 32 KiB. At 16 kHz that is a second of speech, at 48 kHz
a third of one: so the legs are recorded at 48 kHz, only to be read sooner. A telephone's sound ends below
4 kHz and nothing above it is ever in there, so every third sample is all of it, at the 16 kHz that
everybody reads. Files of 16 kHz are those of an earlier version.
"""

from pathlib import PurePath

NEWEST = ".sln48"
ENDINGS = (NEWEST, ".sln16")
_STEP = {".sln48": 3, ".sln16": 1}


def samples_per_sample(file: PurePath) -> int:
    """How many samples of the file make one at 16 kHz: the first of them."""
    return _STEP.get(file.suffix, 1)
