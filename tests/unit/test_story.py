"""The matter in the citizen's own words, whole and short."""

from dataclasses import replace

import pytest

from orders.drafting import propose
from orders.model import FieldValue, FilledBy, OrderField
from orders.reading import read
from orders.story import SUMMARY_AIM, SUMMARY_LIMIT
from tests.fakes.talk import BACKGROUND, drafted, heard, talk, untimed

F = OrderField

HEATING = """
座：您好一二三四五热线请问有什么可以帮您
市：喂你好我想反映一下我们小区的问题
座：您请讲
市：我家住路北区河西里小区三号楼我们楼从上个星期开始暖气就一直不热家里只有十四度
市：我给物业打电话物业说归热力公司管热力公司又说是物业的管道有问题
市：两边互相推诿来回踢皮球到现在也没有人来看
座：您家几单元几室
市：二单元五零一室
市：家里有老人还有一个两岁的孩子天天感冒发烧实在是受不了了
市：希望政府能协调一下尽快派人来检查管道把暖气烧热
座：请问您贵姓
市：我姓王
座：王女士联系电话是您来电的号码吗
市：对就是这个号码
座：好的您的问题记录完毕会尽快转给相关部门处理还有其他问题吗
市：没有了谢谢你再见
"""
BARBECUE = """
市：你好
市：我是建设北路这边的住户
市：那个就是说我们家楼下新开了一个烧烤店
市：他每天晚上营业到两三点喝酒的人大喊大叫
市：油烟全都往我们家里飘窗户都不敢开
市：我去找过他们老板老板态度特别恶劣还骂人
市：我也找过城管城管来了他就收起来走了他又摆出来
市：已经持续三个多月了
市：我就想要求你们能不能彻底解决一下让他们把烟道改了或者搬走
"""


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (HEATING, ("河西里小区3号楼", "暖气", "上个星期", "希望政府能协调")),
        (BARBECUE, ("建设北路", "油烟", "三个多月", "彻底解决")),
    ],
)
def test_the_summary_holds_matter_place_since_when_and_want(script, told):
    summary = drafted(script)[F.SUMMARY].value
    assert SUMMARY_AIM <= len(summary) <= SUMMARY_LIMIT
    assert [words for words in told if words not in summary] == []


@pytest.mark.parametrize("script", [HEATING, BARBECUE])
def test_nothing_stands_in_the_summary_that_he_did_not_say_and_it_is_in_his_order(script):
    fields = drafted(script)
    clauses = fields[F.SUMMARY].value.replace("；", "，").rstrip("。？").split("，")
    places = [fields[F.CONTENT].value.find(clause) for clause in clauses]
    assert -1 not in places
    assert places == sorted(places)


def test_greetings_names_numbers_and_thanks_are_in_neither():
    fields = drafted(HEATING)
    for words in ("喂", "你好", "姓王", "这个号码", "谢谢", "再见"):
        assert words not in fields[F.CONTENT].value
        assert words not in fields[F.SUMMARY].value


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("我姓陈，我的电话是一三八零零零零四六一七，路灯坏了", "路灯坏了。"),
        ("您好，我叫李明电话是一三八零零零零四六一七", None),
        ("好的，可以的，路灯坏了，谢谢你", "路灯坏了。"),
        ("喂您好，那个我家住河西里，停电了", "我家住河西里，停电了。"),
        ("是的，没错", None),
    ],
)
def test_of_a_sentence_only_the_clauses_that_tell_something_are_kept(said, kept):
    marked = replace(untimed(said), text=said.replace("，", ""), written=said)
    content = dict(propose([read(marked, BACKGROUND)], "", {})).get(F.CONTENT)
    assert (content.value if content else None) == kept


def test_who_says_little_is_summarised_in_little():
    assert drafted("市：路灯坏了")[F.SUMMARY].value == "路灯坏了。"
    assert F.SUMMARY not in drafted("市：喂你好\n市：我姓王")


def test_a_statement_without_end_is_cut_to_the_limit():
    fields = drafted("市：" + "路灯坏了垃圾没人清理物业也不管希望尽快处理" * 30)
    assert len(fields[F.SUMMARY].value) <= SUMMARY_LIMIT


def test_the_summary_is_proved_by_the_span_from_its_first_to_its_last_sentence():
    said = talk(HEATING)
    proof = drafted(HEATING)[F.SUMMARY].proof
    assert proof is not None
    assert proof.starts_at_ms == said[3].starts_at_ms
    assert proof.ends_at_ms == said[9].ends_at_ms


class Model:
    """A summariser that needs a while: nothing at first, then its own words."""

    def __init__(self) -> None:
        self.ready: FieldValue | None = None

    def summary(self, ordered):
        return self.ready


def test_another_summariser_can_take_the_place_of_ours():
    model = Model()
    readings = [read(one, BACKGROUND) for one in talk(HEATING)]
    assert F.SUMMARY not in dict(propose(readings, "", {}, model))
    model.ready = FieldValue(value="暖气不热。", by=FilledBy.MACHINE, confidence=0.7)
    assert dict(propose(readings, "", {}, model))[F.SUMMARY] == model.ready


def test_words_of_another_language_are_kept_and_nothing_is_read_into_them():
    english = replace(
        heard(""), text="there is a fire", written="There is a fire.", language="en", words=()
    )
    fields = dict(propose([read(english, BACKGROUND)], "", {}))
    assert fields[F.CONTENT].value == "There is a fire。"
    assert set(fields) == {F.CONTENT, F.SUMMARY, F.URGENCY}
