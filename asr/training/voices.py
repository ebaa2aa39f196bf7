"""espeak-ng's Mandarin voices: sound, and when which sound of it was spoken. 合成语音

espeak-ng 1.52 from the package espeakng-loader tells the beginning of every phoneme while it speaks:
these are the labels that a recogniser is trained on, for free and exact. Two of its voices are used:
`cmn` reads Chinese characters with a dictionary of its own (the product speaks with it), and
`cmn-latn-pinyin` reads written syllables and so says precisely what it is told.
"""

import ctypes
import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHARACTERS = "cmn"
SYLLABLES = "cmn-latn-pinyin"

TRAINING_VARIANTS = (
    "", "f1", "f3", "f4", "m1", "m2", "m4", "m6", "m7", "m8", "klatt2", "klatt3", "klatt5",
    "Alicia", "Andrea", "Andy", "Annie", "adam", "antonio", "aunty", "belinda", "benjamin",
    "boris", "caleb", "david", "Denis", "ed", "edward", "Gene", "Gene2", "Henrique", "ian",
    "iven2", "iven3", "Jacky", "john", "kaukovalta", "Lee", "linda", "marcelo", "Marco", "Mario",
    "max", "Michael", "michel", "miguel", "Mike", "mike2", "Nguyen", "norbert", "pablo", "paul",
    "pedro", "quincy", "Reed", "rob", "robert", "sandro", "shelby", "steph", "steph2", "travis",
    "victor", "zac", "grandma", "anika",
)  # fmt: skip
HELD_OUT_VARIANTS = ("f2", "f5", "m3", "m5", "Diogo", "steph3", "edward2", "Hugo")
"""Never heard in training: they show what the model does with a voice it does not know."""

_SYNCHRONOUS = 2
_OPTIONS = 0x0001 | 0x8000  # phoneme events; report missing data instead of ending our process
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_PHONEME_EVENT, _END = 7, 0
_BETWEEN = ord("~") << 8  # TextToPhonemes: what stands between two phonemes
_STRESS = re.compile("^[',]+")
_TONES = {"55": 1, "35": 2, "214": 3, "51": 4, "11": 5}
_TONE = re.compile("(55|35|214|51|11)$")

Sound = NDArray[np.float32]


class VoicesMissing(Exception):
    """The speech library espeak-ng is not usable here. 语音库缺失"""

    code = "voices-missing"


@dataclass(frozen=True, slots=True)
class Spoken:
    """One phoneme in the sound; times in seconds. 音素"""

    name: str
    starts_at: float
    ends_at: float

    @property
    def is_pause(self) -> bool:
        """Nothing is said here."""
        return self.name.startswith("_")


class _Name(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_int),
        ("pointer", ctypes.c_char_p),
        ("text", ctypes.c_char * 8),
    ]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


