"""Which cues an utterance raises. 提示

    citizen:  danger (red) · anger (once, then a rest) · complaint about an operator
    operator: banned, shirking, vague words · speaks too fast · speaks over the citizen
    either:   听不懂 again and again ──► dialect · hardly to be heard ──► unclear

Pure; the memory of one call. A danger, a complaint and a wish are each noticed once a call. Every cue
has an id made of the call, its code and its place, so that the same call told twice (after a restart,
or with its text made up later) has the same cues.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from asr.events import Side, UtteranceHeard
from cti.ids import CallId
from quality.events import CueKind, CueLevel
from quality.timing import Span, chars_of, length, merged, pieces, rate, spoken_over
from quality.words import Spoken, SpokenHit, spoken, spoken_hits
from seats.phrases import Phrase
from seats.rule_documents.words import CueLimits, WordLists

REMEMBERED = 40
"""Pieces of speech of each side that a new one is compared with. 比较范围"""
RATE_LEAST_MS = 3_000
"""A shorter piece of speech tells no rate. 语速最短时长"""
RATE_REST_MS = 60_000
TALK_OVER_REST_MS = 10_000
DIALECT_REST_MS = 120_000
UNCLEAR_REST_MS = 60_000
SHORT_ANSWER = 2
"""嗯 and 好的 are doubtful to every recogniser and say nothing of the line. 短应答字数"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What is worth telling. 提示"""

    kind: CueKind
    level: CueLevel
    code: str
    title: str
    side: Side
    starts_at_ms: int
    ends_at_ms: int
    found: str = ""
    word: str = ""
    advice: str = ""

    def id_in(self, call_id: CallId) -> str:
        return f"{call_id}-{self.code}-{self.starts_at_ms}"


@dataclass(frozen=True, slots=True)
class Noticed:
    """What an utterance brings: cues, and moments of prescribed sentences. 所得"""

    cues: tuple[Cue, ...]
    moments: tuple[tuple[str, int], ...]
    """(trigger of seats.rule_documents.sentences, at_ms)"""


