"""The shape of the acoustic network. 声学网络

A factored time-delay network: a first layer that looks at five neighbouring frames of 10 ms and
answers every 30 ms, then layers that each look at three places further apart, with a narrow linear
part between them. Only what has a plain counterpart among Kaldi's components is used.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from asr.training.features import COEFFICIENTS
from asr.training.phones import FRAMES_PER_OUTPUT

FIRST_LAYER = (-2, -1, 0, 1, 2)
"""In frames of 10 ms."""
LATER_LAYERS = ((-1, 0, 1), (-1, 0, 1), (-2, 0, 1), (-2, 0, 1))
"""In steps of 30 ms: more past than future, so that words come soon."""
LEFT_CONTEXT = -FIRST_LAYER[0] - FRAMES_PER_OUTPUT * sum(layer[0] for layer in LATER_LAYERS)
RIGHT_CONTEXT = FIRST_LAYER[-1] + FRAMES_PER_OUTPUT * sum(layer[-1] for layer in LATER_LAYERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large the network is. 规模"""

    hidden: int = 448
    narrow: int = 128


class Network(nn.Module):
    """The network in PyTorch; `mean` and `scale` normalise the features. 网络"""

    def __init__(self, shape: Shape, outputs: int) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(COEFFICIENTS))
        self.register_buffer("scale", torch.ones(COEFFICIENTS))
        hidden, narrow = shape.hidden, shape.narrow
        self.first = nn.Linear(COEFFICIENTS * len(FIRST_LAYER), hidden)
        self.first_norm = nn.BatchNorm1d(hidden)
        self.squeeze = nn.ModuleList(
            nn.Linear(len(layer) * hidden, narrow, bias=False) for layer in LATER_LAYERS
        )
        self.widen = nn.ModuleList(nn.Linear(narrow, hidden) for _ in LATER_LAYERS)
        self.norms = nn.ModuleList(nn.BatchNorm1d(hidden) for _ in LATER_LAYERS)
        self.last_squeeze = nn.Linear(hidden, narrow, bias=False)
        self.last = nn.Linear(narrow, outputs)

    def forward(self, frames: Any) -> Any:
        """Frames (batch, time, coefficients) with their context to outputs (batch, time / 3, ...)."""
        seen = (frames - self.mean) * self.scale
        count = (seen.shape[1] - len(FIRST_LAYER)) // FRAMES_PER_OUTPUT + 1
        last = FRAMES_PER_OUTPUT * (count - 1) + 1
        spliced = torch.cat(
            [
                seen[:, offset - FIRST_LAYER[0] :][:, :last:FRAMES_PER_OUTPUT]
                for offset in FIRST_LAYER
            ],
            dim=2,
        )
        known = _normed(self.first_norm, torch.relu(self.first(spliced)))
        for offsets, squeeze, widen, norm in zip(
            LATER_LAYERS, self.squeeze, self.widen, self.norms, strict=True
        ):
            around = _looking_around(squeeze.weight, known, offsets)
            known = _normed(norm, torch.relu(widen(around)))
        return self.last(self.last_squeeze(known))


def _looking_around(weights: Any, known: Any, offsets: tuple[int, ...]) -> Any:
    """The linear part over several places at once. Multiplying first and shifting the narrow
    results is the same as copying the wide rows side by side, and a third faster."""
    narrow, width = weights.shape[0], known.shape[2]
    each = weights.view(narrow, len(offsets), width).transpose(0, 1)
    seen = nn.functional.linear(known, each.reshape(-1, width)).split(narrow, dim=2)
    length = known.shape[1] - (offsets[-1] - offsets[0])
    return sum(
        part[:, offset - offsets[0] :][:, :length]
        for part, offset in zip(seen, offsets, strict=True)
    )


def _normed(norm: Any, known: Any) -> Any:
    return norm(known.flatten(0, 1)).view(known.shape)
