"""The desks that a story speaks of, in memory. 假各台"""

from dataclasses import replace
from datetime import UTC, datetime

from documents.calendar import shipped_calendar
from ivr.flow_book import FlowBook
from ivr.flow_choice import Surroundings
from ivr.flow_steps import LookedUp
from ivr.keys import Keys
from ivr.model import Admission, Prospect
from ivr.ports import Desks
from seats.rule_versions import DEFAULTS

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


class DesksInMemory:
    """What was told to them, and what they answer."""

    def __init__(self, switches=(), language="", waiting=0, hush=None) -> None:
        self.book = FlowBook()
        self.book.take_up(
            7,
            (DEFAULTS / "flows.toml").read_text(encoding="utf-8"),
            (DEFAULTS / "texts.toml").read_text(encoding="utf-8"),
        )
        self.around = Surroundings(
            at=NOON,
            calendar=shipped_calendar(),
            language=language,
            waiting=waiting,
            switches=frozenset(switches),
        )
        self.admission = Admission()
        self.keys = Keys()
        self.told = []
        self.left_messages = []
        self.begun = 0
        self.wants_survey = False
        self.answers = []
        self.codes = []
        self.order = LookedUp()
        self.urged = 0
        self.called_back = []
        self.prospect = None
        self.number = ""
        """Of a call that we made; else as the channel shows it."""
        self._hush = hush

    def desks(self) -> Desks:
        return Desks(
            book=self.book,
            around=lambda called, caller, language: replace(
                self.around,
                called_number=called,
                language=language or self.around.language,
            ),
            admit=lambda call_id, number, emergency: self.admission,
            prospect=lambda call_id: self.prospect,
            keys=self.keys,
            hush=self.hush,
            messages=self,
            surveys=self,
            orders=self,
            call_back=lambda call_id, place, number: self.called_back.append((place, number)),
            tell=self.told.append,
            number_of=lambda call_id: self.number,
        )

    def nodes(self) -> list[str]:
        return [one.node for one in self.told if type(one).__name__ == "NodeEntered"]

    def names(self) -> list[str]:
        return [type(one).__name__ for one in self.told]

    def place_is(self, place: int, minutes=None) -> None:
        self.prospect = Prospect(place=place, minutes=minutes)

    async def hush(self, call_id) -> None:
        self._hush()

    async def begin(self, call_id):
        self.begun += 1
        return f"{call_id}-m{self.begun}"

    def left(self, call_id, message_id, began_at, *, confirmed) -> None:
        self.left_messages.append((message_id, confirmed))

    def wanted(self, call_id) -> bool:
        wanted, self.wants_survey = self.wants_survey, False
        return wanted

    def answer(self, call_id, key) -> None:
        self.answers.append(key)

    async def look_up(self, call_id, caller_number, code):
        self.codes.append((caller_number, code))
        return self.order

    def urge(self, call_id) -> None:
        self.urged += 1
