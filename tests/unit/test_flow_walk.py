"""Walks through flows, step by step, without Asterisk."""

import pytest

from ivr.flow_position import Position, Stage, read_position
from ivr.flow_steps import (
    AskOneKey,
    CollectDigits,
    Deed,
    DigitsCame,
    EndCall,
    Gone,
    Heard,
    JoinLine,
    KeyCame,
    Listen,
    LookedUp,
    LookUp,
    Note,
    Noted,
    NothingCame,
    Over,
    Play,
    Played,
    Recorded,
    RecordMessage,
    WaitedLong,
)
from tests.fakes.shipped_flows import walk

RIGHT_ORDER = LookedUp(order="20261121-000042", values={"state": "state-accepted"})


def follow(one, *came, start=None):
    """Every step, from the first on."""
    steps = [start or one.begin()]
    for each in came:
        steps.append(one.advance(steps[-1].position, each))
    return steps


def said(step):
    return [line.text for line in step.doing.lines]


def test_the_direct_profile_is_the_notice_and_then_the_line():
    notice, line = follow(walk("direct"), Played())
    assert said(notice) == ["recording-notice"]
    assert notice.doing.whole
    assert line.doing == JoinLine(
        group="",
        comfort=line.doing.comfort,
        place="place",
        estimate="estimate",
        useful=("useful-ready", "useful-progress", "useful-survey"),
        every_s=30,
        offer_after_s=60,
        keys=frozenset("123"),
    )
    assert line.entered == ("line",)


def test_who_spoke_english_before_hears_english():
    notice = walk("direct", language="en").begin()
    assert notice.position.language == "en"
    assert notice.entered == ("known-language", "in-english", "notice")


def test_the_menu_leads_each_key_to_its_group():
    for key, group in {
        "1": "general",
        "3": "housing_fund",
        "6": "law",
        "9": "dialect",
        "0": "",
    }.items():
        line = follow(walk("menu"), Played(), KeyCame(key=key))[-1]
        assert isinstance(line.doing, JoinLine)
        assert line.doing.group == group


def test_key_8_speaks_english_and_says_the_notice_again():
    notice, line = follow(walk("menu"), Played(), KeyCame(key="8"), Played())[-2:]
    assert (notice.position.language, said(notice)) == ("en", ["recording-notice"])
    assert line.doing.group == "foreign_en"


def test_an_old_person_on_the_list_hears_no_menu():
    line = follow(walk("menu", lists=frozenset({"elderly"})), Played())[-1]
    assert line.entered == ("by-list", "line")


def test_silence_is_asked_once_more_and_then_leads_to_a_person():
    _, menu, again, line = follow(walk("menu"), Played(), NothingCame(), NothingCame())
    assert said(menu) == ["main-menu"]
    assert said(again) == ["no-key", "main-menu"]
    assert isinstance(line.doing, JoinLine)


def test_a_wrong_key_is_named_wrong_and_mashed_keys_lead_to_a_person():
    _, _, again, line = follow(walk("menu"), Played(), KeyCame(key="#"), KeyCame(key="*"))
    assert said(again) == ["key-unknown", "main-menu"]
    assert isinstance(line.doing, JoinLine)
    assert line.position.values == {}


def test_what_does_not_belong_here_changes_nothing():
    one = walk("menu")
    menu = follow(one, Played())[-1]
    for stray in (Noted(), RIGHT_ORDER, WaitedLong(), Recorded(duration_ms=9)):
        assert one.advance(menu.position, stray).position == menu.position


# Waiting.


def waiting(one):
    return follow(one, Played())[-1]


def test_after_a_while_he_is_offered_something_else_and_keeps_his_place():
    one = walk("direct")
    _, offer, line = follow(one, WaitedLong(), NothingCame(), start=waiting(one))
    assert said(offer) == ["offer"]
    assert offer.position.room == "line"
    assert isinstance(line.doing, JoinLine)
    assert line.doing.comfort == ()
    assert line.doing.offer_after_s == 180


def test_a_callback_is_noted_before_it_is_promised_and_then_he_leaves_the_line():
    one = walk("direct")
    note, told, last, over = follow(
        one, WaitedLong(), KeyCame(key="1"), Noted(), Played(), Played(), start=waiting(one)
    )[2:]
    assert note.doing == Note(deed=Deed.CALLBACK, node="call-back")
    assert note.position.room == "line"
    assert said(told) == ["callback-noted"]
    assert isinstance(last.doing, EndCall)
    assert last.position.room == ""
    assert over.doing == Over()


def test_keys_work_at_any_time_while_he_waits():
    one = walk("direct")
    message = one.advance(waiting(one).position, KeyCame(key="2"))
    assert isinstance(message.doing, RecordMessage)
    same = one.advance(waiting(one).position, KeyCame(key="7"))
    assert isinstance(same.doing, JoinLine)
    assert same.entered == ()


