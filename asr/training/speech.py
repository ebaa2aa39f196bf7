"""Synthetic speech with a label for every 30 ms of it: what the network learns from. 训练语音

Half of the sentences come from the templates, half are rows of words at random, so that every sound
is met in every neighbourhood and the network does not learn the templates by heart.
"""

import functools
import multiprocessing
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.training.augmentation import like_a_call, no_speech
from asr.training.features import FRAME_MS, SHIFT_MS, features
from asr.training.lexicon import Lexicon, all_syllables, load_lexicon, usual_reading
from asr.training.phones import FRAMES_PER_OUTPUT, NOISE, SILENCE, output_map
from asr.training.sound import SAMPLE_RATE, Sound, resample
from asr.training.syllables import take_apart
from asr.training.voices import (
    CHARACTERS,
    SYLLABLES,
    TRAINING_VARIANTS,
    Reader,
    Spoken,
    Voices,
    VoicesMissing,
    variant,
)
from asr.training.words import divide

_READ_AS_CHARACTERS = 0.6
_JOINED_WORDS = 0.7
_RANDOM_BY_FREQUENCY = 0.5
_COMMA_SHARE = 0.08
_PAUSE_BELONGS_LEFT_S = 0.045
_OTHERS_KEPT = 200
_NO_SPEECH_SHARE = 0.25

Chance = np.random.Generator


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the recogniser in the sound; times in seconds. 音段"""

    name: str
    starts_at: float
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How something is said. 语气"""

    variant: str
    words_per_minute: int
    pitch: int
    spread: int


class Narrator:
    """Says words and tells which phone sounds when. 朗读者"""

    def __init__(self) -> None:
        self.voices = Voices()
        self.reader = Reader(self.voices, all_syllables())

    def say_syllables(
        self, words: Sequence[Sequence[str]], joined: bool, manner: Manner
    ) -> tuple[Sound, list[Phone]] | None:
        """Exactly these syllables; None if the voice cannot say one of them."""
        text = " ".join("".join(word) if joined else " ".join(word) for word in words)
        syllables = [syllable for word in words for syllable in word]
        return self._say(text.replace("ü", "v"), SYLLABLES, syllables, manner)

    def say_characters(self, text: str, manner: Manner) -> tuple[Sound, list[Phone]] | None:
        """These characters, as the voice reads them; None if that cannot be followed."""
        plain = text.replace("，", "")
        syllables = self.reader.reading(text, usual_reading(plain))
        return None if syllables is None else self._say(text, CHARACTERS, syllables, manner)

    def _say(
        self, text: str, voice: str, syllables: Sequence[str], manner: Manner
    ) -> tuple[Sound, list[Phone]] | None:
        sound, spoken = self.voices.say(
            text,
            variant(voice, manner.variant),
            manner.words_per_minute,
            manner.pitch,
            manner.spread,
        )
        phones = self._phones(syllables, [one for one in spoken if not one.is_pause])
        if phones is None:
            return None
        return resample(sound, self.voices.sample_rate), phones

    def _phones(self, syllables: Sequence[str], spoken: Sequence[Spoken]) -> list[Phone] | None:
        phones: list[Phone] = []
        at = 0
        for written in syllables:
            sounds, syllable = self.reader.sounds_of(written), take_apart(written)
            if sounds is None or syllable is None:
                return None
            here = spoken[at : at + len(sounds)]
            at += len(sounds)
            if tuple(one.name for one in here) != sounds:
                return None
            phones += _divide(syllable.phones, here)
        return phones if at == len(spoken) else None


def _divide(phones: Sequence[str], spoken: Sequence[Spoken]) -> list[Phone]:
    start, end = spoken[0].starts_at, spoken[-1].ends_at
    if len(phones) == 1:
        return [Phone(phones[0], start, end)]
    border = spoken[0].ends_at if len(spoken) > 1 else start + (end - start) / 3
    return [Phone(phones[0], start, border), Phone(phones[1], border, end)]


def labels(
    phones: Sequence[Phone], frames: int, delay: float, outputs: Mapping[str, tuple[int, ...]]
) -> NDArray[np.int16]:
    """The network's right answer for every third frame; `delay` seconds come before the speech."""
    answers = np.full(
        (frames + FRAMES_PER_OUTPUT - 1) // FRAMES_PER_OUTPUT, outputs[SILENCE][0], np.int16
    )
    step = FRAMES_PER_OUTPUT * SHIFT_MS / 1000
    middle = np.arange(len(answers)) * step + FRAME_MS / 2000 - delay
    for at, phone in enumerate(phones):
        end = phone.ends_at
        if at + 1 < len(phones) and phones[at + 1].starts_at - end < _PAUSE_BELONGS_LEFT_S:
            end = phones[at + 1].starts_at
        states = outputs[phone.name]
        length = (end - phone.starts_at) / len(states)
        for state, answer in enumerate(states):
            begins = phone.starts_at + state * length
            answers[(middle >= begins) & (middle < begins + length)] = answer
    return answers


