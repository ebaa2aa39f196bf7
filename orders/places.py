"""Address phrases in plain speech: 住在朝阳区人民路十二号阳光花园三号楼. 地址

Pure. A name that the city's own list has is known by itself; any other by what follows it (区, 路,
小区, 号楼 …), and it begins where the words before it can no longer be part of a name. House numbers
become ASCII digits, so that the order reads 阳光花园3号楼; numerals inside names (五一路, 北二环) stay
as they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from asr.spoken_numbers import NUMERAL, value_of
from orders.known_places import Spotted


class Part(IntEnum):
    """The parts of an address, in the order in which they are written. 地址层级"""

    CITY = 1  # 市
    DISTRICT = 2  # 区县
    TOWN = 3  # 街道、镇
    VILLAGE = 4  # 村、社区
    ROAD = 5  # 路、街
    ROAD_NUMBER = 6  # 号
    ESTATE = 7  # 小区
    BUILDING = 8  # 号楼
    UNIT = 9  # 单元
    FLOOR = 10  # 楼、层
    ROOM = 11  # 室
    LANDMARK = 12  # 附近、门口


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What one sentence says about a place: text[start:end] has the parts. 地点"""

    parts: tuple[tuple[Part, str], ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        return "".join(words for _, words in sorted(self.parts))


_NAME = "[\u4e00-\u9fff]"
_N = f"{NUMERAL}{{1,5}}"
_BLOT = "\x00"
_BUILDING_BLOT = "\x01"

_PATTERNS: tuple[tuple[Part, re.Pattern[str]], ...] = tuple(
    (part, re.compile(pattern))
    for part, pattern in (
        (Part.ROOM, f"{_N}(?:室|房间)"),
        (Part.ROOM, f"(?<=单元){NUMERAL}{{3,4}}(?![号楼层个人天年月])"),
        (Part.BUILDING, f"{_N}(?:号楼|号院|栋|幢|座(?!位))"),
        (Part.UNIT, f"{_N}单元"),
        (Part.FLOOR, f"(?<!号){_N}(?:层|楼)(?!上|下|道|房|盘)"),
        (Part.ROAD_NUMBER, f"{_N}号(?!线|码|台|文|院|楼)"),
        (Part.CITY, f"{_NAME}{{2,4}}(?<![超城夜全本我门早菜])市(?![场民政区里])"),
        (
            Part.DISTRICT,
            f"{_NAME}{{1,6}}?(?:(?<![小社景校地园山郊辖片市宅务学])(?<!开发)区(?!域|别|分)|新区|开发区|(?<!个)县(?!城))",
        ),
        (
            Part.TOWN,
            f"{_NAME}{{1,6}}?(?:街道(?!办|上)|(?<![城乡])镇(?![上里静定])|(?<![城家故他水])乡(?![镇下村]))",
        ),
        (Part.VILLAGE, f"{_NAME}{{1,6}}?(?:(?<![农乡全新])村(?![里民委子上])|社区(?![的居工里]))"),
        (
            Part.ROAD,
            f"{_NAME}{{0,6}}?(?:大道|大街|胡同|(?<![知频街报通水盲楼行河管车轨隧步跑难味渠大占])道(?![路边具理德歉口上])|[东南西北][一二三四五六七八]?环(?:[东南西北]?路)?"
            "|(?<!零二)[五七八]一路|(?<![走马道公铁电线网一条这那过让堵带问迷修思半小在的门是跑近套绕弯泥油])路(?![上口过边径灯面牌])"
            "|(?<![逛条这])街(?![道上边坊])|[一二三四五六七八九十]巷|(?<!街)巷(?!子|口))",
        ),
        (
            Part.ESTATE,
            f"{_NAME}{{1,8}}?(?:小区|花园|家园|花苑|嘉园|(?<!法)苑|公寓|新村|新城(?!区)|名都|名城|华府"
            "|公馆|别墅|大厦|山庄|家属院|广场(?!舞)|工业园|大学城)",
        ),
        # Whatever stands right before a building's number: 梧桐里三号楼.
        (Part.ESTATE, f"{_NAME}{{2,8}}(?={_BUILDING_BLOT})"),
    )
)
_LANDMARK = re.compile(
    f"(?:{_NAME}{{0,8}}?(?:医院|小学|中学|大学|幼儿园|公园|广场|火车站|汽车站|地铁站|高铁站|公交站|体育馆"
    "|图书馆|政务服务中心|菜市场|农贸市场|步行街|派出所|居委会|村委会|加油站|水库|商场|超市|银行|工地))?"
    "(?:附近|门口|对面|旁边|交叉口|路口|东侧|西侧|南侧|北侧|楼下)"
)

_NOT_A_NAME = re.compile(
    ".*(?:我家住|我们家|我家|我住|住在|家住|住|位于|地址|地点|位置|我们|咱们|你们|他们|他|这个|那个|这边|那边"
    "|哪个|整个|某个|一个|一家|所有|每个|全部|附近的|旁边的|里的|的|在|是|到|从|去|往|把|被|给|说|有|要|想"
    "|我|您|你|一下|就|也|都|请|投诉|举报|反映|咨询|建议|表扬|求助|希望|关于|今天|昨天|前天|早上|上午|中午|下午"
    "|看不见|看不清|看不到|没有|没人|走不了|走不通|修好|没修|晚上|夜里|凌晨|最近|这几天|一直|每天|现在|刚才|了|吗|呢|啊|嗯|呃|还|让|经过|路过|靠近|住着|归)"
)
_BUS = re.compile("公交|[十百零〇0-9][一二三四五六七八九0-9]?路$")
_EMPTY_NAMES = frozenset({"", "大", "老", "新", "整", "全", "本", "各", "某", "小", "同一", "住宅"})
_JOINT = frozenset(
    {"", "的", "那个", "这边", "就在", "里面的", "里", "上的", "上", "和", "与", "跟"}
)


@dataclass(frozen=True, slots=True)
class _Found:
    part: Part
    words: str
    start: int
    end: int


def place_in(text: str, spotted: Sequence[Spotted] = ()) -> Place | None:
    """The fullest address phrase of a sentence, the first of equals; None when there is none.

    `spotted` are the known names in it.
    """
    chains = _chains(_parts_of(text, spotted), text)
    if not chains:
        return _well_known(text)
    best = max(chains, key=lambda chain: (len({f.part for f in chain}), -chain[0].start))
    if all(found.part in _MEANS_NOTHING_ALONE for found in best):
        return None
    parts: dict[Part, str] = {}
    for found in best:
        joined = parts.get(found.part)
        if joined is None:
            parts[found.part] = found.words
        elif found.part is Part.ROAD:
            # 人民路和中山路交叉口
            parts[found.part] = f"{joined}和{found.words}"
    return Place(parts=tuple(parts.items()), start=best[0].start, end=best[-1].end)


_WELL_KNOWN = re.compile(
    f"(?<=[在到])(?:{_NAME}{{2,4}})?(?:火车站|高铁站|汽车站|客运站|机场|政务服务中心|政务大厅|体育馆|图书馆|博物馆)"
)


def _well_known(text: str) -> Place | None:
    """在火车站 is place enough where nothing else is said."""
    said = _WELL_KNOWN.search(text)
    if said is None:
        return None
    start = said.start() + name_begins(said.group())
    part = (Part.LANDMARK, text[start : said.end()])
    return Place(parts=(part,), start=start, end=said.end())


_MEANS_NOTHING_ALONE = frozenset({Part.FLOOR, Part.ROAD_NUMBER})
"""十楼 or 三号 may be anything, a day or an age of a house. 单独无意义"""


_ASKS: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (Part.ROOM, re.compile("哪一?户|几零几|几号房|房(?:间)?号|几室|哪一?室|门牌")),
    (Part.UNIT, re.compile("几单元|哪个单元|哪一?单元")),
    (Part.BUILDING, re.compile("几号楼|几栋|几幢|哪(?:一|个)?(?:栋|号楼|幢)|楼号")),
    (Part.FLOOR, re.compile("几楼|几层|哪一?层")),
)
_UNIT_WORDS = {Part.ROOM: "室", Part.UNIT: "单元", Part.BUILDING: "号楼", Part.FLOOR: "层"}
_BARE_NUMBER = re.compile(f"(?:嗯|是|就是|在|那个)*({NUMERAL}{{1,5}})号?(?:嗯|啊|的)*")


