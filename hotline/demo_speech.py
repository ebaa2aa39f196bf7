"""`hotline demo --scenario speech`: what the machine makes of one spoken call. 语音演示

    a citizen calls about a burst water pipe ──► an operator answers, both speak
        meanwhile, as they come: the transcript's lines, the cues, the prescribed sentences said
    he hangs up ──► the form: every field with its confidence and the span of audio that proves it
                ──► the traces of every demonstrated call: transcript, archived recording, draft

It runs beside the service and knows it only through SIP, REST and the archive folder.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hotline.api_client import ApiClient, ApiRefused
from hotline.demo import Demonstration, Say
from hotline.outside.aftermath import Json, Outcome, Report
from hotline.outside.cast import Account, DemoSeat, Session
from hotline.outside.conversation import Voice, speak_line
from hotline.outside.scripts import Script
from hotline.outside.speech_script import BURST_PIPE, ENOUGH, EXPECTED, SUMMARY_LENGTH
from hotline.outside.world import OutsideWorld
from orders.model import OrderField, RequestType, Urgency

LOOK_EVERY_S = 0.5
SIDES = {"citizen": "市民", "operator": "话务员", "third_party": "第三方", "supervisor": "班长"}
LEVELS = {"red": "红色提示", "amber": "黄色提示", "info": "提示"}
STATES = {"due": "应说", "said": "已说", "missed": "未说"}
FIELDS = {
    OrderField.CALLER_NAME: "诉求人",
    OrderField.CONTACT_NUMBER: "联系电话",
    OrderField.REQUEST_TYPE: "诉求类别",
    OrderField.EVENT_TYPE: "事件类型",
    OrderField.URGENCY: "紧急程度",
    OrderField.DISTRICT: "区县",
    OrderField.ADDRESS: "地址",
    OrderField.HAPPENED_AT: "发生时间",
    OrderField.PERSONS: "涉及对象",
    OrderField.WANT: "诉求目的",
    OrderField.CONTENT: "诉求内容",
    OrderField.SUMMARY: "摘要",
}
VALUES = {
    RequestType.CONSULTATION: "咨询",
    RequestType.HELP: "求助",
    RequestType.COMPLAINT: "投诉",
    RequestType.REPORT: "举报",
    RequestType.PRAISE: "表扬",
    RequestType.SUGGESTION: "意见建议",
    RequestType.GUIDANCE: "在线办理指导",
    Urgency.ORDINARY: "一般",
    Urgency.URGENT: "紧急",
    Urgency.VERY_URGENT: "非常紧急",
}
"""How a person reads the values that are codes. 取值"""
WARNING = frozenset({"red", "amber"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechReport:
    """What the machine made of the call. 语音演示报告"""

    report: Report
    fields: Mapping[str, Json] = field(default_factory=dict)
    cues: Sequence[Json] = ()
    sentences: Sequence[Json] = ()
    troubles: tuple[str, ...] = ()
    """What the form or the cues lack. 未完成事项"""

    @property
    def all_well(self) -> bool:
        return self.report.all_well and not self.troubles

    def to_line(self) -> str:
        """The JSON object that ends `hotline demo --json`, on one line, with the form and the cues."""
        told: Json = json.loads(self.report.to_line())
        for call in told["calls"]:
            call["order"] = {**(call["order"] or {}), "fields": dict(self.fields)}
            call["cues"] = list(self.cues)
            call["sentences"] = list(self.sentences)
        return json.dumps(told, ensure_ascii=False)


def right_fields(fields: Mapping[str, Json]) -> list[OrderField]:
    """Which of the five expected fields hold what the citizen said."""
    return [
        name
        for name, wanted in EXPECTED.items()
        if name in fields and wanted in str(fields[name]["value"])
    ]


def troubles_of(fields: Mapping[str, Json], cues: Sequence[Json]) -> tuple[str, ...]:
    """What is missing of a form that can go out, and of the warning; empty if nothing is."""
    found = []
    if not any(cue["level"] in WARNING and cue["kind"] == "danger" for cue in cues):
        found.append("no cue warned of the danger")
    right = right_fields(fields)
    if len(right) < ENOUGH:
        missing = ", ".join(name for name in EXPECTED if name not in right)
        found.append(f"only {len(right)} of {len(EXPECTED)} fields are right, not {missing}")
    summary = str(fields.get(OrderField.SUMMARY, {}).get("value", ""))
    shortest, longest = SUMMARY_LENGTH
    if not shortest <= len(summary) <= longest:
        found.append(f"the summary has {len(summary)} characters, not {shortest} to {longest}")
    return tuple(found)


class CallTold:
    """Tells of one call while it goes on: each line, cue and sentence once. 通话播报"""

    def __init__(self, session: Session, caller_number: str, say: Say) -> None:
        self._session = session
        self._caller_number = caller_number
        self._say = say
        self._call_id: str | None = None
        self._told: set[tuple[str, ...]] = set()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Tell what is new. Raises ApiRefused, OSError."""
        if self._call_id is None:
            listed = await self._session.get("/api/calls?state=live")
            self._call_id = next(
                (
                    call["call_id"]
                    for call in listed["calls"]
                    if call["caller_number"] == self._caller_number
                ),
                None,
            )
        if self._call_id is None:
            return
        place = f"/api/calls/{self._call_id}"
        for said in (await self._session.get(f"{place}/transcript"))["utterances"]:
            self._once(
                ("line", said["side"], str(said["starts_at_ms"])),
                f"{clock(said['starts_at_ms'])} {SIDES[said['side']]}：{said['written'] or said['text']}",
            )
        shown = await self._session.get(f"{place}/cues")
        for cue in shown["cues"]:
            self._once(
                ("cue", cue["cue_id"]),
                f"{clock(cue['starts_at_ms'])} 【{LEVELS[cue['level']]}】{cue['title']}",
            )
        for sentence in shown["sentences"]:
            self._once(
                ("sentence", sentence["sentence_id"], sentence["state"]),
                f"规范用语{STATES[sentence['state']]}：{sentence['text']}",
            )

    def _once(self, key: tuple[str, ...], line: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._say(line)


class SpeechDemonstration:
    """One spoken call and what becomes of it. 语音演示"""

    def __init__(
        self,
        demonstration: Demonstration,
        session: Session,
        supervisor: Account,
        say: Say,
        script: Script = BURST_PIPE,
    ) -> None:
        self._demonstration = demonstration
        self._session = session
        self._supervisor = supervisor
        self._say = say
        self._script = script

    async def play(self) -> SpeechReport:
        """The call and its form. Raises DidNotHappen, OutsideError, ApiRefused, OSError if the floor does not open."""
        await self._demonstration.open_floor()
        await self._session.log_in(self._supervisor.username, self._supervisor.password)
        telling = CallTold(self._session, self._script.caller_number, self._say)
        async with asyncio.TaskGroup() as group:
            told = group.create_task(telling.run(), name="telling of the call")
            report = await self._demonstration.play_calls(1)
            told.cancel()
        await telling.look()
        return await self._judged(report)

    async def _judged(self, report: Report) -> SpeechReport:
        outcome = report.outcomes[0]
        try:
            fields = await self._form(outcome)
            shown = await self._session.get(f"/api/calls/{outcome.call_id}/cues")
        except (ApiRefused, OSError) as trouble:
            return SpeechReport(report=report, troubles=(str(trouble),))
        troubles = troubles_of(fields, shown["cues"])
        for lack in troubles:
            self._say(f"FAILED, {lack}")
        return SpeechReport(
            report=report,
            fields=fields,
            cues=shown["cues"],
            sentences=shown["sentences"],
            troubles=troubles,
        )

    async def _form(self, outcome: Outcome) -> Mapping[str, Json]:
        if outcome.order is None:
            return {}
        order = await self._session.get(f"/api/orders/{outcome.order['id']}")
        fields: Mapping[str, Json] = order["fields"]
        self._say(f"工单 {order['order_id']}（机器填写，待话务员确认）")
        for name, title in FIELDS.items():
            if name in fields:
                value = VALUES.get(fields[name]["value"], fields[name]["value"])
                self._say(f"  {title}：{value}（{support(fields[name])}）")
        right = right_fields(fields)
        self._say(f"五要素（姓名、电话、地点、时间、事项）正确 {len(right)} 项")
        return fields


def support(filled: Json) -> str:
    """How sure a field is and where it was said: 可信度 0.81，依据 00:12–00:15."""
    sure = f"可信度 {filled['confidence']:.2f}"
    proof = filled["proof"]
    if proof is None:
        return sure
    return f"{sure}，依据 {clock(proof['starts_at_ms'])}–{clock(proof['ends_at_ms'])}"


def clock(position_ms: int) -> str:
    """A place in the recording as mm:ss."""
    minutes, seconds = divmod(position_ms // 1000, 60)
    return f"{minutes:02}:{seconds:02}"


async def play_speech(
    base_url: str,
    world: OutsideWorld,
    seat: DemoSeat,
    supervisor: Account,
    archive_folder: Path,
    say: Say,
    voice: Voice = speak_line,
) -> SpeechReport:
    """Play the call against a service at `base_url`. Raises as SpeechDemonstration.play() does."""
    demonstration = Demonstration(
        world,
        lambda: ApiClient(base_url),
        [seat],
        supervisor,
        archive_folder,
        say,
        scripts=[BURST_PIPE],
        voice=voice,
    )
    return await SpeechDemonstration(demonstration, ApiClient(base_url), supervisor, say).play()