def random_manner(chance: Chance) -> Manner:
    """Any of the training voices, at any sensible speed and pitch."""
    return Manner(
        variant=TRAINING_VARIANTS[int(chance.integers(len(TRAINING_VARIANTS)))],
        words_per_minute=int(chance.uniform(125, 240)),
        pitch=int(np.clip(chance.normal(50, 13), 15, 85)),
        spread=int(chance.uniform(25, 75)),
    )


def random_rows(lexicon: Lexicon, count: int, seed: int) -> list[str]:
    """Rows of two to nine words, half of them by frequency."""
    chance = random.Random(seed)
    words = list(lexicon.readings)
    weights = [lexicon.general[word] ** 0.5 for word in words]
    rows = []
    for _ in range(count):
        length = chance.randint(2, 9)
        by_frequency = chance.random() < _RANDOM_BY_FREQUENCY
        row = chance.choices(words, weights if by_frequency else None, k=length)
        rows.append(" ".join(row))
    return rows


def make_part(lexicon_path: Path, rows: Sequence[str], folder: Path, part: int, seed: int) -> None:
    """One process's share; words of a row are divided by blanks. Writes features and labels."""
    chance = np.random.default_rng([seed, part])
    narrator, lexicon, outputs = Narrator(), load_lexicon(lexicon_path), output_map()
    seen: list[NDArray[np.float16]] = []
    told: list[NDArray[np.int16]] = []
    others: list[Sound] = []
    for row in rows:
        said = _say(narrator, lexicon, row.split(), chance)
        if said is None:
            continue
        sound, phones = said
        if len(others) < _OTHERS_KEPT:
            others.append(sound)
        before = chance.uniform(0.03, 0.5) if chance.random() < 0.85 else chance.uniform(0.5, 2)
        after = chance.uniform(0, 0.4) if chance.random() < 0.8 else chance.uniform(0.4, 2)
        ahead = int(before * SAMPLE_RATE)
        sound = np.pad(sound, (ahead, int(after * SAMPLE_RATE)))
        _keep(features(like_a_call(sound, others, chance)), seen, told,
              functools.partial(labels, phones, delay=ahead / SAMPLE_RATE, outputs=outputs))  # fmt: skip
        if chance.random() < _NO_SPEECH_SHARE:
            sound, silent = no_speech(chance.uniform(0.5, 4), chance)
            answer = outputs[SILENCE if silent else NOISE][0]
            _keep(features(sound), seen, told, functools.partial(_same, answer))
    np.save(folder / f"features-{part}.npy", np.concatenate(seen))
    np.save(folder / f"labels-{part}.npy", np.concatenate(told))


def _keep(frames: NDArray[np.float32], seen: list[Any], told: list[Any], answers: Any) -> None:
    whole = len(frames) // FRAMES_PER_OUTPUT
    seen.append(frames[: whole * FRAMES_PER_OUTPUT].astype(np.float16))
    told.append(answers(frames=len(frames))[:whole])


def _same(answer: int, frames: int) -> NDArray[np.int16]:
    return np.full(frames // FRAMES_PER_OUTPUT, answer, np.int16)


def _say(
    narrator: Narrator, lexicon: Lexicon, words: Sequence[str], chance: Chance
) -> tuple[Sound, list[Phone]] | None:
    manner = random_manner(chance)
    try:
        if chance.random() < _READ_AS_CHARACTERS:
            said = narrator.say_characters(_with_commas(words, chance), manner)
            if said is not None:
                return said
        readings = [
            found[chance.integers(len(found))]
            if (found := lexicon.readings.get(word))
            else usual_reading(word)
            for word in words
        ]
        return narrator.say_syllables(readings, chance.random() < _JOINED_WORDS, manner)
    except VoicesMissing:
        return None


def _with_commas(words: Sequence[str], chance: Chance) -> str:
    text = words[0]
    for word in words[1:]:
        text += ("，" if chance.random() < _COMMA_SHARE else "") + word
    return text


def make_speech(
    lexicon_path: Path, sentences: Sequence[str], random_count: int, folder: Path, seed: int,
    processes: int,
) -> None:  # fmt: skip
    """All of the training data, by several processes side by side."""
    lexicon = load_lexicon(lexicon_path)
    rows = [" ".join(divide(sentence)) for sentence in sentences]
    rows += random_rows(lexicon, random_count, seed)
    random.Random(seed).shuffle(rows)
    folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes) as pool:
        pool.starmap(
            make_part,
            [
                (lexicon_path, rows[part::processes], folder, part, seed)
                for part in range(processes)
            ],
        )
