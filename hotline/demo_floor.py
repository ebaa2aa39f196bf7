"""`hotline demo --scenario floor`: special seats, three-way, transfer, callback, with every decision told. 专席演示

    publish the rules ► seats become ready
    five citizens, one for each special number: routed, and why is printed; of them
        the first speaks with a department and the seat together (three-way)
        the second is passed on to another seat (blind transfer)
    a sixth gives up waiting ► is called back and reached
    every answered call must leave its traces, as in `hotline demo`

It runs beside the service and knows it only through SIP, REST and the archive folder.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asr.events import Side
from hotline.api_client import ApiClient, ApiRefused
from hotline.outside import floor_rules
from hotline.outside.aftermath import (
    LEFT_OUT,
    DidNotHappen,
    Json,
    Outcome,
    Report,
    gather_aftermath,
    until,
)
from hotline.outside.cast import Account, DemoSeat
from hotline.outside.conversation import Voice, converse, speak_line
from hotline.outside.errors import OutsideError
from hotline.outside.floor_rules import SpecialGroup
from hotline.outside.scripts import SCRIPTS, Script, ScriptLine
from hotline.outside.world import OutsideWorld
from hotline.sounds.voice import VoiceError

SERVICE_LIMIT_S = 120.0
FLOOR_LIMIT_S = 60.0
COMMAND_LIMIT_S = 20.0
RING_S = 1.0
LINES = (
    ScriptLine(side=Side.OPERATOR, text="您好，请问有什么可以帮您"),
    ScriptLine(side=Side.CITIZEN, text="我要投诉，楼下的路灯坏了三天没人修"),
)
"""Enough for a transcript of both sides and a draft."""
FIRST_CITIZEN = 13800000201
GIVES_UP = "13800000299"
TROUBLES = (OutsideError, DidNotHappen, ApiRefused, OSError, VoiceError)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorReport:
    """How the floor demonstration went. 专席演示报告"""

    report: Report
    troubles: tuple[str, ...]
    """What did not happen, besides the calls' own troubles. 未完成事项"""

    @property
    def all_well(self) -> bool:
        return self.report.all_well and not self.troubles

    def to_line(self) -> str:
        """The JSON object that ends `hotline demo --json`, on one line."""
        return self.report.to_line()


