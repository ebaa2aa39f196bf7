"""What citizens say, written by hand, and what an order should hold of it.

Columns: what is said | kind | event type | urgency | district | address | since when | number.
"-" the field must stay empty, "?" two answers would do. The call comes at noon of Saturday, 21
November 2026, in China.

CASES and SCRIPTS: the drafting was written with them in sight, so all they tell is whether it gets
worse. UNTUNED was written afterwards; of what it showed only two faults of addresses were mended, no
words were added for it. Before its words were widened the drafting had 22 of 28 kinds and 20 of 27
event types of a part of CASES at first sight, then 13 of 28 and 18 of 23 of another; of UNTUNED 19 of
23 and 17 of 19. Whole calls nobody here has seen are in bench/.
"""

from dataclasses import dataclass

CASES = """
我家住路北区河西里三号楼二单元五零一室从昨天晚上开始暖气就不热 | help | 供热 | ordinary | 路北区 | 路北区河西里3号楼2单元501室 | 2026-11-20 | -
你好我要投诉我们小区物业电梯坏了三天了一直没人来修 | complaint | 物业管理 | ordinary | - | - | 2026-11-18 | -
建设北路和长宁道交叉口的红绿灯不亮了特别危险 | help | 道路交通 | ? | - | 建设北路和长宁道交叉口 | - | -
我楼下的烧烤店每天晚上十二点还在营业油烟特别大噪音也大 | complaint | ? | ordinary | - | - | ? | -
请问灵活就业人员怎么交养老保险需要什么材料 | consultation | 社会保障 | ordinary | - | - | - | -
我想咨询一下新生儿上户口都需要带什么证件 | consultation | 户籍证件 | ordinary | - | - | - | -
翔云里小区十二号楼楼道里有煤气味怀疑是燃气泄漏了 | help | 燃气 | very_urgent | 路北区 | 翔云里小区12号楼 | - | -
我们村自来水停了两天了没有人通知也没有人管 | ? | 供水 | ordinary | - | - | 2026-11-19 | -
公司拖欠我们农民工三个月工资了一共十几个人 | complaint | 劳动纠纷 | ordinary | - | - | ? | -
我要举报凤凰新城一家超市卖过期的牛奶 | report | 市场监管 | ordinary | 路北区 | 凤凰新城 | - | -
我要表扬路南区政务大厅的窗口工作人员特别热情 | praise | 政务服务 | ordinary | 路南区 | ? | - | -
建议在学院路小学门口装一个减速带孩子过马路太危险 | suggestion | 道路交通 | ? | - | ? | - | -
我老伴今天早上八点从家里走失了到现在没有回来 | help | 民政救助 | urgent | - | - | 2026-11-21T08:00 | -
楼上住户天天半夜装修吵得我们没法睡觉 | complaint | 噪声污染 | ordinary | - | - | - | -
我在健身房办了一张年卡他们关门跑路了钱也不退 | complaint | 市场监管 | ordinary | - | - | - | -
家里从前天就停电了供电公司说没有故障 | help | 供电 | ordinary | - | - | 2026-11-19 | -
小区门口井盖丢了有老人差点掉下去 | help | 市政设施 | urgent | - | - | - | -
怎么在网上办理居住证 | guidance | 户籍证件 | ordinary | - | - | - | -
小程序上预约挂号一直提交不了怎么办 | guidance | 医疗卫生 | ordinary | - | - | - | -
请问公积金贷款额度是多少怎么申请 | consultation | 公积金 | ordinary | - | - | - | -
新华道十五号门口的下水道堵了污水外溢 | help | 市政设施 | ordinary | - | 新华道15号门口 | - | -
着火了着火了解放路八十八号居民楼冒浓烟 | help | 消防安全 | very_urgent | - | 解放路88号 | - | -
有人要跳楼在百货大楼楼顶 | help | ? | very_urgent | - | ? | - | -
电梯里困了两个人在六楼和七楼中间 | help | 物业管理 | very_urgent | - | ? | - | -
楼道里堆满了杂物堵了消防通道万一着火就麻烦了 | ? | ? | urgent | - | - | - | -
去年我们小区着过火到现在消防栓还是没有水 | ? | 消防安全 | ordinary | - | - | ? | -
没有着火就是电线老化冒了点火星想问问归谁管 | consultation | ? | ? | - | - | - | -
我就是担心煤气泄漏想问问怎么检查燃气管道 | consultation | 燃气 | ordinary | - | - | - | -
上次触电的事情我已经反映过了你们怎么处理的 | consultation | ? | ordinary | - | - | - | -
水管爆裂了水都流到马路上了在裕华道十号 | help | 供水 | urgent | - | 裕华道10号 | - | -
我孩子在幼儿园吃饭以后食物中毒了正在医院抢救 | ? | ? | very_urgent | - | - | - | -
滦州市古城街道向阳村的路灯坏了半个月了 | help | 市政设施 | ordinary | 滦州市 | 滦州市古城街道向阳村 | 2026-11-06 | -
丰润区燕山路街道有人私搭乱建 | report | 市容城管 | ordinary | 丰润区 | 丰润区燕山路街道 | - | -
我要举报有人在河边偷排污水河水都发黑了 | report | 生态环境 | ordinary | - | - | - | -
这边有个工地夜里还在施工声音特别大在友谊路和北新道交叉口 | complaint | 噪声污染 | ordinary | - | 友谊路和北新道交叉口 | - | -
垃圾桶满了没有人清理都有味道了朝阳里八号楼下面 | help | 环境卫生 | ordinary | 路北区 | 朝阳里8号楼 | - | -
饭店吃饭不给开发票还多收我二十块钱餐具费 | complaint | 市场监管 | ordinary | - | - | - | -
开发商延期交房一年多了也不给说法 | complaint | 住房保障 | ordinary | - | - | ? | -
我想问一下医保异地就医怎么备案 | consultation | 医疗保障 | ordinary | - | - | - | -
公交车司机开车打电话路过站台也不停 | complaint | 道路交通 | ordinary | - | - | - | -
我要投诉快递员把我的快递弄丢了不赔 | complaint | 通信邮政 | ordinary | - | - | - | -
家里宽带断了一个星期客服总说在处理 | help | 通信邮政 | ordinary | - | - | 2026-11-14 | -
我妈今年八十岁了想问一下高龄补贴怎么领 | consultation | 社会保障 | ordinary | - | - | - | -
孩子在学校被老师打了学校不承认 | complaint | 教育 | ordinary | - | - | - | -
想了解一下今年小学入学学区是怎么划分的 | consultation | 教育 | ordinary | - | - | - | -
树倒了砸到车了在龙泽路上 | help | 园林绿化 | urgent | - | 龙泽路 | - | -
路面塌陷了一个大坑在缸窑路十字路口已经有车掉进去了 | help | 市政设施 | urgent | - | 缸窑路 | - | -
共享单车乱停乱放把盲道都占了 | complaint | 道路交通 | ordinary | - | - | - | -
我要咨询结婚登记需要预约吗几点上班 | consultation | 民政救助 | ordinary | - | - | - | -
社区医生每个星期都来家里给我量血压我要表扬他 | praise | 医疗卫生 | ordinary | - | - | - | -
希望政府能在我们小区附近多开通几条公交线路 | suggestion | 道路交通 | ordinary | - | - | - | -
我怀疑有人搞传销租的我们单元三零一 | report | 治安 | ordinary | - | ? | - | -
广场舞的声音太大了每天晚上七点到九点孩子没法写作业 | complaint | 噪声污染 | ordinary | - | - | - | -
我买的房子开发商不给办房产证 | complaint | 住房保障 | ordinary | - | - | - | -
营业执照丢了怎么补办 | consultation | 市场监管 | ordinary | - | - | - | -
我的电话是幺三八零零零零一二三四 | - | - | - | - | - | - | 13800001234
你打我手机吧一三八零零零零五六七八 | - | - | ordinary | - | - | - | 13800005678
自来水发黄有异味都不敢喝了从十一月十八号开始的 | help | 供水 | ordinary | - | - | 2026-11-18 | -
上周五下午三点我在站前路打车出租车司机拒载 | complaint | 道路交通 | ordinary | - | 站前路 | 2026-11-13T15:00 | -
昨天晚上八点多有人在楼下打架把人打伤了 | ? | 治安 | very_urgent | - | - | 2026-11-20T20:00 | -
刚才有个小孩掉河里了快来人啊 | help | ? | very_urgent | - | - | ? | -
我被诈骗了五万块钱报警了没有结果 | help | 治安 | ordinary | - | - | - | -
退休手续怎么办理什么时候能领到养老金 | consultation | 社会保障 | ordinary | - | - | - | -
我们这里经常停水一个月停四五次能不能解决一下 | ? | 供水 | ordinary | - | - | ? | -
小区车位太少车都没地方停物业还乱收停车费 | complaint | ? | ordinary | - | - | - | -
煤医里小区的物业把绿地改成停车场了我们要求恢复绿化 | complaint | ? | ordinary | 路北区 | 煤医里小区 | - | -
我是残疾人想问下残疾证丢了去哪里补 | consultation | 户籍证件 | ordinary | - | - | - | -
开平区马家沟街道公厕没人打扫脏得进不去人 | ? | ? | ordinary | 开平区 | 开平区马家沟街道 | - | -
消防通道被私家车堵了好几天了 | ? | ? | urgent | - | - | - | -
我要建议咱们市里的公园晚上延长开放时间 | suggestion | 园林绿化 | ordinary | - | - | - | -
老板跑了我们二十多个工人的工资没有着落 | complaint | 劳动纠纷 | ordinary | - | - | - | -
医院收费不合理一个感冒花了两千多 | complaint | 医疗卫生 | ordinary | - | - | - | -
有人在楼道里给电动车充电说了好几次都不听 | ? | 消防安全 | ordinary | - | - | - | -
古冶区林西街道的暖气片只有温的家里才十五度 | ? | 供热 | ordinary | 古冶区 | 古冶区林西街道 | - | -
我家宅基地被邻居占了一米多村委会不管 | complaint | 农业农村 | ordinary | - | - | - | -
非常感谢你们上次帮我解决了停水的问题 | praise | ? | ordinary | - | - | - | -
喂您好我是丰南区胥各庄街道的我们楼上面漏水把我家天花板都泡了物业来看了一眼就走了 | ? | 物业管理 | ordinary | 丰南区 | 丰南区胥各庄街道 | - | -
学院路和裕华道路口那个斑马线都磨没了希望重新画一下 | ? | 道路交通 | ordinary | - | 学院路和裕华道路口 | - | -
我想举报朝阳道二十号院里有人开麻将馆赌博 | report | 治安 | ordinary | - | 朝阳道20号院 | - | -
我们家燃气灶打不着火燃气公司电话打不通 | help | 燃气 | ordinary | - | - | - | -
请问老年公交卡去哪里办理 | consultation | ? | ordinary | - | - | - | -
今天上午十点左右在建设路和新华道交叉口两辆车撞车了有人受伤了 | help | ? | urgent | - | 建设路和新华道交叉口 | 2026-11-21T10:00 | -
我要求退还健身卡的钱办卡的时候说随时可以退现在又说不能退 | complaint | 市场监管 | ordinary | - | - | - | -
三天前我在网上买的手机是假货商家不给退货 | complaint | 市场监管 | ordinary | - | - | 2026-11-18 | -
我爸爸心脏病发作救护车怎么还没来 | help | ? | very_urgent | - | - | - | -
学校门口卖的小吃不卫生孩子吃了拉肚子 | ? | ? | ordinary | - | - | - | -
税务局窗口的小张同志办事耐心细致我要提出表扬 | praise | 税务 | ordinary | - | - | - | -
能不能在我们村口安一个红绿灯车太多了 | suggestion | 道路交通 | ordinary | - | - | - | -
我是十月三十一号交的材料到现在营业执照还没下来 | ? | 市场监管 | ordinary | - | - | 2026-10-31 | -
下水道返味家里臭得不行找了好几个部门都没人管 | ? | 市政设施 | ordinary | - | - | - | -
国防道三十六号楼二单元的声控灯不亮了 | help | 物业管理 | ordinary | - | 国防道36号楼2单元 | - | -
我想查一下我的失业金发到几月份了 | consultation | 社会保障 | ordinary | - | - | - | -
公园里有人遛狗不拴绳吓着孩子了 | ? | ? | ordinary | - | - | - | -
快递放在驿站丢了驿站不承认 | complaint | 通信邮政 | ordinary | - | - | - | -
上个月十五号公司把我辞退了不给补偿金 | complaint | 劳动纠纷 | ordinary | - | - | 2026-10-15 | -
我们小区从今年三月份就没有物业了垃圾堆成山 | ? | 环境卫生 | ordinary | - | - | 2026-03-01 | -
网约车司机绕路多收了我三十块钱 | complaint | 道路交通 | ordinary | - | - | - | -
玉田县散水头村的水泥路修了一半没人管了 | ? | ? | ordinary | 玉田县 | 玉田县散水头村 | - | -
高压线断了掉在路上还在冒火花 | help | 供电 | very_urgent | - | - | - | -
您好我想问一下明天政务服务中心上不上班 | consultation | 政务服务 | ordinary | - | - | - | -
楼下的洗车行早上六点就开始洗车噪音太大 | complaint | 噪声污染 | ordinary | - | - | ? | -
电动车在楼下充电起火了浓烟都到十几楼了有老人下不来 | help | 消防安全 | very_urgent | - | - | - | -
孩子发烧了社区医院不给看说没有号了 | complaint | 医疗卫生 | ordinary | - | - | - | -
房东不退押金还把我东西扔出来了 | complaint | ? | ordinary | - | - | - | -
我手机号一三八零零零零三三四四我想咨询一下低保怎么申请 | consultation | 民政救助 | ordinary | - | - | - | 13800003344
我联系电话幺三八零零零零六六幺二 | - | - | - | - | - | - | 13800006612
卫国路上的树枝把路灯都挡住了建议修剪一下 | suggestion | ? | ordinary | - | 卫国路 | - | -
前天半夜两点楼上扔下来一个花盆把我车砸了 | complaint | ? | ordinary | - | - | 2026-11-19T02:00 | -
村里浇地的机井坏了一个多月了麦子都旱了 | help | 农业农村 | ordinary | - | - | 2026-10-22 | -
我是外地户口想给孩子办转学需要什么手续 | consultation | 教育 | ordinary | - | - | - | -
小区里的健身器材坏了好多生锈了孩子玩着不安全 | help | 市政设施 | ordinary | - | - | - | -
出租屋里住了十几个人消防隐患太大了 | ? | 消防安全 | ordinary | - | - | - | -
我们单元楼的水表箱被人撬了水流了一地 | ? | 供水 | ordinary | - | - | - | -
我在这个培训机构给孩子报了班现在老师都走了退费也不给退 | complaint | 教育 | ordinary | - | - | - | -
火炬路上有一家化工厂半夜偷偷排气味道呛得人睡不着 | report | 生态环境 | ordinary | - | 火炬路 | - | -
西山道三十三号院的自行车棚被人改成了出租屋 | complaint | ? | ordinary | - | 西山道33号院 | - | -
我想问问独生子女父母奖励金什么时候发 | consultation | ? | ordinary | - | - | - | -
河西里菜市场的秤不准买三斤少二两 | complaint | 市场监管 | ordinary | 路北区 | ? | - | -
昨天下午四点多唐丰路上一辆大货车掉了好多石头下来 | ? | 道路交通 | ordinary | - | 唐丰路 | 2026-11-20T16:00 | -
我奶奶一个人住家里没人应门怕是出事了能不能派人开门看看 | help | ? | ? | - | - | - | -
我们公司在高新区想咨询一下企业稳岗补贴怎么申请 | consultation | 社会保障 | ordinary | 高新技术产业开发区 | ? | - | -
古冶区唐家庄街道二十三号楼楼顶的防水坏了一下雨就漏 | help | ? | ordinary | 古冶区 | 古冶区唐家庄街道23号楼 | - | -
公交一百零二路等了四十分钟都不来一趟车 | complaint | 道路交通 | ordinary | - | - | - | -
隔壁养了十几只鸽子到处拉屎臭气熏天 | complaint | ? | ordinary | - | - | - | -
派出所的李警官帮我们家找到了走丢的孩子太感谢了 | praise | ? | ordinary | - | - | - | -
我的医保断缴了两个月再交上还能报销吗 | consultation | 医疗保障 | ordinary | - | - | ? | -
有人往河里倒垃圾就在陡河边上 | report | ? | ordinary | - | ? | - | -
建议图书馆周末延长开放到晚上九点 | suggestion | ? | ordinary | - | ? | - | -
我们这栋楼的燃气停了没有通知做不了饭 | help | 燃气 | ordinary | - | - | - | -
老年大学怎么报名有没有年龄限制 | consultation | 教育 | ordinary | - | - | - | -
前天下雨地下车库积水把我的车淹了物业推卸责任 | complaint | 物业管理 | ordinary | - | - | 2026-11-19 | -
我儿子被同学打了学校一直和稀泥 | complaint | 教育 | ordinary | - | - | - | -
卖保健品的天天骗老人开会已经骗走我妈两万块钱了 | ? | 市场监管 | ordinary | - | - | - | -
长宁道上的交通信号灯时间太短老人过不去马路 | ? | 道路交通 | ordinary | - | 长宁道 | - | -
稻地镇的垃圾清运车一个礼拜没来了 | help | 环境卫生 | ordinary | 路南区 | 稻地镇 | 2026-11-14 | -
我女儿被困在电梯里了快一个小时了 | help | 物业管理 | very_urgent | - | - | 2026-11-21T11:00 | -
小区北门的路沿石太高轮椅上不去希望改造一下 | suggestion | ? | ordinary | - | - | - | -
我电话一三八零零零零九九零零我姓孙想投诉移动公司乱扣费 | complaint | 通信邮政 | ordinary | - | - | - | 13800009900
公租房的申请条件是什么月收入多少可以申请 | consultation | 住房保障 | ordinary | - | - | - | -
工地的塔吊半夜亮着大灯直射我家窗户 | complaint | ? | ordinary | - | - | - | -
我们厂拖了半年的社保没给交 | complaint | ? | ordinary | - | - | ? | -
天桥的电梯停用好久了老年人上不去 | help | ? | ordinary | - | - | - | -
乐亭县毛庄镇的玉米收购被人压价 | ? | 农业农村 | ordinary | 乐亭县 | 乐亭县毛庄镇 | - | -
个人所得税汇算补税不会操作在手机上怎么弄 | guidance | 税务 | ordinary | - | - | - | -
"""

