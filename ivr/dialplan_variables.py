"""Every channel variable that the dialplan and the story share. 拨号方案变量

A test holds this list against asterisk-conf/extensions.conf, both ways.
"""

CALL = "HOTLINE_CALL"
"""The call's id, inherited by every leg. 话务编号"""

STATE = "HOTLINE_STATE"
"""How far the story is: ivr.model.StoryState. 流程状态"""

GROUP = "HOTLINE_GROUP"
"""The skill group he waits for. 技能组"""

JOINED_AT = "HOTLINE_JOINED_AT"
"""When he joined the line, milliseconds since 1970. 入队时刻"""

PRIORITY = "HOTLINE_PRIORITY"
"""His priority in the line. 优先级"""

KEY = "HOTLINE_KEY"
"""What he has pressed so far; the routing table asks for it. 按键"""

LANGUAGE = "HOTLINE_LANGUAGE"
"""The language that he has chosen, "en"; the routing table asks for it. 语言"""

FLOW = "HOTLINE_FLOW"
"""Where in his flow he is: str(ivr.flow_position.Position). 流程位置"""

MESSAGE = "HOTLINE_MESSAGE"
"""The message that he is leaving: "<its id> <when it began, milliseconds since 1970>". 当前留言"""

DIGITS = "HOTLINE_DIGITS"
"""What he has just typed; emptied as soon as it is read. 刚输入的数字"""

PRIVATE = "HOTLINE_PRIVATE"
"""While it is "yes", the keys that he presses are told to nobody: he types a code. 按键保密"""

ANSWERED_AT = "HOTLINE_ANSWERED_AT"
"""On a seat's leg: when it answered, milliseconds since 1970. 应答时刻"""

TURN = "HOTLINE_TURN"
"""How often he has come into the line: 2 after a talk that was led back into it. 第几次排队"""

PARTY = "HOTLINE_PARTY"
"""On a leg that we originated: "<role>:<who>", role as in cti.events.PartyRole. 参与方"""

OUT = "HOTLINE_OUT"
"""On the first leg of a call to a citizen: his number. 外呼号码"""

SPY = "HOTLINE_SPY"
"""On a listening supervisor's leg: the uniqueid of the seat's leg. 监听话路"""

OWN = "HOTLINE_OWN"
"""On a party's leg: "yes" once its own voice is being recorded. 参与方录音"""

LEAVES = "HOTLINE_LEAVES"
"""On the citizen's leg: "yes" once his end will be everybody's end. 市民挂机处理"""

LOST = "HOTLINE_LOST"
"""When his seat's telephone died in mid-talk, seconds since 1970; shared, because its leg sets it. 座席话路丢失时刻"""

ENDED = "HOTLINE_ENDED"
"""When his seat's leg had ended and said how, seconds since 1970; shared, empty while he talks. 座席话路结束时刻"""

HELD_UNTIL = "HOTLINE_HELD_UNTIL"
"""Until then (seconds since 1970) he stays on hold though nobody is there: a target is being rung. 保持至"""

CALLER = "HOTLINE_CALLER"
"""On a leg to a department: the citizen's number, handed over in SIP. 随路主叫"""

ORDER = "HOTLINE_ORDER"
"""On a leg to a department: the order's number, handed over in SIP. 随路工单"""

CALLED = "HOTLINE_CALLED"
"""The number he dialled, for coming back from the lifeboat. 被叫号码"""

RETRIES = "HOTLINE_RETRIES"
"""How often the story ended too early or nobody listened; set back to 0 after a seat was rung. 重试次数"""

AGI = "HOTLINE_AGI"
"""Where the story is told (global). 流程服务地址"""

LEGS = "HOTLINE_LEGS"
"""Folder of the raw recordings (global). 话路录音目录"""

SPOOL = "HOTLINE_SPOOL"
"""Folder in which the lifeboat writes calls down (global). 应急记录目录"""

DIALSTATUS = "DIALSTATUS"
"""Asterisk's own: how the last Dial ended; ANSWER is true even if our process died meanwhile."""

ALL = frozenset(
    {CALL, CALLED, STATE, GROUP, JOINED_AT, PRIORITY, TURN, ANSWERED_AT, RETRIES, AGI, LEGS, SPOOL}
    | {FLOW, MESSAGE, DIGITS, PRIVATE}
    | {KEY, LANGUAGE, PARTY, OUT, SPY, OWN, LEAVES, LOST, ENDED, HELD_UNTIL, CALLER, ORDER}
)
