"""What simulated citizens and operators say to each other. 演示对话

Data, not code. Every line is written as it is spoken (numbers in words, digits one by one), in words
that the demonstration speech model knows; `bin/hotline` never shows these texts as if a person had
said them. Openings and closings are the prescribed ones of DB1302/T 604-2025, appendix A.
Callers' numbers are test numbers (1380000xxxx) that belong to nobody.
"""

from dataclasses import dataclass

from asr.events import Side
from orders.model import RequestType

OPENING = "您好，一二三四五政务服务便民热线，请问有什么可帮您"
VERIFY_SIR = "先生，您反映的问题记录完毕，现向您核实一下好吗"
VERIFY_MADAM = "女士，您反映的问题记录完毕，现向您核实一下好吗"
MORE = "请问还有其他可帮您的吗"
CLOSING = "感谢您的来电，祝您生活愉快，再见"

OPERATOR_VOICE = "cmn+f3"
"""One calm voice for every seat, so that a listener tells the sides apart. 话务员音色"""
OPERATOR_WORDS_PER_MINUTE = 170
OPERATOR_PITCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One turn. 一句话"""

    side: Side
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One conversation and what a good draft of its work order contains. 演示对话"""

    name: str
    title: str
    caller_number: str
    voice: str
    """espeak-ng voice with its variant; the model was heard to understand it. 市民音色"""
    words_per_minute: int
    pitch: int
    """0 to 99; 50 is the voice's own. 音高"""
    request_type: RequestType
    caller_name: str
    address: str
    """A phrase of the citizen's that a draft's address should contain. 地址"""
    lines: tuple[ScriptLine, ...]


def turns(*texts: str) -> tuple[ScriptLine, ...]:
    """The operator begins; the sides take turns."""
    return tuple(
        ScriptLine(side=Side.CITIZEN if turn % 2 else Side.OPERATOR, text=text)
        for turn, text in enumerate(texts)
    )


