"""Reads a call's sentences and says what the form should hold. 草拟

It knows the published lists of the moment; a sentence is read with the lists that hold when it is
heard. After a restart all are read again, so a list that was published meanwhile counts for them.
"""

from collections.abc import Callable, Sequence

from asr.events import UtteranceHeard
from orders.drafting import EXTRACT, Proposal, propose
from orders.known_places import Gazetteer, NamedPlace
from orders.ports import Summariser
from orders.reading import Background, read
from orders.serial import SHANGHAI
from orders.sheets import Sheet
from seats.phrases import Phrase

READ_AT_MOST = 1_500
"""Sentences of one call that are used for proposals, some three hours of talk. 语句上限"""


class Draftsman:
    """Keeps nothing of a call; that is the sheet's. 草拟员"""

    def __init__(
        self,
        dangers: Callable[[], tuple[Phrase, ...]] = lambda: (),
        places: Callable[[], Sequence[NamedPlace]] = lambda: (),
        summariser: Summariser = EXTRACT,
    ) -> None:
        self._dangers = dangers
        self._gazetteer = Gazetteer(places)
        self._summariser = summariser

    @property
    def districts(self) -> tuple[str, ...]:
        """Those of the city; empty while it has no list of them."""
        return self._gazetteer.now().districts

    def hear(self, sheet: Sheet, said: Sequence[UtteranceHeard]) -> bool:
        """Read them; False if there are too many already."""
        background = Background(
            dangers=self._dangers(),
            places=self._gazetteer.now(),
            at=(sheet.spoken_at or sheet.order.opened_at).astimezone(SHANGHAI),
        )
        room = READ_AT_MOST - len(sheet.readings)
        sheet.readings += [read(utterance, background) for utterance in said[:room]]
        return room > 0

    def proposals(self, sheet: Sheet) -> tuple[Proposal, ...]:
        """What should change now."""
        return propose(sheet.readings, sheet.caller_number, sheet.order.fields, self._summariser)