def asked_part(text: str) -> Part | None:
    """What the operator wants to know: 几号楼, 哪一户."""
    return next((part for part, pattern in _ASKS if pattern.search(text)), None)


def answered_part(text: str, asked: Part) -> Place | None:
    """A bare number after such a question: 三零二."""
    said = _BARE_NUMBER.fullmatch(text)
    value = value_of(said.group(1)) if said else None
    if said is None or not value:
        return None
    part = (asked, f"{value}{_UNIT_WORDS[asked]}")
    return Place(parts=(part,), start=said.start(1), end=said.end(1))


def merged(places: Iterable[Place]) -> Place | None:
    """One address out of what was said bit by bit: 阳光花园 … 三号楼 … 二单元.

    A later bit fills what is missing; one that contradicts replaces only if it says more. The
    positions are those of the first bit that was used.
    """
    whole: Place | None = None
    for place in places:
        if whole is None:
            whole = place
            continue
        known, new = dict(whole.parts), dict(place.parts)
        if all(known.get(part, words) == words for part, words in new.items()):
            whole = Place(parts=tuple({**known, **new}.items()), start=whole.start, end=whole.end)
        elif len(new) > len(known):
            whole = place
    return whole


def _parts_of(text: str, spotted: Sequence[Spotted]) -> list[_Found]:
    """Part by part; what one part has taken is blotted out, so that no name runs across it."""
    rest = text
    found: list[_Found] = []
    for known in spotted:
        part = _part_of(known)
        if part is not None:
            added = _SUFFIX.match(text, known.end) if part in _SUFFIXED else None
            end = known.end if added is None else added.end()
            words = _said(known, text) + text[known.end : end]
            found.append(_Found(part, words, known.start, end))
            rest = rest[: known.start] + _BLOT * (end - known.start) + rest[end:]
    for part, pattern in _PATTERNS:
        position = 0
        while match := pattern.search(rest, position):
            one = _numbered(part, match) if part in _NUMBERED else _named(part, match)
            position = match.end()
            if one is not None:
                found.append(one)
                blot = _BUILDING_BLOT if part is Part.BUILDING else _BLOT
                rest = rest[: one.start] + blot * (one.end - one.start) + rest[one.end :]
    found.sort(key=lambda f: f.start)
    return found


