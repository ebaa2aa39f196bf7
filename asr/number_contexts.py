"""What stands around a spoken number and says what it is for. 数字语境

Pure: tables only. `..._BEFORE` is matched at the end of what precedes the number, `..._AFTER` at
the beginning of what follows.
"""

import re

DAYPART = "早上|上午|中午|下午|晚上|夜里|凌晨|傍晚|半夜|清晨|早晨|午后|深夜|今早|今晚|昨晚|昨夜|明早|明晚|当晚|每天|每晚"
_N = "[零〇一二两三四五六七八九十]"

KEPT = re.compile(
    # Idioms, feasts and names in which a number is a word like any other.
    "[一二三四五六七八九]室[一二两三]厅|一五一十|十有八九|十之八九|三十而立|四十不惑|三十六[计行]|七十二变|十二(?:生肖|星座)"
    "|二十四(?:节气|孝)|二十八星宿|十八般|十万(?:火急|八千里|个为什么)|十[月年](?:怀胎|树木|如一日|寒窗|动乱)|百年树人"
    "|大年三十|年三十(?=晚|夜|那天)|(?<![一二两三四五六七八九])三十晚上|双(?:十一|十二)|十三(?:香|陵|点(?:钟)?(?=[兮子]))|五十铃|五十步笑百步|一百个(?:放心|不愿意|不同意|心)"
    "|(?:正|腊|冬)月[一二三四五六七八九十廿]+|(?<![月年])初[一二三四五六七八九十]+|二月二(?![号日十])|三月三(?![号日十])|九月九(?![号日十])"
    "|七月(?:七|十五)(?![号日])|八月十五(?![号日])|五月(?:五|端午)(?![号日])|[农阴]历[一二三四五六七八九十]+月[初一二三四五六七八九十]*"
    "|二百五(?![十元块人个户米平])|一号(?:人物|文件|首长)|三元里|一日三餐|(?<![一二两三四五六七八九])(?:百八十|千八百)|一二不过三|一二三四声"
)
"""Never written with digits. 不转数字"""

ORDINAL_BEFORE = re.compile("[第周]$|星期$|礼拜$")
"""第二十三中学, 周三 are names. 序数"""
STREET_BEFORE, STREET_AFTER = re.compile("[经纬]$"), re.compile("路")
"""经十路 is a name. 路名"""
NAME_AFTER = re.compile(
    "几|分之|世纪之交|中学|小学|中(?![午心国间型秋毒等介途])|届|大(?![概约桶袋箱盒包车块件额米门])|冶|局(?!部)|院(?!子)"
)
"""三十几, 十六中, 二十大. 名称"""

MEASURE_AFTER = re.compile(
    "天|年(?!级)|个|块|元|万|分钟|秒|点(?!建议|意见|要求|问题|原因|理由|希望|诉求|说明)|号|日|月|人(?!民)|米|公里|千米|户|楼|层|栋|幢"
    "|单元|室|岁|次|斤|吨|平|亩|度|辆|台|条|家|件|趟|倍|小时|公斤|厘米|毫米|袋|箱|份|级|周|路|所|只|张|棵|名|位|套|间|瓶|桶|多[个天年块元米人户斤吨平次岁分公小]"
    "|来[个天年块元米人户斤吨]"
)
"""What is counted or measured. 量词"""
NOT_POINTS_AFTER = re.compile("点(?:建议|意见|要求|问题|原因|理由|希望|诉求|说明)")

# What singles and short runs of digits need beside them.