class FloorDemonstration:
    """Plays a floor of special seats against a running service. 专席演示"""

    def __init__(
        self,
        base_url: str,
        world: OutsideWorld,
        seats: Sequence[DemoSeat],
        administrator: Account,
        archive_folder: Path,
        say: Say,
        voice: Voice = speak_line,
    ) -> None:
        self._world = world
        self._seats = seats
        self._account = administrator
        self._admin = ApiClient(base_url)
        self._operators: Mapping[str, ApiClient] = {s.seat_id: ApiClient(base_url) for s in seats}
        self._archive_folder = archive_folder
        self._say = say
        self._voice = voice

    async def play(self) -> FloorReport:
        """Everything, in order. Raises DidNotHappen, OutsideError, ApiRefused, OSError before the first call."""
        await self._open_floor()
        outcomes, troubles = [], []
        for number, group in enumerate(floor_rules.SPECIAL_GROUPS):
            outcome = Outcome(caller_number=str(FIRST_CITIZEN + number))
            outcomes.append(outcome)
            await self._fenced(outcome, self._special_call(number, group, outcome))
        called_back = Outcome(caller_number=GIVES_UP)
        try:
            await self._call_back(called_back)
        except TROUBLES as trouble:
            troubles.append(f"callback: {trouble}")
            self._say(f"回拨：FAILED, {trouble}")
        for outcome in outcomes:
            if outcome.trouble is None:
                await self._fenced(
                    outcome, gather_aftermath(outcome, self._admin, self._archive_folder)
                )
            if outcome.transcription == LEFT_OUT:
                self._say(f"{outcome.skill_group}：未转写，没有这种语言的识别模型，录音完整保存")
        return FloorReport(report=Report(outcomes=tuple(outcomes)), troubles=tuple(troubles))

    async def _fenced(self, outcome: Outcome, part: Any) -> None:
        try:
            await part
        except TROUBLES as trouble:
            outcome.trouble = str(trouble)
            self._say(f"call {outcome.call_id}: FAILED, {trouble}")

    # The floor -----------------------------------------------------------------------------------

    async def _open_floor(self) -> None:
        await until(self._readiness, lambda r: r["ready"] is True, SERVICE_LIMIT_S, "not ready")
        await self._admin.log_in(self._account.username, self._account.password)
        for kind, change in (
            ("groups", floor_rules.groups),
            ("posts", floor_rules.posts),
            ("routing", floor_rules.routing),
            ("directory", floor_rules.directory),
        ):
            await self._publish(kind, change)
        await self._world.reachable(FLOOR_LIMIT_S)
        for seat in self._seats:
            phone = self._world.phone(seat.seat_id)
            await phone.registered(FLOOR_LIMIT_S)
            await phone.answer_after(RING_S)
            session = self._operators[seat.seat_id]
            await session.log_in(seat.operator.username, seat.operator.password)
            await self._phone_seen(seat.seat_id)
            await session.post(f"/api/seats/{seat.seat_id}/sign-in")
            await self._ready(seat.seat_id)
        self._say(f"{len(self._seats)} seats are ready")

    async def _phone_seen(self, seat_id: str) -> None:
        await until(
            lambda: self._operators[seat_id].get(f"/api/seats/{seat_id}"),
            lambda shown: bool(shown["phone_reachable"]),
            FLOOR_LIMIT_S,
            f"the phone of seat {seat_id} was not seen",
        )

    async def _readiness(self) -> Json:
        try:
            ready: Json = await self._admin.get("/readyz")
        except (ApiRefused, OSError):
            return {"ready": False}
        return ready

    async def _publish(self, kind: str, change: Callable[[str], str]) -> None:
        holds = await self._admin.get(f"/api/rules/{kind}")
        if floor_rules.MARK in holds["body"]:
            return  # An earlier demonstration on this installation has published it.
        body = f"{change(holds['body'])}\n{floor_rules.MARK}\n"
        made = await self._admin.post(
            f"/api/rules/{kind}/publish",
            {"body": body, "note": "专席演示", "accept_warnings": True},
        )
        self._say(f"规则 {kind} 第 {made['version']} 版已发布")

    async def _ready(self, seat_id: str) -> None:
        """Whatever it is after a call: ready again."""
        session, place = self._operators[seat_id], f"/api/seats/{seat_id}"

        async def look() -> Json:
            shown: Json = await session.get(place)
            wanted = {"wrap_up": "finish-wrap-up", "not_ready": "ready"}.get(shown["state"])
            if wanted is not None:
                if shown["state"] == "wrap_up" and shown["call_id"] is not None:
                    code = {"code": "consultation"}
                    # Refused to a seat that has passed its call on: the outcome is the other one's.
                    await _unless_refused(session.post(f"/api/calls/{shown['call_id']}/code", code))
                await _unless_refused(session.post(f"{place}/{wanted}"))
            return shown

        await until(
            look, lambda s: s["state"] == "ready", FLOOR_LIMIT_S, f"seat {seat_id} is not ready"
        )

    # Calls ---------------------------------------------------------------------------------------

    async def _special_call(self, number: int, group: SpecialGroup, outcome: Outcome) -> None:
        script = _short(SCRIPTS[number % len(SCRIPTS)])
        citizen = await self._world.dial(outcome.caller_number, group.called_number)
        try:
            outcome.call_id = await self._find_call(outcome.caller_number)
            phone = await self._world.seat_of(citizen, outcome.call_id, COMMAND_LIMIT_S)
            outcome.answered, outcome.seat_id = True, phone.seat_id
            await self._say_why(group, outcome)
            await converse(script, citizen, phone, self._voice)
            if number == 0:
                await self._three_way(outcome.call_id, phone.seat_id, script)
            elif number == 1:
                await self._transfer(outcome.call_id, phone.seat_id, script)
        finally:
            await citizen.hang_up()
        served = {
            outcome.seat_id,
            (await self._admin.get(f"/api/calls/{outcome.call_id}"))["seat_id"],
        }
        for seat_id in served - {None}:
            await self._ready(str(seat_id))

    async def _say_why(self, group: SpecialGroup, outcome: Outcome) -> None:
        call = await self._admin.get(f"/api/calls/{outcome.call_id}")
        decision = await self._admin.get(f"/api/calls/{outcome.call_id}/decision")
        self._say(f"{group.called_number} {group.title}：{decision['sentence']}")
        if call["skill_group"] != group.code or outcome.seat_id != group.seat_id:
            raise DidNotHappen(f"{group.title} was not served by its seat")
        if not decision["sentence"]:
            raise DidNotHappen("the decision is not explained")

    async def _three_way(self, call_id: str, seat_id: str, script: Script) -> None:
        line = self._world.line(floor_rules.DEPARTMENT_NUMBER)
        await line.answer_after(RING_S)
        await self._operators[seat_id].post(
            f"/api/calls/{call_id}/invite",
            {"target": {"kind": "line", "code": floor_rules.DEPARTMENT}},
        )
        await line.talking(COMMAND_LIMIT_S)
        await self._call_is(call_id, lambda c: c["state"] == "conference", "no three-way call")
        self._say(f"三方通话：座席 {seat_id}、市民与供水值班室同时在线")
        await line.say(await self._voice(script, script.lines[0]))
        await line.hang_up()
        await self._call_is(call_id, lambda c: c["state"] == "talking", "the two do not go on")

    async def _transfer(self, call_id: str, seat_id: str, script: Script) -> None:
        target = next(s.seat_id for s in self._seats if s.seat_id != seat_id)
        await self._operators[seat_id].post(
            f"/api/calls/{call_id}/transfer", {"target": {"kind": "seat", "seat_id": target}}
        )
        await self._world.phone(target).talking(COMMAND_LIMIT_S)
        await self._call_is(
            call_id,
            lambda c: c["state"] == "talking" and c["seat_id"] == target,
            "the transfer did not arrive",
        )
        self._say(f"转接：座席 {seat_id} 将来电转至座席 {target}，录音与工单随行")
        await self._world.phone(target).say(await self._voice(script, script.lines[0]))

    async def _call_back(self, outcome: Outcome) -> None:
        """He gives up waiting, and is owed a call; a seat makes it."""
        for seat in self._seats:
            await self._operators[seat.seat_id].post(
                f"/api/seats/{seat.seat_id}/not-ready", {"reason": "training"}
            )
        citizen = await self._world.dial(outcome.caller_number, floor_rules.GENERAL_NUMBER)
        lost = await self._find_call(outcome.caller_number)
        await self._call_is(lost, lambda c: c["state"] == "queued", "he did not come into the line")
        await citizen.hang_up()
        await until(
            lambda: self._admin.get("/api/callbacks"),
            lambda a: any(
                task["caller_number"] == outcome.caller_number for task in a["callbacks"]
            ),
            COMMAND_LIMIT_S,
            "nobody owes him a call",
        )
        line = self._world.line(outcome.caller_number)
        await line.answer_after(RING_S)
        seat_id = self._seats[0].seat_id
        await self._ready(seat_id)
        await self._place_call(lost, outcome, seat_id)
        phone = self._world.phone(seat_id)
        await phone.talking(COMMAND_LIMIT_S)
        await line.talking(COMMAND_LIMIT_S)
        outcome.call_id = await self._find_call(outcome.caller_number)
        await self._call_is(outcome.call_id, lambda c: c["state"] == "talking", "no talk")
        self._say(f"回拨：座席 {seat_id} 已接通放弃排队的市民")
        await line.hang_up()
        await self._ready(seat_id)

    async def _place_call(self, lost: str, outcome: Outcome, seat_id: str) -> None:
        operator = self._operators[seat_id]
        try:
            await operator.post(f"/api/callbacks/{lost}/call", {"seat_id": seat_id})
        except ApiRefused as refused:
            if refused.body.get("code") != "callback-not-due":
                raise
            # By the rules nobody is called back at night; an operator may still call by hand.
            self._say("回拨：按规则夜间不自动回拨，改由座席点击外呼")
            await operator.post(
                "/api/calls-out",
                {"number": outcome.caller_number, "seat_id": seat_id, "first": "seat"},
            )

    async def _find_call(self, caller_number: str) -> str:
        def his(listed: Json) -> list[str]:
            return [c["call_id"] for c in listed["calls"] if c["caller_number"] == caller_number]

        listed = await until(
            lambda: self._admin.get("/api/calls?state=live"),
            lambda seen: bool(his(seen)),
            COMMAND_LIMIT_S,
            "the service did not show the call",
        )
        return his(listed)[0]

    async def _call_is(self, call_id: str, true: Callable[[Json], bool], otherwise: str) -> None:
        await until(
            lambda: self._admin.get(f"/api/calls/{call_id}"), true, COMMAND_LIMIT_S, otherwise
        )


async def _unless_refused(asked: Awaitable[Any]) -> None:
    """Ask; what is refused now is looked at again by whoever waits for what comes of it."""
    try:
        await asked
    except ApiRefused as refused:
        if refused.status not in (403, 409):
            raise


def _short(script: Script) -> Script:
    return replace(script, lines=LINES)
