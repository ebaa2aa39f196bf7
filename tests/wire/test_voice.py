"""Synthetic speech is understood by the demonstration's own recogniser."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import vosk

from hotline.places import ROOT
from hotline.sounds.sound import level_dbfs
from hotline.sounds.voice import VoiceUnknown, speak

SENTENCE = "我家楼下的路灯坏了三天没人修"


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(ROOT / "asr/demo_model"))


def understood(model: vosk.Model, pcm: bytes, rate_hz: int) -> str:
    recogniser = vosk.KaldiRecognizer(model, rate_hz)
    recogniser.AcceptWaveform(pcm + bytes(2 * rate_hz))
    return json.loads(recogniser.FinalResult())["text"].replace(" ", "")


@pytest.mark.parametrize(
    ("rate_hz", "voice", "pitch"), [(8000, "cmn", 50), (16000, "cmn", 50), (8000, "cmn+f2", 60)]
)
def test_what_is_spoken_is_understood(model, rate_hz, voice, pitch):
    pcm = speak(SENTENCE, rate_hz, voice, pitch=pitch)
    assert understood(model, pcm, rate_hz) == SENTENCE
    assert 2.5 < len(pcm) / 2 / rate_hz < 5
    assert -22 < level_dbfs(pcm) < -19


def test_speed_changes_the_length_and_nothing_else(model):
    slow, fast = (speak(SENTENCE, words_per_minute=w) for w in (140, 200))
    assert len(slow) > 1.2 * len(fast)
    assert understood(model, slow, 8000) == understood(model, fast, 8000) == SENTENCE


def test_an_unknown_voice_is_named_and_the_next_sentence_is_spoken():
    with pytest.raises(VoiceUnknown):
        speak(SENTENCE, voice="no-such-voice")
    assert speak(SENTENCE)


def test_nothing_to_say_is_no_sound():
    assert speak(" ") == b""


def test_several_threads_do_not_mix_their_voices(model):
    sentences = [SENTENCE, "欢迎致电", "路灯坏了", "没人修"]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(speak, sentences * 3))
    assert [understood(model, pcm, 8000) for pcm in together] == sentences * 3


def test_another_process_says_the_same(model):
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from hotline.sounds.voice import speak; sys.stdout.buffer.write(speak(sys.argv[1]))",
            SENTENCE,
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert understood(model, said.stdout, 8000) == SENTENCE