SCRIPTS: tuple[Script, ...] = (
    Script(
        name="street-light",
        title="路灯坏了",
        caller_number="13800006172",
        voice="cmn",
        words_per_minute=165,
        pitch=45,
        request_type=RequestType.HELP,
        caller_name="王先生",
        address="东城区阳光花园三号楼",
        lines=turns(
            OPENING,
            "您好，我要求助，我家楼下的路灯坏了三天没有人修，晚上看不见路，老人孩子出行不便",
            "请您说一下具体地址",
            "地址是东城区阳光花园三号楼门口",
            "请问您贵姓，请问您的联系电话是多少",
            "我姓王，我的电话是一三八零零零零六一七二",
            "好的王先生，您反映的是阳光花园路灯不亮对吗",
            "对是的，希望尽快处理",
            VERIFY_SIR,
            "可以的",
            MORE,
            "没有了，谢谢",
            CLOSING,
        ),
    ),
    Script(
        name="night-building-noise",
        title="夜间施工噪音",
        caller_number="13800003845",
        voice="cmn+f4",
        words_per_minute=175,
        pitch=55,
        request_type=RequestType.COMPLAINT,
        caller_name="李女士",
        address="人民路十五号",
        lines=turns(
            OPENING,
            "您好，我要投诉夜间施工噪音，工地夜里十二点还在施工，影响休息，晚上睡不着觉",
            "您别着急慢慢说，请问具体位置在哪里",
            "地址是西城区人民路十五号，书香苑附近的工地",
            "请问这种情况持续多长时间了",
            "已经半个月了，打了很多次电话都没解决",
            "请问您怎么称呼，请问您的联系电话是多少",
            "我姓李，电话是一三八零零零零三八四五",
            VERIFY_MADAM,
            "可以的",
            "您的诉求我们会转交城管局处理，请您保持电话畅通，" + MORE,
            "没有了，请相关部门尽快解决",
            CLOSING,
        ),
    ),
    Script(
        name="housing-fund",
        title="咨询公积金提取",
        caller_number="13800007259",
        voice="cmn+m3",
        words_per_minute=170,
        pitch=40,
        request_type=RequestType.CONSULTATION,
        caller_name="黄先生",
        address="高新区科技大道",
        lines=turns(
            OPENING,
            "您好，我想咨询一下公积金怎么提取，需要准备哪些材料",
            "请您稍等我帮您查询一下",
            "好的",
            "您可以到公积金中心窗口办理，需要带身份证和户口本原件",
            "我在高新区科技大道二十号上班，可以在网上办吗",
            "也可以在手机上办理，请问您怎么称呼，请问您的联系电话是多少",
            "我姓黄，我的手机号码是一三八零零零零七二五九",
            VERIFY_SIR,
            "可以的",
            MORE,
            "没有了，谢谢你",
            CLOSING,
        ),
    ),
    Script(
        name="property-fees",
        title="物业收费投诉",
        caller_number="13800009416",
        voice="cmn+f1",
        words_per_minute=165,
        pitch=60,
        request_type=RequestType.COMPLAINT,
        caller_name="张女士",
        address="翠湖花园",
        lines=turns(
            OPENING,
            "您好，我要投诉翠湖花园物业乱收费，服务态度差，电梯坏了没有人管",
            "请问是哪个小区，请您说一下具体地址",
            "我住在南湖区翠湖花园八号楼二单元",
            "请问您之前有没有反映过",
            "我找过居委会但是没有人管，我有发票和收据，我要求退钱",
            "请问您贵姓，请问您的联系电话是多少",
            "我姓张，我的电话是一三八零零零零九四一六",
            VERIFY_MADAM,
            "可以的",
            "好的张女士我已经记录下来了，" + MORE,
            "没有了，请帮忙反映一下",
            CLOSING,
        ),
    ),
    Script(
        name="burst-pipe",
        title="水管爆裂求助",
        caller_number="13800002583",
        voice="cmn+m1",
        words_per_minute=185,
        pitch=50,
        request_type=RequestType.HELP,
        caller_name="刘先生",
        address="幸福小区五号楼",
        lines=turns(
            OPENING,
            "喂您好，我要求助，水管爆裂了，家里进水了，地上都是水",
            "您别着急慢慢说，请您说一下具体地址",
            "地址是江北区解放路幸福小区五号楼一单元，我现在非常着急",
            "请问您怎么称呼，请问您的联系电话是多少",
            "我姓刘，我的电话是一三八零零零零二五八三",
            "我已经为您登记了工单，您的诉求我们会转交自来水公司处理",
            "请你们尽快派人来处理",
            VERIFY_SIR,
            "可以的",
            MORE,
            "没有了，麻烦你了",
            CLOSING,
        ),
    ),
    Script(
        name="praise-police",
        title="表扬民警",
        caller_number="13800005927",
        voice="cmn+f1",
        words_per_minute=160,
        pitch=45,
        request_type=RequestType.PRAISE,
        caller_name="赵女士",
        address="火车站",
        lines=turns(
            OPENING,
            "您好，我要表扬昨天帮助我的民警同志，工作认真负责",
            "请问事情发生在什么时候，请问具体位置在哪里",
            "昨天晚上我的身份证在火车站丢了，民警同志帮我找回了钱包，非常感谢",
            "很高兴听到您的认可，请问您贵姓，请问您的联系电话是多少",
            "我姓赵，电话是一三八零零零零五九二七",
            VERIFY_MADAM,
            "可以的",
            "好的赵女士我已经记录下来了，" + MORE,
            "没有了，你们的服务很好",
            CLOSING,
        ),
    ),
    Script(
        name="more-buses",
        title="建议增加公交班次",
        caller_number="13800008364",
        voice="cmn+m7",
        words_per_minute=170,
        pitch=55,
        request_type=RequestType.SUGGESTION,
        caller_name="周先生",
        address="朝阳区迎宾大道",
        lines=turns(
            OPENING,
            "您好，我想给政府提个建议，建议增加公交班次",
            "请问具体位置在哪里",
            "朝阳区迎宾大道，十五路公交车等了半个小时还没来，上下班非常不方便",
            "非常感谢您的建议，我会如实记录下来",
            "希望多安排几趟车，延长公交运营时间",
            "请问您怎么称呼，请问您的联系电话是多少",
            "我姓周，我的手机号码是一三八零零零零八三六四",
            VERIFY_SIR,
            "可以的",
            MORE,
            "没有了，谢谢再见",
            CLOSING,
        ),
    ),
    Script(
        name="expired-food",
        title="举报超市卖过期食品",
        caller_number="13800004731",
        voice="cmn+f5",
        words_per_minute=175,
        pitch=50,
        request_type=RequestType.REPORT,
        caller_name="匿名",
        address="和平路",
        lines=turns(
            OPENING,
            "您好，我要举报超市卖过期食品",
            "请您说一下具体地址",
            "开发区和平路三十二号，超市卖的牛奶过期了，我可以把照片发给你们",
            "请问需要为您的信息保密吗",
            "需要，不要公开我的信息，能不能匿名举报",
            "可以的，请问您的联系电话是多少",
            "我的电话是一三八零零零零四七三一",
            VERIFY_MADAM,
            "可以的",
            "您的诉求我们会转交市场监管局处理，" + MORE,
            "没有了，希望市场监管局尽快处理",
            CLOSING,
        ),
    ),
    Script(
        name="cold-heating",
        title="暖气不热",
        caller_number="13800001694",
        voice="cmn+m4",
        words_per_minute=160,
        pitch=35,
        request_type=RequestType.COMPLAINT,
        caller_name="孙先生",
        address="建设新村十二号楼",
        lines=turns(
            OPENING,
            "你好，我要投诉，供暖温度不达标，暖气不热，天气太冷了",
            "请问是哪个小区，请您说一下具体地址",
            "地址是新城区建设路建设新村十二号楼三单元",
            "请问这种情况持续多长时间了",
            "已经十天了，我给供热公司打电话没有人接",
            "请问您贵姓，请问您的联系电话是多少",
            "我姓孙，我的电话是一三八零零零零一六九四",
            VERIFY_SIR,
            "可以的",
            "这个问题属于供热公司负责，工作人员会在三个工作日内与您联系，" + MORE,
            "好的，没有了，谢谢你",
            CLOSING,
        ),
    ),
    Script(
        name="unpaid-wages",
        title="拖欠工资",
        caller_number="13800003178",
        voice="cmn+m2",
        words_per_minute=170,
        pitch=50,
        request_type=RequestType.COMPLAINT,
        caller_name="马先生",
        address="工业路",
        lines=turns(
            OPENING,
            "您好，我要投诉，老板拖欠我三个月工资，公司不给发工资",
            "请问具体位置在哪里",
            "公司在经开区工业路二十八号，老板不签劳动合同",
            "请问总共拖欠多少钱",
            "总共两万元，我找过人社局但是没有人管",
            "请问您怎么称呼，请问您的联系电话是多少",
            "我姓马，我的手机号码是一三八零零零零三一七八",
            VERIFY_SIR,
            "可以的",
            "您的诉求我们会转交人社局处理，" + MORE,
            "没有了，请相关部门尽快解决",
            CLOSING,
        ),
    ),
)
"""Played in this order, then from the beginning again. 演示剧本"""
