"""What can be wrong with a command to a seat. 座席类错误"""

from typing import Any


class SeatError(Exception):
    """Something about a seat is wrong. 座席错误"""

    code = "seat-error"


class UnknownSeat(SeatError):
    """There is no such seat. 没有这个座席"""

    code = "unknown-seat"


class SeatNotSignedIn(SeatError):
    """This seat is not signed in. 座席未签入"""

    code = "seat-not-signed-in"


class SeatSignedInAlready(SeatError):
    """Somebody is signed in at this seat. 座席已签入"""

    code = "seat-signed-in-already"


class OperatorElsewhere(SeatError):
    """This operator is signed in at another seat. 话务员已在其他座席签入"""

    code = "operator-elsewhere"


class SeatInCall(SeatError):
    """This seat is being offered a call or is in one. 座席正在接续或通话"""

    code = "seat-in-call"


class SeatWrongState(SeatError):
    """This seat cannot do that in its present state. 座席当前状态不允许此操作"""

    code = "seat-wrong-state"


class SeatPhoneUnreachable(SeatError):
    """This seat's phone is not registered, so it cannot be ready. 座席话机离线"""

    code = "seat-phone-unreachable"


class SeatOutcomeUnsaved(SeatError):
    """The last call's code or summary is not saved. 上一通话的话后小结未保存，不能签出"""

    code = "seat-outcome-unsaved"

    def __init__(self, call_id: str, missing: str) -> None:
        super().__init__(missing)
        self.details = {"call_id": call_id, "missing": missing}


class ReasonNotForPeople(SeatError):
    """Only the system gives this reason for being not ready. 该示忙原因不能人工选择"""

    code = "not-ready-reason-invalid"


class PlaceTakenOver(SeatError):
    """The same call entered the line again, so this waiting is over. 排队位置已由同一通话重新占用"""

    code = "place-taken-over"


class CitizenChannelGone(SeatError):
    """Asterisk has no channel of this citizen, so this waiting is over. 市民话路已不存在"""

    code = "citizen-channel-gone"


class CitizenLeftLine(SeatError):
    """The citizen is gone, so this waiting is over. 市民已离开队列"""

    code = "citizen-left-line"


class CitizenNotWaiting(SeatError):
    """This call does not wait in the line. 该通话不在排队"""

    code = "citizen-not-waiting"


class SeatNotFree(SeatError):
    """This seat cannot take a call now. 座席当前不空闲"""

    code = "seat-not-free"


class RulesRefused(SeatError):
    """The rule document has errors; the version in force stays. 规则有错误，原版本继续有效"""

    code = "rules-refused"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(problems)}")
        self.details = {"problems": problems}


class RulesDoubtful(RulesRefused):
    """The rule document has warnings that nobody has accepted. 规则有提醒，需确认后发布"""

    code = "rules-doubtful"


class RulesChangedMeanwhile(SeatError):
    """Another version was published since this one was begun. 规则已被他人更新"""

    code = "rules-changed-meanwhile"


class RuleKindUnknown(SeatError):
    """There is no such kind of rule document. 没有这种规则文件"""

    code = "unknown-rule-kind"


class RuleVersionUnknown(SeatError):
    """There is no such version of this document. 没有这个规则版本"""

    code = "unknown-rule-version"


class RuleDraftMissing(SeatError):
    """There is no draft of this document. 没有草稿"""

    code = "rule-draft-missing"


class NothingToUndo(SeatError):
    """Nothing was ever published of this kind. 没有可撤销的发布"""

    code = "nothing-to-undo"


class PublicationInThePast(SeatError):
    """The instant of the publication is past. 发布时间已过"""

    code = "publication-in-the-past"


class CallerListUnknown(SeatError):
    """There is no such list of callers. 没有这个来电名单"""

    code = "unknown-caller-list"


class CallerNumberInvalid(SeatError):
    """This is not a caller's number. 来电号码格式错误"""

    code = "caller-number-invalid"


class CallerNotListed(SeatError):
    """This number is not on the list. 该号码不在名单中"""

    code = "unknown-caller-entry"


class RuleRecordsAway(SeatError):
    """The stored rules cannot be read at present. 规则存储暂不可用"""

    code = "rule-records-away"


class SwitchUnknown(SeatError):
    """There is no such switch. 没有这个开关"""

    code = "unknown-switch"


class SwitchReasonMissing(SeatError):
    """A switch is turned for a reason, of 200 characters at most. 请填写开关原因"""

    code = "switch-reason-missing"


class SwitchTextRefused(SeatError):
    """This cannot be announced: no words, too long, a language without callers, or a switch that announces nothing. 公告内容不可用"""

    code = "switch-text-refused"


class NoticeUnknown(SeatError):
    """There is no such notice, or it was taken back. 通知不存在或已撤回"""

    code = "unknown-notice"


class NoticeRefused(SeatError):
    """A notice needs a text of at most 300 characters and groups that exist. 通知须有内容（不超过 300 字），技能组须存在"""

    code = "notice-refused"
