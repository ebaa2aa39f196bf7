"""The acoustic file, read back to the last byte by a small reader that knows the format only."""

import struct

import numpy as np
import pytest

from asr.training.acoustic_file import Weights, acoustic_file
from asr.training.augmentation import like_a_call, no_speech
from asr.training.phones import phones_of_outputs
from asr.training.sound import FULL_SCALE, SAMPLE_RATE, a_law, mu_law, resample

OUTPUTS = {"SIL": (0,), "NSN": (1,), "m": (2,), "a1": (3, 4)}
COEFFICIENTS, HIDDEN, NARROW = 3, 5, 2
FIRST = (-1, 0, 1)
LATER = ((-3, 0, 3), (-6, 0, 3))


class Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def raw(self, count: int) -> bytes:
        piece = self.content[self.at : self.at + count]
        assert len(piece) == count
        self.at += count
        return piece

    def unpack(self, form: str):
        return struct.unpack(form, self.raw(struct.calcsize(form)))

    def word(self) -> str:
        end = self.content.index(b" ", self.at)
        return self.raw(end - self.at + 1)[:-1].decode()

    def expect(self, *words: str) -> None:
        for word in words:
            assert self.word() == word

    def number(self, size: int, form: str):
        assert self.raw(1) == bytes([size])
        return self.unpack(form)[0]

    def integer(self) -> int:
        return self.number(4, "<i")

    def integers(self) -> list[int]:
        assert self.raw(1) == b"\4"
        (count,) = self.unpack("<i")
        return list(self.unpack(f"<{count}i"))

    def vector(self) -> np.ndarray:
        self.expect("FV")
        return np.array(self.unpack(f"<{self.integer()}f"))

    def matrix(self) -> np.ndarray:
        self.expect("CM2")
        least, span, rows, columns = self.unpack("<ffii")
        steps = np.frombuffer(self.raw(rows * columns * 2), "<u2").reshape(rows, columns)
        return least + span * steps / 65_535

    def config(self) -> list[str]:
        assert self.raw(1) == b"\n"
        end = self.content.index(b"\n\n", self.at)
        return self.raw(end - self.at + 2).decode().split("\n")[:-2]

    def component(self):
        self.expect("<ComponentName>")
        name, kind = self.word(), self.word().strip("<>")
        if kind == "AffineComponent":
            self.expect("<LearningRate>")
            self.number(4, "<f")
            self.expect("<LinearParams>")
            weights = self.matrix()
            self.expect("<BiasParams>")
            made = (weights, self.vector())
        elif kind == "LinearComponent":
            self.expect("<LearningRate>")
            self.number(4, "<f")
            self.expect("<Params>")
            made = (self.matrix(), 0.0)
            self.expect("<UseNaturalGradient>")
            assert self.raw(1) == b"T"
            for field, size, form in (("<RankInOut>", 4, "<i"), (None, 4, "<i"), ("<Alpha>", 4, "<f"),
                                      ("<NumSamplesHistory>", 4, "<f"), ("<UpdatePeriod>", 4, "<i")):  # fmt: skip
                if field:
                    self.expect(field)
                self.number(size, form)
        else:
            self.expect("<Dim>")
            made = self.integer()
            for field in ("<ValueAvg>", "<DerivAvg>"):
                self.expect(field)
                assert len(self.vector()) == 0
            for field in ("<Count>", "<NumDimsSelfRepaired>", "<NumDimsProcessed>"):
                self.expect(field)
                assert self.number(8, "<d") == 0
        self.expect(f"</{kind}>")
        return name, (kind, made)


def random_weights() -> Weights:
    chance = np.random.default_rng(4)
    shapes = {
        "mean": (COEFFICIENTS,), "scale": (COEFFICIENTS,),
        "first.weight": (HIDDEN, len(FIRST) * COEFFICIENTS), "first.bias": (HIDDEN,),
        "last_squeeze.weight": (NARROW, HIDDEN), "last.weight": (5, NARROW), "last.bias": (5,),
    }  # fmt: skip
    norms = ["first_norm"]
    for at in range(len(LATER)):
        shapes[f"squeeze.{at}.weight"] = (NARROW, 3 * HIDDEN)
        shapes[f"widen.{at}.weight"] = (HIDDEN, NARROW)
        shapes[f"widen.{at}.bias"] = (HIDDEN,)
        norms.append(f"norms.{at}")
    for norm in norms:
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{norm}.{part}"] = (HIDDEN,)
    values = {name: chance.uniform(0.2, 1.5, shape) for name, shape in shapes.items()}
    return Weights(
        values=values, coefficients=COEFFICIENTS, first_layer=FIRST, later_layers=LATER,
        counts=np.array([100, 0, 50, 10, 40]),
    )  # fmt: skip


def as_torch_computes(weights: Weights, frames: np.ndarray) -> np.ndarray:
    """The last output frame, with normalisations where training has them."""
    value = weights.values

    def norm(name, rows):
        centred = (rows - value[f"{name}.running_mean"]) / np.sqrt(
            value[f"{name}.running_var"] + 1e-5
        )
        return centred * value[f"{name}.weight"] + value[f"{name}.bias"]

    seen = (frames - value["mean"]) * value["scale"]
    known = {
        at: np.concatenate([seen[at + offset] for offset in FIRST])
        for at in range(1, len(seen) - 1)
    }
    known = {
        at: norm("first_norm", np.maximum(value["first.weight"] @ row + value["first.bias"], 0))
        for at, row in known.items()
    }
    for layer, offsets in enumerate(LATER):
        known = {
            at: norm(f"norms.{layer}", np.maximum(
                value[f"widen.{layer}.weight"] @ (value[f"squeeze.{layer}.weight"]
                @ np.concatenate([known[at + offset] for offset in offsets]))
                + value[f"widen.{layer}.bias"], 0))
            for at in known if all(at + offset in known for offset in offsets)
        }  # fmt: skip
    (row,) = known.values()
    out = value["last.weight"] @ (value["last_squeeze.weight"] @ row) + value["last.bias"]
    return out - np.log(np.exp(out).sum())


