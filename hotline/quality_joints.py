"""Orders and stored calls in the words of the quality rooms. 质检连接件"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.events import Event
from cti.ids import CallId
from documents.problems import DocumentKind
from orders.citizen_events import CallFoundSilent
from orders.events import (
    CallCoded,
    FieldsEdited,
    FieldsProposed,
    NuisanceStepTicked,
    OrderSubmitted,
)
from orders.model import MANDATORY_FIELDS, OrderField
from quality.desk import CueDesk
from quality.model import (
    CallNamedWrong,
    CallStory,
    CitizenSilent,
    FormSeen,
    Listening,
    NuisanceWarned,
    Rules,
)
from quality.ports import Now, Tell
from quality.reviewer import Reviewer
from seats.rulebook import Rulebook
from store.database import Database
from store.quality_questions import StoredQuality
from web.quality_ports import Quality

WRONG_NUMBER = "wrong-number"
"""The shipped code of a call that was dialled wrongly. 打错"""
KEPT = 2_000
"""Calls whose form is remembered; an order may be submitted long after its call. 缓存上限"""


@dataclass(slots=True, eq=False)
class _Form:
    values: dict[OrderField, str] = field(default_factory=dict)
    submitted: bool = False


class FormReader:
    """What orders tell, as the quality rooms need it. 表单转述"""

    def __init__(self) -> None:
        self._forms: OrderedDict[CallId, _Form] = OrderedDict()

    def heard(self, event: Event) -> Event:
        """The event, or the fact of quality that it is."""
        match event:
            case FieldsProposed() | FieldsEdited():
                form = self._form(event.call_id)
                form.values.update({name: one.value for name, one in event.fields})
                return _seen(event.call_id, event.at, form)
            case OrderSubmitted():
                form = self._form(event.call_id)
                form.submitted = True
                return _seen(event.call_id, event.at, form)
            case NuisanceStepTicked():
                return NuisanceWarned(at=event.at, call_id=event.call_id, step=event.step)
            case CallFoundSilent(after_s=after_s, times=times):
                return CitizenSilent(
                    at=event.at, call_id=event.call_id, after_s=after_s, times=times
                )
            case CallCoded(code=code) if code == WRONG_NUMBER:
                return CallNamedWrong(at=event.at, call_id=event.call_id)
            case _:
                return event

    def _form(self, call_id: CallId) -> _Form:
        form = self._forms.setdefault(call_id, _Form())
        while len(self._forms) > KEPT:
            self._forms.popitem(last=False)
        return form


class QualityEars:
    """Lets the quality rooms hear what the house tells. 质检转述"""

    def __init__(self, *listeners: Callable[[Event], None]) -> None:
        self._reader = FormReader()
        self._listeners = listeners

    def restore(self, stories: Iterable[Sequence[Event]]) -> None:
        """Know the forms of live calls; before any event is told."""
        for told in stories:
            for event in told:
                self._reader.heard(event)

    def on_event(self, event: Event) -> None:
        heard = self._reader.heard(event)
        for listener in self._listeners:
            listener(heard)


class StoredStories:
    """Calls as they were told, for the reviewer; implements quality.ports.Stories. 通话记录"""

    def __init__(self, stored: StoredQuality) -> None:
        self._stored = stored
        self.unreviewed = stored.unreviewed
        self.transcribed = stored.transcribed
        self.versions = stored.versions

    async def story(self, call_id: CallId) -> CallStory | None:
        told = await self._stored.told(call_id)
        return story_of(call_id, told) if told else None


def story_of(call_id: CallId, told: Iterable[Event]) -> CallStory:
    """The events with those of orders in the words of quality."""
    reader = FormReader()
    return CallStory(call_id=call_id, told=tuple(reader.heard(event) for event in told))


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityRooms:
    """The quality rooms, joined to the house. 质检"""

    cues: CueDesk
    reviewer: Reviewer
    ears: QualityEars
    for_web: Quality


def quality_rooms(
    database: Database,
    rules: Rules,
    written_down: Callable[[], Awaitable[object]],
    tell: Tell,
    now: Now,
    in_hand: Sequence[tuple[CallId, Sequence[Event]]],
) -> QualityRooms:
    """Built, and told of the calls in hand."""
    stored = StoredQuality(database)
    cues = CueDesk(rules, tell, now)
    cues.restore(story_of(call_id, told) for call_id, told in in_hand)
    reviewer = Reviewer(StoredStories(stored), rules, written_down, tell, now)
    ears = QualityEars(cues.on_event, reviewer.on_event)
    ears.restore(told for _, told in in_hand)
    return QualityRooms(
        cues=cues,
        reviewer=reviewer,
        ears=ears,
        for_web=Quality(records=stored, cues=cues, reruns=reviewer, rules=rules),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class QualityCollector(Collector):
    """Counts of the quality rooms; a word or a text is never a label. 质检指标"""

    rooms: QualityRooms

    def collect(self) -> Iterable[Metric]:
        for name, text, counts in (
            ("cues", "Cues raised, by kind", self.rooms.cues.raised),
            ("sentences", "Prescribed sentences shown and said", self.rooms.cues.sentences),
            ("signals", "Signals for inspectors, by kind of finding", self.rooms.reviewer.found),
        ):
            family = CounterMetricFamily(f"hotline_{name}", text, labels=["kind"])
            for kind, count in counts.items():
                family.add_metric([kind], count)
            yield family
        yield CounterMetricFamily(
            "hotline_calls_reviewed",
            "Transcripts gone through for signals",
            value=self.rooms.reviewer.calls,
        )


def listening(rulebook: Rulebook, city: str) -> Listening:
    """The lists that hold now."""
    return Listening(
        words=rulebook.words,
        sentences=rulebook.sentences,
        words_version=rulebook.version(DocumentKind.WORDS).version,
        sentences_version=rulebook.version(DocumentKind.SENTENCES).version,
        city=city,
    )


def _seen(call_id: CallId, at: datetime, form: _Form) -> FormSeen:
    filled = {name for name, value in form.values.items() if value.strip()}
    return FormSeen(
        at=at,
        call_id=call_id,
        named=OrderField.CALLER_NAME in filled,
        stated=OrderField.CONTENT in filled,
        complete=filled.issuperset(MANDATORY_FIELDS),
        request_type=form.values.get(OrderField.REQUEST_TYPE) or None,
        submitted=form.submitted,
    )
