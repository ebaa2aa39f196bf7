"""`hotline demo --scenario speech --json`: from the spoken word to the filled form. 语音演示"""

from pathlib import Path

from hotline.demo_speech import SIDES, right_fields
from hotline.outside.speech_script import ENOUGH, SUMMARY_LENGTH
from tests.live.demo_command import demo


async def test_the_speech_demo_fills_a_form_with_proofs_and_warns_of_the_danger(
    ready_var, short_path
):
    report, shown = await demo(ready_var, short_path, "--scenario", "speech")
    [call] = report["calls"]
    # The transcript, as it was told while they spoke.
    assert {one["side"] for one in call["utterances"]} == {"citizen", "operator"}
    for side in (SIDES["citizen"], SIDES["operator"]):
        assert f" {side}：" in shown
    # The warning.
    dangers = [cue for cue in call["cues"] if cue["kind"] == "danger"]
    assert dangers
    assert dangers[0]["title"] in shown
    assert any(sentence["state"] == "said" for sentence in call["sentences"])
    # The form: every field from the machine, with the audio that proves it.
    fields = call["order"]["fields"]
    assert len(right_fields(fields)) >= ENOUGH
    for filled in fields.values():
        assert filled["by"] == "machine"
        assert 0 < filled["confidence"] <= 1
    assert fields["address"]["proof"]["starts_at_ms"] < fields["address"]["proof"]["ends_at_ms"]
    assert SUMMARY_LENGTH[0] <= len(fields["summary"]["value"]) <= SUMMARY_LENGTH[1]
    assert call["order"]["summary"] == fields["summary"]["value"]
    assert Path(call["recording"]["path"]).exists()
