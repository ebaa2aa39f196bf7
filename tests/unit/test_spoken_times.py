"""When something happened, as citizens say it; the call is on Saturday 21 November 2026 at 10:20."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.spoken_times import moment_in

AT = datetime(2026, 11, 21, 10, 20, tzinfo=ZoneInfo("Asia/Shanghai"))

SAID = """
昨天晚上八点 → 2026-11-20T20:00
昨天晚上八点半路灯就不亮了 → 2026-11-20T20:30
昨晚十一点多 → 2026-11-20T23:00
昨天夜里十二点还在施工 → 2026-11-21T00:00
昨天夜里两点 → 2026-11-20T02:00
今天早上七点十分 → 2026-11-21T07:10
今天早上 → 2026-11-21
今天 → 2026-11-21
前天下午三点一刻 → 2026-11-19T15:15
大前天 → 2026-11-18
前天的事情 → 2026-11-19
昨天中午一点 → 2026-11-20T13:00
昨天中午十二点 → 2026-11-20T12:00
上周三 → 2026-11-11
上个星期三下午 → 2026-11-11
上上周五 → 2026-11-06
这周一 → 2026-11-16
周四晚上九点 → 2026-11-19T21:00
星期天 → 2026-11-15
三天前 → 2026-11-18
十天以前 → 2026-11-11
两个星期前 → 2026-11-07
两周前 → 2026-11-07
半个月前 → 2026-11-06
一个月前 → 2026-10-22
昨天凌晨一点 → 2026-11-20T01:00
昨天夜里十一点半 → 2026-11-20T23:30
今天上午九点二十 → 2026-11-21T09:20
十一月十二号上午 → 2026-11-12
十一月二号下午两点半 → 2026-11-02T14:30
十一月二号 → 2026-11-02
二零二六年十一月二号 → 2026-11-02
十二月三号 → 2025-12-03
去年八月五号 → 2025-08-05
今年三月十五号 → 2026-03-15
去年八月份 → 2025-08-01
上个月五号 → 2026-10-05
这个月三号 → 2026-11-03
二十号晚上 → 2026-11-20
二十五号晚上 → 2026-10-25
半个小时前 → 2026-11-21T09:50
两个小时以前 → 2026-11-21T08:20
二十分钟前 → 2026-11-21T10:00
刚才 → 2026-11-21T10:20
晚上八点 → 2026-11-20T20:00
夜里十二点 → 2026-11-21T00:00
半夜一点 → 2026-11-21T01:00
早上六点就开始施工 → 2026-11-21T06:00
明天上午九点 → 2026-11-22T09:00
下周一 → 2026-11-23
昨天十四点三十分 → 2026-11-20T14:30
我昨天晚上八点到九点看见的 → 2026-11-20T20:00
是在11月2号下午2点半 → 2026-11-02T14:30
"""

NOTHING = """
八点 三个月没发工资 三月 我提三点建议 路灯坏了三天 建设路五号 几天前 每周一次 十三月五号 二月三十号
一点都不好 人民路十五号 三号楼 今年 没有说 十月怀胎 周三年 五号楼三单元
"""


@pytest.mark.parametrize(
    ("said", "wanted"), [line.split(" → ") for line in SAID.splitlines() if line]
)
def test_a_time_is_read_as_it_is_meant(said, wanted):
    found = moment_in(said, AT)
    assert found is not None
    assert found.value == wanted
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize("said", NOTHING.split())
def test_what_names_no_day_is_no_time(said):
    assert moment_in(said, AT) is None


def test_the_place_in_the_text_holds_the_words_that_say_it():
    found = moment_in("我想问一下昨天晚上八点半停水的事", AT)
    assert found is not None
    assert "我想问一下昨天晚上八点半停水的事"[found.start : found.end] == "昨天晚上八点半"


@given(st.dates(date(2025, 11, 22), date(2026, 11, 21)))
def test_every_day_of_the_last_year_said_by_month_and_day_is_that_day(day):
    found = moment_in(f"{day.month}月{day.day}号坏的", AT)
    assert found is not None
    assert found.value == day.isoformat()


@given(
    st.text(
        alphabet="今昨前天晚早上午下周星期一二三四五六七八九十零两月号日年点半刻分前个去这",
        max_size=20,
    )
)
def test_no_words_about_times_make_trouble(text):
    found = moment_in(text, AT)
    if found is None:
        return
    assert 0 <= found.start < found.end <= len(text)
    moment = datetime.fromisoformat(found.value)
    assert abs(moment.date() - AT.date()) < timedelta(days=366 * 10_000)
