"""Who is calling: the name and the number he says. 诉求人

Pure; works on one sentence at a time.
"""

import re
from dataclasses import dataclass

from orders.model import ANONYMOUS
from orders.spoken_numbers import digit_runs, is_local_number, is_phone_number

_SURNAMES = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|司徒|"
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷"
    "施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁耿牟卜詹关苗凌费纪靳盛童]"
)
_TITLES = "先生|女士|小姐"
_NOT_IN_A_GIVEN_NAME = "电话手机号码是的我你您他她家住在今年了吗呢啊想要咨询投诉举报反映先女士小姐来从就有身份证也那这，。 和"
_TITLED = re.compile(f"({_SURNAMES})({_TITLES})")
_SAYS_SURNAME = re.compile(f"(?:我免贵姓|免贵姓|我姓|我是姓)({_SURNAMES})({_TITLES})?")
_SAYS_NAME = re.compile(
    f"(?:我叫|我的名字叫|我的名字是|名字叫|姓名是)({_SURNAMES})"
    f"({_TITLES}|[^{_NOT_IN_A_GIVEN_NAME}]{{1,2}}(?=[{_NOT_IN_A_GIVEN_NAME}]|$))"
)
_SAYS_ANONYMOUS = re.compile(
    "匿名|不(?:想|愿|愿意|方便|便)?(?:透露|留|说|提供)(?:我的|我)?(?:姓名|名字)"
)
_ASKS = re.compile("匿名吗|是否匿名|需要匿名|要不要匿名")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A value that text[start:end] shows, and how sure that is, 0 to 1. 听到的值"""

    value: str
    start: int
    end: int
    confidence: float


def citizen_name_in(text: str) -> Heard | None:
    """How the citizen names himself; 我姓王 gives only 王 until somebody says 先生 or 女士."""
    anonymous = _SAYS_ANONYMOUS.search(text)
    if anonymous and not _ASKS.search(text):
        return Heard(value=ANONYMOUS, start=anonymous.start(), end=anonymous.end(), confidence=0.9)
    for pattern, confidence in ((_SAYS_NAME, 0.85), (_SAYS_SURNAME, 0.8)):
        said = pattern.search(text)
        if said:
            value = said.group(1) + (said.group(2) or "")
            return Heard(value=value, start=said.start(), end=said.end(), confidence=confidence)
    return None


def addressed_as(text: str) -> Heard | None:
    """How the operator addresses the citizen: 王先生您好."""
    titled = _TITLED.search(text)
    if titled is None:
        return None
    return Heard(value=titled.group(), start=titled.start(), end=titled.end(), confidence=0.85)


_ANNOUNCES = re.compile("电话|手机|号码|座机|联系方式")
_OTHER_NUMBER = re.compile("身份证|工单|订单|卡号|编号|银行")


def number_in(text: str, asked: bool) -> Heard | None:
    """The last telephone number of a sentence.

    `asked`: the operator has just asked for a number, so a local one without area code will do.
    """
    expected = asked or bool(_ANNOUNCES.search(text))
    heard = None
    for digits, start, end in digit_runs(text):
        if is_phone_number(digits):
            heard = Heard(value=digits, start=start, end=end, confidence=0.9)
        elif expected and is_local_number(digits) and not _OTHER_NUMBER.search(text[:start]):
            heard = Heard(value=digits, start=start, end=end, confidence=0.7)
    return heard


def asks_for_number(text: str) -> bool:
    """The operator wants to know the telephone number."""
    return bool(_ANNOUNCES.search(text)) and bool(
        re.search("请问|多少|什么|留|提供|是不是|吗", text)
    )
