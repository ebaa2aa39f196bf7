"""What can be wrong with a command to a work order. 工单类错误"""

from collections.abc import Iterable

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


class OrderFieldUnknown(OrderError):
    """A work order has no such field. 没有这个工单字段"""

    code = "order-field-unknown"


class OrderValueInvalid(OrderError):
    """A field cannot hold this value. 字段内容不正确"""

    code = "order-value-invalid"

    def __init__(self, name: OrderField) -> None:
        super().__init__(name)
        self.details = {"field": str(name)}