_SUFFIX = re.compile("(?:小区|社区)?")
"""What people add to a known name: 河西里小区. 地名后缀"""
_SUFFIXED = frozenset({Part.VILLAGE, Part.ESTATE})


def _said(known: Spotted, text: str) -> str:
    """As he says it: 高新区; but 路北 is written 路北区."""
    said = text[known.start : known.end]
    return said if said[-1] == known.name[-1] else known.name


def _part_of(known: Spotted) -> Part | None:
    match known.kind:
        case "district":
            return Part.DISTRICT
        case "street":
            return Part.TOWN
        case "road":
            return Part.ROAD
        case "community":
            rural = known.name[-1] == "村" and known.name[-2:] != "新村"
            return Part.VILLAGE if rural or known.name[-2:] == "社区" else Part.ESTATE
        case _:
            return None


_NUMBERED = frozenset({Part.ROAD_NUMBER, Part.BUILDING, Part.UNIT, Part.FLOOR, Part.ROOM})


def _numbered(part: Part, match: re.Match[str]) -> _Found | None:
    words = match.group()
    digits = re.match(f"{NUMERAL}+", words)
    value = value_of(digits.group()) if digits else None
    if digits is None or value is None or value == 0:
        return None
    unit = words[digits.end() :] or _UNIT_WORDS[part]
    return _Found(part, f"{value}{unit}", match.start(), match.end())


def name_begins(words: str) -> int:
    """How many characters at its beginning cannot be part of a name: 3 of 我住在东湖小区."""
    before = _NOT_A_NAME.match(words[:-1])
    return before.end() if before else 0


def _named(part: Part, match: re.Match[str]) -> _Found | None:
    words = match.group()
    skipped = name_begins(words)
    if match.start() > 0 and match.string[match.start() - 1] == _BLOT and words[0] in "和与跟及":
        skipped = max(skipped, 1)
    start, words = match.start() + skipped, words[skipped:]
    name = re.sub("(?:小区|花园|新区|街道|社区|大道|大街|[区县镇乡村路街苑巷市])$", "", words)
    if name in _EMPTY_NAMES or words in _EMPTY_NAMES or _BUS.search(words):
        return None
    return _Found(part, words, start, match.end())


def _chains(found: list[_Found], text: str) -> list[list[_Found]]:
    """Parts that follow one another at once, or over a small joint word; then a landmark."""
    chains: list[list[_Found]] = []
    for one in found:
        last = chains[-1][-1] if chains else None
        if last is not None and text[last.end : one.start] in _JOINT:
            chains[-1].append(one)
        else:
            chains.append([one])
    for chain in chains:
        landmark = _LANDMARK.match(text, chain[-1].end)
        if landmark is not None:
            chain.append(_Found(Part.LANDMARK, landmark.group(), *landmark.span()))
    return chains
