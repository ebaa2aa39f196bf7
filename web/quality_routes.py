"""/api/calls/{id}/cues, /api/cues, /api/signals, /api/quality, /api/words, /api/sentences. 提示与质检

What was found are spoken words: shown to whoever may hear the call. Signals, counts and reruns are for
shift leaders and inspectors.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, StrictBool

from asr.events import Side
from cti.call import Call
from quality.errors import CueUnknown
from quality.events import CueKind, SpeechMeasured
from quality.model import Rerun
from quality.records import CueRecord, SentenceMoment, SignalRecord
from seats.rule_documents.sentences import Sentence
from web.access import House, Viewer, require, require_hearing, seat_through_which
from web.call_routes import find
from web.ports import Role, Services
from web.views import Json, instant

router = APIRouter(prefix="/api", tags=["quality"])

Limit = Annotated[int, Query(ge=1, le=1000)]
TO_REVIEW = "to_review"
"""Every signal waits for a person. 待复核"""


class Judgement(BaseModel):
    """Whether the machine was wrong. 判定"""

    model_config = ConfigDict(extra="forbid")
    false_alarm: StrictBool = True


class Period(BaseModel):
    """Calls that arrived from `since` on and before `until`. 时段"""

    model_config = ConfigDict(extra="forbid")
    since: AwareDatetime
    until: AwareDatetime


@router.get("/calls/{call_id}/cues")
async def cues_of_call(call_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """What the machine noticed in the call, its sentences and measures. 通话提示"""
    call = await find(call_id, house)
    require_hearing(viewer, seat_through_which(viewer, call))
    return await _of_call(call, house)


@router.post("/calls/{call_id}/cues/{cue_id}/judge")
async def judge(
    call_id: str, cue_id: str, judgement: Judgement, house: House, viewer: Viewer
) -> dict[str, Any]:
    """Mark a cue as a false alarm, or take the mark back. 标记误报"""
    call = await find(call_id, house)
    require_hearing(viewer, seat_through_which(viewer, call))
    await house.live.all_written()
    known = await house.quality.records.cues_of(call.call_id)
    if all(one.cue.cue_id != cue_id for one in known):
        raise CueUnknown
    house.quality.cues.judge(
        call.call_id, cue_id, viewer.username, false_alarm=judgement.false_alarm
    )
    await house.live.all_written()
    return await _of_call(call, house)


@router.get("/cues")
async def newest_cues(
    house: House,
    viewer: Viewer,
    since: AwareDatetime | None = None,
    kind: CueKind | None = None,
    limit: Limit = 100,
) -> dict[str, Any]:
    """Cues of all calls, newest first. 全部提示"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.quality.records.newest_cues(since, kind, limit)
    return {"cues": [_cue(one) for one in found]}


@router.get("/signals")
async def signals(
    house: House,
    viewer: Viewer,
    rule: str | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Limit = 200,
) -> dict[str, Any]:
    """What inspectors should look at, of calls of a period; never a verdict. 质检信号"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.quality.records.signals(rule, since, until, limit)
    return {"signals": [signal_view(one) for one in found]}


@router.get("/words/hits")
async def word_hits(
    house: House, viewer: Viewer, since: AwareDatetime | None = None
) -> dict[str, Any]:
    """How often each listed word was heard, and how often that was a false alarm. 词条命中"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR, Role.ADMINISTRATOR)
    found = await house.quality.records.word_hits(since)
    rules = house.quality.rules()
    titles = {one.code: one.title for one in rules.words.entries}
    return {
        "version": rules.words_version,
        "words": [
            {
                "code": one.code,
                "word": one.word,
                "kind": one.kind.value,
                # An entry that has left the lists keeps the title its cues had.
                "title": titles.get(one.code, one.title),
                "hits": one.hits,
                "judged": one.judged,
                "false_alarms": one.false_alarms,
            }
            for one in found
        ],
    }


@router.get("/sentences")
async def sentences(house: House, viewer: Viewer) -> dict[str, Any]:  # noqa: ARG001
    """The prescribed sentences that hold. 规范用语"""
    rules = house.quality.rules()
    return {
        "version": rules.sentences_version,
        "sentences": [
            {
                "sentence_id": one.sentence_id,
                "scene": one.scene,
                "text": one.in_city(rules.city),
                "trigger": one.trigger,
                "must": one.must,
            }
            for one in rules.sentences
        ],
    }


