"""Spoken numbers are written with digits where a person would, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr.spoken_numbers import exact_value
from asr.written_numbers import number_rewrites

CHANGED = """
# telephones
幺三八零零零零零零零一 → 13800000001
我的电话是一三八零零零零六一七二 → 我的电话是13800006172
一三八零零零零零零零二请打这个 → 13800000002请打这个
零三一五二八二一二三四五是座机 → 031528212345是座机
座机零三一五 → 座机0315
打一二三四五没人接 → 打12345没人接
一二三四五政务服务便民热线 → 12345政务服务便民热线
我打了幺幺零 → 我打了110
拨打一二零 → 拨打120
打一一九 → 打119
拨打一二二报警 → 拨打122报警
九五五九八是供电服务热线 → 95598是供电服务热线
一二三一五投诉过 → 12315投诉过
尾号三四五六 → 尾号3456
尾号是六一七二 → 尾号是6172
验证码八四一七 → 验证码8417
工号八零零一 → 工号8001
号码是一三八四个零零零零一 → 号码是13800000001
一三八四个八一二三四 → 13888881234
零零零一 → 0001
六一七二 → 6172
嗯六一七二对 → 嗯6172对
# identity
身份证号一三零二零三一九九零零一零一零零一五 → 身份证号130203199001010015
一三零二零三一九九零零一零一零零一叉 → 13020319900101001X
一三零二零三一九九零零一零一零零一艾克斯 → 13020319900101001X
# houses
二十六号楼三单元五零二室 → 26号楼3单元502室
三号楼 → 3号楼
阳光花园三号楼门口 → 阳光花园3号楼门口
八号楼二单元 → 8号楼2单元
十二号楼三单元 → 12号楼3单元
十五号 → 15号
人民路十五号 → 人民路15号
建设路五号 → 建设路5号
和平路三十二号 → 和平路32号
幺幺号楼 → 11号楼
三单元五零二 → 3单元502
二单元三一二室 → 2单元312室
二单元三一二 → 2单元312
六号楼一二零三 → 6号楼1203
五号楼一门四零一 → 5号楼1门401
住在三楼 → 住在3楼
十八楼的电梯 → 18楼的电梯
住在五层 → 住在5层
负一层漏水 → 负1层漏水
负二楼 → 负2楼
翠湖花园二栋三单元 → 翠湖花园2栋3单元
翠湖花园十二栋 → 翠湖花园12栋
三栋二零一 → 3栋201
二零一室 → 201室
十号院 → 10号院
四号门 → 4号门
一号车间 → 1号车间
二号窗口 → 2号窗口
龙泽路一百八十七号 → 龙泽路187号
新华道一百二十号 → 新华道120号
# buses and lines
十五路公交车 → 15路公交车
三路公交车 → 3路公交车
坐五路到火车站 → 坐5路到火车站
幺零二路 → 102路
一零二路公交 → 102路公交
八十六路 → 86路
地铁一号线 → 地铁1号线
G一二三次列车 → G123次列车
# money
三千五百块 → 3500块
三千五百块钱 → 3500块钱
总共两万元 → 总共2万元
两万块钱 → 2万块钱
三万五千块 → 35000块
三万五 → 3.5万
一百二十万 → 120万
十五万八 → 15.8万
三亿 → 3亿
一万两千三百元 → 12300元
五块钱 → 5块钱
两块钱 → 2块钱
三块五 → 3块5
三块五毛 → 3块5毛
五元 → 5元
两百五十块 → 250块
每个月一千二 → 每个月1200
两千多块钱 → 2000多块钱
三百来块 → 300来块
每平米一块八 → 每平米1块8
一百五 → 150
# percent and decimals
百分之二十 → 20%
百分之百 → 100%
百分之九十五点五 → 95.5%
百分之五 → 5%
三点五公里 → 3.5公里
零点五米 → 0.5米
两点五吨 → 2.5吨
二十六点五度 → 26.5度
一点五倍 → 1.5倍
# dates
二零二六年十一月二号 → 2026年11月2号
二零二六年 → 2026年
零八年 → 08年
九八年的房子 → 98年的房子
七六年地震 → 76年地震
十一月二号 → 11月2号
十二月三十一号 → 12月31号
五月一号 → 5月1号
三月份 → 3月份
十月份 → 10月份
今年三月 → 今年3月
八月五日 → 8月5日
八月十五号 → 8月15号
二十六号 → 26号
缺斤短两十一月十二号买的 → 缺斤短两11月12号买的
上个月三号 → 上个月3号
八零后 → 80后
八零年代 → 80年代
# times
晚上八点半 → 晚上8点半
早上七点 → 早上7点
夜里十二点 → 夜里12点
下午两点 → 下午2点
下午两点半 → 下午2点半
八点五十 → 8点50
八点零五分 → 8点05分
八点零五 → 8点05
七点十分 → 7点10分
三点一刻 → 3点一刻
三点钟 → 3点钟
一点半 → 1点半
下午一点 → 下午1点
一点钟 → 1点钟
早上六点到晚上十点 → 早上6点到晚上10点
八点到十点 → 8点到10点
早上八点到九点 → 早上8点到9点
五点以后 → 5点以后
昨天晚上十点灯泡一闪一闪 → 昨天晚上10点灯泡一闪一闪
晚上八点都睡了 → 晚上8点都睡了
晚上十一点四十五分 → 晚上11点45分
十八时三十分 → 18时30分
上午九时 → 上午9时
每天六点就开始施工 → 每天6点就开始施工
# quantities
二十天 → 20天
十天了 → 10天了
已经十天了 → 已经10天了
等了四十分钟 → 等了40分钟
十分钟 → 10分钟
二十四小时 → 24小时
七十八岁 → 78岁
十个人 → 10个人
一百多户 → 100多户
十多天 → 10多天
十六度 → 16度
三十个工作日 → 30个工作日
一百二十平米 → 120平米
三百二十一个 → 321个
一千零五十人 → 1050人
十万元 → 10万元
五到十天 → 5到10天
二十到三十天 → 20到30天
三至十五个工作日 → 3至15个工作日
今年六十五了 → 今年65了
五G信号 → 5G信号
四S店 → 4S店
"""

KEPT = """
一定 一下 一直 一样 一起 一些 一共 一般 一点 一边 一会儿 一半 一旦 一次 一遍 一切 唯一 统一 万一 十分
十分感谢 三心二意 乱七八糟 七上八下 五颜六色 四面八方 一五一十 三三两两 十有八九 千万 千万不要 成千上万
百分之几 百货 百姓 老百姓 十字路口 十全十美 百度 千家万户 千千万万 万分感谢 万达广场 百忙之中 千里迢迢
第一次 第二天 第三方 第十二中学 第二十三中学 十六中学 十二小学 二十大 一个 一个人 两天 两个 三个月 三个人
三天了 五年 两次 几十块 几百人 十几天 三十几个 好几百 上百人 数百万 三四百 十七八岁 二三十个 一两天 三五天
七八个 四五十 三五年 七八年 一二年 五一 五一放假 十一放假 六一 八一 双十一 三八妇女节 五一路 八一路 五四运动
一三五限行 周三 周一到周五 星期五 礼拜二 上周三 初一 初十 大年三十 正月十五 腊月二十三 八月十五
一年级 三年级二班 二手房 三轮车 两轮车 二维码 五险一金 三方 三农 一体化 二次供水 七夕 四川 九寨沟 一厅
三室一厅 两室一厅 一点都不好 有一点 快一点 早一点 晚一点 晚上一点声音都没有 提三点建议 两点意见 十二点建议
一楼道 楼道 那一层 两层楼 三层楼 一块 一块儿 两块地 一分钱一分货 一毛不拔 三分之一 四分之三 半个月 一个半月
一门课 两门亲戚 头号 一号文件 几号 大号 经十路 纬二路 说一不二 接二连三 一而再再而三 二话不说 百闻不如一见
十万火急 二百五 三十而立 十月怀胎 一举两得 独一无二 不管三七二十一 五湖四海 一路上 一路平安 一路走来 一路
一日三餐 每月 岁月 满月 两口子 四季 三餐 八卦 一旁 一方面 进一步 另一个 同一个 这一段 某一天 有一天 一段时间
一系列 一刀切 二话 逐一 万岁 两边 三番五次 说三道四 丢三落四 颠三倒四 五花八门 七嘴八舌 一回事 一把手
"""


def _written(text):
    made, position = "", 0
    for one in number_rewrites(text):
        made += text[position : one.start] + one.written
        position = one.end
    return made + text[position:]


_CHANGED = [
    tuple(line.split(" → ")) for line in CHANGED.splitlines() if line and not line.startswith("#")
]


@pytest.mark.parametrize(("said", "wanted"), _CHANGED)
def test_a_number_is_written_as_a_person_would(said, wanted):
    assert _written(said) == wanted


@pytest.mark.parametrize("said", KEPT.split())
def test_words_idioms_and_small_quantities_stay_as_they_are(said):
    assert _written(said) == said


def test_what_stays_alone_stays_in_a_sentence_too():
    for said in KEPT.split():
        assert _written(f"这个事情{said}的") == f"这个事情{said}的"


@given(st.integers(1, 99_999_999))
def test_a_number_said_as_it_is_counted_is_read_back(value):
    assert exact_value(_said(value)) == value or value < 10


@given(st.text(alphabet="0123456789", min_size=5, max_size=20))
def test_digits_said_one_by_one_come_back(digits):
    said = "".join("零一二三四五六七八九"[int(digit)] for digit in digits)
    assert _written(f"号码{said}") == f"号码{digits}"


@given(
    st.text(
        alphabet="零幺一二两三四五六七八九十百千万亿点半号楼单元室路月日年块元个到第周分之天",
        max_size=30,
    )
)
def test_no_text_of_numerals_makes_trouble(text):
    end = 0
    for one in number_rewrites(text):
        assert end <= one.start < one.end <= len(text)
        assert one.written
        end = one.end


def _said(value):
    """As a person counts: 1050 is 一千零五十."""
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        joint = "零" if 0 < low < 1_000 else ""
        return f"{_said(high)}万{joint}{_said(low) if low else ''}"
    said, skipped = "", False
    for worth, unit in ((1_000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // worth % 10
        if digit:
            said += ("零" if skipped and said else "") + "零一二三四五六七八九"[digit] + unit
        skipped = not digit if said else False
    return said.removeprefix("一") if 10 <= value < 20 else said
