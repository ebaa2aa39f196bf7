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

ANSWERED_AT = "HOTLINE_ANSWERED_AT"
"""On a seat's leg: when it answered, milliseconds since 1970. 应答时刻"""

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
    {CALL, CALLED, STATE, GROUP, JOINED_AT, PRIORITY, ANSWERED_AT, RETRIES, AGI, LEGS, SPOOL}
)