@router.get("/sentences/counts")
async def sentence_counts(
    house: House, viewer: Viewer, since: AwareDatetime | None = None
) -> dict[str, Any]:
    """How often each sentence was shown, said and missed. 用语统计"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    found = await house.quality.records.sentence_counts(since)
    return {
        "sentences": [
            {
                "sentence_id": one.sentence_id,
                "shown": one.shown,
                "said": one.said,
                "missed": one.missed,
            }
            for one in found
        ]
    }


@router.get("/quality/reruns")
async def reruns(house: House, viewer: Viewer) -> dict[str, Any]:
    """Those since the service started, newest first. 重新检测"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    return {"reruns": [_rerun(one) for one in house.quality.reruns.reruns]}


@router.post("/quality/reruns", status_code=201)
async def start_rerun(period: Period, house: House, viewer: Viewer) -> dict[str, Any]:
    """Go through the calls of a period again with the lists that hold now. 开始重新检测"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    return _rerun(await house.quality.reruns.start(period.since, period.until, viewer.username))


@router.get("/quality/reruns/{rerun_id}")
async def one_rerun(rerun_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """How far it has come. 检测进度"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    return _rerun(house.quality.reruns.rerun(rerun_id))


@router.post("/quality/reruns/{rerun_id}/cancel")
async def cancel_rerun(rerun_id: str, house: House, viewer: Viewer) -> dict[str, Any]:
    """Stop it; what was done stays. 停止检测"""
    require(viewer, Role.SUPERVISOR, Role.INSPECTOR)
    return _rerun(house.quality.reruns.cancel(rerun_id, viewer.username))


async def _of_call(call: Call, house: Services) -> Json:
    records = house.quality.records
    rules = house.quality.rules()
    known = {one.sentence_id: one for one in rules.sentences}
    return {
        "cues": [_cue(one) for one in await records.cues_of(call.call_id)],
        "sentences": [
            _moment(one, known.get(one.sentence_id), rules.city)
            for one in await records.moments_of(call.call_id)
        ],
        "measures": _measures(await records.measures_of(call.call_id)),
    }


def _cue(record: CueRecord) -> Json:
    cue = record.cue
    return {
        "cue_id": cue.cue_id,
        "call_id": cue.call_id,
        "seat_id": record.seat_id,
        "kind": cue.kind.value,
        "level": cue.level.value,
        "code": cue.code,
        "title": cue.title,
        "advice": cue.advice,
        **_place(cue.side, cue.starts_at_ms, cue.ends_at_ms),
        "found": cue.found,
        "word": cue.word,
        "version": cue.version,
        "false_alarm": record.false_alarm,
        "judged_by": record.judged_by,
        "at": instant(cue.at),
    }


def _moment(moment: SentenceMoment, sentence: Sentence | None, city: str) -> Json:
    unsaid = "missed" if moment.missed else "due"
    start, end = moment.said or (None, None)
    return {
        "sentence_id": moment.sentence_id,
        "scene": "" if sentence is None else sentence.scene,
        "text": "" if sentence is None else sentence.in_city(city),
        "state": unsaid if moment.said is None else "said",
        "shown": moment.shown,
        "must": moment.must or (sentence is not None and sentence.must),
        "at_ms": moment.at_ms,
        "starts_at_ms": start,
        "ends_at_ms": end,
    }


def _measures(measured: SpeechMeasured | None) -> Json | None:
    if measured is None:
        return None
    return {
        "operator_chars_per_min": measured.operator_chars_per_min,
        "citizen_chars_per_min": measured.citizen_chars_per_min,
        "operator_ms": measured.operator_ms,
        "citizen_ms": measured.citizen_ms,
        "talk_over_ms": measured.talk_over_ms,
        "talk_overs": measured.talk_overs,
        "longest_silence_ms": measured.longest_silence_ms,
    }


def signal_view(record: SignalRecord) -> Json:
    signal = record.signal
    return {
        "signal_id": signal.signal_id,
        "call_id": signal.call_id,
        "seat_id": record.seat_id,
        "arrived_at": instant(record.arrived_at),
        "rule": signal.rule,
        "version": signal.version,
        "title": signal.title,
        **_place(signal.side, signal.starts_at_ms, signal.ends_at_ms),
        "found": signal.found,
        "word": signal.word,
        "state": TO_REVIEW,
    }


def _place(side: Side, starts_at_ms: int, ends_at_ms: int) -> Json:
    return {"side": side.value, "starts_at_ms": starts_at_ms, "ends_at_ms": ends_at_ms}


def _rerun(rerun: Rerun) -> Json:
    return {
        "id": rerun.rerun_id,
        "since": instant(rerun.since),
        "until": instant(rerun.until),
        "by": rerun.by,
        "started_at": instant(rerun.started_at),
        "ended_at": instant(rerun.ended_at),
        "cancelled_by": rerun.cancelled_by,
        "calls": rerun.calls,
        "done": rerun.done,
        "unchanged": rerun.unchanged,
        "signals": rerun.signals,
    }
