"""The call of `hotline demo --scenario speech`: a burst water pipe, and what its form must hold. 语音演示对话

Words that the demonstration speech model knows; a test number that belongs to nobody.
"""

from hotline.outside.scripts import CLOSING, MORE, OPENING, VERIFY_SIR, Script, turns
from orders.model import OrderField, RequestType

BURST_PIPE = Script(
    name="burst-pipe-speech",
    title="自来水管爆裂",
    caller_number="13800004617",
    voice="cmn",
    words_per_minute=165,
    pitch=45,
    request_type=RequestType.HELP,
    caller_name="陈先生",
    address="建设路26号",
    lines=turns(
        OPENING,
        "您好，我要求助，我们楼下的自来水管爆裂了，水流得到处都是，家里也停水了",
        "您别着急慢慢说，请您说一下具体地址",
        "地址是路北区建设路二十六号，在阳光花园门口",
        "请问是从什么时候开始的",
        "从昨天晚上八点开始的，到现在没有人来修",
        "请问您贵姓，请问您的联系电话是多少",
        "我姓陈，我的电话是一三八零零零零四六一七",
        "好的陈先生，您的诉求我们会转交自来水公司处理",
        "希望你们尽快派人来维修，恢复供水",
        VERIFY_SIR,
        "可以的",
        MORE,
        "没有了，谢谢",
        CLOSING,
    ),
)
EXPECTED = {
    OrderField.CALLER_NAME: "陈",
    OrderField.CONTACT_NUMBER: "13800004617",
    OrderField.ADDRESS: "建设路26号",
    OrderField.HAPPENED_AT: "T20:00",
    OrderField.EVENT_TYPE: "供水",
}
"""Name, telephone, place, time, matter (ASR-02): what each proposed value must contain. 应填内容"""
ENOUGH = 4
"""Of the five. 至少四项"""
SUMMARY_LENGTH = (50, 150)
"""Characters. 摘要字数"""
