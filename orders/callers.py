"""Who is calling: the name and the number he says. 诉求人

Pure; works on one sentence at a time.
"""

import re

from asr.spoken_numbers import digit_runs, is_local_number, is_phone_number
from orders.heard import Heard
from orders.model import ANONYMOUS

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
_SPELT = {
    "弓长": "张", "立早": "章", "木子": "李", "耳东": "陈", "双人": "徐", "言午": "许", "古月": "胡", "口天": "吴",
    "双木": "林", "人可": "何", "三横一竖": "王", "草头黄": "黄", "走肖": "赵", "女字旁的姜": "姜", "美女姜": "姜",
}  # fmt: skip
"""How people say which of two surnames that sound alike is theirs. 拆字说姓"""
_SPELT_OUT = re.compile("|".join(_SPELT))
_ASKS_NAME = re.compile("贵姓|怎么称呼|您的姓名|您叫什么|什么名字|姓什么|称呼您")
_ANSWERS_NAME = re.compile(
    f"(?:嗯|啊|我|是|叫|姓|免贵)*({_SURNAMES})({_TITLES}|[^{_NOT_IN_A_GIVEN_NAME}]{{1,2}})?(?:吧|啊|的)*"
)


def asks_for_name(text: str) -> bool:
    """The operator wants to know who is calling."""
    return bool(_ASKS_NAME.search(text))


_TITLE_ALONE = re.compile("^(?:好的|嗯|那|您好)*(先生|女士|小姐)(?!女士|小姐|先生|或)")
_SURNAME = re.compile(_SURNAMES)


def title_in(text: str) -> str | None:
    """How the operator addresses him without his name: 女士，您反映的问题记录完毕."""
    said = _TITLE_ALONE.match(text)
    return None if said is None else said.group(1)


def is_surname(name: str) -> bool:
    """Nothing but a surname."""
    return _SURNAME.fullmatch(name) is not None


def answered_name(text: str) -> Heard | None:
    """All of a short answer to that question: 王, 姓王, 王建国, 姓章立早章."""
    spelt = _SPELT_OUT.search(text)
    if spelt is not None:
        return Heard(
            value=_SPELT[spelt.group()], start=spelt.start(), end=spelt.end(), confidence=0.85
        )
    said = _ANSWERS_NAME.fullmatch(text)
    if said is None:
        return None
    value = said.group(1) + (said.group(2) or "")
    return Heard(value=value, start=said.start(1), end=said.end(), confidence=0.75)


def citizen_name_in(text: str) -> Heard | None:
    """How the citizen names himself; 我姓王 gives only 王 until somebody says 先生 or 女士."""
    anonymous = _SAYS_ANONYMOUS.search(text)
    if anonymous and not _ASKS.search(text):
        return Heard(value=ANONYMOUS, start=anonymous.start(), end=anonymous.end(), confidence=0.9)
    for pattern, confidence in ((_SAYS_NAME, 0.85), (_SAYS_SURNAME, 0.8)):
        said = pattern.search(text)
        if said:
            # 我姓张立早章: the recogniser cannot know, he can.
            spelt = _SPELT_OUT.search(text, said.end())
            surname = said.group(1) if spelt is None else _SPELT[spelt.group()]
            end = said.end() if spelt is None else spelt.end()
            value = surname + (said.group(2) or "")
            return Heard(value=value, start=said.start(), end=end, confidence=confidence)
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
    for digits, start, end in _joined_runs(text):
        if is_phone_number(digits):
            heard = Heard(value=digits, start=start, end=end, confidence=0.9)
        elif expected and is_local_number(digits) and not _OTHER_NUMBER.search(text[:start]):
            heard = Heard(value=digits, start=start, end=end, confidence=0.7)
    return heard


_HESITATION = re.compile("(?:嗯|啊|呃|额|然后|那个|的)+")


def _joined_runs(text: str) -> list[tuple[str, int, int]]:
    """Runs of digits; two that only a hesitation parts are one if that makes a number."""
    runs: list[tuple[str, int, int]] = []
    for digits, start, end in digit_runs(text):
        if runs and _HESITATION.fullmatch(text[runs[-1][2] : start]):
            before, first, _ = runs[-1]
            if is_phone_number(before + digits):
                runs[-1] = (before + digits, first, end)
                continue
        runs.append((digits, start, end))
    return runs


def asks_for_number(text: str) -> bool:
    """The operator wants to know the telephone number."""
    return bool(_ANNOUNCES.search(text)) and bool(
        re.search("请问|多少|什么|留|提供|是不是|吗", text)
    )
