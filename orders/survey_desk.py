"""Asks each call once how it was, and keeps what the citizen answered. 评价台

    release: the seat sends him on to the question (转评价)
    offer ──► SurveyOffered      key ──► SurveyAnswered       no key, or he hangs up ──► 未评价

Sole writer of surveys. One ask a call: a second offer is not made, a second answer changes nothing
and is counted.
"""

from collections.abc import Callable

from cti.call import Call
from cti.events import CallAbandoned, CallEnded, Event
from cti.ids import CallId
from orders.citizen_events import SurveyAnswered, SurveyOffered
from orders.errors import SurveyNotOffered
from orders.model import OrderId
from orders.ports import Now, StoredSurveys, Tell
from orders.surveys import AskedHow, Satisfaction, Scale


class SurveyDesk:
    """Takes citizens' answers. 评价台"""

    def __init__(
        self,
        stored: StoredSurveys,
        scale: Callable[[], Scale],
        call_of: Callable[[CallId], Call | None],
        order_of: Callable[[CallId], OrderId | None],
        tell: Tell,
        now: Now,
    ) -> None:
        self._stored = stored
        self._scale = scale
        self._call_of = call_of
        self._order_of = order_of
        self._tell = tell
        self._now = now
        self._open: dict[CallId, tuple[AskedHow, Scale]] = {}
        self._answered: dict[CallId, Satisfaction] = {}
        self._released: set[CallId] = set()
        self.second_answers = 0
        """Answers that came after the first since the start; shown in /metrics. 重复评价数"""

    async def restore(self) -> None:
        """Take up the questions of calls that are not over; before any event is told."""
        for survey in await self._stored.surveys_of_open_calls():
            if survey.satisfaction is None:
                self._open[survey.call_id] = (survey.how, self._scale())
            else:
                self._answered[survey.call_id] = survey.satisfaction

    @property
    def scale(self) -> Scale:
        """The keys as they are announced now."""
        return self._scale()

    def on_event(self, event: Event) -> None:
        """Who hangs up without a key did not rate; everything else is ignored."""
        match event:
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                if call_id in self._open:
                    self.answer(call_id, None)
                self._answered.pop(call_id, None)
                self._released.discard(call_id)
            case _:
                pass

    def release(self, call_id: CallId) -> None:
        """His seat sends him on to the question."""
        self._released.add(call_id)

    def keep(self, call_id: CallId) -> None:
        """The seat stays with him after all."""
        self._released.discard(call_id)

    def released(self, call_id: CallId) -> bool:
        """Whether his seat did; a flow may ask only those."""
        return call_id in self._released

    def offer(self, call_id: CallId) -> bool:
        """Whether he is to be asked: once in a call, however often his story begins anew."""
        if call_id in self._open or call_id in self._answered:
            return False
        call = self._call_of(call_id)
        if call is None or call.answered_at is None or call.over:
            return False  # nobody spoke with him, or nobody is there to ask
        how = AskedHow.TRANSFERRED if self.released(call_id) else AskedHow.AFTER_CALL
        self._open[call_id] = (how, self._scale())
        self._tell(
            SurveyOffered(
                at=self._now(),
                call_id=call_id,
                how=how,
                seat_id=call.seat_id,
                skill_group=call.skill_group,
                order_id=self._order_of(call_id),
            )
        )
        return True

    def answer(self, call_id: CallId, key: str | None) -> Satisfaction:
        """What he pressed; None when his time was over. The first answer stands.

        A key that is not on the scale is no answer. Raises SurveyNotOffered.
        """
        before = self._answered.get(call_id)
        if before is not None:
            self.second_answers += 1
            return before
        if call_id not in self._open:
            raise SurveyNotOffered
        how, scale = self._open.pop(call_id)
        score = scale.score_of(key)
        meaning = self._answered[call_id] = scale.meaning(score)
        self._tell(
            SurveyAnswered(
                at=self._now(),
                call_id=call_id,
                score=score,
                scale=scale.last,
                satisfaction=meaning,
                how=how,
            )
        )
        return meaning
