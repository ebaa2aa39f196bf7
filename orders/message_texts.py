"""Has the text of each message made up, once its call is over. 留言转写

Kept until it is asked for; the store knows which were, so no restart forgets one or asks twice.
"""

import structlog

from asr.errors import AsrError, CallNotKnown, RecordingGone, TranscriptWhole
from cti.fence import call_fence
from cti.ids import MessageId
from orders.citizen_events import MessageTextAsked
from orders.messages import Message
from orders.ports import Now, StoredMessages, Tell, TextMaker, WrittenDown

log = structlog.get_logger(__name__)

THE_HOUSE = "system"
WHY = "message"
NEVER = (CallNotKnown, RecordingGone, TranscriptWhole)
"""Nothing to make a text of, or nothing is missing. 无需转写"""


class MessageTexts:
    """Messages whose text nobody has asked for. 待转写留言"""

    def __init__(
        self,
        stored: StoredMessages,
        texts: TextMaker,
        written_down: WrittenDown,
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._texts = texts
        self._written_down = written_down
        self._tell = tell
        self._now = now
        self._waiting: dict[MessageId, Message] = {}

    async def restore(self) -> None:
        """What earlier lives did not ask for."""
        for message in await self._stored.without_text():
            self.want(message)

    @property
    def waiting(self) -> bool:
        """Whether any is left."""
        return bool(self._waiting)

    def want(self, message: Message) -> None:
        self._waiting[message.message_id] = message

    async def ask(self) -> bool:
        """For all that can be had now; False: some of them must be tried again."""
        if not self._waiting:
            return True
        if not await self._written_down():
            return False
        for message in list(self._waiting.values()):
            with call_fence(message.call_id):
                if await self._ask_for(message):
                    del self._waiting[message.message_id]
        return not self._waiting

    async def _ask_for(self, message: Message) -> bool:
        """False: try again. Its row knows where on the recording it is."""
        listed = await self._stored.find_message(message.message_id)
        if listed is None:
            return False
        try:
            await self._texts.want(
                message.call_id,
                why=WHY,
                by=THE_HOUSE,
                from_ms=listed.starts_at_ms,
                until_ms=listed.ends_at_ms,
            )
        except NEVER as never:
            log.info("a message has no text", call_id=message.call_id, why=never.code)
            return True
        except AsrError:
            return False  # the call goes on, or another text of it is in the making
        self._tell(
            MessageTextAsked(at=self._now(), call_id=message.call_id, message_id=message.message_id)
        )
        return True
