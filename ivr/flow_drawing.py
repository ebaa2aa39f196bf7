"""A flow as a picture: SVG from the data, without any library. 流程图

Key 0 is not drawn: it leads to a person from everywhere, and the picture's foot says so.
"""

from collections.abc import Iterator
from html import escape

from ivr.flow import (
    GREETING,
    AskDigits,
    AskKey,
    Bot,
    Callback,
    Choose,
    ChooseBy,
    Flow,
    HangUp,
    Language,
    Message,
    Node,
    NodeId,
    Progress,
    Survey,
    Urge,
    WaitingRoom,
)
from ivr.flow_layout import BOX_WIDTH, MARGIN, Layout, Link, lay_out
from ivr.flow_profiles import Flows
from ivr.texts import Slot, Texts

TITLES: dict[type[Node], tuple[str, str]] = {
    AskKey: ("按键", "#fff3d6"),
    AskDigits: ("输入号码", "#fff3d6"),
    Choose: ("自动分支", "#eeeeee"),
    Language: ("切换语言", "#eeeeee"),
    Message: ("留言", "#e3f0ff"),
    Survey: ("满意度评价", "#e3f0ff"),
    Progress: ("进度自助查询", "#e3f0ff"),
    Urge: ("催办", "#e3f0ff"),
    Callback: ("登记回拨", "#e3f0ff"),
    Bot: ("语音导航", "#fff3d6"),
    WaitingRoom: ("等候区（人工）", "#dff5e1"),
    HangUp: ("挂机", "#fbe3e3"),
}
CHOSEN_BY = {
    ChooseBy.TIME: "按时间",
    ChooseBy.NUMBER: "按被叫号码",
    ChooseBy.CALLER_LIST: "按来电名单",
    ChooseBy.LANGUAGE: "按已知语言",
    ChooseBy.LOAD: "按排队人数",
    ChooseBy.SWITCH: "按开关",
}
LISTS = {
    "elderly": "老年人名单",
    "enterprise": "企业名单",
    "nuisance": "骚扰名单",
    "blocked": "已封名单",
}
WIDEST = 28
"""Of a line in a box, in half-width characters."""


def pictures(flows: Flows, texts: Texts) -> dict[str, str]:
    """One for each flow, by the name of its file."""
    return {f"{flow.code}.svg": draw(flow, texts) for flow in flows.flows.values()}


def draw(flow: Flow, texts: Texts) -> str:
    """The whole picture; the same for the same flow."""
    layout = lay_out(flow)
    return "\n".join([*_picture(flow, texts, layout), ""])


def _picture(flow: Flow, texts: Texts, layout: Layout) -> Iterator[str]:
    width, height = round(layout.width), round(layout.height + 2 * MARGIN)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif" '
        'font-size="12">'
    )
    yield f"<title>{escape(flow.name)}</title>"
    yield (
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#555"/></marker></defs>'
    )
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    yield _text(MARGIN, MARGIN + 8, f"流程：{flow.name}（{flow.code}）", size=16, weight="bold")
    backs = 0
    for link in layout.links:
        backs += link.backwards
        yield from _link(link, flow, texts, layout, backs)
    for node_id, (x, y) in layout.boxes.items():
        yield from _box(flow, flow.nodes[node_id], texts, x, y, layout.tall[node_id])
    foot = f"任何环节按 0 转人工：{flow.person}；不按键最终也到人工。"
    if flow.after_talk:
        foot = f"任何环节按 0 转人工：{flow.person}。通话后的流程，只问一次。"
    yield _text(MARGIN, height - MARGIN, foot, fill="#555")
    yield "</svg>"


def _box(flow: Flow, node: Node, texts: Texts, x: float, y: float, tall: float) -> Iterator[str]:
    title, fill = TITLES.get(type(node), ("播报", "#f4f4fb"))
    if node.id == flow.entry:
        title = f"▶ {title}"
    first, second = _about(node, texts)
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{tall:g}" rx="7" '
        f'fill="{fill}" stroke="#777"/>'
    )
    yield _text(x + 8, y + 17, title, weight="bold")
    yield _text(x + BOX_WIDTH - 8, y + 17, node.id, fill="#777", size=10, anchor="end")
    if first:
        yield _text(x + 8, y + 35, _cut(first))
    if second:
        yield _text(x + 8, y + 51, _cut(second), fill="#555")


