"""Who and what takes part in a demonstration. 演示角色"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from hotline.outside.conversation import Speaker

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may log in. 账号"""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSeat:
    """A seat that takes part, with its operator. 演示座席"""

    seat_id: str
    operator: Account


class MayBeGone(Protocol):
    """Somebody whose call may have ended. 通话方"""

    @property
    def gone(self) -> bool: ...


class DemoCitizen(Speaker, MayBeGone, Protocol):
    """outside.far_end.Citizen, as far as the demonstration needs it. 市民"""

    async def hang_up(self) -> None: ...


class DemoPhone(Speaker, Protocol):
    """outside.phone.Phone, as far as the demonstration needs it. 话机"""

    @property
    def seat_id(self) -> str: ...
    async def registered(self, limit_s: float) -> None: ...
    async def answer_after(self, seconds: float) -> None: ...


class DemoWorld(Protocol):
    """outside.world.OutsideWorld, as far as the demonstration needs it. 外部世界"""

    def phone(self, seat_id: str) -> DemoPhone: ...
    async def dial(self, caller_number: str, called_number: str, limit_s: float) -> DemoCitizen: ...
    async def seat_of(self, citizen: MayBeGone, call_id: str, limit_s: float) -> DemoPhone: ...


class Session(Protocol):
    """ApiClient, as far as the demonstration needs it. 会话"""

    async def log_in(self, username: str, password: str) -> Json: ...
    async def get(self, path: str) -> Any: ...
    async def post(self, path: str, body: Json | None = None) -> Any: ...
