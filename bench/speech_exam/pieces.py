"""The pieces of which compose.py makes calls: data, not code. 考卷素材

Every matter is said in two ways; {when} is filled with a time of TIMES where the matter has one.
Numbers stand as they are spoken.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One thing a citizen calls about. 诉求事项"""

    event_type: str
    request_type: str
    said: tuple[str, str]
    wish: str
    want: str
    """The words of the wish that an order should keep."""
    urgency: str = "ordinary"
    placed: bool = True
    """Whether it happens somewhere; a consultation often does not."""


MATTERS: tuple[Matter, ...] = (
    Matter(event_type="噪声污染", request_type="complaint", said=(
        "我要投诉楼下的歌厅，{when}音响声音太大，震得窗户都响",
        "你好，我投诉噪音扰民，{when}有人在楼下跳广场舞，吵得头疼"),
        wish="请你们让他们把音量降下来", want="音量降"),
    Matter(event_type="噪声污染", request_type="complaint", said=(
        "楼上邻居{when}又在装修，电钻的噪音扰民，说了好几次都不听，我要投诉",
        "我投诉一个搅拌站，{when}机器一直响，噪音特别大"),
        wish="希望环保部门来检测噪音", want="检测"),
    Matter(event_type="物业管理", request_type="complaint", said=(
        "我要投诉物业公司，电梯{when}就停了，老人下不了楼",
        "我投诉小区物业，楼道从{when}起没有人打扫，物业费倒是一分不少收"),
        wish="要求物业马上整改", want="整改"),
    Matter(event_type="物业管理", request_type="complaint", said=(
        "物业乱收费，停车费从八十涨到一百五，我要投诉",
        "我投诉物业，门禁从{when}坏到现在，什么人都能进来"),
        wish="请街道督促物业解决", want="解决"),
    Matter(event_type="供水", request_type="help", said=(
        "我们小区{when}停水了，一点通知都没有，请你们帮忙问问",
        "家里的自来水{when}变成黄色的了，根本不能喝，请帮我们反映一下"),
        wish="希望尽快恢复正常供水", want="恢复"),
    Matter(event_type="供水", request_type="help", urgency="urgent", said=(
        "路边的水管{when}爆裂了，水喷得有两层楼高，求助一下",
        "我家门口自来水爆管了，{when}开始漏的，院子里全是水"),
        wish="请派抢修队过来维修", want="维修"),
    Matter(event_type="供热", request_type="complaint", said=(
        "我要投诉供热公司，从{when}开始暖气就是凉的，家里有小孩",
        "我投诉，采暖费交齐了，室温{when}只有十四度"),
        wish="请热力公司上门检查", want="检查"),
    Matter(event_type="供热", request_type="consultation", placed=False, said=(
        "我想咨询一下，今年供暖什么时候开始，费用怎么交",
        "请问家里没有人住，供热能不能申请报停"),
        wish="我想知道具体怎么办理", want="办理"),
    Matter(event_type="供电", request_type="help", said=(
        "我们这栋楼{when}停电了，到现在还没有来，冰箱里的东西都化了",
        "求助一下，家里电压不稳，{when}灯泡一闪一闪的，总是跳闸"),
        wish="请供电公司尽快派人来看看", want="派人"),
    Matter(event_type="供电", request_type="help", urgency="urgent", said=(
        "路边的变压器箱门开着漏电，{when}有只猫被电死了，我求助",
        "大风把电线刮断了，{when}有电线掉落在人行道上，带不带电不知道"),
        wish="请赶快派人处理", want="处理"),
    Matter(event_type="燃气", request_type="help", urgency="very_urgent", said=(
        "楼道里煤气泄漏，{when}就闻到味道了，你们快来",
        "我家厨房天然气漏气了，报警器{when}一直响"),
        wish="请燃气公司马上过来", want="马上过来"),
    Matter(event_type="燃气", request_type="consultation", placed=False, said=(
        "我想咨询天然气开户要多少钱，需要带什么证件",
        "请问燃气表没有电了怎么换，是不是要收费"),
        wish="请告诉我办理的地点", want="地点"),
    Matter(event_type="道路交通", request_type="complaint", said=(
        "我要投诉公交车，{when}等了四十分钟才来一趟",
        "我投诉出租车拒载，{when}我要去火车站，司机一听近就不拉"),
        wish="请交通局处理这个司机和公司", want="处理"),
    Matter(event_type="道路交通", request_type="help", said=(
        "路口的红绿灯{when}坏了，四个方向的车堵在一块",
        "反映一个问题，小学门口的斑马线看不清了，{when}差点撞到孩子"),
        wish="请交警部门尽快修复", want="修复"),
    Matter(event_type="市政设施", request_type="help", said=(
        "我们门前的路灯{when}就不亮了，晚上黑得什么都看不见",
        "路面上有一个大坑，{when}有人骑电动车摔伤了"),
        wish="希望市政部门维修一下", want="维修"),
    Matter(event_type="市政设施", request_type="help", urgency="urgent", said=(
        "有个井盖不见了，{when}一辆自行车掉进去了",
        "马路{when}突然塌陷了，坑里能放下一辆小轿车"),
        wish="请先围起来再修好", want="围起来"),
    Matter(event_type="环境卫生", request_type="complaint", said=(
        "垃圾从{when}起没有人清运，臭得开不了窗户，我要投诉环卫",
        "我投诉垃圾站，{when}污水流了一路，老鼠到处跑，没有人清扫"),
        wish="请环卫部门把垃圾拉走", want="垃圾拉走"),
    Matter(event_type="环境卫生", request_type="suggestion", said=(
        "我建议在河边多放一些垃圾桶，游客没有地方扔垃圾",
        "提个建议，早市收摊以后应该有人清扫，菜叶子满地都是"),
        wish="希望你们采纳我的建议", want="采纳"),
    Matter(event_type="生态环境", request_type="complaint", said=(
        "我要投诉饭店的油烟，{when}直接排到我家窗户里",
        "我投诉工厂排废气，{when}冒黑烟，嗓子都呛疼了"),
        wish="请环保局来查一查", want="查一查"),
    Matter(event_type="生态环境", request_type="report", said=(
        "我举报一家养殖场，{when}把污水直排到河里",
        "我要举报有人烧秸秆，{when}满村子都是烟"),
        wish="请立即制止并且处罚", want="处罚"),
    Matter(event_type="市容城管", request_type="complaint", said=(
        "我要投诉烧烤摊占道经营，{when}把人行道全占了",
        "我投诉夜市的流动摊贩，{when}摆到马路中间，车都过不去"),
        wish="请城管来管一管", want="管一管"),
    Matter(event_type="市容城管", request_type="report", said=(
        "我举报一楼住户私搭乱建，{when}开始在院子里盖房子",
        "我要举报楼顶有违建，{when}运上去好多彩钢板"),
        wish="请执法局依法拆除", want="拆除"),
    Matter(event_type="园林绿化", request_type="help", said=(
        "公园里一棵大树死了，树枝{when}掉下来差点砸到人",
        "绿化带里的草太高了，{when}有车没看见差点撞上"),
        wish="请园林部门修剪一下", want="修剪"),
    Matter(event_type="市场监管", request_type="complaint", said=(
        "我要投诉一家健身房，{when}关门跑路，年卡的钱不退",
        "我投诉超市，{when}买的鸡蛋过期了，找他们退款不给退"),
        wish="要求商家退款并且道歉", want="退款"),
    Matter(event_type="市场监管", request_type="report", said=(
        "我举报一家饭店无证经营，{when}吃完饭好几个人拉肚子",
        "我要举报菜市场缺斤短两，{when}五斤肉少了八两"),
        wish="请市场监管局去查处", want="查处"),
    Matter(event_type="社会保障", request_type="consultation", placed=False, said=(
        "我想咨询一下养老保险，我今年五十八岁，还差几年怎么补缴",
        "请问失业金怎么申请，我是上个月离职的"),
        wish="请告诉我需要什么材料", want="材料"),
    Matter(event_type="社会保障", request_type="complaint", placed=False, said=(
        "我要投诉社保大厅，{when}让我跑了三趟还没有办成退休",
        "我投诉，高龄补贴从{when}开始就没有发，问谁都说不知道"),
        wish="请给我一个准确答复", want="答复"),
    Matter(event_type="公积金", request_type="consultation", placed=False, said=(
        "我想咨询公积金贷款最多能贷多少，利息是几个点",
        "请问离职以后公积金多长时间可以提取"),
        wish="请帮我查询一下", want="查询"),
    Matter(event_type="公积金", request_type="complaint", said=(
        "我要投诉单位不给缴公积金，从{when}开始就断了",
        "我投诉公司，公积金从{when}到现在一直没有缴，工资里却扣了"),
        wish="要求公司补缴", want="补缴"),
    Matter(event_type="医疗保障", request_type="consultation", placed=False, said=(
        "我想咨询异地就医怎么备案，老人要去北京看病",
        "请问农村合作医疗今年交多少钱，报销比例是多少"),
        wish="请告诉我在哪里办", want="在哪里办"),
    Matter(event_type="医疗卫生", request_type="complaint", said=(
        "我投诉一家医院，{when}挂号排了四个小时，医生两分钟就打发了",
        "我要投诉急诊的护士，{when}态度恶劣，输液输完了都没有人管"),
        wish="请卫健委调查处理", want="调查"),
    Matter(event_type="教育", request_type="complaint", said=(
        "我要投诉学校食堂，{when}孩子吃完饭肚子疼，老师也不管",
        "我投诉一个培训机构，{when}关门了，四千多块钱学费要不回来"),
        wish="请教育局给个说法", want="说法"),
    Matter(event_type="教育", request_type="consultation", placed=False, said=(
        "我想咨询转学的手续，孩子从外地转过来上初中",
        "请问幼儿园什么时候报名，有没有户口的要求"),
        wish="请帮我查一下政策", want="政策"),
    Matter(event_type="劳动纠纷", request_type="complaint", said=(
        "我要投诉老板拖欠工资，从{when}到现在都没有发",
        "我投诉工厂不签劳动合同，{when}还让我加班到半夜，没有加班费"),
        wish="要求他们把工资补发给我", want="补发"),
    Matter(event_type="住房保障", request_type="complaint", said=(
        "我要投诉开发商延期交房，合同写的是去年年底，现在楼还没有封顶",
        "我投诉房产中介，{when}收了定金就不接电话了"),
        wish="要求他们退钱", want="退钱"),
    Matter(event_type="户籍证件", request_type="consultation", placed=False, said=(
        "请问身份证丢了怎么补办，我人在外地",
        "我想咨询一下，新生儿落户需要什么手续"),
        wish="请告诉我到哪里去办", want="到哪里"),
    Matter(event_type="民政救助", request_type="help", said=(
        "桥底下有一个流浪的老人，{when}就睡在那里，天太冷了",
        "我想求助，邻居老人没人照顾，从{when}起就没有见他出过门"),
        wish="请救助站过来看看", want="看看"),
    Matter(event_type="消防安全", request_type="report", said=(
        "我举报有人楼道充电，电动车进楼，{when}一排都在充",
        "我要举报商场的消防通道，{when}堆满了货，锁也锁死了"),
        wish="请消防部门去检查", want="检查"),
    Matter(event_type="消防安全", request_type="help", urgency="very_urgent", said=(
        "我家对面的楼着火了，{when}开始冒烟，现在火苗都出来了",
        "快来人，仓库起火了，{when}就看见黑烟了"),
        wish="快派消防车过来", want="消防车"),
    Matter(event_type="政务服务", request_type="guidance", placed=False, said=(
        "网上办理营业执照，小程序总是提交不了，请教一下怎么弄",
        "我在手机上怎么也登录不了政务服务的系统，一直说密码不对"),
        wish="请一步一步教我", want="教我"),
)  # fmt: skip