def test_key_0_in_the_offer_leads_back_to_the_very_line_he_is_in():
    one = walk("menu")
    law = follow(one, Played(), KeyCame(key="6"))[-1]
    back = follow(one, WaitedLong(), KeyCame(key="0"), start=law)[-1]
    assert back.doing.group == "law"
    on = follow(one, WaitedLong(), KeyCame(key="3"), start=law)[-1]
    assert on.doing.group == "law"


# Messages.


def test_a_message_is_confirmed_and_may_be_spoken_anew():
    one = walk("overload")
    steps = follow(
        one,
        Played(), KeyCame(key="2"), Recorded(duration_ms=9000), KeyCame(key="2"),
        Recorded(duration_ms=8000), KeyCame(key="1"), Noted(), Played(),
    )  # fmt: skip
    kinds = [type(step.doing) for step in steps]
    assert kinds == [
        Play, AskOneKey, RecordMessage, AskOneKey, RecordMessage, AskOneKey, Note, EndCall, Over
    ]  # fmt: skip
    assert steps[6].doing == Note(deed=Deed.MESSAGE, node="message", value="1")
    assert (steps[2].doing.take, steps[4].doing.take) == (0, 1)


def test_a_message_is_not_lost_by_silence_a_wrong_key_or_too_many_takes():
    one = walk("overload")
    confirm = follow(one, Played(), KeyCame(key="2"), Recorded(duration_ms=9000))[-1]
    for came in (NothingCame(), KeyCame(key="9")):
        assert isinstance(one.advance(confirm.position, came).doing, Note)
    again = [KeyCame(key="2"), Recorded(duration_ms=9000)] * 5
    assert isinstance(follow(one, *again, start=confirm)[5].doing, Note)


def test_who_hangs_up_after_speaking_has_left_a_message():
    one = walk("overload")
    confirm = follow(one, Played(), KeyCame(key="2"), Recorded(duration_ms=9000))[-1]
    assert one.advance(confirm.position, Gone()).doing == Over(has_message=True)
    assert follow(one, Gone())[-1].doing == Over()


def test_who_says_nothing_goes_to_a_person():
    line = follow(walk("overload"), Played(), KeyCame(key="2"), Recorded(duration_ms=200))[-1]
    assert isinstance(line.doing, JoinLine)


# Progress.


def asking_progress(one):
    return follow(one, Played(), KeyCame(key="2"))[-1]


def test_his_own_order_is_told_and_can_be_urged():
    one = walk("menu")
    look, told, ask, urge, noted, last = follow(
        one,
        DigitsCame(digits="482913"), RIGHT_ORDER, Played(), KeyCame(key="1"), Noted(), Played(),
        start=asking_progress(one),
    )[1:]  # fmt: skip
    assert look.doing == LookUp(code="482913")
    (line,) = told.doing.lines
    assert (line.text, line.values["state"]) == ("progress-found", "state-accepted")
    assert line.values["order"] == "20261121-000042"
    assert said(ask) == ["after-progress"]
    assert "query-code" not in ask.position.values
    assert urge.doing == Note(deed=Deed.URGE, node="urge", value="20261121-000042")
    assert said(noted) == ["urge-noted"]
    assert isinstance(last.doing, EndCall)


def test_three_wrong_codes_lead_to_a_person_and_tell_nothing():
    one = walk("menu")
    again, _, refused, line = follow(
        one,
        DigitsCame(digits="12"), DigitsCame(digits="99999999999999999999"),
        DigitsCame(digits="000000"), LookedUp(), Played(),
        start=asking_progress(one),
    )[2:]  # fmt: skip
    assert said(again) == ["query-wrong", "ask-query-code"]
    assert said(refused) == ["query-wrong"]
    assert isinstance(line.doing, JoinLine)
    assert "query-code" not in line.position.values


def test_who_has_tried_too_often_today_is_refused_at_once():
    one = walk("menu")
    refused, line = follow(
        one, DigitsCame(digits="482913"), LookedUp(to_person=True), Played(),
        start=asking_progress(one),
    )[2:]  # fmt: skip
    assert said(refused) == ["query-wrong"]
    assert isinstance(line.doing, JoinLine)


def test_a_single_0_is_a_person_and_a_code_may_hold_zeros():
    one = walk("menu")
    asked = asking_progress(one)
    assert isinstance(asked.doing, CollectDigits)
    assert isinstance(one.advance(asked.position, DigitsCame(digits="0")).doing, JoinLine)
    assert isinstance(one.advance(asked.position, DigitsCame(digits="000000")).doing, LookUp)


