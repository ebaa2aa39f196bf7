"""Which language each live call is in, and whether anybody understands it. 通话语种"""

from collections import deque

from asr.events import TranscriptionLeftOut
from asr.load import SpeechLoad
from asr.ports import LanguageOf, Languages, Now, Tell
from asr.surroundings import Tongue
from cti.ids import CallId


class CallTongues:
    """Asks for the language when a call is answered; tells once when nobody understands it. 通话语种"""

    def __init__(
        self,
        languages: Languages,
        language_of: LanguageOf,
        load: SpeechLoad,
        tell: Tell,
        now: Now,
    ) -> None:
        self._languages = languages
        self._language_of = language_of
        self._load = load
        self._tell = tell
        self._now = now
        self._noted: dict[CallId, deque[str]] = {}
        """Answers that are not met yet. 待处理"""
        self._spoken: dict[CallId, str] = {}
        self._left_out: dict[CallId, str | None] = {}
        """Calls whose seats know that there is no text, and for which language."""

    def note(self, call_id: CallId) -> None:
        """A seat answered. Asked at once: the call may have moved on by the time this is met."""
        self._noted.setdefault(call_id, deque()).append(self._language_of(call_id))

    def answered(self, call_id: CallId) -> Tongue | None:
        """What is spoken since that answer; else as `of`."""
        noted = self._noted.get(call_id)
        self._spoken[call_id] = noted.popleft() if noted else self._language_of(call_id)
        return self.of(call_id)

    def was_left_out(self, call_id: CallId) -> None:
        """An earlier service told that."""
        self._left_out[call_id] = None

    def of(self, call_id: CallId) -> Tongue | None:
        """None: nobody understands it, and it has been told."""
        language = self._spoken.get(call_id) or self._language_of(call_id)
        recognisers = self._languages.recognisers(language)
        if recognisers is not None:
            self._left_out.pop(call_id, None)
            return Tongue(language=language, recognisers=recognisers)
        if self._left_out.get(call_id, "") not in (language, None):
            self._load.left_out[language] += 1
            self._tell(TranscriptionLeftOut(at=self._now(), call_id=call_id, language=language))
        self._left_out[call_id] = language
        return None

    def forget(self, call_id: CallId) -> None:
        """The call is over."""
        self._noted.pop(call_id, None)
        self._spoken.pop(call_id, None)
        self._left_out.pop(call_id, None)