ROADS = (
    ("路北区", "翔云道"), ("路北区", "龙泽路"), ("路北区", "朝阳道"), ("路南区", "胜利路"),
    ("路南区", "国防道"), ("开平区", "新苑路"), ("开平区", "东城大道"), ("古冶区", "新林道"),
    ("丰南区", "正苑大街"), ("丰南区", "国丰大街"), ("丰润区", "曹雪芹大街"), ("丰润区", "林荫路"),
    ("曹妃甸区", "建设大街"), ("迁安市", "明珠街"), ("遵化市", "文礼路"), ("滦州市", "燕山大街"),
    ("滦南县", "友谊路"), ("乐亭县", "大钊路"), ("迁西县", "喜峰路"), ("玉田县", "无终大街"),
)  # fmt: skip
ESTATES = (
    ("路北区", "翔云里小区"), ("路北区", "观景花园"), ("路南区", "惠民园小区"), ("路南区", "德源里小区"),
    ("开平区", "郑庄家园"), ("古冶区", "金山小区"), ("丰南区", "银丰花园"), ("丰润区", "浭阳新城小区"),
    ("曹妃甸区", "滨海家园"), ("迁安市", "天洋花园"), ("遵化市", "文柏小区"), ("滦州市", "平青小区"),
    ("滦南县", "奔城家园"), ("乐亭县", "金融小区"), ("迁西县", "栗乡花园"), ("玉田县", "净觉小区"),
)  # fmt: skip

