"""Who says nothing is noticed, asked, counted, and never hung up on by a machine."""

import asyncio
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from asr.events import Side, UtteranceHeard
from cti.events import (
    Blame,
    CallAnswered,
    CallArrived,
    CallEnded,
    Direction,
    Ending,
    RecordingStarted,
)
from cti.ids import CallId, SeatId
from hotline.silent_joints import LegVoice
from orders.citizen_events import CallFoundSilent, CallStayedSilent, SilentCallerSpoke
from orders.silent_calls import SilentCalls
from orders.summaries import SilentCall
from tests.fakes.legs import as_recorded, voice
from tests.fakes.virtual_time import VirtualTimeLoop

NOON = datetime(2026, 3, 4, 4, tzinfo=UTC)
NUMBER = "13800000001"
SEAT = SeatId("8001")
HUNG_UP = Ending(blame=Blame.CITIZEN, reason="hung-up")


def call_id(number):
    return CallId(f"node1-{number}.1")


class House:
    """Calls on a clock, with a citizen whose voice begins when the test says so."""

    def __init__(self, stored=(), after_s=8, tag_from=3):
        self.stored, self.told, self.tags = stored, [], []
        self.speaks_from_s = {}
        self.unknown = False
        self.looks = 0
        self.silent = SilentCalls(
            self,
            self,
            lambda *words: self.tags.append(words),
            after_s=lambda: after_s,
            tag_from=lambda: tag_from,
            tell=self.told.append,
            now=self.now,
        )

    def now(self):
        return NOON + timedelta(seconds=asyncio.get_running_loop().time())

    async def silent_since(self, since):
        return [one for one in self.stored if one.found_at >= since]

    async def voiced_ms(self, call, since):
        self.looks += 1
        if self.unknown:
            return None
        spoke_at_s = self.speaks_from_s.get(call)
        return (
            900
            if spoke_at_s is not None and self.now() >= NOON + timedelta(seconds=spoke_at_s)
            else 0
        )

    async def call(self, number=1, lasts_s=30, caller=NUMBER, direction=Direction.IN, happens=None):
        call, at = call_id(number), self.now()
        for event in (
            CallArrived(
                at=at,
                call_id=call,
                caller_number=caller,
                called_number="12345",
                direction=direction,
            ),
            RecordingStarted(at=at, call_id=call),
            CallAnswered(at=at, call_id=call, seat_id=SEAT, waited_ms=0),
        ):
            self.silent.on_event(event)
        if happens is not None:
            await asyncio.sleep(2)
            self.silent.on_event(happens)
            lasts_s -= 2
        await asyncio.sleep(lasts_s)
        ended = CallEnded(at=self.now(), call_id=call, talked_ms=lasts_s * 1000, ending=HUNG_UP)
        self.silent.on_event(ended)
        await asyncio.sleep(3)

    def run(self, story):
        async def with_watch():
            await self.silent.restore()
            async with asyncio.TaskGroup() as group:
                running = group.create_task(self.silent.run())
                await story()
                running.cancel()

        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(with_watch())
        return [type(event) for event in self.told]


def test_a_silent_citizen_is_found_told_once_and_counted_when_the_call_is_over():
    house = House()
    assert house.run(house.call) == [CallFoundSilent, CallStayedSilent]
    found, stayed = house.told
    assert (found.seat_id, found.after_s, found.times) == (SEAT, 8, 0)
    assert 9 <= (found.at - NOON).total_seconds() <= 11
    assert (stayed.caller_number, stayed.times, house.tags) == (NUMBER, 1, [])


@pytest.mark.parametrize("speaks_s", [3, 12, 29])
def test_who_speaks_before_the_end_was_no_silent_call(speaks_s):
    house = House()
    house.speaks_from_s[call_id(1)] = speaks_s
    told = house.run(house.call)
    assert told == ([] if speaks_s < 8 else [CallFoundSilent, SilentCallerSpoke])
    assert house.silent.counts["stayed"] == 0


def test_the_third_silent_call_of_a_number_in_a_day_is_tagged_for_a_person_to_judge():
    earlier = SilentCall(
        call_id=call_id(9), caller_number=NUMBER, found_at=NOON - timedelta(hours=2),
        stayed_silent_at=NOON - timedelta(hours=2),
    )  # fmt: skip
    spoke = SilentCall(
        call_id=call_id(8), caller_number=NUMBER, found_at=NOON - timedelta(hours=1),
        spoke_at=NOON - timedelta(hours=1),
    )  # fmt: skip
    house = House(stored=[earlier, spoke])

    async def story():
        await house.call(1)
        await house.call(2, caller="")
        await house.call(3, caller="+86" + NUMBER)

    house.run(story)
    assert [tag[0] for tag in house.tags] == [call_id(3)]
    assert "3次" in house.tags[0][3]
    assert [event.times for event in house.told if isinstance(event, CallFoundSilent)] == [1, 0, 2]


def test_words_of_his_a_call_out_a_short_call_and_an_unreadable_leg_are_no_silence():
    said = UtteranceHeard(
        at=NOON, call_id=call_id(1), side=Side.CITIZEN, text="喂", starts_at_ms=0, ends_at_ms=300,
        confidence=0.5, words=(),
    )  # fmt: skip
    house = House()

    async def story():
        await house.call(1, happens=said)
        await house.call(2, direction=Direction.OUT)
        await house.call(3, lasts_s=5)
        house.unknown = True
        await house.call(4)

    assert house.run(story) == []


def test_a_long_silence_is_not_listened_through_again_and_again():
    looks = []
    for lasts_s in (150, 900):
        house = House()

        async def story(house=house, lasts_s=lasts_s):
            await house.call(lasts_s=lasts_s)

        assert house.run(story) == [CallFoundSilent, CallStayedSilent]
        looks.append(house.looks)
    assert looks[0] == looks[1]


def test_nothing_is_looked_at_where_it_is_switched_off():
    house = House(after_s=0)
    assert house.run(house.call) == []


@pytest.mark.parametrize(("loud", "silent"), [(1.0, False), (0.0, True)])
def test_the_leg_tells_a_voice_from_an_idle_line(tmp_path, loud, silent):
    noise = np.random.default_rng(1).normal(0, 40, 16_000 * 12)
    spoken = voice(2.0, 130, 1) * loud
    noise[16_000 * 6 : 16_000 * 6 + len(spoken)] += spoken
    (tmp_path / f"{call_id(1)}-citizen.sln48").write_bytes(as_recorded(noise.astype("<i2")))
    legs = LegVoice(tmp_path)
    heard = asyncio.run(legs.voiced_ms(call_id(1), timedelta(seconds=3)))
    assert heard is not None
    assert (heard < 120) is silent
    assert asyncio.run(legs.voiced_ms(call_id(1), timedelta(seconds=9))) < 120
    assert asyncio.run(legs.voiced_ms(call_id(1), timedelta(seconds=20))) is None
    assert asyncio.run(legs.voiced_ms(call_id(2), timedelta(0))) is None
