"""Pictures of flows: those in docs/flows are the shipped ones, and nothing is hidden behind a box."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ivr.flow_drawing import draw, pictures
from ivr.flow_edges import edges
from ivr.flow_layout import BOX_WIDTH, lay_out
from tests.fakes.shipped_flows import shipped_flows, shipped_texts

FOLDER = Path(__file__).parents[2] / "docs" / "flows"
FLOWS = shipped_flows().flows
PICTURES = pictures(shipped_flows(), shipped_texts())


def test_there_is_a_picture_of_every_shipped_flow_and_of_no_other():
    assert {path.name for path in FOLDER.iterdir()} == set(PICTURES)


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_the_picture_in_docs_is_current(name):
    current = (FOLDER / name).read_text(encoding="utf-8")
    assert current == PICTURES[name], f"{name} is old: hotline flow draw docs/flows"


@pytest.mark.parametrize("code", sorted(FLOWS))
def test_every_node_and_every_way_is_in_the_picture(code):
    flow = FLOWS[code]
    root = ElementTree.fromstring(draw(flow, shipped_texts()))
    words = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(flow.nodes) <= set(words)
    ways = {(node.id, edge.target) for node in flow.nodes.values() for edge in edges(node)}
    lines = [one for one in root.iter("{http://www.w3.org/2000/svg}path") if one.get("marker-end")]
    assert len(lines) == len(ways)
    assert any(word.startswith("任何环节按 0 转人工") for word in words)


@pytest.mark.parametrize("code", sorted(FLOWS))
def test_no_box_lies_on_another_and_all_are_inside(code):
    layout = lay_out(FLOWS[code])
    boxes = [(x, y, x + BOX_WIDTH, y + layout.tall[one]) for one, (x, y) in layout.boxes.items()]
    for number, (x, y, right, bottom) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert right <= layout.width
        assert bottom <= layout.height
        for a, b, c, d in boxes[number + 1 :]:
            assert right <= a or c <= x or bottom <= b or d <= y


def test_what_an_administrator_writes_cannot_break_the_picture():
    flow = FLOWS["direct"]
    wild = draw(type(flow)(**{
        **{name: getattr(flow, name) for name in flow.__slots__}, "name": "<script>&\"'"
    }), shipped_texts())  # fmt: skip
    assert not re.search("<script", wild)
    ElementTree.fromstring(wild)
