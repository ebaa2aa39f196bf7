"""A number that is not to reach the hotline for a while. 号码拦截

PROPOSED --another supervisor approves--> ACTIVE --its end date--> EXPIRED
   |                                        +--a supervisor--> LIFTED
   +--another supervisor refuses--> REFUSED
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cti.ids import CallId


class BlockState(StrEnum):
    """Where a block is. 拦截状态"""

    PROPOSED = "proposed"  # 待审批
    ACTIVE = "active"  # 生效
    REFUSED = "refused"  # 未批准
    LIFTED = "lifted"  # 已解除
    EXPIRED = "expired"  # 已到期


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One number, until when, why, and who wanted it so. 拦截

    Named after the call for which it was proposed.
    """

    call_id: CallId
    caller_number: str
    until: datetime
    proposed_at: datetime
    proposed_by: str
    note: str
    state: BlockState = BlockState.PROPOSED
    decided_by: str | None = None
    decision_note: str | None = None

    def holds(self, at: datetime) -> bool:
        """Whether calls of this number are refused at that instant."""
        return self.state is BlockState.ACTIVE and at < self.until
