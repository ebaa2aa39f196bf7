"""The reading ports as somebody of one district has them; put in place by `web.access`. 区域查询

Each passes on what it does not narrow. Sums (meters, counts, hits of words) name nobody and stay whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from cti.call import Call
from cti.ids import CallId, SeatId, SkillGroupCode
from orders.blocks import Block
from orders.limits import LimitedCall
from orders.lists import EarlierCall, OrdersFound, OrderWish
from orders.messages import Message, MessageState
from orders.model import CallbackState, CallbackTask, OrderId, OrderState, WorkOrder
from orders.repeats import Repeat
from orders.summaries import CallSummary, NuisanceTag, SilentCall
from orders.surveys import Satisfaction, Survey
from quality.events import CueKind
from quality.records import CueRecord, SignalRecord
from quality.samples import SampledCall
from recordings.finding import After, Findings, Wanted
from recordings.listening import Listening
from recordings.model import Recording, RecordingId
from web.areas import Area, enough, is_of
from web.citizen_ports import LimitRecords, MessageRecords, SilentRecords, SurveyRecords
from web.order_list_ports import OrderLists
from web.ports import (
    Callbacks,
    Calls,
    EndingRecords,
    OrderRecords,
    Recordings,
    Repeats,
    Services,
    User,
)
from web.quality_ports import QualityRecords
from web.replay_ports import Finding, ListeningRecords
from web.sample_ports import SampleLists


def within(house: Services, viewer: User) -> Services:
    """The house with the viewer's district before every list of citizens' affairs."""
    area = Area(house, viewer)
    citizens, room = house.citizens, house.replay_room
    return replace(
        house,
        calls=AreaCalls(house.calls, area),
        recordings=AreaRecordings(house.recordings, area),
        order_records=AreaOrders(house.order_records, area),
        order_lists=AreaOrderLists(house.order_lists, area),
        repeats=AreaRepeats(house.repeats, house.order_records, area),
        callbacks=AreaCallbacks(house.callbacks, area),
        ending_records=AreaEndings(house.ending_records, area),
        quality=replace(house.quality, records=AreaQuality(house.quality.records, area)),
        samples=replace(house.samples, lists=AreaSamples(house.samples.lists, area)),
        replay_room=replace(
            room,
            finding=AreaFinding(room.finding, area),
            listening_records=AreaListenings(room.listening_records, area),
        ),
        citizens=replace(
            citizens,
            survey_records=AreaSurveys(citizens.survey_records, area),
            message_records=AreaMessages(citizens.message_records, area),
            limits=AreaLimits(citizens.limits, area),
            silence=AreaSilence(citizens.silence, area),
        ),
    )


class AreaCalls:
    """Calls of the district. 通话查询"""

    def __init__(self, whole: Calls, area: Area) -> None:
        self._whole, self._area = whole, area
        self.links = whole.links
        self.events = whole.events
        self.decisions = whole.decisions
        self.hints = whole.hints

    async def live(self) -> Sequence[Call]:
        return await self._area.only(await self._whole.live(), _call_id)

    async def ended(self, limit: int) -> Sequence[Call]:
        return await self._area.newest(self._whole.ended, limit, _call_id)

    async def ended_by_seat(self, limit: int) -> Sequence[Call]:
        return await self._area.newest(self._whole.ended_by_seat, limit, _call_id)

    async def find(self, call_id: CallId) -> Call | None:
        """Raises OutsideArea."""
        found = await self._whole.find(call_id)
        if found is not None:
            await self._area.require(call_id)
        return found

    async def find_many(self, call_ids: Sequence[CallId]) -> Mapping[CallId, Call]:
        return await self._whole.find_many(sorted(await self._area.of_ids(call_ids)))


class AreaRecordings:
    """Recordings of the district's calls. 录音目录"""

    def __init__(self, whole: Recordings, area: Area) -> None:
        self._whole, self._area = whole, area

    async def newest(self, limit: int) -> Sequence[Recording]:
        return await self._area.newest(self._whole.newest, limit, lambda one: one.call_id)

    async def of_call(self, call_id: CallId) -> Sequence[Recording]:
        return await self._area.only(await self._whole.of_call(call_id), lambda one: one.call_id)

    async def find(self, recording_id: RecordingId) -> Recording | None:
        """Raises OutsideArea."""
        found = await self._whole.find(recording_id)
        if found is not None:
            await self._area.require(found.call_id)
        return found