def as_kaldi_computes(lines: list[str], components: dict, frames: np.ndarray) -> np.ndarray:
    """By the config lines alone."""
    known = {"input": dict(enumerate(frames))}
    for line in lines[1:-1]:
        fields = dict(field.split("=", 1) for field in line.split(" ", 3)[1:])
        text = fields["input"].removeprefix("Append(").removesuffix(")")
        sources = []
        for part in text.replace("Offset(", "").replace("),", ",").rstrip(")").split(", "):
            if part.lstrip("-").isdigit():
                sources[-1] = (sources[-1][0], int(part))
            else:
                sources.append((part, 0))
        kind, made = components[fields["component"]]
        rows = {}
        for at in range(len(frames)):
            if not all(at + offset in known[name] for name, offset in sources):
                continue
            row = np.concatenate([known[name][at + offset] for name, offset in sources])
            if kind == "RectifiedLinearComponent":
                row = np.maximum(row, 0)
            elif kind == "LogSoftmaxComponent":
                row = row - np.log(np.exp(row).sum())
            else:
                row = made[0] @ row + made[1]
            rows[at] = row
        known[fields["name"]] = rows
    (row,) = known[lines[-1].split("input=")[1].split(" ")[0]].values()
    return row


def test_the_acoustic_file_holds_the_phones_and_computes_what_was_trained():
    phones, weights = phones_of_outputs(OUTPUTS), random_weights()
    reader = Reader(acoustic_file(phones, weights))
    assert reader.raw(2) == b"\0B"
    reader.expect("<TransitionModel>", "<Topology>")
    assert reader.integers() == list(range(1, 9))
    assert reader.integers() == [-1, 0, 0, 0, 0, 1, 1, 1, 1]
    assert reader.integer() == 2
    for states in (1, 2):
        assert reader.integer() == states + 1
        for state in range(states):
            assert [reader.integer(), reader.integer()] == [state, 2]
            for target in (state, state + 1):
                assert reader.integer() == target
                assert reader.number(4, "<f") == 0.5
        assert [reader.integer(), reader.integer()] == [-1, 0]
    reader.expect("</Topology>", "<Triples>")
    triples = [tuple(reader.integer() for _ in range(3)) for _ in range(reader.integer())]
    assert triples == sorted(triples)
    assert triples[:6] == [(1, 0, 0), (2, 0, 1), (3, 0, 2), (4, 0, 2), (5, 0, 3), (5, 1, 4)]
    reader.expect("</Triples>", "<LogProbs>")
    chances = reader.vector()
    assert len(chances) == 1 + 2 * len(triples)
    assert np.exp(chances[1:]) == pytest.approx(0.5)
    reader.expect("</LogProbs>", "</TransitionModel>", "<Nnet3>")
    lines = reader.config()
    assert lines[0] == "input-node name=input dim=3"
    reader.expect("<NumComponents>")
    components = dict(reader.component() for _ in range(reader.integer()))
    reader.expect("</Nnet3>", "<LeftContext>")
    left = reader.integer()
    reader.expect("<RightContext>")
    right = reader.integer()
    assert (left, right) == (10, 7)
    reader.expect("<Priors>")
    priors = reader.vector()
    assert priors.sum() == pytest.approx(1)
    assert priors[1] > 0
    assert reader.at == len(reader.content)
    frames = np.random.default_rng(9).uniform(-1, 1, (left + 1 + right, COEFFICIENTS))
    computed = as_kaldi_computes(lines, components, frames)
    assert computed == pytest.approx(as_torch_computes(weights, frames), abs=0.02)


@pytest.mark.parametrize("codec", [a_law, mu_law])
def test_a_telephone_codec_changes_a_sound_by_a_few_parts_in_a_hundred(codec):
    sound = np.linspace(-FULL_SCALE, FULL_SCALE - 1, 4001)
    coded = codec(sound)
    loud = np.abs(sound) > 1000
    assert np.abs(coded - sound)[loud].max() < 0.04 * FULL_SCALE
    assert (np.abs(coded - sound)[loud] / np.abs(sound)[loud]).max() < 0.08
    assert len(np.unique(np.round(coded, 6))) <= 257
    assert np.all(np.diff(coded) >= 0)


def test_resampling_keeps_a_tone_and_drops_what_a_telephone_cannot_carry():
    seconds = np.arange(22_050) / 22_050
    low, high = (np.sin(2 * np.pi * hertz * seconds) for hertz in (440, 6_000))
    narrow = resample(low + high, 22_050)
    assert len(narrow) == SAMPLE_RATE
    wanted = np.sin(2 * np.pi * 440 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    assert np.abs(narrow - wanted)[200:-200].max() < 0.01


def test_the_same_chance_gives_the_same_noise_and_nothing_is_out_of_range():
    speech = np.sin(np.arange(8_000) / 5) * 8_000
    for seed in range(40):
        one, two = (like_a_call(speech, [speech], np.random.default_rng(seed)) for _ in "ab")
        assert np.array_equal(one, two)
        assert len(one) == len(speech)
        quiet, silent = no_speech(0.6, np.random.default_rng(seed))
        assert np.abs(np.concatenate([one, quiet])).max() <= FULL_SCALE
        assert not silent or np.abs(quiet).mean() < 200
