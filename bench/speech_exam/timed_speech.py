"""Sentences spoken so that the end of every character is known, from the synthesiser itself. 计时语音

Made in a process of its own: espeak-ng has one state for a whole process, and the product's voice
asks for no phoneme events.
"""

import multiprocessing
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from asr.training.voices import Spoken, Voices
from bench.speech_exam.scoring import spoken_form
from hotline.sounds.sound import even_loudness, resample, to_pcm

RATE_HZ = 8000
_TONE = re.compile("(?:55|35|214|51|11)$")
_VOWEL = re.compile("[aeiouyA-EIOU@&]")
_CODAS = ("n", "N")


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedSound:
    """One sentence's sound; `ends_ms` has the end of each character of `text`. 计时语音"""

    text: str
    """In spoken form."""
    pcm: bytes
    ends_ms: tuple[int, ...]

    @property
    def length_ms(self) -> int:
        return len(self.pcm) * 1000 // (2 * RATE_HZ)


def timed_sounds(sentences: Sequence[tuple[str, str]], words_per_minute: int) -> list[TimedSound]:
    """Of (sentence, voice); sentences that are not one syllable a character are left out."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as apart:
        return apart.submit(_speak, list(sentences), words_per_minute).result()


def _speak(sentences: list[tuple[str, str]], words_per_minute: int) -> list[TimedSound]:
    voices = Voices()
    made = []
    for sentence, voice in sentences:
        sound, spoken = voices.say(sentence, voice, words_per_minute)
        ends_ms = syllable_ends_ms(voices.phonemes(sentence, voice), spoken)
        text = spoken_form(sentence)
        if len(ends_ms) == len(text):
            samples = resample(sound.astype("float64") / 32768, voices.sample_rate, RATE_HZ)
            pcm = to_pcm(even_loudness(samples, RATE_HZ))
            made.append(TimedSound(text=text, pcm=pcm, ends_ms=ends_ms))
    return made


def syllable_ends_ms(names: Sequence[str], spoken: Sequence[Spoken]) -> tuple[int, ...]:
    """Where each syllable ends; empty if the names (with tones) are not the phonemes of the sound.

    A syllable is all up to its toned vowel and a closing n or ng; an n before a vowel opens the next.
    """
    sounds = [one for one in spoken if not one.is_pause]
    if [_TONE.sub("", name) for name in names] != [one.name for one in sounds]:
        return ()
    ends = []
    for place, name in enumerate(names):
        if not _TONE.search(name):
            continue
        last, after = place, names[place + 1 : place + 3]
        opens_next = len(after) == 2 and _VOWEL.match(after[1])
        if after and after[0] in _CODAS and (after[0] == "N" or not opens_next):
            last += 1
        ends.append(round(sounds[last].ends_at * 1000))
    return tuple(ends)
