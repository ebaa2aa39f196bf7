"""What citizens say and what the order then proposes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.events import Side, UtteranceHeard, Word
from orders.drafting import propose
from orders.model import FieldValue, FilledBy, OrderField, Proof
from orders.places import place_in
from orders.reading import read
from orders.story import CONTENT_LIMIT, SUMMARY_LIMIT
from tests.fakes.floor import NOON, call
from tests.fakes.talk import BACKGROUND, drafted, heard, talk, untimed

F = OrderField

# The columns: what is said, kind, event type, urgency, address.
SENTENCES = """
我要投诉阳光花园物业乱收费 | complaint | 物业管理 | ordinary | 阳光花园
我家楼下的路灯坏了三天没人修 | help | 市政设施 | ordinary | -
中山路十二号门口井盖丢失太危险了 | help | 市政设施 | urgent | 中山路12号门口
人民路和中山路交叉口红绿灯坏了 | help | 道路交通 | ordinary | 人民路和中山路交叉口
碧水湾三号楼没有暖气 | help | 供热 | ordinary | 碧水湾3号楼
昨天晚上幸福小区施工噪音影响休息 | complaint | 噪声污染 | ordinary | 幸福小区
请问公积金怎么提取 | consultation | 公积金 | ordinary | -
您好我想咨询一下异地就医怎么备案 | consultation | 医疗保障 | ordinary | -
我想问一下社保怎么缴费 | consultation | 社会保障 | ordinary | -
建议东城区增加公交班次 | suggestion | 道路交通 | ordinary | 东城区
我建议在解放路增设路灯 | suggestion | 市政设施 | ordinary | 解放路
我要表扬公交车司机拾金不昧 | praise | 道路交通 | ordinary | -
社区工作人员热情耐心非常感谢 | praise | - | ordinary | -
我要举报人民路一家超市卖过期食品 | report | 市场监管 | ordinary | 人民路
我要举报饭店无证经营 | report | 市场监管 | ordinary | -
我要求助家里燃气泄漏 | help | 燃气 | very_urgent | -
电梯困人了请帮帮我 | help | 物业管理 | very_urgent | -
有人晕倒了 | help | - | very_urgent | -
李家村水管爆裂了 | help | 供水 | urgent | 李家村
大王镇李家村的自来水停了两天 | help | 供水 | ordinary | 大王镇李家村
工资被拖欠三个月没有发了 | complaint | 劳动纠纷 | ordinary | -
我在健身房办了卡现在关门跑路 | complaint | 市场监管 | ordinary | -
孩子户口在外地能不能在这里上学 | consultation | 教育 | ordinary | -
营业执照怎么办理 | consultation | 市场监管 | ordinary | -
有人在河边乱倒建筑垃圾 | report | 环境卫生 | ordinary | -
工地夜里十二点还在施工声音特别大 | complaint | 噪声污染 | ordinary | -
广场舞的音乐声音太大影响孩子学习 | complaint | 噪声污染 | ordinary | -
医院的医生非常负责任 | praise | 医疗卫生 | ordinary | -
河水发黑有臭味 | help | 生态环境 | ordinary | -
网上怎么申请居住证 | guidance | 户籍证件 | ordinary | -
小程序提交不了医保报销 | guidance | 医疗保障 | ordinary | -
楼道里没有着火就是电线老化 | help | 物业管理 | ordinary | -
五一路一百零五号烧烤店油烟扰民 | complaint | 噪声污染 | ordinary | 五一路105号
我住在河东街道向阳社区五号楼三零二室停电了 | help | 供电 | ordinary | 河东街道向阳社区5号楼302室
老人走失了 | help | 民政救助 | urgent | -
北二环堵车严重 | help | 道路交通 | ordinary | 北二环
唐山市路北区新华道渣土车扬尘 | complaint | 生态环境 | ordinary | 唐山市路北区新华道
我已经投诉过两次了垃圾没人清理 | help | 环境卫生 | ordinary | -
我不是要投诉我想咨询一下停车费 | consultation | 物业管理 | ordinary | -
电话一直打不通 | - | - | ordinary | -
地铁站旁边有很多人占道卖水果 | complaint | 市容城管 | ordinary | -
宅基地怎么申请 | consultation | 农业农村 | ordinary | -
"""


@pytest.mark.parametrize("row", SENTENCES.strip().splitlines())
def test_one_sentence_is_understood(row):
    said, kind, event_type, urgency, address = (cell.strip() for cell in row.split("|"))
    fields = drafted(f"市：{said}")
    wanted = {
        F.REQUEST_TYPE: kind,
        F.EVENT_TYPE: event_type,
        F.URGENCY: urgency,
        F.ADDRESS: address,
    }
    got = {name: fields[name].value if name in fields else "-" for name in wanted}
    assert got == wanted


@pytest.mark.parametrize(
    ("script", "number"),
    [
        ("市：我的电话是幺三八零零零零零零零二", "13800000002"),
        ("市：我叫李先生电话是一三八零零零零零零零三", "13800000003"),
        ("市：手机幺三八零零零零零零幺二不对是幺三八零零零零零零幺三", "13800000013"),
        ("市：幺三八四个零零零零四", "13800000004"),
        ("市：一三八零零零零\n市：零零零五", "13800000005"),
        ("座：请问您的联系电话是多少\n市：八六五四三二一零", "86543210"),
        ("市：座机是零三一五二一二三四五六七", "031521234567"),
        ("市：工单号是八六五四三二一零", "13800000001"),
        ("市：身份证号码是一三零二零二一九八零零一零一零零一一", "13800000001"),
        ("座：跟您核对一下电话是幺三八零零零零零零零六", "13800000006"),
        ("市：这里一直很吵", "13800000001"),
        ("市：我电话幺三八零零零零嗯零零幺七", "13800000017"),
        ("市：幺三八\n座：嗯\n市：零零零零\n座：好\n市：零零幺八", "13800000018"),
        (
            "市：电话幺三八零零零零零零幺九\n座：幺三八零零零零零零幺九\n市：不对尾号是零零二零",
            "13800000020",
        ),
        ("市：电话幺三八零零零零零零幺九\n市：说错了最后两位是二二", "13800000022"),
        ("市：电话幺三八零零零零零零幺九\n市：我家住九号楼三单元", "13800000019"),
        ("座：电话是您来电的号码吗\n市：对", "13800000001"),
    ],
)
def test_the_contact_number_is_the_spoken_one_and_else_the_callers(script, number):
    assert drafted(script)[F.CONTACT_NUMBER].value == number


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("+8613800000001", "13800000001"),
        ("008613800000001", "13800000001"),
        ("013800000001", "13800000001"),
        ("031521234567", "031521234567"),
        ("anonymous", None),
        ("", None),
        ("12345", None),
    ],
)
def test_the_callers_number_is_written_as_dialled_inside_the_country(shown, number):
    fields = drafted("市：这里一直很吵", caller_number=shown)
    value = fields.get(F.CONTACT_NUMBER)
    assert (value.value if value else None) == number


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("市：我姓王", "王"),
        ("市：我姓王\n座：好的王先生我已经记录下来了", "王先生"),
        ("座：请问您贵姓\n市：免贵姓欧阳", "欧阳"),
        ("市：我叫李明电话是幺三八零零零零零零零一", "李明"),
        ("市：我叫李明\n座：李先生您好", "李明"),
        ("市：我叫陈女士", "陈女士"),
        ("座：张先生请问您贵姓\n市：我姓章", "章"),
        ("市：我想匿名", "匿名"),
        ("市：我姓王\n市：我要匿名反映\n座：好的王先生", "匿名"),
        ("市：我不想留姓名", "匿名"),
        ("座：先生女士请问您贵姓", None),
        ("座：请问需要匿名吗", None),
        ("市：路灯坏了", None),
        ("座：请问您贵姓\n市：王", "王"),
        ("市：我姓李\n座：女士您反映的问题记录完毕", "李女士"),
        ("市：我叫李明\n座：先生您反映的问题记录完毕", "李明"),
        ("市：我要匿名\n座：女士您反映的问题记录完毕", "匿名"),
        ("座：请问您贵姓\n市：姓李", "李"),
        ("座：您怎么称呼\n市：王建国", "王建国"),
        ("座：您怎么称呼\n市：陈女士", "陈女士"),
        ("座：请问您贵姓\n市：免贵姓张立早章", "章"),
        ("座：请问您贵姓\n市：弓长张", "张"),
        ("座：请问您贵姓\n市：您问这个干什么", None),
        ("座：请说\n市：高新区的路灯", None),
        ("座：请问您贵姓\n市：我姓黄\n座：王先生\n市：不是我姓黄草头黄", "黄"),
    ],
)
def test_the_name_is_only_what_was_said(script, name):
    value = drafted(script).get(F.CALLER_NAME)
    assert (value.value if value else None) == name


def test_an_address_said_bit_by_bit_becomes_one():
    script = """
    市：我住在东湖小区
    座：请问是几号楼
    市：八号楼
    座：几单元
    市：三单元五零一室
    """
    assert drafted(script)[F.ADDRESS].value == "东湖小区8号楼3单元501室"


def test_a_whole_call_makes_a_whole_draft():
    fields = drafted("""
    座：您好一二三四五政务服务便民热线请问有什么可以帮您
    市：您好我要投诉
    座：请您说一下具体地址
    市：人民路十二号门口
    市：施工噪音每天晚上都有
    座：请问您贵姓
    市：我姓王
    座：好的王先生您的联系电话是多少
    市：幺三八零零零零零零零九
    座：您反映的问题记录完毕
    市：好的谢谢
    市：再见
    """)
    assert {name.value: value.value for name, value in fields.items()} == {
        "caller_name": "王先生",
        "contact_number": "13800000009",
        "request_type": "complaint",
        "event_type": "噪声污染",
        "urgency": "ordinary",
        "content": "我要投诉。人民路12号门口，施工噪音每天晚上都有。",
        "address": "人民路12号门口",
        "summary": "人民路12号门口，施工噪音每天晚上都有。",
    }
    assert all(value.by is FilledBy.MACHINE for value in fields.values())


def test_a_question_that_turns_into_a_complaint_is_a_complaint_but_not_the_other_way():
    turned = drafted("市：我想咨询一下停车费\n市：那我要投诉物业")
    stays = drafted("市：我要投诉物业\n市：我想咨询什么时候有结果")
    assert turned[F.REQUEST_TYPE].value == stays[F.REQUEST_TYPE].value == "complaint"


def test_a_question_ends_with_a_question_mark():
    assert drafted("市：请问公积金怎么提取")[F.CONTENT].value == "请问公积金怎么提取？"


def test_the_proof_is_the_span_of_the_very_words():
    words = tuple(
        Word(text=text, starts_at_ms=start, ends_at_ms=start + 400, confidence=0.8)
        for text, start in (("我要", 1000), ("投诉", 1500), ("东湖小区", 2000), ("物业", 2600))
    )
    said = UtteranceHeard(
        at=NOON,
        call_id=call(1),
        side=Side.CITIZEN,
        text="我要 投诉 东湖小区 物业",
        starts_at_ms=900,
        ends_at_ms=3100,
        confidence=0.8,
        words=words,
    )
    fields = dict(propose([read(said)], "", {}))
    assert fields[F.REQUEST_TYPE].proof == Proof(
        side=Side.CITIZEN, starts_at_ms=1000, ends_at_ms=1900
    )
    assert fields[F.ADDRESS].proof == Proof(side=Side.CITIZEN, starts_at_ms=2000, ends_at_ms=2400)
    assert 0.8 < fields[F.REQUEST_TYPE].confidence < 0.95


def test_without_word_times_the_proof_is_the_sentence():
    said = untimed("我要投诉物业", at_s=3)
    fields = dict(propose([read(said)], "", {}))
    proof = fields[F.REQUEST_TYPE].proof
    assert proof == Proof(side=Side.CITIZEN, starts_at_ms=3000, ends_at_ms=said.ends_at_ms)


def test_what_a_person_wrote_is_never_proposed_anew_and_equal_proposals_are_silent():
    readings = [read(u) for u in talk("市：我要投诉东湖小区物业乱收费")]
    first = dict(propose(readings, "13800000001", {}))
    assert propose(readings, "13800000001", first) == ()
    by_person = {name: FieldValue(value="", by=FilledBy.PERSON) for name in OrderField}
    assert propose(readings, "13800000001", by_person) == ()


def test_sentences_that_come_late_take_their_place_by_time():
    said = talk("市：我要投诉物业\n市：他们乱收停车费")
    late = dict(propose([read(u) for u in reversed(said)], "", {}))
    assert late == dict(propose([read(u) for u in said], "", {}))


def test_punctuation_and_blanks_of_other_recognisers_make_no_difference():
    fields = dict(propose([read(untimed("我 要 投诉，东湖小区 物业！"))], "", {}))
    assert fields[F.CONTENT].value == "我要投诉东湖小区物业。"
    assert fields[F.ADDRESS].value == "东湖小区"


ALPHABET = "我要投诉举报的路区小号楼一二三十百零两幺八在和市村王先生姓叫了，。 ab1９昨天晚点半月年上周前多个没有着火希望物业公司不对尾是"


@given(st.lists(st.tuples(st.text(ALPHABET, max_size=40), st.booleans()), max_size=8))
def test_any_words_give_the_same_bounded_proposals_and_never_an_error(lines):
    said = [
        heard(text, Side.CITIZEN if own else Side.OPERATOR, at_s=i)
        for i, (text, own) in enumerate(lines)
    ]
    first = propose([read(u, BACKGROUND) for u in said], "13800000001", {})
    assert first == propose([read(u, BACKGROUND) for u in said], "13800000001", {})
    for name, value in first:
        assert value.value
        assert 0 <= value.confidence <= 1
        assert len(value.value) <= (SUMMARY_LIMIT if name is F.SUMMARY else CONTENT_LIMIT)


@pytest.mark.parametrize(
    "words",
    [
        "我家楼下的路灯坏了三天没有人修管看不见路老人孩子出行不便",
        "晚上看不清路",
        "下雨天积水走不通路",
    ],
)
def test_a_road_nobody_can_see_is_no_address(words):
    assert place_in(words) is None
