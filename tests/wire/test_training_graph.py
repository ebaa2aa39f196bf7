"""A word graph made here is one that Vosk decodes with."""

import json
import shutil

import pytest
import vosk

from asr.training.arcs import (
    GraphNotBuilt,
    arcs_text,
    compile_grammar,
    compile_lookahead,
    tools_there,
)
from asr.training.grammar import Mixture, grammar_graph
from asr.training.graph import HUB, word_graph, word_numbers
from asr.training.lexicon import build_lexicon
from asr.training.phones import output_map, phones_of_outputs
from hotline.places import ROOT
from hotline.sounds.voice import speak

SENTENCES = [["我家", "楼下", "的", "路灯", "坏了"], ["路灯", "坏了"], ["我", "要", "投诉"]]
SILENCE = bytes(8000)

pytestmark = pytest.mark.skipif(not tools_there(), reason="libfst-tools is for building models")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    for part in ("am", "conf", "graph/phones"):
        shutil.copytree(ROOT / "asr" / "demo_model" / part, folder / part)
    lexicon = build_lexicon([word for row in SENTENCES for word in row], {}, None)
    phones = phones_of_outputs(output_map())
    numbers = word_numbers(lexicon.pronunciations())
    heard = word_graph(lexicon.pronunciations(), numbers, phones)
    graph = folder / "graph"
    renumbered = compile_lookahead(arcs_text(heard, [(HUB, 0.0)], HUB), graph / "HCLr.fst")
    numbers = {word: renumbered[number] for word, number in numbers.items()}
    rows = ["<eps> 0", *(f"{word} {number}" for word, number in numbers.items())]
    (graph / "words.txt").write_text("\n".join(rows) + "\n")
    arcs, finals, start = grammar_graph(SENTENCES, lexicon.general, numbers, Mixture())
    compile_grammar(arcs_text(arcs, finals, start), graph / "Gr.fst")
    (graph / "disambig_tid.int").touch()
    vosk.SetLogLevel(-1)
    return vosk.Model(model_path=str(folder))


def understood(model, sentence: str, *phrases: str) -> str:
    given = [json.dumps(phrases, ensure_ascii=False)] if phrases else []
    recogniser = vosk.KaldiRecognizer(model, 8000.0, *given)
    recogniser.AcceptWaveform(SILENCE + speak(sentence) + SILENCE)
    return json.loads(recogniser.FinalResult())["text"].replace(" ", "")


@pytest.mark.parametrize("sentence", ["我家楼下的路灯坏了", "路灯坏了", "我要投诉"])
def test_its_sentences_are_understood(model, sentence):
    assert understood(model, sentence) == sentence


def test_a_phrase_list_given_at_run_time_restricts_it(model):
    assert understood(model, "我要投诉", "路灯 坏了", "[unk]") != "我要投诉"
    assert understood(model, "路灯坏了", "路灯 坏了", "[unk]") == "路灯坏了"


def test_nonsense_is_refused_by_name(tmp_path):
    with pytest.raises(GraphNotBuilt, match=r"fstcompile|fstarcsort"):
        compile_grammar("this is no graph\n", tmp_path / "Gr.fst")
    assert not (tmp_path / "Gr.fst").exists()
