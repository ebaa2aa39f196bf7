from dataclasses import dataclass
from datetime import UTC, datetime

from cti.events import CallArrived, Event
from cti.ids import CallId
from hotline.herald import Herald

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


def arrived(call_id: str) -> CallArrived:
    return CallArrived(
        at=NOON, call_id=CallId(call_id), caller_number="13800000001", called_number="12345"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Event):
    text: str


class Diary:
    def __init__(self):
        self.journal = []

    def append(self, event):
        self.journal.append(event)
        return len(self.journal)


def test_an_event_is_journaled_before_anyone_hears_it():
    diary, heard = Diary(), []
    herald = Herald(diary.append)
    herald.listen(lambda event: heard.append((event, list(diary.journal))))
    herald.tell(arrived("n-1.1"))
    assert heard == [(arrived("n-1.1"), [arrived("n-1.1")])]


def test_all_listeners_hear_the_same_order_even_when_one_answers_an_event_with_another():
    diary = Diary()
    herald = Herald(diary.append)
    first, second = [], []

    def answering(event):
        first.append(event)
        if isinstance(event, CallArrived):
            herald.tell(Answer(at=NOON, text="noted"))

    herald.listen(answering)
    herald.listen(second.append)
    herald.tell(arrived("n-1.1"))
    assert first == second == diary.journal == [arrived("n-1.1"), Answer(at=NOON, text="noted")]


def test_one_listeners_trouble_does_not_reach_the_others():
    herald = Herald(Diary().append)
    heard = []

    def broken(event):
        raise KeyError("no such seat")

    herald.listen(broken)
    herald.listen(heard.append)
    herald.tell(arrived("n-1.1"))
    herald.tell(arrived("n-1.2"))
    assert heard == [arrived("n-1.1"), arrived("n-1.2")]