_SamplesCome = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Voices:
    """espeak-ng in this process (it has global state: make one only). 语音合成器"""

    def __init__(self) -> None:
        self._library, self.sample_rate = _open_library()
        self._pieces: list[NDArray[np.int16]] = []
        self._events: list[tuple[int, str]] = []
        self._callback = _SamplesCome(self._samples_come)
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice = ""

    def say(
        self, text: str, voice: str, words_per_minute: int = 170, pitch: int = 50, spread: int = 50
    ) -> tuple[Sound, list[Spoken]]:
        """The sound (full scale 32768) and its phonemes, stress marks left away."""
        self._use(voice)
        for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, spread)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._pieces, self._events = [], []
        encoded = text.encode() + b"\0"
        self._library.espeak_Synth(encoded, len(encoded), 0, 0, 0, _UTF8, None, None)
        if not self._pieces:
            return np.zeros(0, np.float32), []
        sound = np.concatenate(self._pieces).astype(np.float32)
        ends = [*(start for start, _ in self._events[1:]), len(sound)]
        spoken = [
            Spoken(_STRESS.sub("", name), start / self.sample_rate, end / self.sample_rate)
            for (start, name), end in zip(self._events, ends, strict=True)
            if end > start
        ]
        return sound, spoken

    def phonemes(self, text: str, voice: str) -> list[str]:
        """What would be said, without saying it: phonemes with tones, pauses left away."""
        self._use(voice)
        rest = ctypes.c_char_p(text.encode())
        found: list[str] = []
        while rest.value:
            clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _BETWEEN)
            found += (clause or b"").decode().replace(" ", "~").split("~")
        names = (_STRESS.sub("", name) for name in found)
        return [name for name in names if name and not name.startswith("_")]

    def _use(self, voice: str) -> None:
        if voice != self._voice:
            if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
                raise VoicesMissing(f"{voice}: {VoicesMissing.__doc__}")
            self._voice = voice

    def _samples_come(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pieces.append(np.ctypeslib.as_array(samples, (count,)).copy())
        at = 0
        while events[at].type != _END:
            if events[at].type == _PHONEME_EVENT:
                name = events[at].id.text.decode("utf-8", "replace")
                self._events.append((events[at].sample, name))
            at += 1
        return 0


def variant(voice: str, name: str) -> str:
    """A voice in one of its variants, as espeak-ng wants it."""
    return f"{voice}+{name}" if name else voice


class Reader:
    """Which syllables espeak-ng says for a text; its readings are not always the dictionary's. 读音

    `cmn` has a dictionary of its own (便宜 comes as bian4 yi2), and what it says is what the
    recogniser hears: its readings become labels and pronunciations, beside those of pypinyin.
    """

    def __init__(self, voices: Voices, syllables: Iterable[str]) -> None:
        self._voices = voices
        self._sounds: dict[str, tuple[str, ...]] = {}
        for letters in sorted(set(syllables)):
            names = voices.phonemes(f"{letters}1".replace("ü", "v"), SYLLABLES)
            plain = tuple(_without_tone(name)[0] for name in names)
            if plain and not any(name.startswith("(") for name in plain):
                self._sounds[letters] = plain
        self._named: dict[tuple[str, ...], list[str]] = {}
        for letters, sounds in self._sounds.items():
            self._named.setdefault(sounds, []).append(letters)

    def sounds_of(self, syllable: str) -> tuple[str, ...] | None:
        """The phonemes of a written syllable, with or without tone; None if it cannot be said."""
        return self._sounds.get(syllable.rstrip("12345"))

    def reading(self, text: str, expected: Sequence[str]) -> tuple[str, ...] | None:
        """The syllables that `cmn` says for these characters; where two spellings sound the same,
        the expected one. None if it does not say one syllable for each."""
        names, tones = [], []
        for name in self._voices.phonemes(text, CHARACTERS):
            plain, tone = _without_tone(name)
            names.append(plain)
            tones.append(tone)
        found = self._divide(tuple(names), tuple(tones), tuple(expected))
        return None if found is None else tuple(found)

    def _divide(
        self, names: tuple[str, ...], tones: tuple[int, ...], expected: tuple[str, ...]
    ) -> list[str] | None:
        if not expected:
            return None if names else []
        wanted = expected[0].rstrip("12345")
        for length in (3, 2, 1, 4):
            head = names[:length]
            spoken = [tone for tone in tones[:length] if tone]
            if len(head) < length or len(spoken) != 1:
                continue
            spellings = self._named.get(head, ())
            if spellings:
                rest = self._divide(names[length:], tones[length:], expected[1:])
                if rest is not None:
                    letters = wanted if wanted in spellings else spellings[0]
                    return [f"{letters}{spoken[0]}", *rest]
        return None


def _without_tone(name: str) -> tuple[str, int]:
    """
    >>> _without_tone("Au214")
    ('Au', 3)
    """
    found = _TONE.search(name)
    return (name, 0) if found is None else (name[: found.start()], _TONES[found[0]])


@functools.cache
def _open_library() -> tuple[Any, int]:
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
    except (ImportError, OSError) as missing:
        raise VoicesMissing(f"{VoicesMissing.__doc__} {missing}") from missing
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(data.parent).encode(), _OPTIONS)
    if rate <= 0:
        raise VoicesMissing(f"{VoicesMissing.__doc__} espeak_Initialize answered {rate}")
    return library, rate