class AreaOrders:
    """Orders of the district. 工单查询"""

    def __init__(self, whole: OrderRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.urged = whole.urged

    async def find(self, order_id: OrderId) -> WorkOrder | None:
        """None also for one of another district: what leads here is another order's neighbour."""
        found = await self._whole.find(order_id)
        return found if found is None or is_of(found, self._area.viewer) else None

    async def newest(
        self, state: OrderState | None, limit: int, seat_id: str | None
    ) -> Sequence[WorkOrder]:
        viewer = self._area.viewer
        if seat_id is not None and seat_id == viewer.seat_id:
            return await self._whole.newest(state, limit, seat_id)

        async def only(rows: Sequence[WorkOrder]) -> list[WorkOrder]:
            return [one for one in rows if is_of(one, viewer)]

        return await enough(lambda asked: self._whole.newest(state, asked, seat_id), limit, only)


class AreaOrderLists:
    """Orders of the district, as lists. 工单检索"""

    def __init__(self, whole: OrderLists, area: Area) -> None:
        self._whole, self._area = whole, area
        self.course = whole.course

    async def look(self, wish: OrderWish) -> OrdersFound:
        viewer = self._area.viewer
        if wish.seat_id is not None and wish.seat_id == viewer.seat_id:
            return await self._whole.look(wish)
        if wish.district not in ("", viewer.area):
            return OrdersFound(total=0, orders=())
        return await self._whole.look(replace(wish, district=viewer.area))

    async def history(
        self, caller_number: str, besides: CallId, limit: int
    ) -> Sequence[EarlierCall]:
        return await self._area.newest(
            lambda asked: self._whole.history(caller_number, besides, asked),
            limit,
            lambda one: one.call.call_id,
        )


class AreaRepeats:
    """Earlier orders of the district. 查重"""

    def __init__(self, whole: Repeats, orders: OrderRecords, area: Area) -> None:
        self._whole, self._orders, self._area = whole, orders, area

    async def candidates(self, order: WorkOrder, caller_number: str) -> Sequence[Repeat]:
        found = []
        for one in await self._whole.candidates(order, caller_number):
            earlier = await self._orders.find(one.order_id)
            if earlier is not None and is_of(earlier, self._area.viewer):
                found.append(one)
        return found


class AreaCallbacks:
    """Callbacks to callers of the district. 待回拨"""

    def __init__(self, whole: Callbacks, area: Area) -> None:
        self._whole, self._area = whole, area
        self.find = whole.find
        self.attempts = whole.attempts
        self.call = whole.call
        self.call_next = whole.call_next
        self.postpone = whole.postpone
        self.close = whole.close

    async def newest(
        self, limit: int, state: CallbackState | None = None
    ) -> Sequence[CallbackTask]:
        return await self._area.newest(
            lambda asked: self._whole.newest(asked, state), limit, lambda one: one.call_id
        )


class AreaEndings:
    """How the district's talks ended. 小结查询"""

    def __init__(self, whole: EndingRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.summaries = whole.summaries
        self.code_counts = whole.code_counts
        self.tag_count = whole.tag_count

    async def unregistered(self, limit: int) -> Sequence[CallSummary]:
        return await self._area.newest(self._whole.unregistered, limit, lambda one: one.call_id)

    async def tags_of(self, caller_number: str, limit: int) -> Sequence[NuisanceTag]:
        return await self._area.newest(
            lambda asked: self._whole.tags_of(caller_number, asked), limit, lambda one: one.call_id
        )

    async def newest_blocks(self, limit: int) -> Sequence[Block]:
        return await self._area.newest(self._whole.newest_blocks, limit, lambda one: one.call_id)


class AreaQuality:
    """Cues and signals of the district's calls. 质检记录"""

    def __init__(self, whole: QualityRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.cues_of = whole.cues_of
        self.moments_of = whole.moments_of
        self.measures_of = whole.measures_of
        self.word_hits = whole.word_hits
        self.sentence_counts = whole.sentence_counts

    async def newest_cues(
        self, since: datetime | None, kind: CueKind | None, limit: int
    ) -> Sequence[CueRecord]:
        return await self._area.newest(
            lambda asked: self._whole.newest_cues(since, kind, asked),
            limit,
            lambda one: one.cue.call_id,
        )

    async def signals(
        self, rule: str | None, since: datetime | None, until: datetime | None, limit: int
    ) -> Sequence[SignalRecord]:
        return await self._area.newest(
            lambda asked: self._whole.signals(rule, since, until, asked),
            limit,
            lambda one: one.signal.call_id,
        )


class AreaSamples:
    """Drawn calls of the district; the draws themselves are everybody's. 抽样查询"""

    def __init__(self, whole: SampleLists, area: Area) -> None:
        self._whole, self._area = whole, area
        self.newest = whole.newest
        self.find = whole.find
        self.states = whole.states

    async def calls_of(self, sample_id: str) -> Sequence[SampledCall]:
        return await self._area.only(await self._whole.calls_of(sample_id), lambda one: one.call_id)


class AreaFinding:
    """Recorded calls of the district. 录音检索"""

    def __init__(self, whole: Finding, area: Area) -> None:
        self._whole, self._area = whole, area

    async def find(self, wanted: Wanted, after: After | None, limit: int) -> Findings:
        viewer = self._area.viewer
        if wanted.only_seat is None or wanted.only_seat != viewer.seat_id:
            wanted = replace(wanted, district=viewer.area)
        return await self._whole.find(wanted, after, limit)


class AreaListenings:
    """Who heard the district's calls. 调听查询"""

    def __init__(self, whole: ListeningRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.of_recording = whole.of_recording

    async def between(
        self, since: datetime, until: datetime, by: str | None, limit: int
    ) -> Sequence[Listening]:
        return await self._area.newest(
            lambda asked: self._whole.between(since, until, by, asked),
            limit,
            lambda one: one.call_id,
        )


class AreaSurveys:
    """What the district's citizens thought. 评价查询"""

    def __init__(self, whole: SurveyRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.of_call = whole.of_call

    async def between(
        self,
        since: datetime,
        until: datetime,
        *,
        seat_id: SeatId | None = None,
        skill_group: SkillGroupCode | None = None,
        satisfaction: Satisfaction | None = None,
        limit: int | None = None,
    ) -> Sequence[Survey]:
        found = await self._whole.between(
            since, until, seat_id=seat_id, skill_group=skill_group, satisfaction=satisfaction
        )
        return (await self._area.only(found, lambda one: one.call_id))[:limit]


class AreaMessages:
    """Messages whose order is of the district. 留言查询"""

    def __init__(self, whole: MessageRecords, area: Area) -> None:
        self._whole, self._area = whole, area
        self.find_message = whole.find_message
        self.counts = whole.counts
        self.texts = whole.texts

    async def newest(self, limit: int, state: MessageState | None = None) -> Sequence[Message]:
        return await self._area.newest(
            lambda asked: self._whole.newest(asked, state), limit, lambda one: one.call_id
        )


class AreaLimits:
    """Limited calls of the district. 受限来电"""

    def __init__(self, whole: LimitRecords, area: Area) -> None:
        self._whole, self._area = whole, area

    async def limited(self, since: datetime, until: datetime) -> Sequence[LimitedCall]:
        return await self._area.only(
            await self._whole.limited(since, until), lambda one: one.call_id
        )


class AreaSilence:
    """Silent calls of the district. 无声来电"""

    def __init__(self, whole: SilentRecords, area: Area) -> None:
        self._whole, self._area = whole, area

    async def silent_between(self, since: datetime, until: datetime) -> Sequence[SilentCall]:
        return await self._area.only(
            await self._whole.silent_between(since, until), lambda one: one.call_id
        )


def _call_id(call: Call) -> CallId:
    return call.call_id
