"""What can be wrong with a command to a work order. 工单类错误"""

from collections.abc import Iterable
from datetime import datetime

from cti.errors import CommandRefused
from orders.model import OrderField, OrderId


class OrderError(Exception):
    """Something about a work order is wrong. 工单错误"""

    code = "order-error"


class OrderUnknown(OrderError):
    """There is no such work order. 没有这张工单"""

    code = "order-unknown"

    def __init__(self, order_id: OrderId) -> None:
        super().__init__(order_id)
        self.details = {"order_id": order_id}


class OrderFieldsMissing(OrderError):
    """Mandatory fields are empty. 必填项未填写"""

    code = "order-fields-missing"

    def __init__(self, missing: Iterable[OrderField]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))
        self.details = {"missing": [str(name) for name in self.missing]}


class OrderRevisionStale(OrderError):
    """Somebody else has written these fields since. 工单已被他人修改"""

    code = "order-revision-stale"

    def __init__(self, revision: int) -> None:
        super().__init__(f"now at revision {revision}")
        self.details = {"revision": revision}


class OrderAlreadySubmitted(OrderError):
    """The work order is no draft any more. 工单已提交"""

    code = "order-already-submitted"


class OrderDivertedFinally(OrderError):
    """The matter went to an emergency line; its record stays as it is. 已转紧急热线，记录不再修改"""

    code = "order-diverted"


class OrderFieldUnknown(OrderError):
    """A work order has no such field. 没有这个工单字段"""

    code = "order-field-unknown"


class OrderRepeatsItself(OrderError):
    """An order can only repeat an earlier one. 只能标记为更早工单的重复"""

    code = "order-repeats-itself"


class OrderValueInvalid(OrderError):
    """A field cannot hold this value. 字段内容不正确"""

    code = "order-value-invalid"

    def __init__(self, name: OrderField) -> None:
        super().__init__(name)
        self.details = {"field": str(name)}


class CallbackUnknown(OrderError):
    """There is no such open callback. 没有这个待回拨任务"""

    code = "unknown-callback"


class CallbackUnderWay(OrderError):
    """He is being called back already. 正在回拨中"""

    code = "callback-under-way"

    def __init__(self, seat_id: str | None) -> None:
        super().__init__(seat_id)
        self.details = {"seat_id": seat_id}


class CallbackNotDue(OrderError):
    """He may not be called yet. 未到可回拨时间"""

    code = "callback-not-due"

    def __init__(self, due_at: datetime) -> None:
        super().__init__()
        self.details = {"due_at": due_at.isoformat()}


class CallbackNotFirst(OrderError):
    """Somebody who came earlier is to be called first. 须先回拨更早来电的市民"""

    code = "callback-not-first"

    def __init__(self, first: str) -> None:
        super().__init__(first)
        self.details = {"first": first}


class CallbackNobodyDue(OrderError):
    """This seat has nobody to call back now. 当前没有可回拨的任务"""

    code = "callback-nobody-due"


class CallbackForOtherSeats(OrderError):
    """This callback is for seats of its skill group. 该回拨须由对应技能组座席处理"""

    code = "callback-for-other-seats"


class CallbackTimeInvalid(OrderError):
    """It cannot be put off to that time. 改期时间不正确"""

    code = "callback-time-invalid"


class CodeUnknown(OrderError):
    """There is no such code. 没有这个小结代码"""

    code = "code-unknown"


class CodeNoteMissing(OrderError):
    """This code needs a note. 该小结代码必须填写备注"""

    code = "code-note-missing"


class CodeNeedsOrder(OrderError):
    """This code needs a submitted work order. 该小结代码要求已提交工单"""

    code = "code-needs-order"


class CodeTooEarly(OrderError):
    """Nobody has spoken with this citizen yet. 通话尚未应答，不能登记小结"""

    code = "code-too-early"


class NuisanceStepOutOfOrder(OrderError):
    """The warnings are spoken one after the other, in a talk. 警告须在通话中按顺序进行"""

    code = "nuisance-step-out-of-order"


class NuisanceStepsMissing(OrderError, CommandRefused):
    """Both warnings must be spoken before the seat may hang up. 两次警告完成后方可挂机

    The switchboard is refused with it, so it is a refused command as well.
    """

    code = "nuisance-steps-missing"

    def __init__(self, ticked: int) -> None:
        super().__init__(ticked)
        self.details = {"ticked": ticked}


class NuisanceNumberless(OrderError):
    """The caller showed no number. 来电无号码"""

    code = "nuisance-numberless"


class BlockUnknown(OrderError):
    """There is no such block. 没有这个拦截申请"""

    code = "unknown-block"


class BlockAlreadyDecided(OrderError):
    """Somebody has decided about this block. 该拦截申请已审批"""

    code = "block-already-decided"


class BlockOwnProposal(OrderError):
    """Another supervisor than the proposer must decide. 须由申请人以外的班长审批"""

    code = "block-own-proposal"


class BlockAlreadyProposed(OrderError):
    """This number is blocked already, or a proposal for it is open. 该号码已拦截或已有申请"""

    code = "block-already-proposed"


class BlockEndInvalid(OrderError):
    """The block's end date is missing, over, or too far away. 拦截截止时间不正确"""

    code = "block-end-invalid"

    def __init__(self, longest_days: int) -> None:
        super().__init__()
        self.details = {"longest_days": longest_days}


class BlockNeedsApproval(OrderError):
    """A number is blocked by a proposal that another supervisor approves. 拦截号码须申请并经审批"""

    code = "block-needs-approval"


class SurveyNotOffered(OrderError):
    """This call was not asked how it was. 该通话没有请求评价"""

    code = "survey-not-offered"


class MessageAlreadyDone(OrderError):
    """Somebody has seen to this message. 该留言已处理"""

    code = "message-already-done"


class MessageTakenByOther(OrderError):
    """Somebody else sees to this message. 该留言已被他人领取"""

    code = "message-taken-by-other"

    def __init__(self, by: str | None) -> None:
        super().__init__()
        self.details = {"by": by}


class MessageUnderWay(OrderError):
    """An order is being made of this message. 正在由该留言建立工单"""

    code = "message-under-way"


class ProgressUnavailable(OrderError):
    """Orders cannot be looked up at the moment. 暂时无法查询工单"""

    code = "progress-unavailable"


class QueryCodeNotYet(OrderError):
    """A query code is for an order that is submitted, of a caller who showed his number. 该工单不能生成查询码"""

    code = "query-code-not-yet"
