"""One call as the cue desk follows it: what is told in, what is to be told out. 通话跟踪

    events, form, utterances ──take──► cues, sentences due and said
                        pause ──quiet──► dead air

Pure. The same told in gives the same out, with the same ids: so a call is taken up after a restart by
telling its story once more, and is reviewed at its end by telling all of it. `known` are cues and
sentences that were already told out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asr.events import Side, TranscriptionPaused, TranscriptionResumed, UtteranceHeard
from cti.call import ms_between
from cti.events import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallControlled,
    CallEnded,
    CallEvent,
    CallHeld,
    CallRetrieved,
    Direction,
    Event,
    RecordingStarted,
    TalkChanged,
)
from cti.ids import CallId
from quality.cues import Cue, Ears
from quality.events import CueKind, CueLevel, CueRaised, SentenceDue, SentenceSaid
from quality.model import CallNamedWrong, CitizenSilent, FormSeen, Listening, NuisanceWarned
from quality.sentences import UNSHOWN, UNSHOWN_OUT, Due, Script
from quality.timing import CHINESE, Span

HEARING = frozenset({"talking", "conference"})
"""States of a talk in which citizen and seat hear each other. 可互听"""
LAG = timedelta(seconds=2)
"""What was just said may still be on its way to us. 转写延迟"""
REQUESTS = frozenset({"praise", "suggestion"})
"""Kinds of request with a sentence of their own. 有专用语的类别"""


@dataclass(slots=True, eq=False)
class Talk:
    """A call that is followed. 跟踪的通话"""

    call_id: CallId
    late_counts: bool = False
    """Text made up later is taken like any other: in a review, not in a live call. 后补计入"""
    out: bool = False
    zero: datetime | None = None
    """The recording's beginning. 录音零点"""
    answered: bool = False
    order_made: bool = False
    over_ms: int | None = None
    talking: list[Span] = field(default_factory=list)
    """When both could hear each other. 互听时段"""
    ears: Ears = field(default_factory=Ears)
    script: Script = field(default_factory=Script)
    _known: set[str] = field(default_factory=set)
    _form: FormSeen | None = None
    _hearing_since_ms: int | None = None
    _paused: bool = False
    _last_sound_ms: int | None = None
    _told_silence_ms: int | None = None

    def take(self, event: Event, rules: Listening) -> list[CallEvent]:
        """What follows from it. Facts of other calls must not come here."""
        return list(self._take(event, rules))

    def sound(self, at: datetime) -> None:
        """Somebody is speaking, whatever he says."""
        if self.zero is not None:
            self._last_sound_ms = max(self._last_sound_ms or 0, self.ms(at))

    def quiet_at(self, rules: Listening) -> datetime | None:
        """When the present silence becomes dead air, if nobody says anything."""
        since_ms = self._silent_since_ms()
        if self.zero is None or since_ms is None or since_ms == self._told_silence_ms:
            return None
        return (
            self.zero
            + timedelta(milliseconds=since_ms, seconds=rules.words.limits.dead_air_s)
            + LAG
        )

    def quiet(self, at: datetime, rules: Listening) -> list[CallEvent]:
        """The silence has lasted so long; once each silence."""
        due_at = self.quiet_at(rules)
        since_ms = self._silent_since_ms()
        if due_at is None or since_ms is None or at < due_at:
            return []
        self._told_silence_ms = since_ms
        cue = Cue(
            kind=CueKind.DEAD_AIR,
            level=CueLevel.AMBER,
            code="dead-air",
            title="双方长时间无人讲话",
            side=Side.OPERATOR,
            starts_at_ms=since_ms,
            ends_at_ms=self.ms(at),
            advice="请主动询问或说明正在处理",
        )
        return list(self._raised([cue], at, rules))

    def ms(self, at: datetime) -> int:
        return ms_between(self.zero, at)

    def _silent_since_ms(self) -> int | None:
        if self._hearing_since_ms is None or self._paused or self._last_sound_ms is None:
            return None
        return max(self._hearing_since_ms, self._last_sound_ms)

    def _take(self, event: Event, rules: Listening) -> Iterator[CallEvent]:
        match event:
            case CueRaised(cue_id=known) | SentenceDue(sentence_id=known):
                self._known.add(_due_key(event) if isinstance(event, SentenceDue) else known)
            case SentenceSaid():
                self._known.add(_said_key(event.sentence_id, event.at_ms))
            case CallArrived(direction=direction):
                self.out = direction is Direction.OUT
            case RecordingStarted(at=at):
                self.zero = self.zero or at
            case UtteranceHeard():
                yield from self._heard(event, rules)
            case TranscriptionPaused():
                self._paused = True
            case TranscriptionResumed():
                self._paused = False
                self.sound(event.at)
            case FormSeen():
                yield from self._form_seen(event, rules)
            case _:
                yield from self._happened(event, rules)

    def _happened(self, event: Event, rules: Listening) -> Iterator[CallEvent]:
        at = event.at
        match event:
            case CallAnswered():
                yield from self._answered(event, rules)
            case CallHeld():
                yield from self._moment("hold", self.ms(at), at, rules)
            case CallRetrieved():
                yield from self._moment("retrieved", self.ms(at), at, rules)
            case CallControlled(what="consult", refused=None):
                yield from self._moment("consult", self.ms(at), at, rules)
            case TalkChanged(state=state):
                self._hears(self.ms(at), hearing=state in HEARING)
            case NuisanceWarned(step=step):
                yield from self._moment(f"nuisance-{step}", self.ms(at), at, rules)
            case CitizenSilent(after_s=after_s, times=times):
                yield from self._silent(at, after_s, times, rules)
            case CallNamedWrong():
                yield from self._moment("wrong-number", self.ms(at), at, rules)
            case CallEnded() | CallAbandoned():
                self._hears(self.ms(at), hearing=False)
                self.over_ms = self.ms(at)
            case _:
                pass

    def _silent(
        self, at: datetime, after_s: int, times: int, rules: Listening
    ) -> Iterator[CallEvent]:
        at_ms = self.ms(at)
        before = f"，今日此前已有{times}次" if times else ""
        cue = Cue(
            kind=CueKind.UNCLEAR,
            level=CueLevel.AMBER,
            code="silent-call",
            title=f"来电人一直没有出声{before}",
            side=Side.CITIZEN,
            starts_at_ms=max(0, at_ms - after_s * 1000),
            ends_at_ms=at_ms,
            advice="请按提示用语询问；仍无声可说明后结束，并选择“无声”",
        )
        yield from self._raised([cue], at, rules)
        yield from self._moment("cannot-hear", at_ms, at, rules)

    def _answered(self, event: CallAnswered, rules: Listening) -> Iterator[CallEvent]:
        at = event.at
        self.zero = self.zero or at
        at_ms = self.ms(at)
        self._hears(at_ms, hearing=True)
        if self.answered:
            return
        self.answered = True
        for trigger in sorted(UNSHOWN_OUT if self.out else UNSHOWN):
            self.script.wait_for(trigger, at_ms, rules.sentences)
        if self.out:
            yield from self._moment("out-answered", at_ms, at, rules)
        elif event.waited_ms > rules.words.limits.slow_answer_s * 1000:
            self.script.wait_for("answered", at_ms, rules.sentences)
            yield from self._moment("slow-answer", at_ms, at, rules)
        else:
            yield from self._moment("answered", at_ms, at, rules)

    def _heard(self, said: UtteranceHeard, rules: Listening) -> Iterator[CallEvent]:
        if said.side is Side.SUPERVISOR:
            return  # the citizen may not hear him, and his words are not the operator's
        self._last_sound_ms = max(self._last_sound_ms or 0, said.ends_at_ms)
        if said.language not in CHINESE:
            return
        if said.backfilled and not self.late_counts:
            if said.side is Side.OPERATOR:
                yield from self._said(self.script.hear(said), said.at)
            return
        noticed = self.ears.hear(said, rules.words)
        yield from self._raised(noticed.cues, said.at, rules)
        if said.side is Side.OPERATOR:
            answered = self.script.hear(said)
            yield from self._said(answered, said.at)
            if any(due.reason == "closing" for due in answered):
                yield from self._moment("goodbye", said.ends_at_ms, said.at, rules)
        for trigger, at_ms in noticed.moments:
            yield from self._moment(trigger, at_ms, said.at, rules)
            if trigger in ("thanks", "farewell"):
                yield from self._moment("closing", at_ms, said.at, rules)
            if trigger == "farewell":
                yield from self._moment("goodbye", at_ms, said.at, rules)
                yield from self._moment("out-goodbye", at_ms, said.at, rules)

    def _form_seen(self, form: FormSeen, rules: Listening) -> Iterator[CallEvent]:
        before, self._form = self._form, form
        at, at_ms = form.at, self.ms(form.at)
        if not self.answered:
            return
        if form.stated and not form.named:
            yield from self._moment("name-missing", at_ms, at, rules)
        if form.request_type in REQUESTS and form.request_type is not None:
            yield from self._moment(form.request_type, at_ms, at, rules)
        if form.complete or form.submitted:
            yield from self._moment("form-complete", at_ms, at, rules)
        if form.submitted and not (before is not None and before.submitted):
            self.order_made = True  # often in the wrap-up, when nothing can be said any more
            yield from self._moment("closing", at_ms, at, rules)

    def _moment(
        self, trigger: str, at_ms: int, at: datetime, rules: Listening
    ) -> Iterator[CallEvent]:
        if not self.answered or self.over_ms is not None or not self._fits(trigger):
            return
        for due in self.script.moment(trigger, at_ms, rules.sentences):
            if due.said is not None:
                yield from self._said([due], at)
                continue
            told = SentenceDue(
                at=at,
                call_id=self.call_id,
                sentence_id=due.sentence.sentence_id,
                reason=trigger,
                at_ms=due.at_ms,
                scene=due.sentence.scene,
                text=due.sentence.in_city(rules.city),
                must=due.sentence.must,
            )
            if self._new(_due_key(told)):
                yield told

    def _fits(self, trigger: str) -> bool:
        """A call that we made closes in its own words."""
        if trigger in UNSHOWN_OUT:
            return self.out
        return not self.out if trigger in UNSHOWN else True

    def _said(self, dues: Iterable[Due], at: datetime) -> Iterator[CallEvent]:
        for due in dues:
            if due.said is None or not self._new(_said_key(due.sentence.sentence_id, due.at_ms)):
                continue
            yield SentenceSaid(
                at=at,
                call_id=self.call_id,
                sentence_id=due.sentence.sentence_id,
                at_ms=due.at_ms,
                starts_at_ms=due.said[0],
                ends_at_ms=due.said[1],
            )

    def _raised(self, cues: Iterable[Cue], at: datetime, rules: Listening) -> Iterator[CueRaised]:
        for cue in cues:
            cue_id = cue.id_in(self.call_id)
            if self._new(cue_id):
                yield CueRaised(
                    at=at,
                    call_id=self.call_id,
                    cue_id=cue_id,
                    kind=cue.kind,
                    level=cue.level,
                    code=cue.code,
                    title=cue.title,
                    side=cue.side,
                    starts_at_ms=cue.starts_at_ms,
                    ends_at_ms=cue.ends_at_ms,
                    found=cue.found,
                    word=cue.word,
                    advice=cue.advice,
                    version=rules.words_version,
                )

    def _hears(self, at_ms: int, *, hearing: bool) -> None:
        if hearing and self._hearing_since_ms is None:
            self._hearing_since_ms = at_ms
        elif not hearing and self._hearing_since_ms is not None:
            self.talking.append((self._hearing_since_ms, max(at_ms, self._hearing_since_ms)))
            self._hearing_since_ms = None

    def _new(self, key: str) -> bool:
        new = key not in self._known
        self._known.add(key)
        return new


def _due_key(due: SentenceDue) -> str:
    return f"due {due.sentence_id} {due.at_ms}"


def _said_key(sentence_id: str, at_ms: int) -> str:
    return f"said {sentence_id} {at_ms}"
