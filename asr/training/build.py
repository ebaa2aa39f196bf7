"""All steps from word lists to a model's folder; what is there and still true is not made again. 构建

    vocabulary/, templates/ ─► lexicon ─► speech ─► network ─► am/final.mdl ─┐
                      └──────► words and sentences ─► graph/ ────────────────┴─► model/

Each step leaves its product and, last, a note of what it was made from: a step that was broken off,
or whose sources or inputs have changed since, is done again, and so is everything after it.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asr.training import arcs, grammar, graph
from asr.training.lexicon import build_lexicon, save_lexicon
from asr.training.phones import FRAMES_PER_OUTPUT, Phones, output_map, phones_of_outputs
from asr.training.texts import FOLDER, Material, clauses, read_material, sentences, unknown_places
from asr.training.words import divide, general_frequencies, teach_words

SEED = 20250101
SENTENCES_SPOKEN = 9_000
RANDOM_ROWS_SPOKEN = 13_000
SENTENCES_READ = 60_000
CLAUSES_READ = 30_000
EPOCHS = 3
_WHOLE_SENTENCES_COUNT = 20
"""Everyday and prescribed sentences come so often in the language model's text."""
_TERMS_COUNT = 3
_NAMED_LISTS = ("roads", "communities", "districts", "departments", "sites", "surnames")
"""Their entries are words, however long they are."""
_SIZE_LIMIT_BYTES = 8_000_000

_TEXT_SOURCES = ("texts.py", "words.py", "lexicon.py", "syllables.py", "voices.py")
_SPEECH_SOURCES = (
    *_TEXT_SOURCES,
    "speech.py",
    "augmentation.py",
    "sound.py",
    "features.py",
    "phones.py",
)
_NETWORK_SOURCES = ("network.py", "training.py", "phones.py")

Say = Callable[[str], None]

MODEL_CONF = """\
--min-active=200
--max-active=3000
--beam=11.0
--lattice-beam=4.0
--acoustic-scale=0.4
--frame-subsampling-factor=3
--frames-per-chunk=12
--endpoint.silence-phones=1:2
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.8
--endpoint.rule4.min-trailing-silence=1.0
"""
"""Vosk knows these options only; the phones of silence and noise are 1 and 2."""


class TrainingMaterialWrong(Exception):
    """A template names a word list that is not there. 训练素材有误"""

    code = "training-material-wrong"


class AcousticModelForeign(Exception):
    """The acoustic model was made for other phones; build it anew as well. 声学模型不匹配"""

    code = "acoustic-model-foreign"


class ModelTooLarge(Exception):
    """The model is larger than what the project ships. 模型过大"""

    code = "model-too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What the product itself says and names; for the language model only. 产品自带文本"""

    sentences: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class Build:
    """One folder in which a model is made. 构建过程"""

    def __init__(self, folder: Path, extra: Extra, processes: int, say: Say) -> None:
        self._folder, self._extra, self._processes, self._say = folder, extra, processes, say
        self._material = read_material()
        if unknown := unknown_places(self._material):
            raise TrainingMaterialWrong(", ".join(sorted(unknown)))
        self._phones = phones_of_outputs(output_map())

    @property
    def model(self) -> Path:
        """Where the model will lie."""
        return self._folder / "model"

    def everything(self) -> None:
        """From nothing to a model. Raises GraphToolsMissing, GraphNotBuilt, ModelTooLarge."""
        teach_words(own_words(self._material, Extra()))
        texts = _fingerprint(_TEXT_SOURCES, SENTENCES_SPOKEN, SEED, _material_files())
        self._step("lexicon", texts, self._make_lexicon)
        speech = _fingerprint(_SPEECH_SOURCES, texts, RANDOM_ROWS_SPOKEN)
        self._step("speech", speech, self._make_speech)
        network = _fingerprint(_NETWORK_SOURCES, speech, EPOCHS)
        self._step("network", network, self._make_network)
        self._step("acoustic", _fingerprint(("acoustic_file.py",), network), self._make_acoustic)
        self.language_model()

    def language_model(self, acoustic_of: Path | None = None) -> None:
        """The graph and what else belongs to a model; with the acoustic part of another model if
        one is given. Raises AcousticModelForeign, GraphToolsMissing, GraphNotBuilt, ModelTooLarge.
        """
        if acoustic_of is not None:
            self._take_acoustic(acoustic_of)
        write_graph(self.model / "graph", self._material, self._extra, self._phones)
        write_options(self.model)
        size = sum(path.stat().st_size for path in self.model.rglob("*") if path.is_file())
        if size > _SIZE_LIMIT_BYTES:
            raise ModelTooLarge(f"{size} bytes: {ModelTooLarge.__doc__}")
        self._say(f"model of {size / 1e6:.1f} MB in {self.model}")

    def training_sentences(self) -> tuple[str, ...]:
        """What was spoken to the network."""
        return sentences(self._material, SENTENCES_SPOKEN, SEED)

    def _make_lexicon(self) -> None:
        from asr.training.speech import Narrator

        spoken = self.training_sentences()
        words = [word for sentence in spoken for word in divide(sentence)]
        known = (*words, *self._material.standards)
        lexicon = build_lexicon(known, general_frequencies(), Narrator().reader)
        save_lexicon(lexicon, self._folder / "lexicon.json")

    def _make_speech(self) -> None:
        from asr.training.speech import make_speech

        make_speech(
            self._folder / "lexicon.json",
            self.training_sentences(),
            RANDOM_ROWS_SPOKEN,
            self._folder / "speech",
            SEED,
            self._processes,
        )

    def _make_network(self) -> None:
        from asr.training import training
        from asr.training.network import Shape

        trained = training.train(
            self._folder / "speech", Shape(), EPOCHS, SEED, self._processes, self._say
        )
        training.save(trained, self._folder / "network.pt")

    def _make_acoustic(self) -> None:
        from asr.training import network, training
        from asr.training.acoustic_file import Weights, acoustic_file

        trained = training.load(self._folder / "network.pt")
        values = trained.network.state_dict()
        weights = Weights(
            values={name: value.double().numpy() for name, value in values.items()},
            coefficients=len(values["mean"]),
            first_layer=network.FIRST_LAYER,
            later_layers=[
                [FRAMES_PER_OUTPUT * offset for offset in layer] for layer in network.LATER_LAYERS
            ],
            counts=trained.counts,
        )
        _write(self.model / "am" / "final.mdl", acoustic_file(self._phones, weights))

    def _take_acoustic(self, other: Path) -> None:
        boundaries = other / "graph" / "phones" / "word_boundary.int"
        if boundaries.read_text(encoding="ascii") != self._phones.word_boundaries():
            raise AcousticModelForeign(f"{other}: {AcousticModelForeign.__doc__}")
        if other != self.model:
            _write(self.model / "am" / "final.mdl", (other / "am" / "final.mdl").read_bytes())

    def _step(self, name: str, made_from: str, make: Callable[[], None]) -> None:
        note = self._folder / f"{name}.made-from"
        if note.exists() and note.read_text(encoding="ascii") == made_from:
            self._say(f"{name}: as it is")
            return
        self._say(f"{name}: being made")
        self._folder.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        make()
        note.write_text(made_from, encoding="ascii")