def test_nobody_urges_without_an_order():
    one = walk("menu")
    at = Position(flow="menu", version=7, node="urge", stage=Stage.NOTE)
    assert isinstance(one.advance(at, Noted()).doing, JoinLine)


# Survey, announcement, bot.


@pytest.mark.parametrize(
    ("came", "score"),
    [(KeyCame(key="5"), "5"), (KeyCame(key="1"), "1"), (KeyCame(key="#"), ""), (NothingCame(), "")],
)
def test_the_survey_is_asked_once_and_no_key_is_no_score(came, score):
    ask, note, last = follow(walk("survey"), came, Noted())
    assert ask.doing.keys == frozenset("123456789")
    assert note.doing == Note(deed=Deed.SCORE, node="survey", value=score)
    assert isinstance(last.doing, EndCall)


def test_the_survey_goes_on_in_the_language_of_the_talk():
    assert walk("survey", language="en").begin().position.language == "en"
    assert walk("survey", language="ja").begin().position.language == "zh"


def test_the_emergency_announcement_ends_by_one_key_or_leads_to_a_person():
    one = walk("emergency")
    ask, ended = follow(one, Played(), KeyCame(key="1"))[1:]
    assert said(ask) == ["emergency-announcement"]
    assert isinstance(ended.doing, EndCall)
    assert isinstance(one.advance(ask.position, NothingCame()).doing, JoinLine)


def test_the_bot_is_off_and_where_it_is_on_it_confirms():
    assert follow(walk("menu"), Played())[-1].entered == ("by-list", "speak", "menu")
    one = walk("menu", switches=frozenset({"voice-bot"}))
    listen, confirm, line = follow(one, Played(), Heard(need="law"), KeyCame(key="1"))[1:]
    assert isinstance(listen.doing, Listen)
    assert confirm.doing.lines[0].values["need"] == "law"
    assert line.doing.group == "law"


def test_the_bot_hears_who_wants_a_person_and_gives_up_for_the_menu():
    one = walk("menu", switches=frozenset({"voice-bot"}))
    assert isinstance(follow(one, Played(), Heard(need="person"))[-1].doing, JoinLine)
    menu = follow(one, Played(), Heard(need=""), Heard(need="law"), KeyCame(key="2"))[-1]
    assert said(menu) == ["main-menu"]


# Positions.


def test_a_position_survives_as_a_word_and_another_process_goes_on_there():
    one = walk("menu")
    step = asking_progress(one)
    for came in (None, DigitsCame(digits="482913"), RIGHT_ORDER, Played(), KeyCame(key="1")):
        step = step if came is None else one.advance(step.position, came)
        word = str(step.position)
        assert not set(word) & set('|"\\,; \n${}[]') - {","}
        assert str(read_position(word)) == word


def test_the_query_code_never_stands_in_the_channel_so_he_types_it_again():
    one = walk("menu")
    look = one.advance(asking_progress(one).position, DigitsCame(digits="482913"))
    told = one.advance(look.position, RIGHT_ORDER)
    for step in (look, told):
        assert "482913" not in str(step.position)
        assert said(one.take_up(read_position(str(step.position)))) == ["ask-query-code"]
    refused = follow(one, *[DigitsCame(digits="1")] * 3, start=asking_progress(one))[-1]
    assert said(one.take_up(refused.position)) == ["query-wrong"]


def test_a_story_is_taken_up_twice_where_it_was_and_then_goes_to_a_person():
    one = walk("menu")
    menu = follow(one, Played(), NothingCame())[-1]
    first = one.take_up(menu.position)
    assert (first.doing, first.position.taken_up) == (menu.doing, 1)
    second = one.take_up(first.position)
    assert second.doing == menu.doing
    assert isinstance(one.take_up(second.position).doing, JoinLine)


def test_a_position_in_another_version_or_a_node_that_is_gone_leads_to_a_person():
    one = walk("menu")
    for lost in ({"version": 6}, {"flow": "direct"}, {"node": "away"}):
        at = Position(**{"flow": "menu", "version": 7, "node": "menu", "stage": Stage.ASK, **lost})
        assert isinstance(one.take_up(at).doing, JoinLine)
    at = Position(flow="menu", version=7, node="away", stage=Stage.ASK)
    assert isinstance(one.advance(at, KeyCame(key="1")).doing, JoinLine)


@pytest.mark.parametrize(
    "word",
    ["", "menu", "menu@7/main/ask", "menu@x/main/ask/0/0/0/0/zh/-/", "menu@7/main/dance/0/0/0/0/zh/-/",
     "menu@7/main/ask/0/0/0/0/zh/-/a=b;c", "menu@7/main/ask/0/0/0/0/zh/-/" + "a=1," * 200],
)  # fmt: skip
def test_what_is_no_position_is_none(word):
    assert read_position(word) is None
