"""The citizen's story joined to the desks that it speaks of. 语音流程连接件"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from cti.call import Call
from cti.control import CallControl
from cti.events import CallbackRequested, Event
from cti.ids import CallId, MessageId
from hotline.citizen_joints import CitizenRooms
from ivr.flow_book import FlowBook
from ivr.flow_choice import Surroundings
from ivr.flow_steps import LookedUp
from ivr.keys import Keys
from ivr.model import Admission, Place, Prospect
from ivr.ports import Desks, Sounds, Understands
from orders.call_gate import CallGate
from orders.errors import SurveyNotOffered
from orders.limits import Verdict
from orders.message_desk import MessageDesk
from orders.messages import HowLeft
from orders.progress import NotDisclosed
from orders.progress_desk import ProgressDesk
from orders.survey_desk import SurveyDesk
from seats.groups import GENERAL
from seats.wait_watch import WaitWatch

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoryMessages:
    """The message desk. 留言"""

    desk: MessageDesk

    async def begin(self, call_id: CallId) -> MessageId:
        return await self.desk.begin(call_id)

    def left(
        self, call_id: CallId, message_id: MessageId, began_at: datetime, *, confirmed: bool
    ) -> None:
        how = HowLeft.CONFIRMED if confirmed else HowLeft.HUNG_UP
        self.desk.left(call_id, message_id, began_at=began_at, how=how)


@dataclass(frozen=True, slots=True)
class StorySurveys:
    """The survey desk, and whom it asks. 评价"""

    desk: SurveyDesk
    everybody: bool

    def wanted(self, call_id: CallId) -> bool:
        if not self.everybody and not self.desk.released(call_id):
            return False
        return self.desk.offer(call_id)

    def answer(self, call_id: CallId, key: str | None) -> None:
        try:
            self.desk.answer(call_id, key)
        except SurveyNotOffered:
            # He hung up at the very key: the desk has closed the question.
            log.info("an answer came too late", call_id=call_id)


@dataclass(frozen=True, slots=True)
class StoryOrders:
    """The progress desk. 进度查询"""

    desk: ProgressDesk

    async def look_up(self, call_id: CallId, caller_number: str, code: str) -> LookedUp:
        found = await self.desk.ask(call_id, caller_number, code)
        if isinstance(found, NotDisclosed):
            return LookedUp(to_person=found.to_person)
        return LookedUp(
            order=found.order_id,
            values={"day": found.since, "state": f"state-{found.state.value}"},
        )

    def urge(self, call_id: CallId) -> None:
        if not self.desk.urge(call_id):
            log.warning("urged without an order", call_id=call_id)


def admit_by(gate: CallGate) -> Callable[[CallId, str, bool], Admission]:
    """The gate's word for the story."""

    def admit(call_id: CallId, caller_number: str, emergency: bool) -> Admission:
        found = gate.judge(call_id, caller_number, emergency=emergency)
        return Admission(
            refused=found.verdict is Verdict.REFUSED,
            announcement=found.announcement or "",
            values={} if found.blocked_until is None else {"until": found.blocked_until},
            priority=found.priority,
        )

    return admit


def prospect_of(waits: WaitWatch) -> Callable[[CallId], Prospect | None]:
    """The estimate in the story's words."""

    def prospect(call_id: CallId) -> Prospect | None:
        found = waits.estimate(call_id)
        return None if found is None else Prospect(place=found.place, minutes=found.minutes)

    return prospect


def callback_by(
    tell: Callable[[Event], None], now: Callable[[], datetime]
) -> Callable[[CallId, Place | None, str], None]:
    """Who wants to be called back keeps his place; who had none yet gets one now."""

    def call_back(call_id: CallId, place: Place | None, number: str) -> None:
        at = now()
        tell(
            CallbackRequested(
                at=at,
                call_id=call_id,
                caller_number=number,
                skill_group=GENERAL.code if place is None else place.skill_group,
                joined_at=at if place is None else place.joined_at,
            )
        )

    return call_back


def number_by(calls: Mapping[CallId, Call]) -> Callable[[CallId], str]:
    """His number; of a call that we made, too."""

    def number_of(call_id: CallId) -> str:
        call = calls.get(call_id)
        return "" if call is None else call.caller_number

    return number_of


def story_desks(
    *,
    book: FlowBook,
    around: Callable[[str, str, str], Surroundings],
    citizens: CitizenRooms,
    control: CallControl,
    keys: Keys,
    survey_everybody: bool,
    tell: Callable[[Event], None],
    now: Callable[[], datetime],
    calls: Mapping[CallId, Call],
    sounds: Sounds | None = None,
    ear: Understands | None = None,
) -> Desks:
    """Everything that a flow asks of the house."""
    return Desks(
        book=book,
        around=around,
        admit=admit_by(citizens.gate),
        prospect=prospect_of(citizens.waits),
        keys=keys,
        hush=control.hush,
        messages=StoryMessages(citizens.messages),
        surveys=StorySurveys(citizens.surveys, survey_everybody),
        orders=StoryOrders(citizens.progress),
        call_back=callback_by(tell, now),
        tell=tell,
        number_of=number_by(calls),
        sounds=sounds,
        ear=ear,
    )
