from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.call import OPEN, OVER, Call, CallState
from cti.course import ECHOES, NEXT, TALK_FACTS, advance, begin
from cti.events import Blame, CallEvent
from cti.facts import (
    CallFact,
    CitizenArrived,
    CitizenGone,
    HangupAsked,
    HangupOrdered,
    KeyWasPressed,
    LifeboatJoined,
    NoticeEnded,
    RecordingBegan,
    SeatConnected,
    SeatDidNotAnswer,
    SeatGone,
    SeatHeld,
    SeatRang,
    SeatRetrieved,
    WaitingBegan,
    WhyNotAnswered,
)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
CALL = "node1-1767614400.1"
S = CallState


def at(second):
    return NOON + timedelta(seconds=second)


def arrived(second=0):
    return CitizenArrived(
        call_id=CALL, at=at(second), caller_number="13800000001", called_number="12345"
    )


def waiting(second, joined=None, group="general", priority=0):
    return WaitingBegan(
        call_id=CALL,
        at=at(second),
        skill_group=group,
        joined_at=at(second if joined is None else joined),
        priority=priority,
    )


def rang(second, seat="8001", leg=None):
    return SeatRang(call_id=CALL, at=at(second), seat_id=seat, leg_id=leg or f"leg-{seat}")


def connected(second, seat="8001", leg=None):
    return SeatConnected(call_id=CALL, at=at(second), seat_id=seat, leg_id=leg or f"leg-{seat}")


def not_answered(second, seat="8001", why=WhyNotAnswered.NO_ANSWER):
    return SeatDidNotAnswer(
        call_id=CALL, at=at(second), seat_id=seat, leg_id=f"leg-{seat}", why=why
    )


def seat_gone(second, seat="8001", leg=None):
    return SeatGone(call_id=CALL, at=at(second), seat_id=seat, leg_id=leg or f"leg-{seat}")


def asked(second, seat=None):
    return HangupAsked(call_id=CALL, at=at(second), seat_id=seat)


def gone(second, lost=None):
    return CitizenGone(call_id=CALL, at=at(second), lost=lost)


def play(*facts):
    """The call and what was told after its arrival and these facts."""
    step = begin(arrived())
    call, told = step.call, list(step.events)
    for fact in facts:
        step = advance(call, fact)
        call = step.call
        told += step.events
    return call, told


def names(told):
    return [type(event).__name__ for event in told]


TALKED = (waiting(1), rang(2), connected(5))


def test_a_call_that_is_answered_and_ended_by_the_citizen():
    call, told = play(*TALKED, asked(65), seat_gone(65), gone(66))
    assert names(told) == [
        "CallArrived", "CallQueued", "CallOffered", "CallAnswered", "SeatLeftCall", "CallEnded",
    ]  # fmt: skip
    assert told[3].waited_ms == 4000
    assert told[4].talked_ms == told[5].talked_ms == 60_000
    assert told[5].ending.blame is Blame.CITIZEN
    assert (call.waited_ms, call.talked_ms, call.seat_id) == (4000, 60_000, "8001")


def test_the_seat_ends_the_talk_and_the_goodbye_is_no_talk():
    _, told = play(*TALKED, asked(65, "8001"), seat_gone(65), gone(75))
    assert told[-1].ending.blame is Blame.SEAT
    assert told[-1].talked_ms == 60_000


def test_a_citizen_who_hangs_up_during_the_goodbye_did_not_end_the_talk():
    _, told = play(*TALKED, asked(65, "8001"), seat_gone(65), asked(70), gone(70))
    assert told[-1].ending.blame is Blame.SEAT


def test_a_seat_that_vanishes_without_a_word_has_left_first():
    _, told = play(*TALKED, seat_gone(65), asked(70), gone(70))
    assert told[-1].ending.blame is Blame.SEAT


def test_the_citizens_leg_may_be_released_before_the_seats():
    call, told = play(*TALKED, asked(65), gone(65), seat_gone(66))
    assert names(told)[-2:] == ["SeatLeftCall", "CallEnded"]
    assert call.state is S.ENDED


def ordered(second, seat=None):
    return HangupOrdered(call_id=CALL, at=at(second), seat_id=seat)


