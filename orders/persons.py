"""Whom a request is about: 阳光花园物业, 房东, XX公司, a lost old man. 涉及对象

Pure. An organisation's name begins where the words before it can no longer be part of a name, as
with places; a person is named by his role, for a citizen seldom knows his name.
"""

import re

from orders.heard import Heard
from orders.places import name_begins

_KINDS = (
    "有限责任公司", "股份有限公司", "有限公司", "物业公司", "公司", "集团", "物业", "开发商", "房地产", "中介",
    "人民医院", "中医院", "医院", "卫生院", "诊所", "药店", "养老院",
    "小学", "中学", "高中", "幼儿园", "大学", "学校", "培训机构", "培训班", "驾校",
    "超市", "饭店", "饭馆", "餐馆", "餐厅", "酒店", "宾馆", "烧烤店", "烧烤摊", "火锅店", "理发店", "美容院", "健身房",
    "网吧", "歌厅", "麻将馆", "洗车行", "汽修厂", "专卖店", "门店", "便利店", "奶茶店", "菜市场", "商场", "4S店", "加油站",
    "工厂", "化工厂", "砖厂", "水泥厂", "钢厂", "工地", "施工队", "施工方", "施工单位",
    "居委会", "村委会", "业委会", "派出所", "环卫处", "营业厅", "银行",
)  # fmt: skip
_LONGEST_FIRST = sorted(_KINDS, key=len, reverse=True)
_ORGANISATION = re.compile(f"[\u4e00-\u9fff]{{0,12}}?(?:{'|'.join(_LONGEST_FIRST)})")
_ONLY_A_PLACE_BEFORE = re.compile("(?:去|到|送|位于|路过|经过|(?<!我)在)$")
_ONLY_A_PLACE_AFTER = re.compile(
    "附近|门口|对面|旁边|旁|楼上|楼下|里面|门前|后面|前面|那边|东侧|西侧|南侧|北侧|放假|放学"
)
_GOES_THERE = re.compile("(?:上|读|念|考)$")
_SOMETHING_ELSE_AFTER = re.compile("费|管理费|卡|管理局|维修|专业|生|毕业")
_ROLE = re.compile(
    "(?:(?:我家|我们|他家|隔壁|楼上|楼下|对门)的?)*(?:房东|邻居|包工头|出租车司机|公交车?司机|网约车司机|司机|班主任|老师|校长|老板|快递员|外卖员|保安|医生|护士|中介人员|工作人员|窗口人员|村干部|村支书"
    "|楼上(?:那家|的?住户|邻居)|楼下(?:那家|的?住户|邻居)|流动摊贩|小贩|跳广场舞的)"
)
_AFFECTED = re.compile(
    "(?:我(?:的|家的?)?)?(?:老人|孩子|小孩|儿子|女儿|父亲|母亲|爸爸?|妈妈?|爷爷|奶奶|老伴|媳妇|老公|丈夫|妻子|大爷|大妈|残疾人|农民工|工人们?)"
    "(?=.{0,12}(?:走失|走丢|失踪|晕倒|摔|被|受伤|不见|没人照顾|困在|找不到|工资|中毒|触电|昏迷))"
)
_NOT_A_NAME = re.compile(
    ".*(?:打电话|电话|联系|归|管(?!道|理)|找|噪音|施工|夜间|工资|号|的|了|是|就|都|那|这|个|和(?![平谐顺睦美])|跟|与|还|又|也|有|让|找|给|被|对|向|由|停|多|房子|一下|[今去明]年|说|叫|间|位|们|吃|买|租"
    "|用|因为|但是|所以|结果|然后|一直|已经|怀疑|发现)"
)
_OF_A_PLACE = re.compile("[\u4e00-\u9fff]{2,6}(?:小区|花园|家园|新村|大厦|公寓|广场|社区|村|里)的$")
_SHORTEST = 2
_LONGEST_NAME = 8


def persons_in(text: str) -> tuple[Heard, ...]:
    """Everybody a sentence speaks of, in its order: whom he accuses before whom it hurts."""
    found: list[Heard] = []
    for match in _ORGANISATION.finditer(text):
        heard = _organisation(match)
        if heard is not None:
            found.append(heard)
    for pattern, confidence in ((_ROLE, 0.7), (_AFFECTED, 0.55)):
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < one.end and one.start < end for one in found):
                found.append(
                    Heard(value=match.group(), start=start, end=end, confidence=confidence)
                )
    return tuple(sorted(found, key=lambda one: (-one.confidence, one.start)))


def _organisation(match: re.Match[str]) -> Heard | None:
    words, text, end = match.group(), match.string, match.end()
    if _SOMETHING_ELSE_AFTER.match(text, end) or _ONLY_A_PLACE_AFTER.match(text, end):
        return None
    kind = next(one for one in _LONGEST_FIRST if words.endswith(one))
    if _GOES_THERE.search(text[: end - len(kind)]):
        return None
    name = words[: -len(kind)]
    further = _NOT_A_NAME.match(name)
    name = name[max(name_begins(words), further.end() if further else 0) :]
    if not _SHORTEST <= len(name) <= _LONGEST_NAME:
        name = ""
    start = end - len(kind) - len(name)
    of = _OF_A_PLACE.search(text[:start])
    if of is not None:
        start = of.start() + name_begins(of.group())
    elif not name and _ONLY_A_PLACE_BEFORE.search(text[:start]):
        return None
    found = text[start:end]
    return Heard(value=found, start=start, end=end, confidence=0.8 if len(found) > 4 else 0.65)
