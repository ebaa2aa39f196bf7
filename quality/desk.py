"""Raises cues and shows sentences while a call is going on. 提示台

    calls, forms, transcripts ──on_event──► cues and sentences, within the very event
                 nobody speaks ──run──────► dead air
                       a person ──judge────► false alarm or not

Sole writer of cues and of sentences that are due or said. Text that is made up later raises no cue:
nobody could act on it; the review at the end finds it (`quality.reviewer`).
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable
from datetime import datetime

from asr.events import PartialHeard, Side, TranscriptFinished
from cti.events import CallAbandoned, CallArrived, CallEnded, CallEvent, Event
from cti.ids import CallId
from quality.events import CueJudged, CueRaised, SentenceDue, SentenceSaid
from quality.model import CallStory, Rules
from quality.ports import Now, Tell
from quality.talk import Talk

KEPT_AFTER = 500
"""Ended calls whose last words may still come. 结束后保留"""
HEARD = (Side.CITIZEN, Side.OPERATOR)


class CueDesk:
    """Follows every live call. 提示台"""

    name = "cue desk"

    def __init__(self, rules: Rules, tell: Tell, now: Now) -> None:
        self._rules = rules
        self._tell = tell
        self._now = now
        self._talks: dict[CallId, Talk] = {}
        self._ended: OrderedDict[CallId, Talk] = OrderedDict()
        self._changed = asyncio.Event()
        self._looks_at: datetime | None = None
        """When run looks for dead air next. 下次检查"""
        self.raised: Counter[str] = Counter()
        """Cues since the start, by kind; shown in /metrics. 提示数"""
        self.sentences: Counter[str] = Counter()
        """Sentences due and said since the start; shown in /metrics. 用语数"""

    def restore(self, stories: Iterable[CallStory]) -> None:
        """Take up live calls by their stories; tells nothing. Before any event is told."""
        rules = self._rules()
        for story in stories:
            talk = self._talks[story.call_id] = Talk(story.call_id)
            for event in story.told:
                talk.take(event, rules)

    def on_event(self, event: Event) -> None:
        """Take what calls, forms and transcripts say; everything else is ignored."""
        match event:
            case CallArrived(call_id=call_id):
                talk = Talk(call_id)
                self._talks[call_id] = talk
                talk.take(event, self._rules())
            case CueRaised() | SentenceDue() | SentenceSaid():
                pass  # our own words come back to us
            case TranscriptFinished(call_id=call_id):
                self._ended.pop(call_id, None)
            case CallEvent(call_id=call_id):
                self._take(call_id, event)
            case _:
                pass

    def partial_heard(self, partial: PartialHeard) -> None:
        """Somebody is in the middle of a sentence: that is no dead air."""
        talk = self._talks.get(partial.call_id)
        if talk is not None and partial.side is not Side.SUPERVISOR:
            talk.sound(self._now())
            self._look_sooner(talk)

    def judge(self, call_id: CallId, cue_id: str, by: str, *, false_alarm: bool) -> None:
        """A person says whether it was right; who asks knows that there is such a cue."""
        self._tell(
            CueJudged(
                at=self._now(), call_id=call_id, cue_id=cue_id, false_alarm=false_alarm, by=by
            )
        )

    async def run(self) -> None:
        """Tell of dead air when its time has come; until cancelled."""
        while True:
            self._changed.clear()
            at = self._now()
            for talk in list(self._talks.values()):
                self._say(talk.quiet(at, self._rules()))
            soonest = self._looks_at = self._soonest()
            wait_s = None if soonest is None else max((soonest - self._now()).total_seconds(), 0.0)
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def _soonest(self) -> datetime | None:
        rules = self._rules()
        due = (talk.quiet_at(rules) for talk in self._talks.values())
        return min((at for at in due if at is not None), default=None)

    def _take(self, call_id: CallId, event: CallEvent) -> None:
        talk = self._talks.get(call_id) or self._ended.get(call_id)
        if talk is None:
            return
        self._say(talk.take(event, self._rules()))
        if isinstance(event, CallEnded | CallAbandoned):
            self._talks.pop(call_id, None)
            self._ended[call_id] = talk
            while len(self._ended) > KEPT_AFTER:
                self._ended.popitem(last=False)
        else:
            self._look_sooner(talk)

    def _look_sooner(self, talk: Talk) -> None:
        """Words put dead air off, and run sees that by itself; a new silence it must be told of."""
        due = talk.quiet_at(self._rules())
        if due is not None and (self._looks_at is None or due < self._looks_at):
            self._changed.set()

    def _say(self, told: Iterable[CallEvent]) -> None:
        for event in told:
            match event:
                case CueRaised(kind=kind):
                    self.raised[kind.value] += 1
                case SentenceDue():
                    self.sentences["due"] += 1
                case SentenceSaid():
                    self.sentences["said"] += 1
                case _:
                    pass
            self._tell(event)
