"""From what a citizen said to where he is led. 语音导航归类

Pure. The types of requests are those of drafting (orders/classes.py); which of them have a group of
their own stands here. Whatever else he asks about goes to the general group, and is named when he is
asked whether he was understood: the operator has it before him sooner. Who asks for a person gets one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ivr.flow_walk import NEED_PERSON
from orders.classes import classify
from seats.phrases import squeezed

GENERAL = "general"
PERSON_WORDS = (
    "人工", "话务员", "接线员", "客服", "真人", "找个人", "找人说", "跟人说", "和人说", "不会按", "不会用",
)  # fmt: skip
"""Any of these and no machine asks on. 转人工用语"""
GROUP_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "law": ("法律", "律师", "打官司", "起诉", "法院", "公证", "法援"),
        "enterprise": ("企业", "开公司", "注册公司", "营商", "招商", "惠企", "减税降费", "小微"),
        "housing-fund": ("公积金",),
        "medical-insurance": ("医保", "异地就医", "医疗保险"),
        "social-security": ("社保", "养老金", "失业金", "退休金", "养老保险"),
    }
)
"""Words that name a group and not a matter. 直指技能组的用语"""
GROUP_OF_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "公积金": "housing-fund",
        "医疗保障": "medical-insurance",
        "社会保障": "social-security",
    }
)
"""Types of requests that have a group of their own. 事件类型对应技能组"""
ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "噪声污染": "about-noise",
        "物业管理": "about-property",
        "供水": "about-water",
        "供热": "about-heating",
        "供电": "about-electricity",
        "燃气": "about-gas",
        "道路交通": "about-traffic",
        "市政设施": "about-streets",
        "环境卫生": "about-refuse",
        "生态环境": "about-environment",
        "市容城管": "about-order",
        "园林绿化": "about-greenery",
        "市场监管": "about-market",
        "医疗卫生": "about-health",
        "教育": "about-schools",
        "劳动纠纷": "about-wages",
        "住房保障": "about-housing",
        "户籍证件": "about-papers",
        "民政救助": "about-welfare",
        "税务": "about-taxes",
        "消防安全": "about-fire",
        "治安": "about-police",
        "农业农村": "about-farming",
        "政务服务": "about-services",
        "通信邮政": "about-post",
    }
)
"""The texts that name a matter when he is asked. 事项名称文本"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What he needs; empty: nothing was understood. 理解结果"""

    need: str = ""
    about: str = ""
    """The text that names the matter, empty: the need's own. 事项"""


def understood(text: str) -> Understood:
    """Of what a recogniser heard; never raises."""
    said = squeezed(text)
    if any(words in said for words in PERSON_WORDS):
        return Understood(need=NEED_PERSON)
    for need, words in GROUP_WORDS.items():
        if any(one in said for one in words):
            return Understood(need=need)
    classed = classify(said)
    if not classed:
        return Understood()
    event_type = classed[0].event_type
    if event_type in GROUP_OF_TYPE:
        return Understood(need=GROUP_OF_TYPE[event_type])
    return Understood(need=GENERAL, about=ABOUT.get(event_type, ""))
