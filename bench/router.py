"""What one decision costs, against the rules said aloud; and whether both decide the same.

(a) Median time of decide(), the reasons record included, with 50, 200 and 1,700 seats, 1,000 waiting,
    8 skill groups, 3 priorities and relaxations; peer: tests/fakes/router_in_words.py, which looks at
    everybody, in the same run. Each decision is carried out: the citizen leaves, the seat is taken, a
    talking seat becomes ready and another citizen joins. Keeping line and floor in step is told apart.
(b) The worst case: seats are free, but nobody may have them, so every group must be looked at.
(c) 10,000 random histories (hypothesis): joins, leaves, seat changes, waiting, new rules; after every
    step both make the same offers until there is none.
Prints one JSON line. `python -m bench.router [histories]`
"""

import json
import random
import statistics
import sys
import time
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from cti.ids import SeatId, SkillGroupCode
from seats.explain import why_this_offer
from seats.floor import EMPTY, Floor
from seats.line import Line
from seats.model import Seat, SeatDefinition, SeatState, WaitingCitizen
from seats.router import decide
from seats.rules import GroupRules, Relaxation, Rules
from tests.fakes.floor import NOON, call
from tests.fakes.router_in_words import HISTORIES, check, in_words

SIZES = (50, 200, 1_700)
WAITING = 1_000
TURNS = 3_000
PEER_TURNS = 20
GENERAL, *OTHERS = (
    SkillGroupCode(code)
    for code in (
        "general", "housing_fund", "social_security", "medical_insurance", "law", "dialect",
        "english", "enterprise",
    )
)  # fmt: skip
GROUPS = (GENERAL, *OTHERS)
RULES = Rules(
    version=1,
    groups={
        GENERAL: GroupRules(code=GENERAL, name=GENERAL),
        **{
            code: GroupRules(
                code=code,
                name=code,
                first_level=1,
                head_start_s=5.0,
                relaxations=(
                    Relaxation(after_s=20, max_level=2),
                    Relaxation(after_s=40, also=(GENERAL,), flag="需支持"),
                ),
            )
            for code in OTHERS
        },
    },
)


def a_seat(number: int, dice: random.Random) -> Seat:
    skills = {GENERAL: dice.randint(1, 3), dice.choice(OTHERS): dice.randint(1, 3)}
    idle_since = NOON - timedelta(seconds=dice.random() * 600)
    return Seat(
        definition=SeatDefinition(
            seat_id=SeatId(str(10_000 + number)), operator_name="", skills=skills
        ),
        state=SeatState.TALKING,
        since=idle_since,
        idle_since=idle_since,
    )


def a_citizen(number: int, dice: random.Random, now) -> WaitingCitizen:
    sticky = SeatId(str(10_000 + dice.randrange(50))) if dice.random() < 0.1 else None
    return WaitingCitizen(
        call_id=call(number),
        skill_group=dice.choice(GROUPS),
        joined_at=now - timedelta(seconds=dice.random() * 300),
        priority=dice.choice((0, 0, 0, 1, 2)),
        sticky_seat=sticky,
    )


class House:
    """A full line before busy seats; each turn one seat comes free. 满负荷"""

    def __init__(self, size: int) -> None:
        self.dice = random.Random(size)
        self.seats = {s.seat_id: s for s in (a_seat(n, self.dice) for n in range(size))}
        self.ids = list(self.seats)
        self.now = NOON
        self.citizens = {
            c.call_id: c for c in (a_citizen(n, self.dice, NOON) for n in range(WAITING))
        }
        self.line, self.floor = Line(self.citizens.values()), Floor(self.seats.values())
        self.joined = WAITING

    def free_one(self) -> None:
        self.now += timedelta(milliseconds=50)
        seat_id = self.dice.choice(self.ids)
        self.change(seat_id, SeatState.READY)

    def change(self, seat_id: SeatId, state: SeatState) -> None:
        seat = self.seats[seat_id] = replace(
            self.seats[seat_id], state=state, since=self.now, idle_since=self.now
        )
        self.floor.put(seat)

    def carry_out(self, call_id, seat_id) -> None:
        del self.citizens[call_id]
        self.line.leave(call_id)
        self.change(seat_id, SeatState.TALKING)
        citizen = a_citizen(self.joined, self.dice, self.now)
        self.joined += 1
        self.citizens[citizen.call_id] = citizen
        self.line.enter(citizen)


