"""What all voices of a call share. 环境"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asr.load import SpeechLoad
from asr.ports import Now, OpenLeg, Recognisers, Tell, TellPartial
from asr.settings import AsrSettings
from asr.text import Write, plain
from cti.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """A language and who understands it. 语种"""

    language: str
    recognisers: Recognisers


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all voices of a call share. 环境"""

    call_id: CallId
    zero: datetime
    open_leg: OpenLeg
    recognisers: Recognisers
    tell: Tell
    tell_partial: TellPartial
    settings: AsrSettings
    now: Now
    language: str = "zh"
    write: Write = plain
    load: SpeechLoad = field(default_factory=SpeechLoad)

    @property
    def tongue(self) -> Tongue:
        """The language that the call begins with."""
        return Tongue(language=self.language, recognisers=self.recognisers)

    def position_ms(self, at: datetime) -> int:
        """Where in the recording an instant is."""
        return max(0, self.offset_ms(at))

    def offset_ms(self, at: datetime) -> int:
        """An instant on the call's clock; before its zero for a seat that waits for the citizen."""
        return (at - self.zero) // timedelta(milliseconds=1)

    @property
    def live_ms(self) -> int:
        """Where the call's clock stands now."""
        return self.position_ms(self.now())

    def is_live(self, position_ms: int) -> bool:
        """What was said there was said just now."""
        return self.live_ms - position_ms <= self.settings.late_after_s * 1000
