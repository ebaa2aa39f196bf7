"""HCL: from transitions of the acoustic model to words. 解码图

A prefix tree of all pronunciations in which equal remainders are shared and a word's label stands
where it can first be told from all others. Every word ends in the hub, where the next one begins.
Each phone is expanded as Kaldi's "reordered" graphs have it: going on comes first, staying is a loop
on the state behind. No determinisation and no disambiguation symbols are needed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from asr.training.arcs import Arc
from asr.training.phones import NOISE, SILENCE, STAY, Phone, Phones

UNKNOWN = "[unk]"
"""Any single syllable; not in the grammar, so it counts only for phrase lists given at run time."""
HUB = 0

_STEP = -math.log(STAY)
_NEW_WORD = 1.5
"""What beginning a word costs: keeps noise from becoming many short words."""
_UNKNOWN_COST = 2.0
_SILENCE_SHARE = 0.3
_NOISE_SHARE = 0.03

Pronunciations = Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(slots=True)
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    ends: dict[str, list[int]] = field(default_factory=dict)
    words: int = 0
    any_word: int = 0


@dataclass(frozen=True, slots=True, order=True)
class _Branch:
    """A phone to take, the label told with it, and where it leads: to a shared state, or, with -1,
    to the end of a word."""

    phone: str
    label: int
    state: int


_State = tuple[str, tuple[_Branch, ...]]


def word_numbers(pronunciations: Pronunciations) -> dict[str, int]:
    """Every word's number, in order; the unknown word comes last."""
    return {word: number for number, word in enumerate((*pronunciations, UNKNOWN), 1)}


def word_graph(
    pronunciations: Pronunciations, numbers: Mapping[str, int], phones: Phones
) -> list[Arc]:
    """The arcs; the hub is the start and the only final state."""
    syllables = sorted({one for said in pronunciations.values() for one in said if len(one) <= 2})
    root = _Node()
    for word, said in {**pronunciations, UNKNOWN: tuple(syllables)}.items():
        for phones_of_word in said:
            _insert(root, phones_of_word, numbers[word])
    _count(root)
    states: dict[_State, int] = {}
    top = _share(root, "", False, states)
    return _Expansion(phones, numbers[UNKNOWN]).arcs(list(states), top)


def _insert(root: _Node, phones: tuple[str, ...], word: int) -> None:
    *before, last = phones
    node = root
    for at, phone in enumerate(before):
        node = node.children.setdefault(f"{phone}_{'I' if at else 'B'}", _Node())
    words = node.ends.setdefault(f"{last}_{'E' if before else 'S'}", [])
    if word not in words:
        words.append(word)


def _count(node: _Node) -> None:
    """How many words lie beyond each node (and one of them)."""
    for child in node.children.values():
        _count(child)
        node.words += child.words
        node.any_word = child.any_word
    for words in node.ends.values():
        node.words += len(words)
        node.any_word = words[0]


def _share(node: _Node, phone: str, told: bool, states: dict[_State, int]) -> int:
    """The number of the state for this node; equal states are one."""
    branches = [
        _Branch(last, 0 if told else word, -1)
        for last, words in node.ends.items()
        for word in words
    ]
    for inside, child in node.children.items():
        only = child.words == 1
        state = _share(child, inside, told or only, states)
        branches.append(_Branch(inside, child.any_word if only and not told else 0, state))
    # Once the label is told, words that sound the same are one.
    key = (phone, tuple(sorted(set(branches))))
    return states.setdefault(key, len(states))


class _Expansion:
    """Turns shared states into arcs of transitions. 展开"""

    def __init__(self, phones: Phones, unknown: int) -> None:
        self._phones = phones.by_name()
        self._unknown = unknown
        self._arcs: list[Arc] = []
        self._following = HUB + 1
        self._entries: dict[tuple[str, int], tuple[int, int]] = {}

    def arcs(self, states: list[_State], top: int) -> list[Arc]:
        for number, (phone, branches) in enumerate(states):
            source = HUB if number == top else self._entry(phone, number)[1]
            for branch in branches:
                first, _ = self._entry(branch.phone, branch.state)
                cost = _STEP
                cost += _NEW_WORD if source == HUB else 0.0
                cost += _UNKNOWN_COST if branch.label == self._unknown else 0.0
                going = self._phones[branch.phone].transitions[0][1]
                self._arcs.append(Arc(source, first, going, branch.label, cost))
        for name, share in ((SILENCE, _SILENCE_SHARE), (NOISE, _NOISE_SHARE)):
            self._loop_at_hub(self._phones[name], share)
        return self._arcs

    def _entry(self, name: str, state: int) -> tuple[int, int]:
        """The first and the last state of a phone that leads to this shared state."""
        key = (name, state)
        if key not in self._entries:
            phone = self._phones[name]
            first = last = self._new_state(phone, 0)
            for at in range(1, len(phone.transitions)):
                last, before = self._new_state(phone, at), last
                self._arcs.append(Arc(before, last, phone.transitions[at][1], 0, _STEP))
            if state < 0:
                self._arcs.append(Arc(last, HUB, 0, 0, 0.0))
            self._entries[key] = (first, last)
        return self._entries[key]

    def _new_state(self, phone: Phone, at: int) -> int:
        """A state in which one of the phone's states goes on sounding."""
        state = self._following
        self._following += 1
        self._arcs.append(Arc(state, state, phone.transitions[at][0], 0, _STEP))
        return state

    def _loop_at_hub(self, phone: Phone, share: float) -> None:
        state = self._new_state(phone, 0)
        self._arcs.append(Arc(HUB, state, phone.transitions[0][1], 0, _STEP - math.log(share)))
        self._arcs.append(Arc(state, HUB, 0, 0, 0.0))
