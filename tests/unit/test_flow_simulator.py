"""A flow walked in words."""

import pytest

from ivr.flow_simulator import WalkWordUnknown, simulate
from tests.fakes.shipped_flows import shipped_texts, walk


def told(flow, *words, **known):
    return list(simulate(walk(flow, **known), shipped_texts(), words))


def test_progress_and_urging_in_words():
    lines = told("menu", "2", "482913#", "found", "1")
    assert lines[0].startswith("known-language  (choose)")
    assert any("工单，编号［20261121-000042］" in line for line in lines)
    assert "urge  [zh] 登记：urge 20261121-000042" in lines
    assert lines[-1] == "结束"


def test_silence_ends_in_the_line_and_the_walk_stops_where_the_words_do():
    lines = told("menu", "-", "-")
    assert "没有收到您的按键" in lines[-3]
    assert lines[-1].startswith("line  [zh] 排队等候人工：由路由表决定，60 秒后询问。")


def test_a_message_that_he_hangs_up_on_is_kept():
    assert told("direct", "wait", "2", "said:9", "bye")[-1] == "结束，保留留言"


def test_english_is_told_in_english():
    assert any("this is the 12345" in line for line in told("direct", language="en"))


def test_a_word_that_nobody_can_do_is_named():
    with pytest.raises(WalkWordUnknown, match="dance"):
        told("menu", "dance")
