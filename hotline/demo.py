"""`hotline demo`: citizens call, operators answer, and every call must leave its traces. 演示

    floor: operators log in, phones register, seats sign in and become ready
    then, a few at a time (one more than there are seats, so that somebody waits):
    dial ► answered ► find its call id ► a seat's phone talks ► the script ► citizen hangs up
         ► wrap-up finished ► transcript, draft, archived file with the right SHA-256

It runs beside the service and knows it only through SIP, REST and the archive folder.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hotline.api_client import ApiClient, ApiRefused
from hotline.outside.aftermath import DidNotHappen, Json, Outcome, Report, gather_aftermath, until
from hotline.outside.cast import Account, DemoCitizen, DemoPhone, DemoSeat, DemoWorld, Session
from hotline.outside.conversation import Voice, converse, speak_line
from hotline.outside.errors import OutsideError, PhoneNotTalking
from hotline.outside.scripts import SCRIPTS, Script
from hotline.outside.world import OutsideWorld
from hotline.sounds.voice import VoiceError

CALLED_NUMBER = "12345"
SERVICE_LIMIT_S = 120.0
FLOOR_LIMIT_S = 60.0
ANSWER_LIMIT_S = 30.0
FIND_LIMIT_S = 15.0
SEAT_LIMIT_S = 300.0
"""The line may be long: several conversations of a minute each."""
WRAP_UP_LIMIT_S = 20.0
PROMPT_ANSWER_S = 6.0
"""Who is not answered by then is said to wait."""
RING_S = 1.5
"""An operator picks up after so long."""
WRITE_S = 2.0
"""An operator's wrap-up in the demonstration."""
GAP_S = 3.0
"""Between two citizens' calls when their number is given."""
GENTLE_GAP_S = 10.0
"""Between two citizens' calls when somebody only watches."""

Say = Callable[[str], None]


