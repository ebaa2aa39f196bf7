"""What a voice is told to have said: corrected, readable, and tied to its words on the call's clock."""

from datetime import UTC, datetime

from asr.engine import Heard
from asr.events import Piece, Side, UtteranceHeard, Word
from asr.gazetteer import Gazetteer, PlaceName
from asr.ports import Voice
from asr.settings import AsrSettings
from asr.surroundings import Surroundings
from asr.teller import VoiceTeller
from asr.text import Text
from cti.ids import CallId
from store.codec import body_of, decode
from tests.fakes.recognisers import MemoryLegs, ToyHouse

ZERO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HEARD = Heard(
    text="住在陆北区二十六号楼",
    words=tuple(
        Word(text=text, starts_at_ms=start, ends_at_ms=start + 200, confidence=confidence)
        for text, start, confidence in (
            ("住", 0, 1.0),
            ("在", 200, 1.0),
            ("陆北", 400, 0.4),
            ("区", 600, 1.0),
            ("二十", 950, 1.0),
            ("六号楼", 1150, 1.0),
        )
    ),
)


def told(heard: Heard) -> UtteranceHeard:
    events = []
    text = Text(lambda: Gazetteer([PlaceName(name="路北区", kind="district")]), 0.8)
    around = Surroundings(
        call_id=CallId("node1-1772438400.7"),
        zero=ZERO,
        open_leg=MemoryLegs(),
        recognisers=ToyHouse(),
        tell=events.append,
        tell_partial=events.append,
        settings=AsrSettings(),
        now=lambda: ZERO,
        write=text.utterance,
    )
    teller = VoiceTeller(Voice(side=Side.CITIZEN), around)
    words, starts, ends = teller.place_of(heard, 5_000, 9_000, 4_000)
    teller.tell(heard, words, starts, ends, "zh", late=False)
    (event,) = events
    return event


async def test_a_sentence_is_told_in_both_forms_with_its_pieces():
    event = told(HEARD)
    assert event.text == "住在路北区二十六号楼"
    assert event.written == "住在路北区，26号楼。"
    assert event.pieces == (
        Piece("住", 0, 0),
        Piece("在", 1, 1),
        Piece("路北", 2, 2),
        Piece("区，", 3, 3),
        Piece("26号楼。", 4, 5),
    )
    assert [word.starts_at_ms for word in event.words][:3] == [5_000, 5_200, 5_400]
    assert [(word.heard, word.doubtful) for word in event.words][2] == ("陆北", True)
    assert event.language == "zh"


async def test_it_comes_back_from_the_journal_as_it_was_told():
    event = told(HEARD)
    assert decode("UtteranceHeard", body_of(event)) == event


async def test_a_recogniser_that_gives_no_word_times_is_written_too_but_has_no_pieces():
    event = told(Heard(text="住在路北区二十六号楼"))
    assert (event.text, event.written) == ("住在路北区二十六号楼", "住在路北区26号楼。")
    assert (event.words, event.pieces) == ((), ())
    assert (event.starts_at_ms, event.ends_at_ms) == (4_000, 9_000)
