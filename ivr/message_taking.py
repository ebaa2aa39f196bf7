"""He speaks a message: recorded, spoken anew, kept also when he hangs up in it. 留言录制"""

from datetime import UTC, datetime

import structlog

from cti.ids import MessageId
from ivr import dialplan_variables as variables
from ivr.citizen_line import CitizenLine
from ivr.errors import CitizenHungUp
from ivr.flow import PERSON_KEY
from ivr.flow_steps import Came, KeyCame, Recorded, RecordMessage

log = structlog.get_logger(__name__)

MESSAGE_KIND = "sln16"


class MessageTaking:
    """The message of one call. 留言录制"""

    def __init__(self, line: CitizenLine) -> None:
        self._line = line
        self._message: tuple[MessageId, datetime] | None = None
        """What he is recording or has recorded. 当前留言"""

    async def record(self, wanted: RecordMessage) -> Came:
        """From the end of the question until a key, silence, or so long. Raises CitizenHungUp."""
        line = self._line
        (folder,) = await line.channel.get_variables(variables.LEGS)
        known = await self._known() if wanted.take else None
        try:
            message_id = known[0] if known else await line.desks.messages.begin(line.call_id)
        except OSError as trouble:
            log.warning("no message can be kept", call_id=line.call_id, trouble=trouble.errno)
            return KeyCame(key=PERSON_KEY)
        began_at = line.now()
        self._message = (message_id, began_at)
        milliseconds = round(began_at.timestamp() * 1000)
        await line.channel.set_variable(variables.MESSAGE, f"{message_id} {milliseconds}")
        file = f"{folder}/{line.call_id}-own-{message_id}"
        try:
            key = await line.channel.record(file, MESSAGE_KIND, wanted.longest_s, wanted.silence_s)
        except CitizenHungUp:
            # What he said before he hung up is a message too; an empty one is thrown away.
            self.hung_up()
            self._message = None
            raise
        if key == PERSON_KEY:
            return KeyCame(key=key)
        spoke_s = (line.now() - began_at).total_seconds()
        if not key and spoke_s < wanted.longest_s:
            spoke_s -= wanted.silence_s
        return Recorded(duration_ms=max(0, round(spoke_s * 1000)))

    async def confirmed(self) -> None:
        """He wants it to be kept; told twice, it counts once."""
        self._left(await self._known(), confirmed=True)

    def hung_up(self) -> None:
        """It is kept if it holds anything."""
        self._left(self._message, confirmed=False)

    def _left(self, told: tuple[MessageId, datetime] | None, *, confirmed: bool) -> None:
        if told is not None:
            self._line.desks.messages.left(self._line.call_id, *told, confirmed=confirmed)

    async def _known(self) -> tuple[MessageId, datetime] | None:
        """Ours, or the one of the process before us."""
        if self._message is None:
            (word,) = await self._line.channel.get_variables(variables.MESSAGE)
            name, _, milliseconds = word.partition(" ")
            if name.startswith(f"{self._line.call_id}-m") and milliseconds.isdecimal():
                began_at = datetime.fromtimestamp(int(milliseconds[:14]) / 1000, UTC)
                self._message = (MessageId(name), began_at)
        return self._message
