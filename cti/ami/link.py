"""The link to one Asterisk: kept up, listened to, and asked. AMI 链路

socket -> WholeMessageProtocol -> Inbox -> Interpreter -> meet / phone_changed
                 ^                 one task reads it, in order
                 +-- actions, each with a limit; none is ever sent twice
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from cti import events
from cti.ami.inbox import Inbox
from cti.ami.looking import LOOK_BEGINS, LOOK_ENDS, Looking
from cti.ami.protocol import Answer, Fields, WholeMessageProtocol
from cti.ami.reading import LIFEBOAT_QUEUE, READERS
from cti.ami.snapshot import Interpreter
from cti.ami.wire import Message
from cti.errors import ActionLost, ActionRefused, ActionTimedOut, LinkLost, MalformedMessage
from cti.facts import PhoneChanged
from cti.ports import Meet, Now, PhoneChangedCallable, Tell
from cti.second_look import Look
from cti.settings import AmiSettings

log = structlog.get_logger(__name__)

WANTED = frozenset({*READERS, b"CoreShowChannel", b"CoreShowChannelsComplete"})
SNAPSHOT_TAKEN = b"Event: OurSnapshotTaken"
"""Our own mark in the inbox, behind everything the snapshot said; Asterisk has no such event."""
BREATHE_EVERY = 200
"""Messages read in one go, about a millisecond; then other tasks may run."""
LAG_WARNING_EVERY_S = 60.0

Heard = Callable[[Sequence[bytes]], None]


class AmiLink:
    """Our ear and mouth at one Asterisk. AMI 链路

    `counts` names what went wrong so far: "malformed-message", "wrong-utf8", "message-too-long",
    "line-too-long", "answer-to-nobody", "inbox-overflow", "silent", "refused-login", "unreachable",
    "snapshot-refused".
    """

    name = "ami"

    def __init__(
        self,
        host: str,
        port: int,
        user: str,
        secret: str,
        node: str,
        settings: AmiSettings,
        meet: Meet,
        tell: Tell,
        now: Now,
        *,
        phone_changed: PhoneChangedCallable = lambda _fact: None,
        tape: Callable[[bytes], None] | None = None,
    ) -> None:
        self._host, self._port, self._user, self._secret = host, port, user, secret
        self._node = node
        self._settings = settings
        self._meet = meet
        self._tell = tell
        self._now = now
        self._phone_changed = phone_changed
        self._tape = tape
        self._protocol: WholeMessageProtocol | None = None
        self._lost_at: datetime | None = None
        self._warned_s = float("-inf")
        self._up = asyncio.Event()
        self._heard: Heard = lambda _messages: None
        self._look: Looking | None = None
        self.counts: Counter[str] = Counter()
        self.messages_read = 0
        self.trouble: str | None = "not-yet-connected"
        """Why the link is down, in a constant word; None while it is up. 故障原因"""
        self.lag_ms = 0
        """How old the message read last was when it was read. 积压时长"""

    @property
    def connected(self) -> bool:
        """Whether we hear Asterisk and may ask it."""
        return self._protocol is not None and not self._protocol.gone.is_set()

    async def restored(self) -> None:
        """Until the link is up and the snapshot has been read."""
        await self._up.wait()

    async def act(self, name: str, fields: Fields = ()) -> Answer:
        """Ask Asterisk to do something.

        Raises LinkLost (nothing was sent), ActionLost (nobody knows), ActionRefused,
        ActionTimedOut, UnsafeActionValue.
        """
        return await self._connection().ask(name, fields, self._settings.action_limit_s)

    async def act_for_list(self, name: str, fields: Fields = ()) -> Answer:
        """Ask Asterisk for a list. Raises like `act`."""
        return await self._connection().ask_list(name, fields, self._settings.action_limit_s)

    async def look_again(self) -> Look:
        """All channels and phones as they are now, read as at a connect and only shown.

        Events go on being met meanwhile. It returns when the stream has been read up to the end of
        the list, so what we think by then is no older than what it shows. Raises like `act`, and
        LinkLost while no snapshot of this connection has been read or another look is under way.
        """
        protocol = self._connection()
        if not self._up.is_set() or self._look is not None:
            raise LinkLost(LinkLost.__doc__)
        look = self._look = Looking(asyncio.get_running_loop().create_future())
        limit_s = self._settings.action_limit_s
        try:
            self._heard((LOOK_BEGINS,))
            await self._ask_channels_and_phones(protocol, limit_s)
            self._heard((LOOK_ENDS,))
            async with asyncio.timeout(limit_s):
                return await look.read
        except TimeoutError as late:
            raise ActionTimedOut("a second look was not read in time") from late
        finally:
            self._look = None

    def _connection(self) -> WholeMessageProtocol:
        if self._protocol is None or self._protocol.gone.is_set():
            raise LinkLost(LinkLost.__doc__)
        return self._protocol

    async def run(self) -> None:
        """Keep the link up until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            pause_s = await self._one_connection()
            await asyncio.sleep(max(0.0, began_s + pause_s - loop.time()))

    async def _one_connection(self) -> float:
        """Connect, listen till it ends; returns seconds from its start to the next attempt."""
        loop = asyncio.get_running_loop()
        again_s = self._settings.reconnect_every_s
        inbox = Inbox(self._settings.queue_limit)

        def heard(messages: Sequence[bytes]) -> None:
            if not inbox.put(loop.time(), messages) and not protocol.gone.is_set():
                # What was lost here the next snapshot repairs; half a stream helps nobody.
                self.counts["inbox-overflow"] += 1
                protocol.leave("inbox-overflow")

        protocol = WholeMessageProtocol(WANTED, heard, self.counts, self._tape)
        try:
            async with asyncio.timeout(self._settings.action_limit_s):
                await loop.create_connection(lambda: protocol, self._host, self._port)
        except OSError as refused:  # TimeoutError is one of them.
            self.counts["unreachable"] += 1
            log.warning(
                "asterisk cannot be reached", node=self._node, trouble=type(refused).__name__
            )
            self._note_loss("unreachable")
            return again_s
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(inbox), name="ami inbox")
                accepted = await self._keep(protocol, heard)
                inbox.close()
        finally:
            protocol.leave("stopped")
            self._protocol = None
            self._up.clear()
            await protocol.gone.wait()
        if accepted:
            log.warning("the link to asterisk ended", node=self._node, reason=protocol.why_gone)
            self._note_loss(protocol.why_gone)
            return again_s
        return max(again_s, self._settings.refused_login_every_s)

    def _note_loss(self, reason: str) -> None:
        self.trouble = reason
        if self._lost_at is None:
            self._lost_at = self._now()
            self._tell(events.LinkLost(at=self._lost_at, node=self._node, reason=reason))

    async def _keep(self, protocol: WholeMessageProtocol, heard: Heard) -> bool:
        """Log in, take the snapshot, then ping until the end; whether the login was accepted."""
        limit_s = self._settings.action_limit_s
        login = (("Username", self._user), ("Secret", self._secret), ("Events", "on"))
        try:
            await protocol.ask("Login", login, limit_s)
        except ActionRefused:
            self.counts["refused-login"] += 1
            log.warning("asterisk refused the login", node=self._node, user=self._user)
            protocol.leave("refused-login")
            self._note_loss("refused-login")
            return False
        except (ActionLost, ActionTimedOut) as trouble:
            protocol.leave(trouble.code)
            return True
        self._protocol, self._heard = protocol, heard
        try:
            await self._take_snapshot(protocol, limit_s)
            heard((SNAPSHOT_TAKEN,))
            await self._ping(protocol)
        except (ActionRefused, ActionLost, ActionTimedOut) as trouble:
            protocol.leave(trouble.code)
        return True

    async def _take_snapshot(self, protocol: WholeMessageProtocol, limit_s: float) -> None:
        """Ask for everything. The answers are read from the inbox, where they stand in order."""
        await self._ask_channels_and_phones(protocol, limit_s)
        with self._do_without("QueueStatus"):
            await protocol.ask_list("QueueStatus", (("Queue", LIFEBOAT_QUEUE),), limit_s)

    async def _ask_channels_and_phones(
        self, protocol: WholeMessageProtocol, limit_s: float
    ) -> None:
        await protocol.ask("CoreStatus", (), limit_s)
        await protocol.ask_list("CoreShowChannels", (), limit_s)
        with self._do_without("DeviceStateList"):
            await protocol.ask_list("DeviceStateList", (), limit_s)

    @contextmanager
    def _do_without(self, action: str) -> Iterator[None]:
        """A snapshot without phones' states is better than no link; one without calls is not."""
        try:
            yield
        except ActionRefused:
            self.counts["snapshot-refused"] += 1
            log.warning("asterisk refused a part of the snapshot", node=self._node, action=action)

    async def _ping(self, protocol: WholeMessageProtocol) -> None:
        while not protocol.gone.is_set():
            try:
                async with asyncio.timeout(self._settings.ping_every_s):
                    await protocol.gone.wait()
            except TimeoutError:
                try:
                    await protocol.ask("Ping", (), self._settings.ping_limit_s)
                except ActionTimedOut:
                    # The socket is open and nobody is there: a frozen Asterisk, a dead machine.
                    self.counts["silent"] += 1
                    protocol.leave("silent")
                    return

    async def _listen(self, inbox: Inbox) -> None:
        """Read what comes, oldest first, until the connection is over and the inbox empty."""
        loop = asyncio.get_running_loop()
        interpreter = Interpreter(self._node, self.counts)
        since_breath = 0
        while (batch := await inbox.take()) is not None:
            arrived_s, messages = batch
            behind_s = loop.time() - arrived_s
            arrived_at = self._now() - timedelta(seconds=behind_s)
            self._note_lag(behind_s, inbox.waiting)
            for raw in messages:
                self._read(interpreter, raw, arrived_at)
                since_breath += 1
                if since_breath >= BREATHE_EVERY:
                    since_breath = 0
                    await asyncio.sleep(0)

    def _read(self, interpreter: Interpreter, raw: bytes, arrived_at: datetime) -> None:
        self.messages_read += 1
        if raw is SNAPSHOT_TAKEN:
            self._note_return()
            return
        look = self._look
        if raw is LOOK_BEGINS or raw is LOOK_ENDS:
            if look is not None and raw is LOOK_BEGINS:
                look.begin()
            elif look is not None:
                look.end(self._now())
            return
        message = Message(raw)
        try:
            facts = interpreter.facts(message, arrived_at)
        except MalformedMessage as wrong:
            self.counts["malformed-message"] += 1
            log.warning("a message could not be read", kind=message.kind, trouble=str(wrong))
            return
        if message.damaged:
            self.counts["wrong-utf8"] += 1
        if look is not None and look.takes(raw):
            look.facts.extend(facts)
            return
        for fact in facts:
            if isinstance(fact, PhoneChanged):
                self._phone_changed(fact)
            else:
                self._meet(fact)

    def _note_return(self) -> None:
        now = self._now()
        gap = timedelta() if self._lost_at is None else now - self._lost_at
        self._lost_at = self.trouble = None
        gap_ms = gap // timedelta(milliseconds=1)
        log.info("hearing asterisk", node=self._node, gap_ms=gap_ms)
        self._tell(events.LinkRestored(at=now, node=self._node, gap_ms=gap_ms))
        self._up.set()

    def _note_lag(self, behind_s: float, waiting: int) -> None:
        self.lag_ms = int(behind_s * 1000)
        now_s = asyncio.get_running_loop().time()
        late = self.lag_ms > self._settings.lag_warning_ms
        if late and now_s - self._warned_s > LAG_WARNING_EVERY_S:
            self._warned_s = now_s
            log.warning("asterisk's events are read late", lag_ms=self.lag_ms, waiting=waiting)
