"""Hears what a citizen needs, on his own leg, with the house's recognisers. 语音导航连接件"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import structlog

from asr.errors import AsrError
from asr.events import Side
from asr.legs import open_voice
from asr.models import CHINESE
from asr.one_hearing import hear_answer
from asr.ports import Languages, Voice
from asr.text import Write
from cti.call import ms_between
from cti.events import CallAbandoned, CallEnded, Event, RecordingStarted
from cti.ids import CallId
from hotline.bot_needs import Understood, understood
from ivr.flow_steps import Heard
from ivr.flow_walk import NEED_PERSON

log = structlog.get_logger(__name__)


class VoiceBot:
    """Listens once, and says what was understood; implements ivr.ports.Understands. 语音导航

    It tells nothing and keeps nothing: a citizen's words stand in no log and in no variable.
    """

    def __init__(
        self,
        legs_folder: Path,
        languages: Languages,
        write: Write,
        texts: Callable[[], Iterable[str]],
        now: Callable[[], datetime],
    ) -> None:
        self._legs_folder = legs_folder
        self._languages = languages
        self._write = write
        self._texts = texts
        self._now = now
        self._zeros: dict[CallId, datetime] = {}
        self.heard: Counter[str] = Counter()
        """By what came of it; shown in /metrics. 语音导航结果"""

    def restore(self, told: Iterable[Event]) -> None:
        """What calls in hand have told."""
        for event in told:
            self.on_event(event)

    def on_event(self, event: Event) -> None:
        """Where a leg begins."""
        match event:
            case RecordingStarted(call_id=call_id, at=at):
                self._zeros.setdefault(call_id, at)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._zeros.pop(call_id, None)
            case _:
                pass

    async def need_of(self, call_id: CallId, since: datetime, longest_s: int) -> Heard:
        """Listen from that instant on; without a recogniser he is for a person, at once."""
        recognisers = self._languages.recognisers(CHINESE)
        zero = self._zeros.get(call_id)
        if recognisers is None or zero is None:
            return self._counted(Understood(need=NEED_PERSON), "deaf")
        from_ms = max(0, ms_between(zero, since))
        try:
            with open_voice(self._legs_folder, call_id, Voice(side=Side.CITIZEN), from_ms) as leg:
                words = await hear_answer(leg, recognisers, longest_s)
        except AsrError as trouble:
            log.warning("a citizen cannot be heard", call_id=call_id, code=trouble.code)
            return self._counted(Understood(need=NEED_PERSON), "deaf")
        if not words:
            return self._counted(Understood(), "silent")
        found = understood(self._write(words, CHINESE).text)
        kind = "person" if found.need == NEED_PERSON else "need" if found.need else "unclear"
        return self._counted(found, kind)

    def _counted(self, found: Understood, kind: str) -> Heard:
        self.heard[kind] += 1
        # A city's texts may not have our name for the matter: then the group's name is said.
        known = found.about if found.about in set(self._texts()) else ""
        return Heard(need=found.need, about=known)
