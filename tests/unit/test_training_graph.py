"""The decoding graph and the grammar are what they claim to be."""

import itertools
import math
from collections import defaultdict

import pytest

from asr.training.arcs import arcs_text
from asr.training.grammar import END, Mixture, grammar_graph
from asr.training.graph import HUB, UNKNOWN, word_graph, word_numbers
from asr.training.phones import output_map, phones_of_outputs

WORDS = {
    "路": (("l", "u4"),),
    "鹿": (("l", "u4"),),
    "路灯": (("l", "u4", "d", "eng1"),),
    "等": (("d", "eng3"),),
    "登": (("d", "eng1"),),
    "额": (("e2",),),
    "便宜": (("p", "ian2", "i5"), ("b", "ian4", "i2")),
}
PHONES = phones_of_outputs(output_map())


@pytest.fixture(scope="module")
def numbers():
    return word_numbers(WORDS)


@pytest.fixture(scope="module")
def outgoing(numbers):
    found = defaultdict(list)
    for arc in word_graph(WORDS, numbers, PHONES):
        found[arc.source].append(arc)
    return found


def transitions(phones):
    """What the acoustic model tells for a word that is spoken quickly: no staying."""
    by_name = PHONES.by_name()
    for at, phone in enumerate(phones):
        place = "S" if len(phones) == 1 else "BE"[at > 0] if at in (0, len(phones) - 1) else "I"
        yield from (going for _, going in by_name[f"{phone}_{place}"].transitions)


def told(outgoing, labels):
    """Every row of words that the graph tells for these transitions, from hub to hub."""
    ways = {(HUB, ())}
    for label in labels:
        ways = {
            (arc.target, said + ((arc.said,) if arc.said else ()))
            for state, said in ways
            for arc in outgoing[state]
            if arc.heard == label
        }
    return {
        said
        for state, said in ways
        if any(a.target == HUB and not a.heard for a in outgoing[state])
    }


@pytest.mark.parametrize("word", WORDS)
def test_every_pronunciation_tells_its_word_and_its_homophones_once(word, outgoing, numbers):
    for phones in WORDS[word]:
        same = {other for other, said in WORDS.items() if phones in said}
        wanted = {(numbers[other],) for other in same}
        if len(phones) <= 2:
            wanted.add((numbers[UNKNOWN],))
        assert told(outgoing, transitions(phones)) == wanted


def test_half_a_word_is_no_word(outgoing):
    assert told(outgoing, list(transitions(WORDS["路灯"][0]))[:-2]) == set()


def test_a_sound_can_last_on_every_state_but_the_hub(outgoing):
    for state in {arc.target for arcs in outgoing.values() for arc in arcs} - {HUB}:
        loops = [arc for arc in outgoing[state] if arc.target == state]
        assert len(loops) == 1
        forward = {a.heard for arcs in outgoing.values() for a in arcs
                   if a.target == state and a.source != state}  # fmt: skip
        assert forward == {loops[0].heard + 1}, "staying belongs to the state just entered"


def test_a_words_label_stands_where_it_can_first_be_told(outgoing, numbers):
    first = next(transitions(WORDS["便宜"][0]))
    labels = {arc.said for arc in outgoing[HUB] if arc.heard == first}
    assert labels == {numbers["便宜"]}


def test_the_start_state_comes_first_in_the_text(numbers):
    arcs = word_graph(WORDS, numbers, PHONES)
    assert arcs_text(arcs, [(HUB, 0.0)], HUB).splitlines()[0].split()[0] == str(HUB)


SENTENCES = [
    ["路灯", "便宜"],
    ["路灯", "等"],
    ["路灯", "便宜", "登"],
    ["路灯", "便宜", "登"],
    ["鹿", "生词", "等"],
    ["额", "路"],
]
GENERAL = {word: 1 / len(WORDS) for word in WORDS}


def probabilities(arcs, finals, state, numbers):
    """Of every word and the end after this state, back-off included."""
    words = {number: word for word, number in numbers.items()}
    here = {words[a.heard]: math.exp(-a.cost) for a in arcs if a.source == state and a.heard}
    here |= dict.fromkeys([END] * (state in dict(finals)), math.exp(-dict(finals).get(state, 0)))
    for arc in arcs:
        if arc.source == state and not arc.heard:
            lower = probabilities(arcs, finals, arc.target, numbers)
            factor = math.exp(-arc.cost)
            here = {**{word: p * factor for word, p in lower.items()}, **here}
    return here


@pytest.mark.parametrize(
    ("mixture", "histories"),
    [
        (Mixture(least_trigrams=1, least_gain=0.0), 14),
        (Mixture(least_trigrams=1), 3),
        (Mixture(least_gain=99.0), 2),
    ],
)
def test_after_every_history_the_probabilities_are_one_in_all(numbers, mixture, histories):
    arcs, finals, start = grammar_graph(SENTENCES, GENERAL, numbers, mixture)
    states = {arc.source for arc in arcs}
    assert start in states
    assert len(states) == histories
    for state in states:
        after = probabilities(arcs, finals, state, numbers)
        assert set(after) == {*WORDS, END}
        assert sum(after.values()) == pytest.approx(1, abs=1e-6)


def test_what_was_read_is_likelier_than_what_was_not(numbers):
    arcs, finals, start = grammar_graph(SENTENCES, GENERAL, numbers, Mixture(least_gain=0.0))
    after = probabilities(arcs, finals, start, numbers)
    assert after["路灯"] > after["鹿"] > 0
    assert after["路灯"] > after["便宜"] > 0


def test_costs_and_labels_are_never_negative(numbers):
    arcs, finals, _ = grammar_graph(SENTENCES, GENERAL, numbers, Mixture(least_gain=0.0))
    heard = word_graph(WORDS, numbers, PHONES)
    assert all(arc.heard >= 0 and arc.said >= 0 for arc in itertools.chain(arcs, heard))
    assert all(cost >= 0 for _, cost in finals)
