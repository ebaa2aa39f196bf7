"""A seat's telephone: a called end that registers at the system under test. 座席话机"""

from hotline.outside.called import CalledEnd
from hotline.outside.errors import PhoneNotRegistered, PhoneStillRegistered
from hotline.outside.simulator_link import SimulatorLink


class Phone(CalledEnd):
    """The telephone of one seat. Until told otherwise it lets a call ring. 座席话机"""

    def __init__(self, link: SimulatorLink, seat_id: str) -> None:
        super().__init__(link, seat_id)
        self.seat_id = seat_id
        self.registration = ""
        """Asterisk's word for it: Registered, Unregistered, Rejected, ... 注册状态"""

    async def registered(self, limit_s: float = 20.0) -> None:
        """Wait until the system accepted its registration. Raises PhoneNotRegistered."""
        await self._watch.until(
            lambda: self.registration == "Registered",
            limit_s,
            lambda: PhoneNotRegistered(f"{self.seat_id}, {self.registration}"),
        )

    async def unregister(self, limit_s: float = 20.0) -> None:
        """Go dark: the system no longer knows where this phone is. Raises PhoneStillRegistered."""
        await self._link.act("PJSIPUnregister", ("Registration", self._registration))
        await self._watch.until(
            lambda: self.registration == "Unregistered",
            limit_s,
            lambda: PhoneStillRegistered(self.seat_id),
        )

    async def register(self, limit_s: float = 20.0) -> None:
        """Register (again) and wait for the system's yes. Raises PhoneNotRegistered."""
        self.registration = ""
        await self._link.act("PJSIPRegister", ("Registration", self._registration))
        await self.registered(limit_s)

    def meet_registration(self, state: str) -> None:
        """The simulator's word about the registration."""
        self.registration = state
        self._watch.changed()

    @property
    def _registration(self) -> str:
        return f"seat-{self.seat_id}"
