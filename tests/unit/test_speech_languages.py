"""The language of a call's skill group decides who takes it down, and whether anybody does."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from asr.events import Side, TranscriptFinished, TranscriptionLeftOut, UtteranceHeard
from asr.languages import SpokenLanguages
from asr.models import model_folder
from asr.settings import AsrSettings
from cti.call import Call, CallState
from cti.events import (
    CallAnswered,
    CallArrived,
    CallEnded,
    PartyRecordingStarted,
    PartyRole,
    RecordingStarted,
)
from cti.ids import LegId, SeatId
from hotline.config import ConfigError, read_config
from hotline.speech import DIALECT, CallLanguages, language_of_group
from seats.rule_documents.groups import read_groups
from tests.fakes.recognisers import ToyHouse, quiet, said
from tests.unit.test_speech_desk import CALL, HUNG_UP, SEAT, Memory, Stage, at, at_work, unfinished

LEG = LegId("node1-1772438400.9")


def opening(answered_ms: int = 0):
    return (
        CallArrived(at=at(0), call_id=CALL, caller_number="13800001234", called_number="12345"),
        RecordingStarted(at=at(0), call_id=CALL),
        CallAnswered(at=at(answered_ms), call_id=CALL, seat_id=SEAT, waited_ms=0),
    )


def ended(ms: int) -> CallEnded:
    return CallEnded(at=at(ms), call_id=CALL, talked_ms=ms, ending=HUNG_UP)


async def test_a_call_in_a_language_without_a_model_is_left_out_once_and_nobody_waits(tmp_path):
    stage = Stage(tmp_path)
    stage.language = DIALECT
    stage.leg(Side.CITIZEN, said("路灯", 1000))
    own = PartyRecordingStarted(at=at(100), call_id=CALL, leg_id=LEG, role=PartyRole.SEAT, who=SEAT)
    for event in (*opening(), own, own, opening(500)[-1], ended(1000)):
        stage.desk.on_event(event)
    async with at_work(stage.desk):
        await stage.finished.wait()
    assert [type(event) for event in stage.told] == [TranscriptionLeftOut, TranscriptFinished]
    assert stage.told[0].language == DIALECT
    assert stage.house.connections == []
    assert stage.desk.load.left_out == {DIALECT: 1}


async def test_from_the_line_of_a_group_with_a_model_on_he_is_taken_down(tmp_path):
    stage = Stage(tmp_path)
    stage.language = DIALECT
    stage.leg(Side.CITIZEN, said("没人", 2000) + said("路灯", 1000))
    stage.leg(Side.OPERATOR, said("没人", 2000) + said("你好", 500) + quiet(500))
    for event in opening():
        stage.desk.on_event(event)
    stage.language = "zh"  # back in the line, of another group
    stage.desk.on_event(
        CallAnswered(at=at(2000), call_id=CALL, seat_id=SeatId("8002"), waited_ms=500)
    )
    stage.desk.on_event(ended(3000))
    async with at_work(stage.desk):
        await stage.finished.wait()
    assert stage.utterances == [("citizen", "路灯", 2000, 3000), ("operator", "你好", 2000, 2500)]
    assert sum(isinstance(event, TranscriptionLeftOut) for event in stage.told) == 1


async def test_each_language_has_its_own_recognisers_also_within_a_call(tmp_path):
    stage = Stage(tmp_path)
    english = ToyHouse()
    chinese, stage.house.languages = stage.house.recognisers, {"zh"}
    stage.house.recognisers = lambda language: english if language == "en" else chinese(language)
    stage.leg(Side.CITIZEN, said("路灯", 1000) + said("没人", 1000) + said("修", 1000))
    for event in opening():
        stage.desk.on_event(event)
    for ms, language in ((1000, "en"), (2000, "csl")):
        stage.language = language
        stage.desk.on_event(
            CallAnswered(at=at(ms), call_id=CALL, seat_id=SeatId("8002"), waited_ms=0)
        )
        async with at_work(stage.desk):
            pass
    stage.desk.on_event(ended(3000))
    async with at_work(stage.desk):
        await stage.finished.wait()
    heard = [(e.text, e.language) for e in stage.told if isinstance(e, UtteranceHeard)]
    assert heard == [("路灯", "zh"), ("没人", "en")]
    assert len(english.connections) == 1


@pytest.mark.parametrize(("language", "told"), [(DIALECT, 0), ("zh", 1)])
async def test_a_service_started_again_does_not_tell_again_what_is_left_out(
    tmp_path, language, told
):
    stage = Stage(tmp_path, Memory([unfinished(left_out=True)]))
    stage.language = language
    stage.leg(Side.CITIZEN, said("路灯", 1000))
    stage.desk.on_event(ended(1000))
    async with at_work(stage.desk):
        await stage.finished.wait()
    assert len(stage.utterances) == told
    assert not any(isinstance(event, TranscriptionLeftOut) for event in stage.told)


def test_a_model_that_is_missing_broken_or_foreign_leaves_out_its_language_only(tmp_path):
    broken = tmp_path / "models" / "broken"
    shutil.copytree(model_folder("demo", tmp_path), broken)
    (broken / "am" / "final.mdl").write_bytes(b"nonsense")
    foreign = tmp_path / "models" / "foreign"
    foreign.mkdir()
    (foreign / "pytorch_model.bin").write_bytes(b"?")
    chosen = {"zh": "demo", "en": "nowhere", "ja": "broken", "ko": "foreign", "ru": "../etc"}
    spoken = SpokenLanguages(
        AsrSettings(language_servers={"vi": ("ws://10.0.0.7:2700",)}), chosen, tmp_path
    )
    assert spoken.unusable == {
        "en": "model-missing",
        "ja": "model-unusable",
        "ko": "model-unusable",
        "ru": "unknown-model",
    }
    assert {each for each in (*chosen, "vi", "xx") if spoken.recognisers(each)} == {"zh", "vi"}
    assert len(spoken.workers) == 1


GROUPS = """
kind = "groups"
[[group]]
code = "general"
name = "综合"
[[group]]
code = "local"
name = "方言"
kind = "dialect"
[[group]]
code = "deaf"
name = "手语"
kind = "sign"
language = "csl"
[[group]]
code = "tokyo"
name = "日语"
kind = "foreign"
language = "ja"
"""


@pytest.mark.parametrize(
    ("group", "language"),
    [("general", "zh"), ("local", DIALECT), ("deaf", "csl"), ("tokyo", "ja"), ("gone", "zh")],
)
def test_the_rules_say_what_is_spoken_in_a_group(group, language):
    groups, _ = read_groups(GROUPS)
    assert language_of_group(groups, group) == language


def test_a_call_of_no_group_is_in_chinese():
    groups, _ = read_groups(GROUPS)
    when = datetime.fromisoformat("2026-03-02T08:00:00+00:00")
    call = Call(
        call_id=CALL, caller_number="", called_number="", arrived_at=when, state=CallState.TALKING
    )
    languages = CallLanguages(lambda: {CALL: call}, lambda: groups)
    assert languages.of(CALL) == "zh"


def test_languages_are_configured_as_tables(tmp_path: Path):
    file = tmp_path / "hotline.toml"
    file.write_text('[asr.models]\nen = "small-en"\n[asr.language_servers]\nja = ["ws://h:1"]\n')
    settings = read_config(file).asr
    assert (settings.models, settings.language_servers) == (
        {"en": "small-en"},
        {"ja": ("ws://h:1",)},
    )
    file.write_text("[asr.models]\nen = 3\n")
    with pytest.raises(ConfigError, match=r"asr\.models\.en"):
        read_config(file)
    file.write_text("[asr]\nmodels = 3\n")
    with pytest.raises(ConfigError, match=r"asr\.models must be a table"):
        read_config(file)
