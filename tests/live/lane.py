"""A part of the floor that one call has for itself: three seats, one number of ours, one skill group.

Several lanes stand on one stage, so that many calls can be told at once without meeting. The seats of a
lane are first, second and third; the third one's telephone is also the supervisor's.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from hotline.api_client import ApiRefused
from hotline.outside.far_end import Citizen, FarEnd
from hotline.outside.line import Line
from hotline.outside.phone import Phone
from hotline.outside.tones import hears_tone, tone
from tests.live.stage import Stage

SUPERVISOR = "admin"
SPARE_SEAT = "8001"
"""Of the general group; whoever needs it takes it with Lane.spare(). 备用座席"""
TONES = {"citizen": 500, "first": 800, "second": 1100, "third": 1400, "outside": 1700}
SAYS_S = 1.2
REST_LIMIT_S = 20.0
ANSWERS_S = 0.2
Json = dict[str, Any]


class Lane:
    """One call's people, telephones and commands."""

    def __init__(
        self,
        stage: Stage,
        called_number: str,
        seats: Sequence[str],
        group: str,
        citizen: str,
        one_at_a_time: asyncio.Lock,
    ) -> None:
        self.stage = stage
        self.called_number = called_number
        self.first, self.second, self.third = seats
        self.seats = tuple(seats)
        self.group = group
        self.number = citizen
        """The citizen's telephone number. 主叫号码"""
        self._one_at_a_time = one_at_a_time
        self._rings_before = 0
        self.call_id = ""
        self.citizen: Citizen | None = None
        self.legs: dict[str, FarEnd] = {}
        """Far ends by their names in TONES, for who_hears(). 各方"""

    # People ------------------------------------------------------------------------------------

    def phone(self, seat: str) -> Phone:
        return self.stage.world.phone(seat)

    def line(self, number: str) -> Line:
        line = self.stage.world.line(number)
        self._rings_before = line.rings
        return line

    async def rung(self, line: Line) -> None:
        """Wait until it has rung in this story."""
        await line.rung(self._rings_before + 1)

    def was_rung(self, line: Line) -> bool:
        return line.rings > self._rings_before

    async def ready(self, *seats: str, answers_after_s: float | None = ANSWERS_S) -> None:
        """These seats are ready; their phones answer, or ring if None."""
        for seat in seats:
            phone = self.phone(seat)
            if answers_after_s is None:
                await phone.let_ring()
            else:
                await phone.answer_after(answers_after_s)
            api = await self.stage.api(seat)
            state = (await api.get(f"/api/seats/{seat}"))["state"]
            if state == "wrap_up":
                await self.seat_is(seat, "ready")
            elif state != "ready":
                await api.post(f"/api/seats/{seat}/ready")

    async def not_ready(self, *seats: str) -> None:
        for seat in seats:
            await self.stage.becomes(lambda seat=seat: self._rests(seat), REST_LIMIT_S)

    async def _rests(self, seat: str) -> bool:
        """From wrap-up with nothing saved it is refused: its short deadline comes first."""
        api = await self.stage.api(seat)
        if (await api.get(f"/api/seats/{seat}"))["state"] == "not_ready":
            return True
        try:
            await api.post(f"/api/seats/{seat}/not-ready", {"reason": "training"})
        except ApiRefused as refused:
            if refused.status != 409:
                raise
        return False

    @asynccontextmanager
    async def spare(self) -> AsyncIterator[None]:
        """The one seat of the general group is this lane's, not ready; nobody else waits for that group."""
        async with self._one_at_a_time:
            try:
                yield
            finally:
                if self.citizen is not None:
                    await self.citizen.hang_up()
                await self.phone(SPARE_SEAT).hang_up()
                await self.stage.until(
                    f"/api/seats/{SPARE_SEAT}", lambda s: s["state"] in ("ready", "not_ready")
                )
                await self.not_ready(SPARE_SEAT)

    async def arrive(self) -> str:
        """The citizen calls; the call's id."""
        self.citizen = await self.stage.world.dial(self.number, self.called_number)
        self.legs["citizen"] = self.citizen
        self.call_id = (await self.stage.call_of(self.number))["call_id"]
        return self.call_id

    async def talk(self) -> FarEnd:
        """The citizen calls and the first seat answers; the seat's far end."""
        await self.ready(self.first)
        await self.arrive()
        return await self.joined(self.first)

    async def joined(self, seat: str, state: str = "talking") -> FarEnd:
        """That seat speaks, and the call is so."""
        leg = await self.phone(seat).talking()
        self.legs[{self.first: "first", self.second: "second", self.third: "third"}[seat]] = leg
        await self.is_(state)
        return leg

    async def answered_outside(self, line: Line, state: str) -> FarEnd:
        leg = await line.talking()
        self.legs["outside"] = leg
        await self.is_(state)
        return leg

    async def citizen_hangs_up(self) -> None:
        assert self.citizen is not None
        await self.citizen.hang_up()
        await self.over()

    # Commands ----------------------------------------------------------------------------------

    async def ask(self, by: str, verb: str, **body: Any) -> Any:
        """A command about this call, by the operator of that seat or the supervisor."""
        api = await self.stage.api(by)
        return await api.post(f"/api/calls/{self.call_id}/{verb}", body)

    async def refused(self, by: str, verb: str, **body: Any) -> str:
        """The same, which must be refused; by what code."""
        code = await self.tries(by, verb, **body)
        assert code is not None, f"{verb} was not refused"
        return code

    async def tries(self, by: str, verb: str, **body: Any) -> str | None:
        """The same, whatever comes of it; the code of its refusal."""
        refusal: ApiRefused | None = None
        try:
            await self.ask(by, verb, **body)
        except ApiRefused as refused:
            refusal = refused
        if refusal is None:
            return None
        assert refusal.status < 500, refusal.body
        return str(refusal.body.get("code"))

    async def calls_out(self, by: str, **body: Any) -> Json:
        api = await self.stage.api(by)
        return await api.post("/api/calls-out", {"seat_id": by, **body})

    # What the service says ---------------------------------------------------------------------

    async def is_(self, state: str, limit_s: float = 15.0) -> Json:
        return await self.stage.call_is(self.call_id, state, limit_s)

    async def seat_of_it(self, *seats: str) -> str:
        """Wait until the citizen talks with one of these seats; which."""
        call = await self.stage.until(
            f"/api/calls/{self.call_id}",
            lambda call: call["state"] == "talking" and call["seat_id"] in seats,
        )
        return str(call["seat_id"])

    async def over(self) -> Json:
        return await self.stage.until(
            f"/api/calls/{self.call_id}", lambda call: call["ended_at"] is not None
        )

    async def shown(self) -> Json:
        return await (await self.stage.api()).get(f"/api/calls/{self.call_id}")

    async def with_parties(self, count: int) -> Json:
        """Wait until so many are with the citizen, in a room."""
        return await self.stage.until(
            f"/api/calls/{self.call_id}",
            lambda call: sum(party["room"] is not None for party in call["parties"]) == count,
        )

    async def leg_of(self, who: str) -> str:
        """The leg id of that party, as the service names it."""
        call = await self.shown()
        [leg] = [party["leg_id"] for party in call["parties"] if party["who"] == who]
        return str(leg)

    async def role_leg(self, role: str) -> str:
        [leg] = [p["leg_id"] for p in (await self.shown())["parties"] if p["role"] == role]
        return str(leg)

    async def seat_is(self, seat: str, state: str) -> Json:
        return await self.stage.seat_is(seat, state)

    async def told(self) -> list[str]:
        return await self.stage.told(self.call_id)

    # Who hears whom ----------------------------------------------------------------------------

    async def all_speak(self, **hz: int) -> None:
        """Everybody at once says his tone (those of `hz` another one); who is gone is silent."""
        voices = {**TONES, **hz}
        present = [(name, leg) for name, leg in self.legs.items() if not leg.gone]
        await asyncio.gather(*(leg.say(tone(voices[name], SAYS_S, 5000)) for name, leg in present))

    async def heard(self, name: str, *tones: str, among: Mapping[str, int] = TONES) -> None:
        """That far end heard these of the tones and no other, from its answer to its end."""
        sound = await self.legs[name].heard_out()
        heard = {who for who, hz in among.items() if hears_tone(sound, hz)}
        assert heard == set(tones), f"{name} heard {sorted(heard)} and not {sorted(tones)}"

    # Between two stories -----------------------------------------------------------------------

    def begin(self) -> None:
        """A new story; nothing of the last one is left."""
        self.call_id, self.legs = "", {}
        self.citizen = None

    async def clear(self) -> None:
        """Whatever a story left: nobody speaks, phones answer, no seat of this lane is ready."""
        outside = [leg for leg in self.legs.values() if not leg.gone]
        for end in (*([self.citizen] if self.citizen else []), *outside):
            await end.hang_up()
        for seat in self.seats:
            await self.phone(seat).hang_up()
            await self.phone(seat).answer_after(ANSWERS_S)
        await self.tidy()

    async def tidy(self) -> None:
        """Every seat comes to rest by itself: ready, or not ready; then none is ready."""
        for seat in self.seats:
            await self.stage.until(
                f"/api/seats/{seat}", lambda s: s["state"] in ("ready", "not_ready")
            )
            await self.phone(seat).idle()
            await self.phone(seat).answer_after(ANSWERS_S)
        await self.not_ready(*self.seats)