def _about(node: Node, texts: Texts) -> tuple[str, str]:
    """The two lines below a box's title."""
    match node:
        case Choose():
            return CHOSEN_BY[node.by], ""
        case Language():
            return node.language, ""
        case WaitingRoom():
            return node.group or "技能组由路由表决定", _words(node.comfort, texts)
        case _:
            code = getattr(node, "text", "")
            words = _words(code, texts)
            width = WIDEST // 2
            return words[:width], words[width:]


def _words(code: str, texts: Texts) -> str:
    if code == GREETING:
        return "本号码欢迎词与录音告知"
    text = texts.get(code)
    if text is None:
        return code
    language = next(iter(text.words), "")
    return "".join(
        f"［{piece.name}］" if isinstance(piece, Slot) else piece.words
        for piece in text.pieces(language)
    )


def _cut(line: str) -> str:
    width = 0
    for number, sign in enumerate(line):
        width += 1 if ord(sign) < 0x2000 else 2
        if width > WIDEST:
            return f"{line[: number - 1]}…"
    return line


def _link(link: Link, flow: Flow, texts: Texts, layout: Layout, backs: int) -> Iterator[str]:
    style = ' stroke-dasharray="5 4"' if link.waits or link.backwards else ""
    start, end = layout.boxes[link.source], layout.boxes[link.target]
    tall, end_tall = layout.tall[link.source], layout.tall[link.target]
    label = "、".join(_label(flow.nodes[link.source], one, texts) for one in link.labels)
    if link.backwards:
        y = layout.height - MARGIN + 14 * (backs - 1) - 14 * _backs(layout) + 20
        beside = [one for one in layout.links if one.source == link.source and one.backwards]
        place = beside.index(link)
        x1, x2 = start[0] + BOX_WIDTH * (0.6 - 0.1 * place), end[0] + BOX_WIDTH * 0.4
        path = (
            f"M{x1:g} {start[1] + tall:g}C{x1:g} {y:g} {x1:g} {y:g} {x1 - 20:g} {y:g}"
            f"L{x2 + 20:g} {y:g}C{x2:g} {y:g} {x2:g} {y:g} {x2:g} {end[1] + end_tall:g}"
        )
        at = (start[0] + BOX_WIDTH * 0.6 + 6, start[1] + tall + 13 * (place + 1))
    else:
        out = [one for one in layout.links if one.source == link.source and not one.backwards]
        out.sort(key=lambda one: _first_height(one, layout))
        share = (out.index(link) + 1) / (len(out) + 1)
        here = (start[0] + BOX_WIDTH, start[1] + tall * share)
        path = f"M{here[0]:g} {here[1]:g}"
        at = (here[0] + 6, here[1] - 3)
        # Each bend is a level stretch as wide as a box.
        stops = [
            *((x, y, x + BOX_WIDTH, y) for x, y in link.bends),
            (end[0], end[1] + end_tall / 2, end[0], 0.0),
        ]
        for x, y, until, _ in stops:
            middle = (here[0] + x) / 2
            path += f"C{middle:g} {here[1]:g} {middle:g} {y:g} {x:g} {y:g}"
            if until > x:
                path += f"L{until:g} {y:g}"
            here = (until, y)
    yield (
        f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.2"{style} '
        'marker-end="url(#end)"/>'
    )
    if label:
        yield _text(*at, label, size=11, fill="#a33", halo=True)


def _label(source: Node, label: str, texts: Texts) -> str:
    """What stands at a line, in Chinese."""
    match source:
        case Choose(by=ChooseBy.CALLER_LIST):
            return LISTS.get(label, label)
        case Choose(by=ChooseBy.LOAD) if label.isdecimal():
            return f"{label}人起"
        case Bot(needs=needs) if label in needs:
            return _words(label, texts)
        case _:
            return label


def _backs(layout: Layout) -> int:
    return sum(1 for one in layout.links if one.backwards)


def _first_height(link: Link, layout: Layout) -> tuple[float, NodeId]:
    y = (
        link.bends[0][1]
        if link.bends
        else layout.boxes[link.target][1] + layout.tall[link.target] / 2
    )
    return y, link.target


def _text(
    x: float, y: float, words: str, *, size: int = 12, fill: str = "#222", weight: str = "",
    anchor: str = "", halo: bool = False,
) -> str:  # fmt: skip
    style = f' font-size="{size}"' if size != 12 else ""
    style += f' font-weight="{weight}"' if weight else ""
    style += f' text-anchor="{anchor}"' if anchor else ""
    # A white edge, where a line goes through the letters.
    style += ' stroke="#fff" stroke-width="3" paint-order="stroke"' if halo else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{fill}"{style}>{escape(words)}</text>'