def measure(size: int) -> dict[str, float]:
    """Microseconds."""
    house = House(size)
    deciding, keeping, explaining, following = [], [], [], []
    clock = time.perf_counter_ns
    for _ in range(TURNS):
        house.free_one()
        begun = clock()
        decision = decide(house.line, house.floor, RULES, house.now)
        decided = clock()
        house.floor.follow(house.seats)
        followed = clock()
        why_this_offer(decision, RULES, EMPTY, 0)
        explained = clock()
        deciding.append(decided - begun)
        following.append(followed - decided)
        explaining.append(explained - followed)
        if decision.offer is not None:
            begun = clock()
            house.carry_out(decision.offer.call_id, decision.offer.seat_id)
            keeping.append(clock() - begun)
    return {
        "decide_us": round(statistics.median(deciding) / 1e3, 2),
        "decide_p99_us": round(statistics.quantiles(deciding, n=100)[98] / 1e3, 2),
        "keep_in_step_us": round(statistics.median(keeping) / 1e3, 2),
        "find_changed_seats_us": round(statistics.median(following) / 1e3, 2),
        "sentences_us": round(statistics.median(explaining) / 1e3, 2),
        "offers": len(keeping),
    }


def measure_peer(size: int) -> tuple[float, float]:
    """(the rules said aloud, ours) over the same turns, in microseconds."""
    house = House(size)
    peer, ours = [], []
    for _ in range(PEER_TURNS):
        house.free_one()
        begun = time.perf_counter_ns()
        said = in_words(list(house.citizens.values()), list(house.seats.values()), RULES, house.now)
        between = time.perf_counter_ns()
        offer = decide(house.line, house.floor, RULES, house.now).offer
        ours.append(time.perf_counter_ns() - between)
        peer.append(between - begun)
        if offer is None or said is None:
            if offer is not None or said is not None:
                raise SystemExit("the router and its rules said aloud disagree")
            continue
        if (said.call_id, said.seat_id) != (offer.call_id, offer.seat_id):
            raise SystemExit("the router and its rules said aloud disagree")
        house.carry_out(offer.call_id, offer.seat_id)
    return statistics.median(peer) / 1e3, statistics.median(ours) / 1e3


def measure_refusing(size: int) -> float:
    """Every group is deep in its line, and the only free seats are of levels nobody may have yet."""
    strict = Rules(
        groups={
            code: GroupRules(
                code=code,
                name=code,
                first_level=1,
                relaxations=(
                    Relaxation(after_s=3_000, max_level=2),
                    Relaxation(after_s=4_000, max_level=2),
                ),
            )
            for code in GROUPS
        },
        sticky_s=0.0,
    )
    house = House(size)
    for seat_id in house.ids[: size // 2]:
        seat = house.seats[seat_id]
        skills = dict.fromkeys(seat.definition.skills, 3)
        definition = replace(seat.definition, skills=skills)
        house.seats[seat_id] = replace(seat, definition=definition)
        house.change(seat_id, SeatState.READY)
    took = []
    for _ in range(TURNS):
        begun = time.perf_counter_ns()
        decision = decide(house.line, house.floor, strict, house.now)
        took.append(time.perf_counter_ns() - begun)
        if decision.offer is not None:
            raise SystemExit("somebody was given a seat of a level he may not have")
    return round(statistics.median(took) / 1e3, 2)


def compare_histories(number: int) -> tuple[int, int]:
    """(histories, offers compared); raises AssertionError at the first difference."""
    done = offers = 0

    @settings(
        max_examples=number, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(HISTORIES)
    def same(history) -> None:
        nonlocal done, offers
        offers += check(history)
        done += 1

    same()
    return done, offers


def main() -> None:
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    ours = {size: measure(size) for size in SIZES}
    peers = {size: measure_peer(size) for size in SIZES}
    done, offers = compare_histories(histories)
    print(
        json.dumps(
            {
                "bench": "router",
                "waiting": WAITING,
                "groups": len(GROUPS),
                "seats": ours,
                "growth_50_to_1700": round(
                    ours[SIZES[-1]]["decide_us"] / ours[SIZES[0]]["decide_us"], 2
                ),
                "refusing_everybody_us": {size: measure_refusing(size) for size in SIZES},
                "peer_said_aloud_us": {size: round(peer, 1) for size, (peer, _) in peers.items()},
                "times_faster": {size: round(peer / mine) for size, (peer, mine) in peers.items()},
                "histories_identical": done,
                "offers_compared": offers,
            }
        )
    )


if __name__ == "__main__":
    main()