class Demonstration:
    """Plays operators and citizens against a running service. 演示"""

    def __init__(
        self,
        world: DemoWorld,
        open_session: Callable[[], Session],
        seats: Sequence[DemoSeat],
        supervisor: Account,
        archive_folder: Path,
        say: Say,
        *,
        scripts: Sequence[Script] = SCRIPTS,
        voice: Voice = speak_line,
    ) -> None:
        if not seats or not scripts:
            raise ValueError("a demonstration needs a seat and a script")
        self._world = world
        self._supervisor_account = supervisor
        self._supervisor = open_session()
        self._operators: Mapping[str, Session] = {seat.seat_id: open_session() for seat in seats}
        self._seats = seats
        self._archive_folder = archive_folder
        self._say = say
        self._scripts = scripts
        self._voice = voice
        self._known_calls: set[str] = set()
        self._at_once = asyncio.Semaphore(min(len(seats) + 1, len(scripts)))

    async def open_floor(self) -> None:
        """Wait for the service, then have every seat signed in and ready. Raises DidNotHappen, OutsideError."""
        await until(
            self._readiness,
            lambda r: r["ready"] is True,
            SERVICE_LIMIT_S,
            "the service was not ready",
        )
        await self._supervisor.log_in(
            self._supervisor_account.username, self._supervisor_account.password
        )
        for seat in self._seats:
            await self._open_seat(seat)
        self._say(f"{len(self._seats)} seats are ready")

    async def play_calls(self, count: int) -> Report:
        """Have so many citizens call and see to what their calls leave; never raises for a call's trouble."""
        outcomes: list[Outcome] = []
        async with asyncio.TaskGroup() as group:
            for index in range(count):
                await self._at_once.acquire()
                script = self._scripts[index % len(self._scripts)]
                outcome = Outcome(caller_number=script.caller_number)
                outcomes.append(outcome)
                group.create_task(self._play(index, script, outcome), name=f"demo call {index + 1}")
                if index + 1 < count:
                    await asyncio.sleep(GAP_S)
        return Report(outcomes=tuple(outcomes))

    async def play_on(self) -> None:
        """Have citizens call at a gentle pace until cancelled."""
        async with asyncio.TaskGroup() as group:
            index = 0
            while True:
                await self._at_once.acquire()
                script = self._scripts[index % len(self._scripts)]
                outcome = Outcome(caller_number=script.caller_number)
                group.create_task(self._play(index, script, outcome), name=f"demo call {index + 1}")
                index += 1
                await asyncio.sleep(GENTLE_GAP_S)

    async def _readiness(self) -> Json:
        try:
            ready: Json = await self._supervisor.get("/readyz")
        except ApiRefused as ill:
            return {"ready": False, **ill.body}
        except OSError:
            return {"ready": False, "ill": ["no answer"]}
        return ready

    async def _open_seat(self, seat: DemoSeat) -> None:
        phone = self._world.phone(seat.seat_id)
        await phone.registered(FLOOR_LIMIT_S)
        await phone.answer_after(RING_S)
        session = self._operators[seat.seat_id]
        await session.log_in(seat.operator.username, seat.operator.password)
        place = f"/api/seats/{seat.seat_id}"
        refusal = ""

        async def look() -> Json:
            nonlocal refusal
            shown: Json = await session.get(place)
            wanted = {"signed_out": "sign-in", "not_ready": "ready"}.get(shown["state"])
            if wanted is None:
                return shown
            try:
                shown = (await session.post(f"{place}/{wanted}"))["seat"]
            except ApiRefused as refused:
                # The service may not have seen the phone register yet: asked again in a second.
                refusal = str(refused)
            return shown

        try:
            await until(
                look, lambda s: s["state"] not in ("signed_out", "not_ready"), FLOOR_LIMIT_S, ""
            )
        except DidNotHappen:
            raise DidNotHappen(
                f"seat {seat.seat_id} was not ready within {FLOOR_LIMIT_S:g} s: {refusal}"
            ) from None

    async def _play(self, index: int, script: Script, outcome: Outcome) -> None:
        title = f"call {index + 1} {script.title}"
        try:
            try:
                await self._talk(title, script, outcome)
            finally:
                self._at_once.release()
            await gather_aftermath(outcome, self._supervisor, self._archive_folder)
            self._say(f"{title}: archived and transcribed, {len(outcome.utterances)} utterances")
        except (
            OutsideError,
            DidNotHappen,
            ApiRefused,
            OSError,
            VoiceError,
        ) as trouble:
            outcome.trouble = str(trouble)
            self._say(f"{title}: FAILED, {trouble}")

    async def _talk(self, title: str, script: Script, outcome: Outcome) -> None:
        self._say(f"{title}: dials {CALLED_NUMBER}")
        citizen = await self._world.dial(script.caller_number, CALLED_NUMBER, ANSWER_LIMIT_S)
        try:
            outcome.call_id = await self._find_call(script.caller_number)
            phone = await self._seat_of(title, citizen, outcome.call_id)
            outcome.answered = True
            outcome.seat_id = phone.seat_id
            self._say(f"{title}: seat {phone.seat_id} answered")
            await converse(script, citizen, phone, self._voice)
        finally:
            await citizen.hang_up()
        self._say(f"{title}: hung up")
        await self._finish_wrap_up(phone.seat_id, outcome.call_id)

    async def _seat_of(self, title: str, citizen: DemoCitizen, call_id: str) -> DemoPhone:
        try:
            return await self._world.seat_of(citizen, call_id, PROMPT_ANSWER_S)
        except PhoneNotTalking:
            self._say(f"{title}: waits in the line")
            return await self._world.seat_of(citizen, call_id, SEAT_LIMIT_S)

    async def _find_call(self, caller_number: str) -> str:
        def mine(listed: Json) -> list[str]:
            return [
                call["call_id"]
                for call in listed["calls"]
                if call["caller_number"] == caller_number
                and call["call_id"] not in self._known_calls
            ]

        listed = await until(
            lambda: self._supervisor.get("/api/calls?state=live"),
            lambda seen: bool(mine(seen)),
            FIND_LIMIT_S,
            "the service did not show the call",
        )
        call_id = mine(listed)[0]
        self._known_calls.add(call_id)
        return call_id

    async def _finish_wrap_up(self, seat_id: str, call_id: str) -> None:
        session, place = self._operators[seat_id], f"/api/seats/{seat_id}"
        seat = await until(
            lambda: session.get(place),
            lambda shown: shown["state"] != "talking",
            WRAP_UP_LIMIT_S,
            f"seat {seat_id} did not leave the call",
        )
        if seat["state"] != "wrap_up":
            return  # a person at the console was quicker
        await asyncio.sleep(WRITE_S)
        try:
            await session.post(f"/api/calls/{call_id}/code", {"code": "consultation"})
            await session.post(f"{place}/finish-wrap-up")
        except ApiRefused as refused:
            if refused.status != 409:  # 409: its deadline was quicker
                raise


async def run_demo(
    base_url: str,
    world: OutsideWorld,
    seats: Sequence[DemoSeat],
    supervisor: Account,
    archive_folder: Path,
    calls: int | None,
    say: Say,
    scripts: Sequence[Script] = SCRIPTS,
) -> Report:
    """Play `calls` calls, or without a number for ever (until cancelled), against a service at `base_url`.

    Raises DidNotHappen, OutsideError, ApiRefused, OSError if not even the floor opens.
    """
    demonstration = Demonstration(
        world,
        lambda: ApiClient(base_url),
        seats,
        supervisor,
        archive_folder,
        say,
        scripts=scripts,
    )
    await demonstration.open_floor()
    if calls is None:
        say("citizens call at a gentle pace; end with Ctrl-C")
        await demonstration.play_on()
    return await demonstration.play_calls(calls or 0)