NUMBERED_AFTER = re.compile(
    "号(?:楼|院|门|线|库|井|车间|窗|柜|房|桥|台|机|地|厅)|单元|号(?![召称外型令码脉角人])"
)
"""三号楼, 二单元, 五号. 编号"""
NOT_NUMBERED_BEFORE = re.compile("[头大小编型这那问挂几每]$")
FLOOR_AFTER = re.compile("楼(?![道盘房梯宇市体])")
NOT_FLOOR_BEFORE = re.compile("[这那每整同哪几]$")
STOREY_AFTER = re.compile("层(?![楼皮土灰纸层面膜])")
STOREY_BEFORE = re.compile("(?:[在住到去楼元栋幢座从负]|位于)$")
HOUSE_AFTER = re.compile(
    "[栋幢座](?=[零〇一二三四五六七八九十0-9]+(?:单元|号|门|层|楼|室)|[零〇一二三四五六七八九]{3,4}|$)"
)
HOUSE_BEFORE = re.compile(
    "(?:小区|花园|家园|公寓|[苑园里城湾府庭村院寓区街道路]|新村|广场|大厦)(?:的)?$"
)
ENTRANCE_BEFORE = re.compile("[零〇一二三四五六七八九十百0-9](?:号?楼|栋|幢|座)$")
ROOM_BEFORE = re.compile("(?:单元|号楼|栋|幢|座|楼|层|门)$")
ROOM_AFTER = re.compile("室")
DOOR_AFTER = re.compile(
    "[号室线房栋幢楼层门院弄队](?!召|称|外|型|码)|单元|次列车|次航班|路(?:公交(?!站)|车)"
)
"""After a run of digits. 编号"""
CALLED_BEFORE = re.compile(
    "(?:打|拨打?|拨通|热线|电话|手机|号码|尾号|后四位|前三位|编号|工号|分机|卡号|验证码|密码|工单号|单号|车牌号?|户号|区号|邮编)"
    "(?:号码?|号|码)?(?:就)?(?:是|为|的是)?$"
)
BUS_AFTER = re.compile("路(?:公交(?!站|停)|公共汽车|大巴|巴士|电车|车(?!站))")
BUS_BEFORE = re.compile("(?:坐|乘坐?|搭乘?|等|公交车?)$")
MONTH_AFTER = re.compile("月(?![饼亮经嫂子薪租球])")
NOT_MONTH_BEFORE = re.compile("[几个正腊蜜满岁每冬这]$")
DAY_BEFORE = re.compile("月(?:份)?(?:的)?$")
MONEY_AFTER = re.compile(
    "元(?![旦宵素月件老首帅])|块[多来]?钱|块[一二三四五六七八九](?![个只条块])|毛钱|角钱"
)
CENTS_BEFORE = re.compile("[一二两三四五六七八九十百千零0-9]块$")
CENTS_AFTER = re.compile("(?![个只条块天年月人次户点十百千万])")

# Times of day.

TIME_BEFORE = re.compile(f"(?:{DAYPART})(?:的|大概|大约|差不多)?$")
UNTIL_BEFORE = re.compile(f"(?:{DAYPART}|点|点半|点钟)[^，。]{{0,6}}[到至]$")
TIME_AFTER = re.compile(
    f"点(?:钟|半|整|多|来钟|一刻|三刻|[零〇][一二三四五六七八九]|[一二三四五六七八九]分(?!之)|[二三四五]十|十[一二三四五六七八九]?(?![个家项条])"
    f"|左右|以前|以后|之前|之后|前(?!面)|后(?!面)|[到至]{_N}{{1,3}}点|就|才|开门|关门|开始|上班|下班|准时|起床)"
)
ONE_OCLOCK_AFTER = re.compile(
    f"点(?:钟|半|整|多钟|一刻|三刻|[零〇][一二三四五六七八九]|[二三四五]十|左右(?!的)|[到至]{_N}{{1,3}}点)"
)
NOT_ONE_OCLOCK_AFTER = re.compile("点(?:都|也|儿|点|没|不|声|灯|光|通知|消息|办法)")
OCLOCK_BEFORE = re.compile("[零一二两三四五六七八九十0-9]点$")
HOUR_BEFORE = re.compile(f"(?:{DAYPART}|[日号])$")

DECIMAL_AFTER = re.compile(
    "公里|千米|米|吨|万|亿|平|度|倍|折|元|块|级|千瓦|升|斤|亩|小时|公斤|毫米|厘米|寸|公分|兆|个百分点|成|克|分(?:贝)"
)
"""三点五公里 is 3.5公里, where 三点五分 is a time. 小数单位"""