TIMES: tuple[tuple[str, dict[str, int]], ...] = (
    ("昨天晚上十点", {"days": -1, "hour": 22}),
    ("今天早上七点", {"days": 0, "hour": 7}),
    ("前天下午三点", {"days": -2, "hour": 15}),
    ("昨天夜里十一点半", {"days": -1, "hour": 23, "minute": 30}),
    ("三天前", {"days": -3}),
    ("昨天中午十二点", {"days": -1, "hour": 12}),
    ("十月二十六号", {"month": 10, "day": 26}),
    ("今天上午九点二十", {"days": 0, "hour": 9, "minute": 20}),
    ("十一月三号", {"month": 11, "day": 3}),
    ("前天晚上八点", {"days": -2, "hour": 20}),
    ("一个星期前", {"days": -7}),
    ("昨天凌晨一点", {"days": -1, "hour": 1}),
    ("九月十七号", {"month": 9, "day": 17}),
    ("五天前", {"days": -5}),
    ("今天凌晨四点", {"days": 0, "hour": 4}),
    ("昨天下午五点半", {"days": -1, "hour": 17, "minute": 30}),
    ("十一月十二号上午", {"month": 11, "day": 12}),
    ("半个月前", {"days": -15}),
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
OPENINGS = (
    "您好，一二三四五政务服务便民热线，请问有什么可帮您",
    "您好，请问有什么可帮您",
    "您好，请讲",
)
ASK_PLACE = (
    "请您说一下具体地址",
    "请问是在什么地方",
    "请问具体在哪个位置",
    "您说的地方在哪里，请说详细一点",
)
ASK_NUMBER = (
    "请问您贵姓，您的联系电话是多少",
    "请您留一个联系电话",
    "请问怎么称呼您，电话是多少",
)
PLACE_SAID = ("在{place}", "地址是{place}", "{place}", "我说一下，{place}", "就在{place}附近")
NUMBER_SAID = (
    "我姓{name}，电话是{number}",
    "你记一下，{number}，我姓{name}",
    "{number}",
    "免贵姓{name}，手机号{number}",
)
DISTRICT_SAID = ("我是{district}的", "我在{district}住", "我家在{district}这边")
CLOSINGS = (
    "好的，已经为您记录，会有部门与您联系，再见",
    "好的，您的诉求我们马上转办，感谢您的来电，再见",
    "请您保持电话畅通，祝您生活愉快，再见",
)
