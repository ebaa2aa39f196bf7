"""am/final.mdl: which outputs make up a phone, and the network itself. 声学模型文件

Normalisations are folded into the linear parts next to them, so that only affine, linear, ReLU and
log-softmax components remain. The narrow parts are LinearComponents: Vosk multiplies neighbouring
affine components out when it loads a model, and would undo the factorisation.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asr.training.kaldi_files import KaldiFile
from asr.training.phones import STAY, Phones

Matrix = NDArray[np.float64]
_RATE = 0.001
_EVERY_OUTPUT_AT_LEAST = 50
"""Counts are raised by this much, so that a rare output has no absurd prior."""
_NORM_FLOOR = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The network's numbers by name, and where its layers look. 权重"""

    values: Mapping[str, Matrix]
    coefficients: int
    first_layer: Sequence[int]
    later_layers: Sequence[Sequence[int]]
    """In frames of 10 ms, as Kaldi counts."""
    counts: NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Affine:
    weights: Matrix
    bias: Matrix


@dataclass(frozen=True, slots=True)
class _Linear:
    weights: Matrix


@dataclass(frozen=True, slots=True)
class _Pointwise:
    kind: str
    size: int


_Component = _Affine | _Linear | _Pointwise


def acoustic_file(phones: Phones, weights: Weights) -> bytes:
    """The whole file."""
    file = KaldiFile()
    _write_transitions(file, phones)
    lines, components = _network(weights)
    file.token("<Nnet3>")
    file.text(lines)
    file.token("<NumComponents>")
    file.integer(len(components))
    for name, component in components:
        file.token("<ComponentName>")
        file.token(name)
        _write_component(file, component)
    file.token("</Nnet3>")
    layers = [weights.first_layer, *weights.later_layers]
    file.token("<LeftContext>")
    file.integer(-sum(layer[0] for layer in layers))
    file.token("<RightContext>")
    file.integer(sum(layer[-1] for layer in layers))
    raised = weights.counts.astype(np.float64) + _EVERY_OUTPUT_AT_LEAST
    file.token("<Priors>")
    file.vector(raised / raised.sum())
    return file.content()


def _write_transitions(file: KaldiFile, phones: Phones) -> None:
    numbers = [phone.number for phone in phones.all]
    file.token("<TransitionModel>")
    file.token("<Topology>")
    file.integers(numbers)
    file.integers([-1, *(len(phone.outputs) - 1 for phone in phones.all)])
    file.integer(2)
    for states in (1, 2):
        file.integer(states + 1)
        for state in range(states):
            file.integer(state)
            file.integer(2)
            for target, probability in ((state, STAY), (state + 1, 1 - STAY)):
                file.integer(target)
                file.number(probability)
        file.integer(-1)
        file.integer(0)
    file.token("</Topology>")
    states_of_all = [
        (phone.number, state, output)
        for phone in phones.all
        for state, output in enumerate(phone.outputs)
    ]
    file.token("<Triples>")
    file.integer(len(states_of_all))
    for triple in states_of_all:
        for value in triple:
            file.integer(value)
    file.token("</Triples>")
    file.token("<LogProbs>")
    file.vector([0.0] + [math.log(STAY)] * (2 * len(states_of_all)))
    file.token("</LogProbs>")
    file.token("</TransitionModel>")


def _network(weights: Weights) -> tuple[list[str], list[tuple[str, _Component]]]:
    value = weights.values
    lines = [f"input-node name=input dim={weights.coefficients}"]
    components: list[tuple[str, _Component]] = []

    def add(name: str, component: _Component, seen: str) -> str:
        components.append((name, component))
        lines.append(f"component-node name={name} component={name} input={seen}")
        return name

    hidden = len(value["first.bias"])
    spread = np.tile(value["scale"], len(weights.first_layer))
    centre = np.tile(value["mean"] * value["scale"], len(weights.first_layer))
    first = value["first.weight"]
    known = add(
        "t0.affine",
        _Affine(first * spread, value["first.bias"] - first @ centre),
        _around("input", weights.first_layer),
    )
    known = add("t0.relu", _Pointwise("RectifiedLinear", hidden), known)
    scale, shift = _norm(value, "first_norm")
    for at, offsets in enumerate(weights.later_layers):
        squeeze, widen = value[f"squeeze.{at}.weight"], value[f"widen.{at}.weight"]
        bias = value[f"widen.{at}.bias"] + widen @ (squeeze @ np.tile(shift, len(offsets)))
        name = f"t{at + 1}"
        squeezed = _Linear(squeeze * np.tile(scale, len(offsets)))
        known = add(f"{name}.linear", squeezed, _around(known, offsets))
        known = add(f"{name}.affine", _Affine(widen, bias), known)
        known = add(f"{name}.relu", _Pointwise("RectifiedLinear", hidden), known)
        scale, shift = _norm(value, f"norms.{at}")
    squeeze, widen = value["last_squeeze.weight"], value["last.weight"]
    known = add("pre.linear", _Linear(squeeze * scale), known)
    bias = value["last.bias"] + widen @ (squeeze @ shift)
    known = add("out.affine", _Affine(widen, bias), known)
    known = add("out.logsoftmax", _Pointwise("LogSoftmax", len(bias)), known)
    lines.append(f"output-node name=output input={known} objective=linear")
    return lines, components


def _norm(value: Mapping[str, Matrix], name: str) -> tuple[Matrix, Matrix]:
    """What a batch normalisation multiplies by and adds."""
    scale = value[f"{name}.weight"] / np.sqrt(value[f"{name}.running_var"] + _NORM_FLOOR)
    return scale, value[f"{name}.bias"] - scale * value[f"{name}.running_mean"]


def _around(node: str, offsets: Sequence[int]) -> str:
    parts = (node if offset == 0 else f"Offset({node}, {offset})" for offset in offsets)
    return f"Append({', '.join(parts)})"


def _write_component(file: KaldiFile, component: _Component) -> None:
    if isinstance(component, _Affine):
        file.token("<AffineComponent>")
        file.token("<LearningRate>")
        file.number(_RATE)
        file.token("<LinearParams>")
        file.matrix(component.weights)
        file.token("<BiasParams>")
        file.vector(component.bias)
        file.token("</AffineComponent>")
    elif isinstance(component, _Linear):
        file.token("<LinearComponent>")
        file.token("<LearningRate>")
        file.number(_RATE)
        file.token("<Params>")
        file.matrix(component.weights)
        # The rest matters to Kaldi's own training only, but must be there.
        file.token("<UseNaturalGradient>")
        file.truth(True)
        file.token("<RankInOut>")
        file.integer(20)
        file.integer(80)
        file.token("<Alpha>")
        file.number(4.0)
        file.token("<NumSamplesHistory>")
        file.number(2000.0)
        file.token("<UpdatePeriod>")
        file.integer(4)
        file.token("</LinearComponent>")
    else:
        name = f"{component.kind}Component"
        file.token(f"<{name}>")
        file.token("<Dim>")
        file.integer(component.size)
        for statistic in ("<ValueAvg>", "<DerivAvg>"):
            file.token(statistic)
            file.vector([])
        for statistic in ("<Count>", "<NumDimsSelfRepaired>", "<NumDimsProcessed>"):
            file.token(statistic)
            file.long_number(0.0)
        file.token(f"</{name}>")
