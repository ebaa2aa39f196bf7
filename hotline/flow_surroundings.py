"""What a flow may know of a call and of the floor at this instant. 流程环境连接件"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from cti.events import CallAbandoned, CallArrived, CallEnded, Event
from cti.ids import CallId
from documents.calendar import Calendar
from ivr.events import LanguageChosen
from ivr.flow_choice import Surroundings
from seats.caller_lists import CallerLists, caller_key
from seats.house_switches import HouseSwitches
from store.languages import StoredLanguages

KEPT = 100_000
"""Callers whose language is remembered; those who chose the longest ago are forgotten. 记住的来电人"""


class KnownLanguages:
    """Which language a caller chose the last time, answered from memory. 已知语种"""

    def __init__(self, stored: StoredLanguages) -> None:
        self._stored = stored
        self._of: OrderedDict[str, str] = OrderedDict()
        self._callers: dict[CallId, str] = {}

    async def restore(self) -> None:
        """What was chosen before; the callers of live calls too. Before any event is told."""
        for number, language in await self._stored.chosen(KEPT):
            self._remember(number, language)
        self._callers.update(await self._stored.live_callers())

    def of(self, caller_number: str) -> str:
        """Empty: he never chose one, or shows no number."""
        return self._of.get(caller_key(caller_number), "")

    def on_event(self, event: Event) -> None:
        match event:
            case CallArrived(call_id=call_id, caller_number=number):
                self._callers[call_id] = number
            case LanguageChosen(call_id=call_id, language=language):
                number = self._callers.get(call_id, "")
                if any(char.isdecimal() for char in number):
                    self._remember(caller_key(number), language)
            case CallEnded(call_id=call_id) | CallAbandoned(call_id=call_id):
                self._callers.pop(call_id, None)
            case _:
                pass

    def _remember(self, number: str, language: str) -> None:
        self._of[number] = language
        self._of.move_to_end(number)
        if len(self._of) > KEPT:
            self._of.popitem(last=False)


class FloorSurroundings:
    """Calendar, lists, line, switches and history; is ivr.ports.Desks.around. 流程环境"""

    def __init__(
        self,
        *,
        calendar: Calendar,
        lists: CallerLists,
        switches: HouseSwitches,
        waiting: Callable[[], int],
        languages: KnownLanguages,
        now: Callable[[], datetime],
    ) -> None:
        self._calendar = calendar
        self._lists = lists
        self._switches = switches
        self._waiting = waiting
        self._languages = languages
        self._now = now

    def __call__(self, called_number: str, caller_number: str, language: str) -> Surroundings:
        """`language` is what he speaks in this call already; empty: what he chose before."""
        return Surroundings(
            at=self._now(),
            calendar=self._calendar,
            called_number=called_number,
            lists=self._lists.lookup(caller_number),
            language=language or self._languages.of(caller_number),
            waiting=self._waiting(),
            switches=self._switches.on,
        )