def test_a_talk_that_we_hang_up_is_ended_by_the_service_whichever_leg_goes_first():
    _, told = play(*TALKED, ordered(65), seat_gone(65), gone(65))
    assert told[-1].ending.blame is Blame.SERVICE
    _, told = play(*TALKED, ordered(65, "8001"), seat_gone(65), asked(70), gone(70))
    assert told[-1].ending.blame is Blame.SERVICE


def test_what_asterisk_does_after_somebody_asked_is_not_the_service():
    _, told = play(*TALKED, asked(65), ordered(65), seat_gone(65), gone(65))
    assert told[-1].ending.blame is Blame.CITIZEN


def test_a_call_that_we_close_ourselves_is_the_services():
    _, told = play(waiting(1), gone(9))
    assert told[-1].ending.blame is Blame.SERVICE


def test_a_seat_that_does_not_answer_costs_the_citizen_no_place():
    call, told = play(
        waiting(1),
        rang(2),
        not_answered(22),
        seat_gone(22),
        rang(23, "8002"),
        connected(25, "8002"),
    )
    assert names(told)[2:] == ["CallOffered", "CallReturnedToLine", "CallOffered", "CallAnswered"]
    assert told[3].ending.reason == "no-answer"
    assert told[-1].waited_ms == 24_000
    assert call.seat_id == "8002"


def test_a_phone_that_refuses_does_not_end_the_call():
    call, told = play(
        waiting(1), rang(2), asked(2, "8001"), not_answered(2, why=WhyNotAnswered.BUSY), gone(9)
    )
    assert call.hangup_asked_by is None
    assert told[-1].ending.blame is Blame.SERVICE


def test_a_citizen_who_hangs_up_while_it_rings_has_abandoned():
    _, told = play(
        waiting(1), rang(2), asked(7), not_answered(7, why=WhyNotAnswered.CITIZEN_GONE), gone(7)
    )
    assert names(told)[-2:] == ["CallReturnedToLine", "CallAbandoned"]
    assert told[-2].ending.blame is told[-1].ending.blame is Blame.CITIZEN
    assert told[-1].waited_ms == 6000


def test_a_late_leg_of_another_seat_ends_nothing():
    call, _ = play(*TALKED, seat_gone(30, "8009"))
    assert call.state is S.TALKING


def test_a_second_ringing_seat_releases_the_first():
    _, told = play(waiting(1), rang(2), rang(3, "8002"), connected(4))
    assert [(type(e).__name__, e.seat_id) for e in told[2:]] == [
        ("CallOffered", "8001"),
        ("CallReturnedToLine", "8001"),
        ("CallOffered", "8002"),
        ("CallReturnedToLine", "8002"),
        ("CallAnswered", "8001"),
    ]


def test_a_story_that_says_again_where_it_is_tells_nothing():
    _, told = play(waiting(1), waiting(9, joined=1))
    assert names(told) == ["CallArrived", "CallQueued"]


def test_the_lifeboat_keeps_the_place_and_the_story_takes_the_citizen_back():
    lifeboat = LifeboatJoined(call_id=CALL, at=at(10))
    call, told = play(waiting(1), lifeboat, lifeboat, waiting(20, joined=1))
    assert names(told)[1:] == ["CallQueued", "CallTookLifeboat", "CallQueued"]
    assert call.joined_at == at(1)
    assert not call.lifeboat


def test_who_loses_his_seat_while_nobody_listens_waits_again_in_the_lifeboat():
    lifeboat = LifeboatJoined(call_id=CALL, at=at(50), turn=2)
    call, told = play(*TALKED, lifeboat, lifeboat)
    assert names(told)[-2:] == ["CallQueued", "CallTookLifeboat"]
    assert (call.state, call.lifeboat, call.turn) == (S.QUEUED, True, 2)
    assert told[-2].joined_at == call.joined_at
    # Of the turn in which he talks it is an echo.
    _, told = play(*TALKED, LifeboatJoined(call_id=CALL, at=at(50)))
    assert "CallTookLifeboat" not in names(told)


