"""Speech from text, made on the spot by espeak-ng. 语音合成

The library comes with its data in the package espeakng-loader. It keeps global state, so one lock stands
before it; several processes may use it at once.
"""

import ctypes
import functools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hotline.sounds.sound import Samples, even_loudness, resample, to_pcm

SYNCHRONOUS = (
    2  # AUDIO_OUTPUT_SYNCHRONOUS: samples come to the callback, espeak_Synth returns at the end
)
DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: report missing data instead of ending our process
CHARACTERS_UTF8 = 1
RATE, PITCH = 1, 3  # espeak_PARAMETER
SAMPLES_COME = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

_one_at_a_time = threading.Lock()


class VoiceError(Exception):
    """Speech could not be made. 语音合成失败"""

    code = "voice-error"


class VoiceMissing(VoiceError):
    """The speech library espeak-ng is not usable here. 语音库缺失"""

    code = "voice-missing"


class VoiceUnknown(VoiceError):
    """The speech library has no such voice. 没有该音色"""

    code = "voice-unknown"


def speak(
    text: str, rate_hz: int = 8000, voice: str = "cmn", words_per_minute: int = 170, pitch: int = 50
) -> bytes:
    """What `text` sounds like: mono 16-bit little-endian PCM at `rate_hz`, spoken parts at -20 dBFS.

    `voice` is an espeak-ng voice with an optional variant ("cmn", "cmn+f2", "yue", "en"); `pitch` runs from
    0 to 99. Blocks: about a hundredth of the length of the speech. Raises VoiceMissing, VoiceUnknown.
    """
    samples = utter(text, rate_hz, voice, words_per_minute, pitch)
    return to_pcm(even_loudness(samples, rate_hz))


def utter(text: str, rate_hz: int, voice: str, words_per_minute: int, pitch: int) -> Samples:
    """As `speak`, as loud as the voice itself is."""
    if not text.strip():
        return np.zeros(0)
    with _one_at_a_time:
        library, native_hz = _library()
        pieces: list[bytes] = []

        def samples_come(samples: Any, count: int, _events: int | None) -> int:
            if samples and count > 0:
                pieces.append(ctypes.string_at(samples, count * 2))
            return 0

        callback = SAMPLES_COME(samples_come)
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise VoiceUnknown(f"{voice}: {VoiceUnknown.__doc__}")
        library.espeak_SetParameter(RATE, words_per_minute, 0)
        library.espeak_SetParameter(PITCH, pitch, 0)
        encoded = text.encode("utf-8") + b"\0"
        failed = library.espeak_Synth(encoded, len(encoded), 0, 0, 0, CHARACTERS_UTF8, None, None)
    if failed or not pieces:
        raise VoiceError(f"espeak-ng answered {failed}")
    samples = np.frombuffer(b"".join(pieces), dtype="<i2").astype(np.float64) / 32768
    return resample(samples, native_hz, rate_hz)


@functools.cache
def _library() -> tuple[Any, int]:
    """The library, initialised once in this process, and its sample rate in Hz."""
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
    except (ImportError, OSError) as missing:
        raise VoiceMissing(f"{VoiceMissing.__doc__} {missing}") from missing
    _declare(library)
    rate_hz: int = library.espeak_Initialize(SYNCHRONOUS, 0, str(data.parent).encode(), DONT_EXIT)
    if rate_hz <= 0:
        raise VoiceMissing(f"{VoiceMissing.__doc__} espeak_Initialize answered {rate_hz}")
    return library, rate_hz


def _declare(library: ctypes.CDLL) -> None:
    integer, text, pointer = ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p
    shapes: dict[str, tuple[Callable[..., Any] | type | None, list[Any]]] = {
        "espeak_Initialize": (integer, [integer, integer, text, integer]),
        "espeak_SetVoiceByName": (integer, [text]),
        "espeak_SetParameter": (integer, [integer, integer, integer]),
        "espeak_SetSynthCallback": (None, [SAMPLES_COME]),
        "espeak_Synth": (
            integer,
            [
                text,
                ctypes.c_size_t,
                ctypes.c_uint,
                integer,
                ctypes.c_uint,
                ctypes.c_uint,
                pointer,
                pointer,
            ],
        ),
    }
    for name, (answer, arguments) in shapes.items():
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments
