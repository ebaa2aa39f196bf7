"""Telephones and citizens of one test, for code that does not await."""

from playwright.sync_api import expect

from hotline.sounds.voice import speak

TIMES, AGAIN_AFTER_MS = 4, 20_000


def says_until(product, who, text: str, shown) -> None:
    """He says it until it stands there, as people do: a busy machine loses sound, and then words."""
    for left in reversed(range(TIMES)):
        product.do(who.say(speak(text)))
        try:
            expect(shown).to_be_visible(timeout=AGAIN_AFTER_MS)
        except AssertionError:
            if not left:
                raise
        else:
            return


class Floor:
    """The telephones and citizens of one test."""

    def __init__(self, product) -> None:
        self.product, self.stage = product, product.stage
        self._citizens, self._seats = [], set()

    def ready(self, seat: str, answers_after_s: float | None = 0.3) -> None:
        self.product.do(self._ready(seat, answers_after_s))

    def attends(self, seat: str) -> None:
        """The test makes it ready itself; afterwards it is cleared like the others."""
        self._seats.add(seat)

    async def _ready(self, seat, answers_after_s):
        self._seats.add(seat)
        phone = self.stage.world.phone(seat)
        await phone.registered()
        await (phone.let_ring() if answers_after_s is None else phone.answer_after(answers_after_s))
        api = await self.stage.api(seat)
        shown = await self.stage.until(f"/api/seats/{seat}", lambda s: s["phone_reachable"])
        if shown["state"] == "signed_out":
            await api.post(f"/api/seats/{seat}/sign-in")
        await api.post(f"/api/seats/{seat}/ready")

    def arrives(self, number: str):
        """A citizen calls: (his telephone, the call's id)."""
        return self.product.do(self._arrives(number))

    async def _arrives(self, number):
        citizen = await self.stage.world.dial(number)
        self._citizens.append(citizen)
        return citizen, (await self.stage.call_of(number))["call_id"]

    def talks(self, number: str, seat: str):
        citizen, call_id = self.arrives(number)
        self.product.do(self.stage.world.phone(seat).talking())
        self.product.do(self.stage.call_is(call_id, "talking"))
        return citizen, call_id

    async def _code(self, seat, call_id):
        """The code is the citizen's seat's; another one has nothing to save."""
        api = await self.stage.api()
        if (await api.get(f"/api/calls/{call_id}"))["seat_id"] == seat:
            own = await self.stage.api(seat)
            await own.post(f"/api/calls/{call_id}/code", {"code": "consultation"})

    async def clear(self):
        """Everybody hangs up, codes are given, no seat is ready."""
        for citizen in self._citizens:
            await citizen.hang_up()
        for seat in self._seats:
            await self.stage.world.phone(seat).hang_up()
            api = await self.stage.api(seat)
            shown = await self.stage.until(
                f"/api/seats/{seat}",
                lambda s: s["state"] in ("wrap_up", "ready", "not_ready", "signed_out"),
            )
            if shown["state"] == "wrap_up":
                await self._code(seat, shown["last_call_id"])
                await api.post(f"/api/seats/{seat}/finish-wrap-up")
            if shown["state"] in ("wrap_up", "ready"):
                await api.post(f"/api/seats/{seat}/not-ready", {"reason": "training"})