def test_hold_and_retrieve_belong_to_the_seat_that_talks():
    held = SeatHeld(call_id=CALL, at=at(7), seat_id="8001")
    back = SeatRetrieved(call_id=CALL, at=at(8), seat_id="8001")
    other = SeatHeld(call_id=CALL, at=at(9), seat_id="8002")
    call, told = play(*TALKED, held, back, other)
    assert names(told)[-4:] == ["CallHeld", "TalkChanged", "CallRetrieved", "TalkChanged"]
    assert call.state is S.TALKING


@pytest.mark.parametrize(
    ("lost", "blame"),
    [("asterisk-restarted", Blame.SERVICE), ("ended-while-away", Blame.UNKNOWN)],
)
def test_a_call_that_nobody_saw_end_says_so(lost, blame):
    _, told = play(*TALKED, asked(60), gone(99, lost))
    assert (told[-1].ending.blame, told[-1].ending.reason) == (blame, lost)


def test_an_unanswered_wait_cannot_be_negative():
    _, told = play(waiting(5, joined=9), asked(6), gone(6))
    assert told[-1].waited_ms == 0


def test_no_pair_is_both_a_step_and_an_echo():
    assert not NEXT.keys() & ECHOES
    assert not {state for state, _ in NEXT} & OVER


KINDS = (
    lambda s: arrived(s),
    lambda s: RecordingBegan(call_id=CALL, at=at(s)),
    lambda s: NoticeEnded(call_id=CALL, at=at(s)),
    lambda s: KeyWasPressed(call_id=CALL, at=at(s), key="5"),
    lambda s: waiting(s),
    lambda s: waiting(s, joined=0),
    lambda s: LifeboatJoined(call_id=CALL, at=at(s)),
    lambda s: asked(s),
    lambda s: ordered(s),
    lambda s: gone(s),
    lambda s: gone(s, "ended-while-away"),
    *(lambda s, x=x: rang(s, x) for x in ("8001", "8002")),
    *(lambda s, x=x: not_answered(s, x) for x in ("8001", "8002")),
    *(lambda s, x=x: connected(s, x) for x in ("8001", "8002")),
    *(lambda s, x=x: SeatHeld(call_id=CALL, at=at(s), seat_id=x) for x in ("8001", "8002")),
    *(lambda s, x=x: SeatRetrieved(call_id=CALL, at=at(s), seat_id=x) for x in ("8001", "8002")),
    *(lambda s, x=x: asked(s, x) for x in ("8001", "8002")),
    *(lambda s, x=x: seat_gone(s, x) for x in ("8001", "8002")),
)
FACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-5, 500)), max_size=40)


@given(FACTS)
def test_whatever_asterisk_says_a_call_ends_once_and_every_talk_has_its_end(steps):
    step = begin(arrived())
    call, told = step.call, list(step.events)
    for kind, second in [*steps, (gone, 600)]:
        was = call
        step = advance(call, kind(second))
        call = step.call
        told += step.events
        assert step.expected or (call is was and not step.events)
        if was.over:
            assert call == was
    counted = Counter(names(told))
    assert call.over
    assert counted["CallEnded"] + counted["CallAbandoned"] == 1
    assert (call.state is S.ENDED) == (counted["CallEnded"] == 1)
    assert counted["SeatLeftCall"] == counted["CallAnswered"] == counted["CallEnded"]
    assert call.ending is not None
    assert all(isinstance(event, CallEvent) for event in told)
    assert all(
        getattr(event, name, 0) >= 0 for event in told for name in ("waited_ms", "talked_ms")
    )


@given(FACTS)
def test_every_offer_is_resolved(steps):
    call, told = play(*(kind(second) for kind, second in steps), gone(600))
    offered = None
    for event in told:
        match type(event).__name__:
            case "CallOffered":
                assert offered is None
                offered = event.seat_id
            case "CallReturnedToLine":
                assert event.seat_id == offered
                offered = None
            case "CallAnswered":
                offered = None
    assert offered is None or call.state is S.ABANDONED


def test_every_fact_about_a_call_has_a_place_in_the_tables():
    known = {kind.__name__ for kind in ({kind for _, kind in NEXT} | set(TALK_FACTS))}
    facts = {kind.__name__ for kind in CallFact.__subclasses__()}
    assert facts - known == {"CitizenArrived"}
    assert set(OPEN) | OVER == set(S)
    assert isinstance(play()[0], Call)