UNTUNED = """
小区供暖温度太低了家里老人冻得睡不着给热力公司打电话没人接 | ? | 供热 | ordinary | - | - | - | -
我们这片的路灯一到晚上八点就灭了 | help | 市政设施 | ordinary | - | - | - | -
楼上空调外机往下滴水滴到我家雨棚上吵得不行 | complaint | 噪声污染 | ordinary | - | - | - | -
想打听一下社区食堂什么时候开 | consultation | ? | ordinary | - | - | - | -
开平区税务庄街道有个砖厂天天冒黑烟 | ? | 生态环境 | ordinary | 开平区 | ? | - | -
龙泽路二十六号楼三单元七零二的水管漏水漏到楼下了 | help | ? | ordinary | - | 龙泽路26号楼3单元702室 | - | -
我去医院看病医生态度特别差问什么都不说 | complaint | 医疗卫生 | ordinary | - | - | - | -
驾校收了钱一年多不给安排考试 | complaint | ? | ordinary | - | - | ? | -
十一月一号我在超市买的鸡蛋是臭的 | complaint | 市场监管 | ordinary | - | - | 2026-11-01 | -
请问高龄老人免费体检在哪里做 | consultation | 医疗卫生 | ordinary | - | - | - | -
有个老太太在马路上晕倒了没有人敢扶 | help | ? | very_urgent | - | - | - | -
希望在光明路小学门口增设一个过街天桥 | suggestion | ? | ordinary | - | ? | - | -
家里老人走失了穿红色棉袄七十八岁 | help | 民政救助 | urgent | - | - | - | -
迁安市的王师傅帮我修好了水龙头还不要钱我想表扬他 | praise | ? | ordinary | 迁安市 | ? | - | -
我租的房子暖气不热房东让我找物业物业让我找热力 | ? | 供热 | ordinary | - | - | - | -
和平路三十号旁边的井盖没了用树枝插着 | help | 市政设施 | ? | - | 和平路30号旁边 | - | -
公司让我们天天加班不给加班费 | complaint | 劳动纠纷 | ordinary | - | - | - | -
居民楼里开棋牌室天天打到半夜 | ? | 噪声污染 | ordinary | - | - | - | -
外卖骑手在非机动车道逆行撞到我了 | complaint | 道路交通 | ordinary | - | - | - | -
孩子上小学户口和房产不在一起可以报名吗 | consultation | 教育 | ordinary | - | - | - | -
村里修路把我家门口堵了出不去 | ? | ? | ordinary | - | - | - | -
手机收到罚款短信不知道是不是诈骗 | consultation | 治安 | ordinary | - | - | - | -
失业了怎么领失业保险 | consultation | 社会保障 | ordinary | - | - | - | -
楼道灯坏了报修了好几次物业都说没钱换 | ? | 物业管理 | ordinary | - | - | - | -
刚才翔云道上有个变压器爆炸了现在全小区没电 | help | 供电 | very_urgent | - | 翔云道 | ? | -
下岗职工能领取困难补助吗 | consultation | ? | ordinary | - | - | - | -
路南区友谊路四十五号院化粪池满了往外冒 | help | ? | ordinary | 路南区 | 路南区友谊路45号院 | - | -
我举报一个没有执照的黑诊所在小山街道 | report | ? | ordinary | 路南区 | 小山街道 | - | -
银行取不出钱说系统升级已经三天了 | complaint | ? | ordinary | - | - | 2026-11-18 | -
给你们打了三次电话都没解决我家停水的问题 | ? | 供水 | ordinary | - | - | - | -
"""

