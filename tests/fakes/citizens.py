"""Surveys, messages, codes and arrivals in memory, kept in step by the told events."""

from dataclasses import replace

from asr.errors import CallNotOver
from cti.call import Call, CallState
from cti.events import CallAbandoned, CallArrived, CallEnded, Event
from orders.citizen_events import (
    CallFoundSilent,
    CallLimited,
    CallStayedSilent,
    MessageDiscarded,
    MessageDone,
    MessageLeft,
    MessageTaken,
    MessageTextAsked,
    OrderUrged,
    ProgressAsked,
    QueryCodeIssued,
    SilentCallerSpoke,
    SurveyAnswered,
    SurveyOffered,
)
from orders.limits import LimitedCall
from orders.message_desk import MessageDesk
from orders.messages import Message, MessageState
from orders.progress import EarlierAsking, IssuedCode
from orders.progress_desk import ProgressDesk
from orders.summaries import SilentCall
from orders.survey_desk import SurveyDesk
from orders.surveys import Satisfaction, Scale, Survey
from web.citizen_ports import Citizens


class CitizensInMemory:
    """A projection of the events, as the real store makes it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.surveys: dict[str, Survey] = {}
        self.messages: dict[str, Message] = {}
        self.codes: dict[str, QueryCodeIssued] = {}
        self.asked: list[EarlierAsking] = []
        self.arrivals: list[tuple] = []
        self.orders: dict = {}
        self.numbers: dict[str, str] = {}
        self.open_calls: set[str] = set()
        self.zero = {}
        self.said: list = []
        self.found_legs: list[tuple] = []
        self.made: dict[str, str] = {}
        """Orders of messages, as the table of orders has them."""

    def tell(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case CallArrived(call_id=call_id):
                self.arrivals.append((call_id, event.caller_number, event.at))
                self.numbers[call_id] = event.caller_number
                self.open_calls.add(call_id)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self.open_calls.discard(call_id)
            case SurveyOffered():
                self.surveys[event.call_id] = Survey(
                    call_id=event.call_id,
                    how=event.how,
                    offered_at=event.at,
                    seat_id=event.seat_id,
                    skill_group=event.skill_group,
                    order_id=event.order_id,
                )
            case SurveyAnswered():
                self.surveys[event.call_id] = replace(
                    self.surveys[event.call_id],
                    answered_at=event.at,
                    score=event.score,
                    scale=event.scale,
                    satisfaction=event.satisfaction,
                )
            case MessageLeft() | MessageDiscarded():
                left = isinstance(event, MessageLeft)
                zero = self.zero.get(event.call_id, event.began_at)
                self.messages[event.message_id] = Message(
                    message_id=event.message_id,
                    call_id=event.call_id,
                    state=MessageState.NEW if left else MessageState.DISCARDED,
                    began_at=event.began_at,
                    left_at=event.at,
                    duration_ms=event.duration_ms,
                    how=event.how,
                    caller_number=self.numbers.get(event.call_id, ""),
                    starts_at_ms=round((event.began_at - zero).total_seconds() * 1000),
                )
            case MessageTextAsked():
                self._change(event, text_asked_at=event.at)
            case MessageTaken():
                self._change(
                    event,
                    state=MessageState.TAKEN,
                    taken_at=event.at,
                    taken_by=event.by,
                    seat_id=event.seat_id,
                )
            case MessageDone():
                self._change(
                    event,
                    state=MessageState.DONE,
                    done_at=event.at,
                    done_by=event.by,
                    order_id=event.order_id,
                    reason=event.reason,
                )
            case QueryCodeIssued(order_id=order_id):
                self.codes[order_id] = event
            case ProgressAsked():
                self.asked.append(
                    EarlierAsking(
                        call_id=event.call_id,
                        caller_number=event.caller_number,
                        at=event.at,
                        outcome=event.outcome,
                        order_id=event.order_id,
                    )
                )
            case OrderUrged(order_id=order_id) if order_id in self.orders:
                order = self.orders[order_id]
                self.orders[order_id] = replace(order, urges=order.urges + 1, urged_at=event.at)
            case _:
                pass

    def _change(self, event, **values):
        self.messages[event.message_id] = replace(self.messages[event.message_id], **values)

    def told(self, kind):
        return [event for event in self.events if isinstance(event, kind)]

    # orders.ports.StoredSurveys, web.citizen_ports.SurveyRecords

    async def surveys_of_open_calls(self):
        return [one for one in self.surveys.values() if one.call_id in self.open_calls]

    async def of_call(self, call_id):
        return self.surveys.get(call_id)

    async def between(
        self, since, until, *, seat_id=None, skill_group=None, satisfaction=None, limit=None
    ):
        def wanted(one):
            meaning = one.satisfaction or Satisfaction.NOT_RATED
            return (
                since <= one.offered_at < until
                and seat_id in (None, one.seat_id)
                and skill_group in (None, one.skill_group)
                and satisfaction in (None, meaning)
            )

        return [one for one in self.surveys.values() if wanted(one)][:limit]

    # orders.ports.StoredArrivals

    async def arrivals_since(self, since):
        return [one for one in self.arrivals if one[2] >= since]

    async def limited(self, since, until):
        return [
            LimitedCall(
                call_id=one.call_id,
                caller_number=self.numbers.get(one.call_id, ""),
                at=one.at,
                verdict=one.verdict,
                why=one.why,
                blocked_until=one.blocked_until,
            )
            for one in reversed(self.told(CallLimited))
            if since <= one.at < until
        ]

    # web.citizen_ports.SilentRecords

    async def silent_between(self, since, until):
        spoke = {one.call_id: one.at for one in self.told(SilentCallerSpoke)}
        stayed = {one.call_id: one.at for one in self.told(CallStayedSilent)}
        return [
            SilentCall(
                call_id=one.call_id,
                caller_number=one.caller_number,
                found_at=one.at,
                seat_id=one.seat_id,
                spoke_at=spoke.get(one.call_id),
                stayed_silent_at=stayed.get(one.call_id),
            )
            for one in reversed(self.told(CallFoundSilent))
            if since <= one.at < until
        ]

    # orders.ports.StoredMessages, web.citizen_ports.MessageRecords

    async def open_messages(self):
        return [
            replace(one, order_id=one.order_id or self.made.get(one.message_id))
            for one in self.messages.values()
            if one.open
        ]

    async def without_text(self):
        return [
            one
            for one in self.messages.values()
            if one.text_asked_at is None and one.state is not MessageState.DISCARDED
        ]

    async def untold(self):
        return [one for one in self.found_legs if one[1] not in self.messages]

    async def find_message(self, message_id):
        return self.messages.get(message_id)

    async def newest(self, limit, state=None):
        hidden = MessageState.DISCARDED
        return [
            one
            for one in self.messages.values()
            if (state is None and one.state is not hidden) or one.state is state
        ][:limit]

    async def counts(self):
        return {
            state: sum(one.state is state for one in self.messages.values())
            for state in MessageState
        }

    async def texts(self, of):
        return {
            one.message_id: "".join(
                said.text for said in self.said if said.call_id == one.call_id and one.holds(said)
            )
            for one in of
        }

    # orders.ports.StoredProgress

    async def codes_of(self, number_key):
        return [
            IssuedCode(order_id=one.order_id, code_hash=one.code_hash)
            for one in self.codes.values()
            if one.caller_number == number_key
        ]

    async def find_order(self, order_id):
        return self.orders.get(order_id)

    async def asked_since(self, since):
        return [one for one in self.asked if one.at >= since]


class MemorySounds:
    """Messages on a disk of memory: id → MessageSound, or an OSError to be raised."""

    def __init__(self):
        self.lying = {}

    async def measure(self, call_id, message_id):
        found = self.lying.get(message_id)
        if isinstance(found, OSError):
            raise found
        return found

    async def last_number(self, call_id):
        mine = [one for one in self.lying if one.startswith(f"{call_id}-m")]
        return max((int(one.rpartition("-m")[2]) for one in mine), default=0)


class MemoryTexts:
    """The backfill: takes wishes of calls that are over."""

    def __init__(self, stored):
        self._stored = stored
        self.wanted = []
        self.refusal = None

    async def want(self, call_id, *, why, by, from_ms, until_ms):
        if self.refusal is not None:
            raise self.refusal
        if call_id in self._stored.open_calls:
            raise CallNotOver
        self.wanted.append((call_id, why, by, from_ms, until_ms))


async def all_written():
    return True


def memory_citizens(stored, orders, texts, now, call=None) -> Citizens:
    """For the web: every owner over the same memory."""
    calls = {} if call is None else {call.call_id: call}

    def call_of(call_id) -> Call | None:
        found = calls.get(call_id)
        return None if found is None else replace(found, state=CallState.SEAT_LEFT)

    surveys = SurveyDesk(stored, Scale, call_of, lambda _: None, stored.tell, now)
    messages = MessageDesk(
        stored=stored,
        sounds=MemorySounds(),
        texts=texts,
        orders=orders,
        written_down=all_written,
        tell=stored.tell,
        now=now,
    )
    return Citizens(
        survey_records=stored,
        surveys=surveys,
        message_records=stored,
        messages=messages,
        query_codes=ProgressDesk(stored, b"key", stored.tell, now),
        limits=stored,
        silence=stored,
    )
