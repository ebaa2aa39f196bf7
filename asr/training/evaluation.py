"""How well a model understands voices it never heard, and what it hears where nobody speaks. 评测

The sound goes the product's way: 8 kHz, A-law and back, in blocks, through the same engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.training.augmentation import no_speech, noise
from asr.training.sound import FULL_SCALE, SAMPLE_RATE, Sound, a_law, resample
from asr.training.texts import read_lines
from asr.training.voices import CHARACTERS, HELD_OUT_VARIANTS, Voices, variant
from asr.vosk import VoskEngine

EXAMINATION = Path(__file__).parent / "examination"
_BLOCK = SAMPLE_RATE // 5
_LEVEL = 10 ** (-20 / 20) * FULL_SCALE
_AROUND_S = 0.5
_STRETCH_S = 20.0
_STRETCHES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Misheard:
    """A sentence that came out differently. 误识"""

    wanted: str
    got: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One set of sentences. 成绩"""

    characters: int
    wrong: int
    misheard: tuple[Misheard, ...]

    @property
    def error_rate(self) -> float:
        """Characters wrong, missing or too many, of all characters."""
        return self.wrong / max(1, self.characters)


class Examiner:
    """Speaks and lets the model write. 考官"""

    def __init__(self, model: Path, seed: int = 1) -> None:
        self._engine = VoskEngine(model)
        self._voices = Voices()
        self._chance = np.random.default_rng(seed)

    def sentences(
        self, wanted: Iterable[str], variants: Sequence[str] = HELD_OUT_VARIANTS, each: int = 2
    ) -> Result:
        """Every sentence in so many of the voices, turn by turn."""
        characters = wrong = turn = 0
        misheard: list[Misheard] = []
        for sentence in wanted:
            for _ in range(each):
                name = variants[turn % len(variants)]
                turn += 1
                got = self.transcribe(self._spoken(sentence, name))
                errors = edit_distance(sentence, got)
                characters += len(sentence)
                wrong += errors
                if errors:
                    misheard.append(Misheard(wanted=sentence, got=got, variant=name))
        return Result(characters=characters, wrong=wrong, misheard=tuple(misheard))

    def words_in_no_speech(self) -> dict[str, tuple[float, int]]:
        """Seconds listened to and characters heard, for silence, noise, and tones and music."""
        count = int(_STRETCH_S * SAMPLE_RATE)
        found = {"silence": (_STRETCH_S, len(self.transcribe(np.zeros(count))))}
        heard = sum(
            len(self.transcribe(noise(count, self._chance) * 10 ** self._chance.uniform(1.5, 3.5)))
            for _ in range(_STRETCHES)
        )
        found["noise"] = (_STRETCH_S * _STRETCHES, heard)
        heard = stretches = 0
        while stretches < 3 * _STRETCHES:
            sound, _ = no_speech(_STRETCH_S, self._chance)
            stretches += 1
            heard += len(self.transcribe(sound))
        found["noise, tones and music"] = (_STRETCH_S * stretches, heard)
        return found

    def transcribe(self, sound: NDArray[Any]) -> str:
        """Through A-law and in blocks."""
        coded = np.clip(np.round(a_law(np.asarray(sound, np.float64))), -FULL_SCALE, FULL_SCALE - 1)
        samples = coded.astype("<i2")
        recogniser = self._engine.recogniser(SAMPLE_RATE, ())
        texts: list[str] = []
        for start in range(0, len(samples), _BLOCK):
            heard = recogniser.accept(samples[start : start + _BLOCK].tobytes())
            if heard is not None:
                texts.append(heard.text)
        texts.append(recogniser.finish().text)
        return "".join(texts)

    def _spoken(self, sentence: str, name: str) -> Sound:
        sound, _ = self._voices.say(
            sentence,
            variant(CHARACTERS, name),
            int(self._chance.integers(150, 200)),
            int(self._chance.integers(40, 60)),
        )
        narrow = resample(sound, self._voices.sample_rate)
        loudness = np.sqrt((narrow**2).mean())
        return np.pad(narrow / loudness * _LEVEL, int(_AROUND_S * SAMPLE_RATE))


def edit_distance(wanted: str, got: str) -> int:
    """Characters to change, leave out or add."""
    row = list(range(len(got) + 1))
    for at, one in enumerate(wanted, 1):
        before, row[0] = row[:], at
        for other_at, other in enumerate(got, 1):
            row[other_at] = min(
                before[other_at] + 1, row[other_at - 1] + 1, before[other_at - 1] + (one != other)
            )
    return row[-1]


def examination(name: str) -> tuple[str, ...]:
    """The hand-written sentences of `handwritten` or `tuning`."""
    return read_lines(EXAMINATION / f"{name}.txt")


def report(model: Path, template_sentences: Sequence[str]) -> Mapping[str, Any]:
    """All figures of a model."""
    examiner = Examiner(model)
    figures: dict[str, Any] = {}
    for name, sentences in (
        ("templates", template_sentences),
        ("handwritten", examination("handwritten")),
    ):
        result = examiner.sentences(sentences)
        figures[f"{name}_cer"] = round(result.error_rate, 4)
        figures[f"{name}_characters"] = result.characters
    figures["no_speech"] = examiner.words_in_no_speech()
    return figures
