"""What kind of request it is and how urgent. 诉求类别与紧急程度

Pure. The words are those of citizens on the telephone; a declared kind (我要投诉) says more than
a described one (停车位太少), and a danger says more than any kind.
"""

import re

from orders.callers import Heard
from orders.model import RequestType, Urgency

T = RequestType

_DECLARED_WORDS = {
    "投诉": T.COMPLAINT,
    "举报": T.REPORT,
    "咨询": T.CONSULTATION,
    "求助": T.HELP,
    "表扬": T.PRAISE,
    "建议": T.SUGGESTION,
    "提个建议": T.SUGGESTION,
    "提建议": T.SUGGESTION,
    "反映问题": T.HELP,
}
_DECLARED = re.compile(
    "(?<!不是)(?<!不)(?:我要|我想要|我想|想要|我来|要|想|我)(?:给政府|给你们|实名|再|就|来)?(?:提个|提一个|提)?"
    "(投诉|举报|咨询|求助|表扬|建议)(?!过|了|电话|无果|没有用|没用|热线)"
)
_AT_THE_START = re.compile("^(?:您好|你好|喂|那个|嗯)*(投诉|举报|咨询|求助|表扬|建议)(?!过|了)")

_DESCRIBED: tuple[tuple[RequestType, float, str], ...] = (
    (T.GUIDANCE, 0.75, "网上(?:怎么|如何)|(?:小程序|手机上|网站|系统|客户端)[^，。]{0,8}(?:怎么|不会|提交不了|登录不了|打不开)|怎么在网上|在线办理|网上办理"),
    (T.CONSULTATION, 0.8, "请问|咨询|查询|查一下|问一下|想问|想了解|打听|怎么(?:办|申请|提取|报销|缴|交|领|补办|迁移|认定|查询|划分|注册|换证|预约|备案|开户|过户|退税|上牌|收|反映|处理|走)|如何|需要(?:什么|哪些|带什么)|什么(?:材料|条件|时候发放|时候开始)|几点(?:上班|下班)|在哪(?:里)?(?:办|预约)|多少钱|政策是什么|标准是多少|能不能在"),
    (T.PRAISE, 0.8, "表扬|点赞|拾金不昧|热情耐心|认真负责|服务态度(?:很|非常|特别)好|帮我找回|非常感谢|救了我|送我去医院|不怕苦不怕累|非常负责任|办事效率很高|锦旗|帮我们解决了|帮我解决了"),
    (T.SUGGESTION, 0.75, "建议|提个意见|希望(?:能|可以|政府)?[^，。]{0,10}(?:增加|增设|加装|开通|延长|修建|安装|设置|规范|优化|完善|建设)|能不能(?:增加|增设|加装|开通)"),
    (T.REPORT, 0.75, "举报|偷税|漏税|传销|赌博|贩毒|无证经营|卖假货|假冒|偷排|污水直排|食物中毒|违法|违建|私搭乱建|过期|制假|黑作坊|乱倒建筑垃圾"),
    (T.COMPLAINT, 0.7, "投诉(?!过|了)|乱收费|不给退款|不退|拖欠|虚假宣传|态度(?:很|非常|特别|太)?(?:差|恶劣|不好)|扰民|噪音|太吵|很吵|吵得|油烟|没有人管|没人管|不归他们管|不管理|关门跑路|强制消费|延期交房|质量有问题|缺斤短两|哄抬|欺诈|占道|扬尘|乱停|收费太高|没有发|一直叫|在施工|还在施工"),
    (T.HELP, 0.7, "求助|帮帮|救命|救救|坏了|停了|停水|停电|没有暖气|不热|没人修|没有人修|走失|走丢|困人|被困|晕倒|堵了|漏水|爆裂|泄漏|不亮|损坏|破损|丢失|不见了|积水|塌陷|倒伏|结冰|没有水|没有电|中断|垃圾没人|没人清理|没有人清理|外溢|进水|丢了|诈骗|发黄|发黑|请尽快|尽快处理|尽快解决|反映一个问题"),
)  # fmt: skip
_DESCRIBED_PATTERNS = tuple((kind, c, re.compile(words)) for kind, c, words in _DESCRIBED)


def declared_in(text: str) -> tuple[RequestType, Heard] | None:
    """The kind the citizen names himself: 我要投诉; 我已经投诉过 and 我不是要投诉 name none."""
    said = _DECLARED.search(text) or _AT_THE_START.search(text)
    if said is None:
        return None
    kind = _DECLARED_WORDS[said.group(1)]
    return kind, Heard(value=kind, start=said.start(), end=said.end(), confidence=0.95)


def described_in(text: str) -> list[tuple[RequestType, Heard]]:
    """The kinds that a sentence's words suggest, the likelier first."""
    found = []
    for kind, confidence, pattern in _DESCRIBED_PATTERNS:
        said = pattern.search(text)
        if said:
            heard = Heard(value=kind, start=said.start(), end=said.end(), confidence=confidence)
            found.append((kind, heard))
    return found


_NOT = "(?<!没有)(?<!没)(?<!不是)(?<!未)(?<!防止)(?<!预防)(?<!避免)(?<!怕)"
_DANGERS = (
    (Urgency.VERY_URGENT, 0.9, re.compile(
        f"{_NOT}(?:(?:燃气|煤气|天然气)(?:管道)?(?:泄漏|漏气|泄露|漏了)|漏气|着火|起火|失火|火灾|爆炸|触电|晕倒|昏迷"
        "|溺水|落水|坍塌|倒塌|困人|被困|困在电梯|跳楼|自杀|轻生|食物中毒|煤气中毒|砸到人|砸伤|持刀|救命|快不行了|大出血)"
    )),
    (Urgency.URGENT, 0.8, re.compile(
        f"{_NOT}(?:爆裂|爆管|水管爆|漏电|电线掉落|电线掉|走失|走丢|塌陷|井盖丢失|井盖不见|外墙脱落|树木倒伏|树倒|砸到车"
        "|家里进水|大面积停水|大面积停电|全小区停|消防通道被占|消防通道被[^，。]{0,4}堵|太危险|很危险|非常危险|闹事|堵门)"
    )),
)  # fmt: skip


def danger_in(text: str) -> tuple[Urgency, Heard] | None:
    """The gravest danger a sentence speaks of; 没有着火 is none."""
    for urgency, confidence, pattern in _DANGERS:
        said = pattern.search(text)
        if said:
            heard = Heard(value=urgency, start=said.start(), end=said.end(), confidence=confidence)
            return urgency, heard
    return None
