"""Where the boxes of a drawing go: in layers from left to right. 流程图布局

An edge that passes over layers gets a bend in each of them, so that it goes between the boxes and
not through them. Within a layer everything is put near what it hangs together with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ivr.flow import Flow, NodeId
from ivr.flow_edges import EdgeKind, edges

BOX_WIDTH, BOX_HEIGHT = 190, 60
LAYER_GAP = 100
ROW_GAP = 22
BEND_HEIGHT = 18
PORT_HEIGHT = 14
"""Of a box for each line that leaves it, so that their labels have room."""
SWEEPS = 8
MARGIN = 24

Spot = tuple[NodeId, NodeId, int] | NodeId
"""A node, or the bend of the edge from … to … in a layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """All edges from one node to another, as one line. 连线"""

    source: NodeId
    target: NodeId
    labels: tuple[str, ...]
    backwards: bool
    waits: bool
    bends: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places of all boxes and bends of all lines. 布局"""

    boxes: Mapping[NodeId, tuple[float, float]]
    """The left upper corner of each. """
    tall: Mapping[NodeId, int]
    links: tuple[Link, ...]
    width: float
    height: float


def lay_out(flow: Flow) -> Layout:
    """The same flow always gets the same drawing."""
    order, back = _passed_first(flow)
    layers = _layers(flow, order, back)
    columns, chains = _columns(flow, order, layers, back)
    _put_near(columns, _neighbours(flow, chains, back))
    tall = {
        node_id: max(BOX_HEIGHT, PORT_HEIGHT * (1 + sum(1 for one in chains if one[0] == node_id)))
        for node_id in order
    }
    places = _places(columns, tall)
    links = tuple(
        Link(
            source=source,
            target=target,
            labels=labels,
            backwards=(source, target) in back,
            waits=waits,
            bends=tuple(places[bend] for bend in chains.get((source, target), ())),
        )
        for (source, target), (labels, waits) in _pairs(flow, order).items()
    )
    boxes = {spot: place for spot, place in places.items() if isinstance(spot, str)}
    bottom = max(y + tall[node_id] for node_id, (_, y) in boxes.items())
    backs = sum(1 for link in links if link.backwards)
    return Layout(
        boxes=boxes,
        tall=tall,
        links=links,
        width=len(columns) * (BOX_WIDTH + LAYER_GAP) - LAYER_GAP + 2 * MARGIN,
        height=bottom + MARGIN + 14 * backs,
    )


def _pairs(
    flow: Flow, order: Sequence[NodeId]
) -> dict[tuple[NodeId, NodeId], tuple[tuple[str, ...], bool]]:
    found: dict[tuple[NodeId, NodeId], tuple[tuple[str, ...], bool]] = {}
    for source in order:
        for edge in edges(flow.nodes[source]):
            labels, waits = found.get((source, edge.target), ((), True))
            label = (edge.label,) if edge.label and edge.label not in labels else ()
            waited = edge.kind is EdgeKind.WAITED
            found[(source, edge.target)] = ((*labels, *label), waits and waited)
    return found


def _passed_first(flow: Flow) -> tuple[list[NodeId], set[tuple[NodeId, NodeId]]]:
    """Nodes in the order in which a walk first comes to them, and the edges that lead back."""
    order: list[NodeId] = []
    back: set[tuple[NodeId, NodeId]] = set()
    open_: set[NodeId] = set()
    for start in (flow.entry, flow.person, *flow.nodes):
        if start in order or start not in flow.nodes:
            continue
        ahead: list[tuple[NodeId, bool]] = [(start, False)]
        while ahead:
            here, leaves = ahead.pop()
            if leaves:
                open_.discard(here)
                continue
            if here in order:
                continue
            order.append(here)
            open_.add(here)
            ahead.append((here, True))
            targets = [edge.target for edge in edges(flow.nodes[here])]
            back.update((here, target) for target in targets if target in open_)
            ahead += [(target, False) for target in reversed(targets) if target not in open_]
    return order, back


def _layers(
    flow: Flow, order: Sequence[NodeId], back: set[tuple[NodeId, NodeId]]
) -> dict[NodeId, int]:
    """One further right than whatever leads there."""
    layers = dict.fromkeys(order, 0)
    for _ in order:
        moved = False
        for source in order:
            for edge in edges(flow.nodes[source]):
                if (source, edge.target) not in back and layers[edge.target] <= layers[source]:
                    layers[edge.target] = layers[source] + 1
                    moved = True
        if not moved:
            break
    return layers


def _columns(
    flow: Flow,
    order: Sequence[NodeId],
    layers: Mapping[NodeId, int],
    back: set[tuple[NodeId, NodeId]],
) -> tuple[list[list[Spot]], dict[tuple[NodeId, NodeId], list[Spot]]]:
    columns: list[list[Spot]] = [[] for _ in range(max(layers.values()) + 1)]
    chains: dict[tuple[NodeId, NodeId], list[Spot]] = {}
    for source in order:
        columns[layers[source]].append(source)
        for edge in edges(flow.nodes[source]):
            pair = (source, edge.target)
            if pair in back or pair in chains:
                continue
            chains[pair] = []
            for layer in range(layers[source] + 1, layers[edge.target]):
                bend: Spot = (source, edge.target, layer)
                columns[layer].append(bend)
                chains[pair].append(bend)
    return columns, chains


def _neighbours(
    flow: Flow,
    chains: Mapping[tuple[NodeId, NodeId], list[Spot]],
    back: set[tuple[NodeId, NodeId]],
) -> dict[Spot, list[Spot]]:
    found: dict[Spot, list[Spot]] = {node_id: [] for node_id in flow.nodes}
    for (source, target), bends in chains.items():
        way: list[Spot] = [source, *bends, target]
        for left, right in pairwise(way):
            found.setdefault(left, []).append(right)
            found.setdefault(right, []).append(left)
    for source, target in sorted(back):
        found[target].append(source)
    return found


def _put_near(columns: list[list[Spot]], neighbours: Mapping[Spot, list[Spot]]) -> None:
    """Each to the mean height of what it hangs together with, again and again."""
    for _ in range(SWEEPS):
        for column in columns:
            heights = {
                spot: (number + 0.5) / len(other)
                for other in columns
                for number, spot in enumerate(other)
            }
            column.sort(key=lambda spot: _mean(heights, spot, neighbours[spot]))


def _mean(heights: Mapping[Spot, float], spot: Spot, near: Sequence[Spot]) -> float:
    return sum(heights[one] for one in near) / len(near) if near else heights[spot]


def _places(
    columns: Sequence[Sequence[Spot]], tall: Mapping[NodeId, int]
) -> dict[Spot, tuple[float, float]]:
    def height(spot: Spot) -> int:
        return tall[spot] if isinstance(spot, str) else BEND_HEIGHT

    heights = [sum(height(spot) + ROW_GAP for spot in column) - ROW_GAP for column in columns]
    found: dict[Spot, tuple[float, float]] = {}
    for number, column in enumerate(columns):
        x = MARGIN + number * (BOX_WIDTH + LAYER_GAP)
        y = 2.0 * MARGIN + 20 + (max(heights) - heights[number]) / 2
        for spot in column:
            found[spot] = (x, y if isinstance(spot, str) else y + BEND_HEIGHT / 2)
            y += height(spot) + ROW_GAP
    return found