def write_graph(
    folder: Path,
    material: Material,
    extra: Extra,
    phones: Phones,
    mixture: grammar.Mixture | None = None,
) -> None:
    """HCLr.fst, Gr.fst, words.txt and the phones. Raises GraphToolsMissing, GraphNotBuilt."""
    from asr.training.speech import Narrator

    teach_words(own_words(material, extra))
    rows = reading_matter(material, extra)
    words = dict.fromkeys(word for row in rows for word in row)
    lexicon = build_lexicon(words, general_frequencies(), Narrator().reader)
    pronunciations = lexicon.pronunciations()
    numbers = graph.word_numbers(pronunciations)
    heard = graph.word_graph(pronunciations, numbers, phones)
    folder.mkdir(parents=True, exist_ok=True)
    text = arcs.arcs_text(heard, [(graph.HUB, 0.0)], graph.HUB)
    renumbered = arcs.compile_lookahead(text, folder / "HCLr.fst")
    numbers = {word: renumbered[number] for word, number in numbers.items()}
    by_number = sorted(numbers.items(), key=lambda one: one[1])
    lines = ["<eps> 0", *(f"{word} {number}" for word, number in by_number)]
    (folder / "words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    following, finals, start = grammar.grammar_graph(
        rows, lexicon.general, numbers, mixture or grammar.Mixture()
    )
    arcs.compile_grammar(arcs.arcs_text(following, finals, start), folder / "Gr.fst")
    _write(folder / "disambig_tid.int", b"")
    _write(folder / "phones" / "word_boundary.int", phones.word_boundaries().encode())


def own_words(material: Material, extra: Extra) -> list[str]:
    """Names and terms that must not be taken apart."""
    listed = [word for name in _NAMED_LISTS for word in material.words[name]]
    return [*listed, *material.standards, *extra.names]


def reading_matter(material: Material, extra: Extra) -> list[list[str]]:
    """The divided sentences that the language model counts."""
    made = [
        *sentences(material, SENTENCES_READ, SEED + 1),
        *clauses(material, CLAUSES_READ, SEED + 2),
    ]
    rows = [divide(sentence) for sentence in made]
    whole = [divide(sentence) for sentence in (*material.everyday, *extra.sentences)]
    terms = [[word] for word in (*material.standards, *extra.names)]
    return rows + whole * _WHOLE_SENTENCES_COUNT + terms * _TERMS_COUNT


def write_options(model: Path) -> None:
    """conf/."""
    from asr.training.features import MFCC_CONF

    _write(model / "conf" / "mfcc.conf", MFCC_CONF.encode())
    _write(model / "conf" / "model.conf", MODEL_CONF.encode())


def put_in_place(model: Path, target: Path) -> None:
    """Replace the files of another model's folder; its README stays."""
    for part in ("am", "conf", "graph"):
        fresh = target / f".{part}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(model / part, fresh)
        shutil.rmtree(target / part, ignore_errors=True)
        fresh.rename(target / part)


def load_extra(path: Path) -> Extra:
    """From a JSON file with `sentences` and `names`."""
    body = json.loads(path.read_text(encoding="utf-8"))
    return Extra(sentences=tuple(body["sentences"]), names=tuple(body["names"]))


def _fingerprint(sources: Sequence[str], *inputs: Any) -> str:
    """Of source files beside this one and of whatever else a product depends on."""
    found = hashlib.sha256()
    for source in sources:
        found.update((FOLDER / source).read_bytes())
    found.update(repr(inputs).encode())
    return found.hexdigest()


def _material_files() -> str:
    """Of everything that is spoken to the network."""
    found = hashlib.sha256()
    spoken = [FOLDER / "templates" / "citizen.txt", FOLDER / "templates" / "operator.txt"]
    for path in (*sorted((FOLDER / "vocabulary").glob("*.txt")), *spoken):
        found.update(path.read_bytes())
    return found.hexdigest()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
