"""Teaches the network, on the processor alone. 训练

Plain cross-entropy against the labels that the voices gave; AdamW, one cycle of learning rates.
Where the processor has matrix units for bfloat16 (AMX), the multiplications use them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from asr.training.network import LEFT_CONTEXT, RIGHT_CONTEXT, Network, Shape
from asr.training.phones import FRAMES_PER_OUTPUT, output_count

_PIECE = 150
"""Outputs in one training piece: four and a half seconds."""
_BATCH = 32
_HELD_BACK = 300
_TOP_RATE = 4e-3
_LOUDNESS_SPREAD = 6.0
"""The first coefficient is loudness: it is shifted at random, so that a quiet line is no surprise."""
_EVERY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """The network and how often each output was right in the data. 训练结果"""

    network: Network
    counts: NDArray[np.int64]
    right_share: float


def train(
    folder: Path,
    shape: Shape,
    epochs: int,
    seed: int,
    threads: int,
    say: Callable[[str], None],
) -> Trained:
    """From `features-*.npy` and `labels-*.npy` in the folder."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    frames = np.concatenate([np.load(path) for path in sorted(folder.glob("features-*.npy"))])
    answers = np.concatenate([np.load(path) for path in sorted(folder.glob("labels-*.npy"))])
    network = Network(shape, output_count())
    some = frames[::37].astype(np.float32)
    network.mean.copy_(torch.from_numpy(some.mean(0)))
    network.scale.copy_(torch.from_numpy(1 / (some.std(0) + 1e-3)))
    pieces = _Pieces(frames, answers, seed)
    say(f"{len(answers) * 0.03 / 3600:.1f} h of speech, {_parameters(network)} parameters")
    steps = epochs * (len(pieces.teaching) // _BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), _TOP_RATE, weight_decay=1e-3)
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _TOP_RATE, total_steps=steps, pct_start=0.15
    )
    right = 0.0
    for epoch in range(epochs):
        network.train()
        lost: list[float] = []
        for number, (seen, wanted) in enumerate(pieces.batches()):
            loss = _loss(network, seen, wanted)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimiser.step()
            rates.step()
            lost.append(loss.detach().item())
            if number % _EVERY == _EVERY - 1:
                say(f"epoch {epoch + 1}, step {number + 1}: loss {np.mean(lost[-_EVERY:]):.3f}")
        right = _right_share(network, pieces)
        say(f"epoch {epoch + 1}: loss {np.mean(lost):.3f}, {right:.2%} of held-back frames right")
    counts = np.bincount(answers, minlength=output_count())
    return Trained(network=network, counts=counts, right_share=right)


class _Pieces:
    """Cuts the long row of frames into pieces with the context that the network needs."""

    def __init__(self, frames: NDArray[Any], answers: NDArray[Any], seed: int) -> None:
        self._frames, self._answers = frames, answers
        self._chance = np.random.default_rng(seed)
        self._first = LEFT_CONTEXT // FRAMES_PER_OUTPUT + 1
        self._last = len(answers) - _PIECE - RIGHT_CONTEXT // FRAMES_PER_OUTPUT - 2
        starts = np.arange(self._first, self._last, _PIECE)
        held_back = min(_HELD_BACK, len(starts) // 10)
        self.teaching, self.held_back = starts[:-held_back], starts[-held_back:]

    def batches(self) -> Any:
        """All teaching pieces in a new order, cut at other places each time."""
        shift = self._chance.integers(-_PIECE // 2, _PIECE // 2)
        order = self._chance.permutation(self.teaching)
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            chosen = np.clip(order[start : start + _BATCH] + shift, self._first, self._last)
            seen, wanted = self.cut(chosen)
            seen[:, :, 0] += torch.randn(len(seen), 1) * _LOUDNESS_SPREAD
            yield seen, wanted

    def cut(self, starts: NDArray[Any]) -> tuple[Any, Any]:
        """Frames with context, and the answers."""
        step = FRAMES_PER_OUTPUT
        seen = np.stack(
            [
                self._frames[
                    step * at - LEFT_CONTEXT : step * (at + _PIECE - 1) + 1 + RIGHT_CONTEXT
                ]
                for at in starts
            ]
        )
        wanted = np.stack([self._answers[at : at + _PIECE] for at in starts])
        return (
            torch.from_numpy(seen.astype(np.float32)),
            torch.from_numpy(wanted.astype(np.int64)),
        )


def _answers(network: Network, seen: Any) -> Any:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return network(seen)


def _loss(network: Network, seen: Any, wanted: Any) -> Any:
    answers = _answers(network, seen).float()
    return nn.functional.cross_entropy(answers.flatten(0, 1), wanted.flatten())


def _right_share(network: Network, pieces: _Pieces) -> float:
    network.eval()
    right = total = 0
    with torch.no_grad():
        for start in range(0, len(pieces.held_back), _BATCH):
            seen, wanted = pieces.cut(pieces.held_back[start : start + _BATCH])
            answers = _answers(network, seen).argmax(-1)
            right += int((answers == wanted).sum())
            total += wanted.numel()
    return right / total


def _parameters(network: Network) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def save(trained: Trained, path: Path) -> None:
    """Everything that the model's file needs."""
    torch.save(
        {
            "weights": trained.network.state_dict(),
            "hidden": trained.network.shape.hidden,
            "narrow": trained.network.shape.narrow,
            "counts": torch.from_numpy(trained.counts),
            "right_share": trained.right_share,
        },
        path,
    )


def load(path: Path) -> Trained:
    """What `save` wrote."""
    kept = torch.load(path, weights_only=True)
    shape = Shape(hidden=kept["hidden"], narrow=kept["narrow"])
    network = Network(shape, output_count())
    network.load_state_dict(kept["weights"])
    return Trained(network=network, counts=kept["counts"].numpy(), right_share=kept["right_share"])
