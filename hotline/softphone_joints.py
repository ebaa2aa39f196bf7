"""The browser softphone's way to Asterisk. 软电话连接件"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from cti.facts import PhoneDevice
from cti.ids import SeatId
from cti.seat_devices import SeatDevices
from hotline.asterisk.values import SIP_REALM, browser_line, browser_password
from hotline.softphone_watch import SoftphoneWatch
from web.errors import SipLineLost
from web.softphone_ports import SipIdentity, SipLine

MOST_BYTES = 65_536
WAITING_MESSAGES = 16
"""Of one browser; then Asterisk is not read any further."""
OPEN_LIMIT_S = 5.0


class AsteriskSipLine:
    """One websocket to Asterisk. SIP 线路"""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def send(self, message: str) -> None:
        try:
            await self._connection.send(message)
        except ConnectionClosed as gone:
            raise SipLineLost from gone

    async def received(self) -> AsyncIterator[str]:
        try:
            async for message in self._connection:
                yield message if isinstance(message, str) else message.decode("utf-8", "replace")
        except ConnectionClosed as gone:
            raise SipLineLost from gone


class BrowserTelephones:
    """The browsers as telephones of the seats. 软电话"""

    def __init__(
        self,
        passwords: Mapping[str, str],
        devices: SeatDevices,
        watch: SoftphoneWatch,
        http_port: int,
    ) -> None:
        self._passwords = passwords
        self._devices = devices
        self.line_lost = watch.line_lost
        self.line_back = watch.line_back
        self.bring_back = watch.bring_back
        self._address = f"ws://127.0.0.1:{http_port}/ws"

    def identity(self, seat_id: SeatId) -> SipIdentity | None:
        password = self._passwords.get(seat_id)
        if password is None:
            return None
        return SipIdentity(
            username=browser_line(seat_id), realm=SIP_REALM, password=browser_password(password)
        )

    def desk_phone_there(self, seat_id: SeatId) -> bool:
        return self._devices.is_there(seat_id, PhoneDevice.DESK)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[SipLine]:
        try:
            connection = await connect(
                self._address,
                subprotocols=[Subprotocol("sip")],
                max_size=MOST_BYTES,
                max_queue=WAITING_MESSAGES,
                open_timeout=OPEN_LIMIT_S,
                proxy=None,
                compression=None,
            )
        except (OSError, InvalidHandshake) as refused:
            raise SipLineLost from refused
        async with connection:
            yield AsteriskSipLine(connection)
