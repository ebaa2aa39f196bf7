"""The shapes that a call can take on the floor, each told through the service's own commands. 话务剧本

Every story is played in a lane of its own (lane.py) and ends with nobody on the telephone; what must be
true of every call afterwards stands in test_shapes.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.live import shapes_out, shapes_supervised, shapes_talk, shapes_three, shapes_transfer
from tests.live.lane import Lane

Story = Callable[[Lane], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One scripted call."""

    name: str
    story: Story


def _of(module: object) -> list[Shape]:
    """Each public coroutine of that module, by its name."""
    return [
        Shape(name=name, story=story)
        for name, story in vars(module).items()
        if getattr(story, "__module__", "") == getattr(module, "__name__", None)
        and not name.startswith("_")
        and callable(story)
    ]


SHAPES = tuple(
    shape
    for module in (shapes_talk, shapes_transfer, shapes_three, shapes_supervised, shapes_out)
    for shape in _of(module)
)