@dataclass(slots=True, eq=False)
class Ears:
    """What was heard in one call so far. 听取"""

    _once: set[str] = field(default_factory=set)
    _last: dict[str, int] = field(default_factory=dict)
    """When a code that may come again came last. 上次提示"""
    _puzzled: deque[int] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _doubtful: int = 0
    _operator: deque[Span] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _citizen: deque[Span] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def hear(self, utterance: UtteranceHeard, lists: WordLists) -> Noticed:
        """Utterances come in about the order in which they were spoken; each once."""
        said = spoken(utterance)
        moments: list[tuple[str, int]] = []
        cues: list[Cue] = []
        for cue in self._cues(utterance, said, lists):
            cues.append(cue)
            trigger = TRIGGER_OF.get(cue.kind)
            if trigger is not None:
                moments.append((trigger, cue.ends_at_ms))
        if utterance.side is Side.CITIZEN:
            for trigger, phrases in (
                ("thanks", lists.thanks),
                ("farewell", lists.farewell),
                ("progress", lists.progress),
                ("wrong-number", lists.wrong_number),
                ("another-operator", lists.another_operator),
            ):
                moments += [(trigger, hit.ends_at_ms) for hit in spoken_hits(said, phrases)][:1]
        return Noticed(tuple(cues), tuple(moments))

    def _cues(self, utterance: UtteranceHeard, said: Spoken, lists: WordLists) -> Iterator[Cue]:
        if utterance.side is Side.CITIZEN:
            yield from self._of_citizen(utterance, said, lists)
        elif utterance.side is Side.OPERATOR:
            yield from self._of_operator(utterance, said, lists)
        else:
            return
        yield from self._not_understood(utterance, said, lists)
        yield from self._cannot_hear(utterance, said, lists)
        yield from self._talk_over(utterance, lists.limits)

    def _of_citizen(
        self, utterance: UtteranceHeard, said: Spoken, lists: WordLists
    ) -> Iterator[Cue]:
        for hit in spoken_hits(said, lists.danger):
            if self._first(hit.phrase.code):
                yield _cue(CueKind.DANGER, CueLevel.RED, hit, utterance.side)
        for hit in spoken_hits(said, lists.anger):
            if self._rested("anger", hit.starts_at_ms, round(lists.limits.calm_rest_s * 1000)):
                yield _cue(CueKind.ANGER, CueLevel.AMBER, hit, utterance.side)
        for hit in spoken_hits(said, lists.complaint):
            if self._first(hit.phrase.code):
                yield _cue(CueKind.COMPLAINT, CueLevel.AMBER, hit, utterance.side)

    def _of_operator(
        self, utterance: UtteranceHeard, said: Spoken, lists: WordLists
    ) -> Iterator[Cue]:
        for hit in spoken_hits(said, lists.inspected):
            yield _cue(CueKind.BANNED, CueLevel.AMBER, hit, utterance.side)
        limit = lists.limits.fast_chars_per_min
        speaking_ms = length(merged(pieces(utterance)))
        speed = rate(chars_of([utterance]), speaking_ms)
        if speed is None or speed <= limit or speaking_ms < RATE_LEAST_MS:
            return
        if self._rested("speech-rate", utterance.starts_at_ms, RATE_REST_MS):
            yield Cue(
                kind=CueKind.SPEECH_RATE,
                level=CueLevel.INFO,
                code="speech-rate",
                title=f"语速过快：每分钟 {speed} 字",
                side=utterance.side,
                starts_at_ms=utterance.starts_at_ms,
                ends_at_ms=utterance.ends_at_ms,
                advice="请放慢语速",
            )

    def _not_understood(
        self, utterance: UtteranceHeard, said: Spoken, lists: WordLists
    ) -> Iterator[Cue]:
        """听不懂 often enough within a short time, whoever says it."""
        for hit in spoken_hits(said, lists.not_understood):
            limits = lists.limits
            self._puzzled.append(hit.starts_at_ms)
            since = hit.starts_at_ms - round(limits.unclear_within_s * 1000)
            lately = sum(1 for at_ms in self._puzzled if at_ms >= since)
            if lately < limits.unclear_times:
                continue
            if self._rested("dialect", hit.starts_at_ms, DIALECT_REST_MS):
                self._puzzled.clear()
                yield Cue(
                    kind=CueKind.DIALECT,
                    level=CueLevel.AMBER,
                    code="dialect",
                    title=f"多次{hit.phrase.title}",
                    side=utterance.side,
                    starts_at_ms=hit.starts_at_ms,
                    ends_at_ms=hit.ends_at_ms,
                    found=hit.found,
                    word=hit.word,
                    advice=hit.phrase.advice,
                )

    def _cannot_hear(
        self, utterance: UtteranceHeard, said: Spoken, lists: WordLists
    ) -> Iterator[Cue]:
        """Somebody says so, or two sentences of the citizen in turn are hardly recognised."""
        for hit in spoken_hits(said, lists.cannot_hear):
            if self._rested("cannot-hear", hit.starts_at_ms, UNCLEAR_REST_MS):
                yield _cue(CueKind.UNCLEAR, CueLevel.INFO, hit, utterance.side)
        if utterance.side is not Side.CITIZEN or len(said.text) <= SHORT_ANSWER:
            return
        doubtful = utterance.confidence < lists.limits.low_confidence
        self._doubtful = self._doubtful + 1 if doubtful else 0
        if self._doubtful < 2:
            return
        if self._rested("cannot-hear", utterance.starts_at_ms, UNCLEAR_REST_MS):
            yield Cue(
                kind=CueKind.UNCLEAR,
                level=CueLevel.INFO,
                code="low-confidence",
                title="市民声音不清",
                side=utterance.side,
                starts_at_ms=utterance.starts_at_ms,
                ends_at_ms=utterance.ends_at_ms,
                advice="请市民调整通话环境",
            )

    def _talk_over(self, utterance: UtteranceHeard, limits: CueLimits) -> Iterator[Cue]:
        """Either's text may come first, so both are compared with what the other said."""
        new = merged(pieces(utterance))
        if utterance.side is Side.OPERATOR:
            self._operator.extend(new)
            over = spoken_over(new, self._citizen)
        else:
            self._citizen.extend(new)
            over = spoken_over(self._operator, new)
        for start, end in over:
            if end - start < limits.talk_over_ms:
                continue
            if self._rested("talk-over", start, TALK_OVER_REST_MS):
                yield Cue(
                    kind=CueKind.TALK_OVER,
                    level=CueLevel.INFO,
                    code="talk-over",
                    title="您正在与市民同时讲话",
                    side=Side.OPERATOR,
                    starts_at_ms=start,
                    ends_at_ms=end,
                    advice="请先听市民讲完",
                )

    def _first(self, code: str) -> bool:
        new = code not in self._once
        self._once.add(code)
        return new

    def _rested(self, code: str, at_ms: int, rest_ms: int) -> bool:
        last = self._last.get(code)
        if last is not None and abs(at_ms - last) < max(rest_ms, 1):
            return False
        self._last[code] = at_ms
        return True


TRIGGER_OF = {
    CueKind.ANGER: "anger",
    CueKind.COMPLAINT: "complaint",
    CueKind.DIALECT: "dialect",
    CueKind.UNCLEAR: "cannot-hear",
    CueKind.TALK_OVER: "talk-over",
}


def _cue(kind: CueKind, level: CueLevel, hit: SpokenHit, side: Side) -> Cue:
    phrase: Phrase = hit.phrase
    return Cue(
        kind=kind,
        level=level,
        code=phrase.code,
        title=phrase.title,
        side=side,
        starts_at_ms=hit.starts_at_ms,
        ends_at_ms=hit.ends_at_ms,
        found=hit.found,
        word=hit.word,
        advice=phrase.advice,
    )
