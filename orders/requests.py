"""What kind of request it is. 诉求类别

Pure. The words are those of citizens on the telephone; a declared kind (我要投诉) says more than
a described one (停车位太少).
"""

import re

from orders.heard import Heard
from orders.model import RequestType

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
    (T.GUIDANCE, 0.85, "网上(?:怎么|如何)|(?:小程序|手机上|网站|系统|客户端)[^，。]{0,8}(?:怎么|不会|提交不了|登录不了|打不开)|怎么在网上|在线办理|网上办理"),
    (T.CONSULTATION, 0.8, "请问|咨询|查询|查一下|问一下|想问|想了解|打听|怎么(?:办|申请|提取|报销|缴|交|领|补办|迁移|认定|查询|划分|注册|换证|预约|备案|开户|过户|退税|上牌|收|反映|处理|走)|如何|需要(?:什么|哪些|带什么)|什么(?:材料|条件|时候发放|时候开始)|几点(?:上班|下班)|在哪(?:里)?(?:办|预约)|多少钱|政策是什么|标准是多少|能不能在.{1,6}(?:办|上学|上小学|上初中|报销|用|缴|交|取|领|买)|想查|能查|上不上班"),
    (T.PRAISE, 0.8, "表扬|点赞|拾金不昧|热情耐心|认真负责|服务态度(?:很|非常|特别)好|帮我找回|非常感谢|救了我|送我去医院|不怕苦不怕累|非常负责任|办事效率很高|锦旗|(?:太|非常|特别|十分|衷心)感谢|帮(?:我|我们|我家|我们家|他|她).{0,8}(?:找到|解决了|修好了|送到)"),
    (T.SUGGESTION, 0.75, "建议|提个意见|希望(?:能|可以|政府)?[^，。]{0,10}(?:增加|增设|多设|多开|加装|开通|延长|修建|安装|设置|规范|优化|完善|建设)|能不能.{0,10}(?:增加|增设|加装|开通|安一?个|装一?个|设一?个|修一?条|建一?个|加一?个|安装|画一?条|划一?条)"),
    (T.REPORT, 0.75, "举报|偷税|漏税|传销|赌博|贩毒|无证经营|卖假货|假冒|偷排|污水直排|食物中毒|违法|违建|私搭乱建|过期|制假|黑作坊|乱倒建筑垃圾"),
    (T.COMPLAINT, 0.7, "投诉(?!过|了)|乱收(?:费|停车费|钱)|不给退款|不退|拖欠|虚假宣传|态度(?:很|非常|特别|太)?(?:差|恶劣|不好)|扰民|噪音|太吵|很吵|吵得|油烟|没有人管|没人管|不归他们管|不管理|关门跑路|强制消费|延期交房|质量有问题|缺斤短两|哄抬|欺诈|占道|扬尘|乱停|收费太高|没有发|一直叫|在施工|还在施工|不承认|不赔|拒载|拒收|多收|收费不合理|不合理|不合格|擅自|强行|没有着落|老板跑了|欺负|推诿|踢皮球|被(?:邻居|物业|老师|保安|城管|司机|老板)|把.{1,6}改成|声音太大|声音特别大|太大声|不让|刁难|不管(?!用)|没法睡|睡不着|站台也不停|不停车|不给(?!钱也|力)|骂人|打人|被打|辞退|我要求|要求退|不能退|不让退|扔(?:下来|出来)|砸(?:了|坏)|绕路|(?<!诈)骗(?:了|我|人|钱)|糊弄"),
    (T.HELP, 0.7, "求助|帮帮|救命|救救|坏了|停了|停水|停电|没有暖气|不热|没人修|没有人修|走失|走丢|困人|被困|晕倒|堵了|漏水|爆裂|泄漏|不亮|损坏|破损|丢失|不见了|积水|塌陷|倒伏|结冰|没有水|没有电|中断|垃圾没人|没人清理|没有人清理|外溢|进水|丢了|诈骗|发黄|发黑|请尽快|尽快处理|尽快解决|反映一个问题"),
)  # fmt: skip
_WHO = (
    "有人|隔壁|邻居|楼上|楼下|对门|工地|物业|老板|房东|公司|厂|学校|老师|同学|医院|商家|店|中介|开发商|他们|他家|这家|那家|卖.{1,6}的|机构"
    "|驾校|司机|城管|村委会|村干部|移动|联通|电信|银行|公交|驿站|市场|保安|业主|被人"
)
_WRONG = (
    "不(?:给|管|让|退|赔|认|来|走|停|准|理|听|修|开|发|交|按|干净|卫生)|没(?:给|交|发|退|有退)|都不|乱(?!码)|偷|占|骗|拖(?!鞋|拉机)|扣|推卸|推诿|推脱|和稀泥"
    "|撬|改成|直射|拉屎|压价|臭|多收|打(?:了|我|人)|骂|扔|倒(?:垃圾|污水)|少.{1,2}两|强制|强迫|态度|违规|违反|私自|擅自|半夜|夜里|侵占|霸占|破坏|威胁|忽悠|涨价"
)
_ACCUSES = re.compile(f"(?:{_WHO}).{{0,20}}?(?:{_WRONG})")
_DESCRIBED_PATTERNS = (
    *((kind, confidence, re.compile(words)) for kind, confidence, words in _DESCRIBED),
    (T.COMPLAINT, 0.72, _ACCUSES),
    (T.REPORT, 0.73, re.compile("有人.{0,8}(?:倒垃圾|倒污水|倒渣土|偷|排污|赌|卖假|搭建|盗|贩|造假|电鱼|挖沙|砍树|焚烧|烧)|偷偷.{0,3}(?:排|倒|卖|挖|埋)")),
    (T.SUGGESTION, 0.7, re.compile("希望.{0,15}(?:改造|改善|安排|调整|开放|增|画|划|建(?!议)|装|设|加)")),
    (T.CONSULTATION, 0.65, re.compile(
        "是什么|什么时候|有没有.{1,8}(?:限制|规定|政策|要求|补贴)|怎么(?!还|不|也|都|没|这么|那么|能|可以)|多少(?!年|天|次|人|遍)|(?:能|可以|需要|算|是).{1,12}吗"
    )),
)  # fmt: skip


def declared_in(text: str) -> tuple[RequestType, Heard] | None:
    """The kind the citizen names himself: 我要投诉; 我已经投诉过 and 我不是要投诉 name none."""
    said = _DECLARED.search(text) or _AT_THE_START.search(text)
    if said is None:
        return None
    kind = _DECLARED_WORDS[said.group(1)]
    return kind, Heard(value=kind, start=said.start(), end=said.end(), confidence=0.95)


def described_in(text: str) -> list[tuple[RequestType, Heard]]:
    """The kinds that a sentence's words suggest, the likelier first."""
    found: dict[RequestType, Heard] = {}
    for kind, confidence, pattern in _DESCRIBED_PATTERNS:
        said = pattern.search(text)
        if said and (kind not in found or found[kind].confidence < confidence):
            found[kind] = Heard(
                value=kind, start=said.start(), end=said.end(), confidence=confidence
            )
    return sorted(found.items(), key=lambda one: -one[1].confidence)
