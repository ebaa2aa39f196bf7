"""What the voice bot makes of what citizens say, and that nobody is ever kept from a person by it."""

import asyncio

import pytest

from asr.events import Side
from asr.one_hearing import hear_answer
from asr.ports import Voice
from asr.text import plain
from cti.events import RecordingStarted
from cti.ids import CallId
from hotline.bot_needs import ABOUT, GROUP_OF_TYPE, GROUP_WORDS, understood
from hotline.voice_bot import VoiceBot
from ivr.flow import Bot
from ivr.flow_steps import Heard
from orders.event_types import EVENT_TYPES
from tests.fakes.recognisers import MemoryLegs, ToyHouse, quiet, said
from tests.fakes.shipped_flows import NOON, shipped_flows, shipped_texts
from tests.fakes.virtual_time import VirtualTimeLoop

CALL = CallId("node1-1.1")
SCRIPTED = (
    ("我们小区从昨天晚上就停水了", "general", "about-water"),
    ("家里暖气一直不热", "general", "about-heating"),
    ("我想问一下公积金怎么提取", "housing-fund", ""),
    ("异地就医怎么备案报销", "medical-insurance", ""),
    ("我妈的养老金这个月没有到账", "social-security", ""),
    ("老板拖欠工资想咨询一下法律援助", "law", ""),
    ("我想开公司企业注册有什么优惠政策", "enterprise", ""),
    ("楼下广场舞噪音太大了", "general", "about-noise"),
    ("门口的路灯坏了好几天没人修", "general", "about-streets"),
    ("我不会按键给我转人工", "person", ""),
)


def test_at_least_eight_of_ten_scripted_sentences_are_led_right():
    right = [
        (found.need, found.about) == (need, about)
        for words, need, about in SCRIPTED
        for found in [understood(words)]
    ]
    assert sum(right) >= 8, [one for one, ok in zip(SCRIPTED, right, strict=True) if not ok]


@pytest.mark.parametrize("words", ["", "嗯", "那个我想想", "喂喂喂"])
def test_what_says_nothing_is_not_understood(words):
    assert understood(words).need == ""


def test_every_need_and_matter_has_its_text_and_its_way_in_the_shipped_flows():
    bots = [
        n
        for flow in shipped_flows().flows.values()
        for n in flow.nodes.values()
        if isinstance(n, Bot)
    ]
    assert bots
    for bot in bots:
        assert {*GROUP_WORDS, *GROUP_OF_TYPE.values(), "general"} == set(bot.needs)
    assert set(ABOUT) | set(GROUP_OF_TYPE) == set(EVENT_TYPES)
    assert set(ABOUT.values()) <= set(shipped_texts())


def virtually(story):
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(story)


def hearing(audio, longest_s=10.0, house=None):
    house = house or ToyHouse()
    legs = MemoryLegs()
    leg = legs(Voice(side=Side.CITIZEN), 0)
    leg.audio.extend(audio)

    async def story():
        return await hear_answer(leg, house, longest_s)

    words = virtually(story())
    assert all(connection.closed for connection in house.connections)
    return "".join(word.text for word in words)


def test_the_first_sentence_ends_the_hearing_and_what_comes_in_one_breath_belongs_to_it():
    one = quiet(800) + said("路灯", 500) + said("坏了", 500) + quiet(700)
    assert hearing(one) == "路灯坏了"
    assert hearing(one + said("没人", 400) + quiet(700)) == "路灯坏了没人"


def test_who_is_silent_is_heard_to_say_nothing_and_who_never_ends_is_cut():
    assert hearing(quiet(3_000), longest_s=3) == ""
    assert hearing(said("没人", 9_000), longest_s=2) == "没人"


class Deaf:
    def recognisers(self, _language):
        return None


@pytest.mark.parametrize("languages", [Deaf(), ToyHouse()])
def test_without_a_recogniser_he_is_for_a_person_at_once(tmp_path, languages):
    languages.open = False
    bot = VoiceBot(tmp_path, languages, plain, shipped_texts, lambda: NOON)
    bot.on_event(RecordingStarted(at=NOON, call_id=CALL))

    async def story():
        found = await bot.need_of(CALL, NOON, 10)
        return found, asyncio.get_running_loop().time()

    assert virtually(story()) == (Heard(need="person"), 0.0)


def test_a_matter_without_a_text_of_this_city_is_asked_by_its_groups_name(tmp_path):
    legs = tmp_path / f"{CALL}-citizen.sln16"
    legs.write_bytes(quiet(300) + said("路灯", 500) + said("坏了", 500) + quiet(9_000))
    for texts, about in ((shipped_texts(), "about-streets"), ((), "")):
        bot = VoiceBot(tmp_path, ToyHouse(), plain, lambda texts=texts: texts, lambda: NOON)
        bot.on_event(RecordingStarted(at=NOON, call_id=CALL))
        found = virtually(bot.need_of(CALL, NOON, 10))
        assert found == Heard(need="general", about=about)
        assert bot.heard == {"need": 1}