SCRIPTS = (
    ("""
座：您好请讲
市：喂你好我想反映个问题
市：我们这儿没有暖气
座：您是哪个小区
市：龙泉里
座：几号楼几单元
市：六号楼四单元
座：具体哪一户
市：三零二
座：什么时候开始的
市：大前天就不热了
座：您贵姓
市：免贵姓李
座：李先生您的电话
市：一三八零零零零
市：四三二一
""", "help | 供热 | ordinary | 路北区 | 龙泉里6号楼4单元302室 | 2026-11-18 | 13800004321"),
    ("""
市：我要投诉人民路十九号的一家饭店
市：他家卫生不合格我昨天中午吃完拉肚子
座：您的联系电话是
市：幺三八零零零零八八八八
座：幺三八零零零零八八八八对吗
市：不对尾号是八八八六
""", "complaint | 市场监管 | ordinary | - | 人民路19号 | 2026-11-20 | 13800008886"),
    ("""
市：你好我想咨询一下
座：请讲
市：我户口在丰南区孩子能在路北区上小学吗
座：请问您怎么称呼
市：我姓赵
""", "consultation | 教育 | ordinary | ? | ? | - | -"),
    ("""
市：我这里水管爆了
座：具体地址
市：友谊路祥富里小区
市：十一号楼
座：水大不大
市：挺大的家里进水了
""", "help | 供水 | urgent | 路北区 | 友谊路祥富里小区11号楼 | - | -"),
    ("""
市：我电话是幺三八
座：嗯
市：零零零零
座：好
市：二三四五
市：我反映路灯不亮
""", "help | 市政设施 | ordinary | - | - | - | 13800002345"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One talk and what its order should hold: None nothing, "?" whatever."""

    script: str
    kind: str | None
    event_type: str | None
    urgency: str | None
    district: str | None
    address: str | None
    since: str | None
    number: str | None


def cases() -> list[Case]:
    return _rows(CASES) + [_case(script.strip(), expected) for script, expected in SCRIPTS]


def untuned() -> list[Case]:
    return _rows(UNTUNED)


def _rows(table: str) -> list[Case]:
    split = [line.split("|", 1) for line in table.strip().splitlines()]
    return [_case(f"市：{said.strip()}", rest) for said, rest in split]


def _case(script: str, expected: str) -> Case:
    cells = [None if cell.strip() == "-" else cell.strip() for cell in expected.split("|")]
    kind, event_type, urgency, district, address, since, number = cells
    return Case(
        script=script,
        kind=kind,
        event_type=event_type,
        urgency=urgency,
        district=district,
        address=address,
        since=since,
        number=number,
    )
