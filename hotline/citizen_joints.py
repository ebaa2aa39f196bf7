"""The citizen's side joined: surveys, messages, query codes and the gate. 市民侧连接件"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.call import Call
from cti.events import Event
from cti.ids import CallId, LegId, MessageId, message_id_of, message_in
from orders.call_gate import CallGate
from orders.desk import OrderDesk
from orders.limits import Limits
from orders.message_desk import MessageDesk
from orders.messages import MessageSound
from orders.model import OrderId
from orders.nuisance import NuisanceDesk
from orders.ports import TextMaker
from orders.progress_desk import ProgressDesk
from orders.survey_desk import SurveyDesk
from orders.surveys import Scale
from recordings.events import RecordingFound
from recordings.legs import own_leg_of, own_legs_in
from recordings.voiced import duration_and_voiced_ms
from seats.caller_lists import CallerLists
from seats.roster import SeatRoster
from seats.rulebook import Rulebook
from seats.usher import Usher
from seats.wait_watch import WaitWatch
from store.citizens import StoredArrivals, StoredProgress, StoredSilence, StoredSurveys
from store.database import Database
from store.messages import StoredMessages
from web.citizen_ports import Citizens


class MessageFiles:
    """Messages as they lie among the raw legs. 留言话路"""

    def __init__(self, legs_folder: Path) -> None:
        self._legs_folder = legs_folder

    async def measure(self, call_id: CallId, message_id: MessageId) -> MessageSound | None:
        """None: there is no such file. Raises OSError."""
        return await asyncio.to_thread(self._measure, call_id, message_id)

    async def last_number(self, call_id: CallId) -> int:
        """The highest number of this call's messages on disk; 0 if there is none. Raises OSError."""
        lying = await asyncio.to_thread(own_legs_in, self._legs_folder, call_id)
        begin = message_id_of(call_id, 0).removesuffix("0")
        numbers = [
            int(leg_id.removeprefix(begin))
            for leg_id in lying
            if message_in(call_id, leg_id) is not None
        ]
        return max(numbers, default=0)

    def _measure(self, call_id: CallId, message_id: MessageId) -> MessageSound | None:
        legs = own_leg_of(self._legs_folder, call_id, LegId(message_id))
        if legs.missing:
            return None
        duration_ms, voiced_ms = duration_and_voiced_ms(legs)
        return MessageSound(duration_ms=duration_ms, voiced_ms=voiced_ms)


def survey_scale(rulebook: Rulebook) -> Scale:
    """The published keys, or the usual ones."""
    keys = rulebook.policies.survey
    if not keys:
        return Scale()
    return Scale(
        satisfied=keys["satisfied"], basically=keys["basically"], unsatisfied=keys["unsatisfied"]
    )


def arrival_limits(rulebook: Rulebook) -> Limits:
    """The usual limits with those that are published instead."""
    return Limits(**rulebook.policies.arrivals)


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenRooms:
    """The owners, and what the web needs of them. 市民侧"""

    surveys: SurveyDesk
    messages: MessageDesk
    progress: ProgressDesk
    gate: CallGate
    waits: WaitWatch
    for_web: Citizens

    async def restore(self) -> None:
        """What was in hand; before any event is told."""
        for desk in (self.surveys, self.messages, self.progress, self.gate):
            await desk.restore()

    def on_event(self, event: Event) -> None:
        """To each of them; a message's leg that the archive found is the message desk's."""
        self.gate.on_event(event)
        self.waits.on_event(event)
        self.surveys.on_event(event)
        self.progress.on_event(event)
        self.messages.on_event(event)
        if isinstance(event, RecordingFound):
            found = message_in(event.call_id, event.leg_id)
            if found is not None:
                self.messages.found(event.call_id, found, event.started_at)


def citizen_rooms(
    *,
    database: Database,
    rulebook: Rulebook,
    caller_lists: CallerLists,
    nuisance: NuisanceDesk,
    orders: OrderDesk,
    texts: TextMaker,
    roster: SeatRoster,
    usher: Usher,
    calls: Mapping[CallId, Call],
    legs_folder: Path,
    code_key: str,
    written_down: Callable[[], Awaitable[bool]],
    tell: Callable[[Event], None],
    now: Callable[[], datetime],
) -> CitizenRooms:
    """Built and joined; nothing is read yet."""
    stored_surveys, stored_messages = StoredSurveys(database), StoredMessages(database)

    def order_of(call_id: CallId) -> OrderId | None:
        order = orders.order_of(call_id)
        return None if order is None else order.order_id

    surveys = SurveyDesk(
        stored_surveys, lambda: survey_scale(rulebook), calls.get, order_of, tell, now
    )
    messages = MessageDesk(
        stored=stored_messages,
        sounds=MessageFiles(legs_folder),
        texts=texts,
        orders=orders,
        written_down=written_down,
        tell=tell,
        now=now,
    )
    progress = ProgressDesk(StoredProgress(database), code_key.encode(), tell, now)
    arrivals = StoredArrivals(database)
    gate = CallGate(
        arrivals,
        lambda: arrival_limits(rulebook),
        caller_lists.lookup,
        nuisance.block_of,
        tell,
        now,
    )
    return CitizenRooms(
        surveys=surveys,
        messages=messages,
        progress=progress,
        gate=gate,
        waits=WaitWatch(lambda: roster.seats, usher.place_of, now),
        for_web=Citizens(
            survey_records=stored_surveys,
            surveys=surveys,
            message_records=stored_messages,
            messages=messages,
            query_codes=progress,
            limits=arrivals,
            silence=StoredSilence(database),
        ),
    )


class CitizenCollector(Collector):
    """The citizen's side as numbers. 市民侧指标"""

    def __init__(self, rooms: CitizenRooms) -> None:
        self._rooms = rooms

    def collect(self) -> Iterable[Metric]:
        rooms = self._rooms
        yield GaugeMetricFamily(
            "hotline_messages_waiting",
            "Voice messages that nobody has taken",
            rooms.messages.waiting,
        )
        yield CounterMetricFamily(
            "hotline_messages_discarded", "Voice messages without a word", rooms.messages.discarded
        )
        yield CounterMetricFamily(
            "hotline_surveys_answered_again",
            "Answers that came after the first and changed nothing",
            rooms.surveys.second_answers,
        )
        judged = CounterMetricFamily(
            "hotline_calls_judged", "Calls at the gate", labels=["verdict", "why"]
        )
        for (verdict, why), count in rooms.gate.judged.items():
            judged.add_metric([verdict.value, "" if why is None else why.value], count)
        yield judged
