"""The phones as Kaldi counts them: by their place in the word, with transition numbers. 音素表

A phone at the beginning, inside, at the end of a word or alone in it is a phone of its own (Vosk
finds the borders of words that way), but shares the network's outputs with the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from asr.training.syllables import all_phones, is_initial

FRAMES_PER_OUTPUT: Final = 3
"""Vosk counts time in steps of 30 ms; no other value works."""
STAY: Final = 0.5
"""Probability of staying in a state for another 30 ms."""
SILENCE: Final = "SIL"
NOISE: Final = "NSN"
"""Whatever sounds and is no speech: music, tones, loud noise."""
_PLACES = {"B": "begin", "E": "end", "I": "internal", "S": "singleton"}
_INITIALS_STAND = ("B", "I")
_FINALS_STAND = ("B", "E", "I", "S")


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone in one place. 音素

    `transitions` has for each state (staying, going on), numbered as Kaldi numbers them.
    """

    name: str
    number: int
    place: str
    outputs: tuple[int, ...]
    transitions: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Phones:
    """All phones, in the order of their numbers. 音素表"""

    all: tuple[Phone, ...]

    def by_name(self) -> dict[str, Phone]:
        """By names such as `ong1_E`."""
        return {phone.name: phone for phone in self.all}

    def word_boundaries(self) -> str:
        """The file graph/phones/word_boundary.int."""
        return "".join(f"{phone.number} {phone.place}\n" for phone in self.all)


def output_map() -> dict[str, tuple[int, ...]]:
    """Which of the network's outputs belong to a phone: one for consonants, silence and noise, two
    (first half, second half) for finals, because tones move."""
    outputs: dict[str, tuple[int, ...]] = {SILENCE: (0,), NOISE: (1,)}
    following = 2
    for phone in all_phones():
        states = 1 if is_initial(phone) else 2
        outputs[phone] = tuple(range(following, following + states))
        following += states
    return outputs


def output_count() -> int:
    """How many outputs the network has."""
    return 1 + max(output for outputs in output_map().values() for output in outputs)


def phones_of_outputs(outputs: Mapping[str, tuple[int, ...]]) -> Phones:
    """Silence and noise first, then every other phone in each place where it can stand."""
    found: list[Phone] = []
    following = 1

    def add(name: str, place: str, states: tuple[int, ...]) -> None:
        nonlocal following
        transitions = []
        for _ in states:
            transitions.append((following, following + 1))
            following += 2
        found.append(Phone(name, len(found) + 1, place, states, tuple(transitions)))

    for name in (SILENCE, NOISE):
        add(name, "nonword", outputs[name])
    for name, states in outputs.items():
        if name in (SILENCE, NOISE):
            continue
        # Only finals have two states, and no word ends in an initial.
        for letter in _INITIALS_STAND if len(states) == 1 else _FINALS_STAND:
            add(f"{name}_{letter}", _PLACES[letter], states)
    return Phones(tuple(found))
