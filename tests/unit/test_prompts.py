"""Prompts are made when something they are made of has changed, and only then."""

import wave
from pathlib import Path

import numpy as np
import pytest

from hotline.sounds.hold_music import provide_hold_music
from hotline.sounds.prompts import (
    PromptListWrong,
    PromptMade,
    StudioRecordingBroken,
    as_spoken,
    make_prompts,
    read_prompt_list,
    read_studio_recording,
    run_prompts_command,
)
from hotline.sounds.sound import from_pcm

PRODUCT_LIST = Path(__file__).parents[2] / "asterisk-conf/prompts.toml"


def prompt_list(folder: Path, text: str) -> Path:
    path = folder / "prompts.toml"
    path.write_text(text, encoding="utf-8")
    return path


def texts_with_notice(folder: Path, text: str) -> Path:
    return prompt_list(folder, text + 'recording-notice = "全程录音"\n')


def make(texts: Path, folder: Path) -> list[PromptMade]:
    return [p for p in make_prompts(texts, folder) if p.name != "recording-notice"]


def studio_wav(
    path: Path, *, rate_hz: int = 44100, channels: int = 2, seconds: float = 1.0
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    one = 8000 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(2)
        recording.setframerate(rate_hz)
        recording.writeframes(np.repeat(one.astype("<i2"), channels).tobytes())


def test_a_second_time_nothing_is_made(tmp_path):
    texts = texts_with_notice(tmp_path, '[zh]\na = "您好"\nb = "再见"\n')
    assert [p.changed for p in make(texts, tmp_path)] == [True, True]
    made = make(texts, tmp_path)
    assert [p.changed for p in made] == [False, False]
    assert all(p.path.exists() and p.duration_ms > 500 for p in made)


def test_only_the_changed_text_is_made_anew(tmp_path):
    make(texts_with_notice(tmp_path, '[zh]\na = "您好"\nb = "再见"\n'), tmp_path)
    made = make(texts_with_notice(tmp_path, '[zh]\na = "您好"\nb = "回见"\n'), tmp_path)
    assert [(p.name, p.changed) for p in made] == [("a", False), ("b", True)]


def test_another_voice_makes_everything_anew(tmp_path):
    make(texts_with_notice(tmp_path, '[zh]\na = "您好"\n'), tmp_path)
    slower = texts_with_notice(tmp_path, '[voice]\nwords_per_minute = 120\n[zh]\na = "您好"\n')
    assert [p.changed for p in make(slower, tmp_path)] == [True]


def test_a_file_somebody_removed_comes_back(tmp_path):
    texts = texts_with_notice(tmp_path, '[zh]\na = "您好"\n')
    make(texts, tmp_path)[0].path.unlink()
    assert [p.changed for p in make(texts, tmp_path)] == [True]


def test_a_studio_recording_takes_the_place_of_the_voice_and_gives_it_back(tmp_path):
    texts = texts_with_notice(tmp_path, '[zh]\na = "您好"\n')
    make(texts, tmp_path)
    studio_wav(tmp_path / "studio/a.wav", seconds=2.0)
    first, again = make(texts, tmp_path)[0], make(texts, tmp_path)[0]
    assert (first.source, first.changed, first.duration_ms) == ("studio", True, 2000)
    assert (again.source, again.changed) == ("studio", False)
    (tmp_path / "studio/a.wav").unlink()
    back = make(texts, tmp_path)[0]
    assert (back.source, back.changed) == ("voice", True)


def test_a_broken_studio_recording_is_named_and_the_voice_stays(tmp_path):
    texts = texts_with_notice(tmp_path, '[zh]\na = "您好"\n')
    before = make(texts, tmp_path)[0].path.read_bytes()
    (tmp_path / "studio/a.wav").write_bytes(b"this is no wav file")
    made = make(texts, tmp_path)[0]
    assert (made.source, made.changed) == ("voice", False)
    assert "a.wav" in made.problem
    assert made.path.read_bytes() == before
    said: list[str] = []
    assert run_prompts_command(texts, tmp_path, said.append) == 1
    assert any("a.wav" in line for line in said)


@pytest.mark.parametrize(
    "broken", [b"", b"RIFF", b"ID3\x04 an mp3 in disguise", b"RIFF\xff\xff\xff\xffWAVEfmt "]
)
def test_files_that_only_look_like_recordings_are_refused(tmp_path, broken):
    (tmp_path / "x.wav").write_bytes(broken)
    with pytest.raises(StudioRecordingBroken):
        read_studio_recording(tmp_path / "x.wav")


def test_a_silent_recording_is_refused(tmp_path):
    with wave.open(str(tmp_path / "x.wav"), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(bytes(32000))
    with pytest.raises(StudioRecordingBroken):
        read_studio_recording(tmp_path / "x.wav")


@pytest.mark.parametrize(("rate_hz", "channels"), [(48000, 2), (44100, 1), (8000, 1), (16000, 2)])
def test_every_usual_studio_format_comes_out_alike(tmp_path, rate_hz, channels):
    studio_wav(tmp_path / "x.wav", rate_hz=rate_hz, channels=channels)
    samples = from_pcm(read_studio_recording(tmp_path / "x.wav"))
    assert samples.size == 8000
    assert abs(10 * np.log10((samples**2).mean()) + 20) < 0.2


def test_numbers_are_spoken_figure_by_figure():
    assert as_spoken("欢迎致电12345热线，20分钟") == "欢迎致电幺二三四五热线，二零分钟"


@pytest.mark.parametrize(
    "text",
    [
        '[zh]\n"../x" = "您好"\n',
        "[zh]\na = 1\n",
        '[zh]\na = " "\n',
        'zh = "您好"\n',
        "[voice]\nspeed = 1\n",
        "[",
    ],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path, text):
    with pytest.raises(PromptListWrong):
        read_prompt_list(prompt_list(tmp_path, text))


def test_a_list_without_the_recording_notice_is_refused(tmp_path):
    with pytest.raises(PromptListWrong, match="recording-notice"):
        make_prompts(prompt_list(tmp_path, '[zh]\na = "您好"\n'), tmp_path)


def test_the_products_own_list_tells_the_caller_that_he_is_recorded():
    _, prompts = read_prompt_list(PRODUCT_LIST)
    texts = {p.name: p.text for p in prompts if p.language == "zh"}
    assert "全程录音" in texts["recording-notice"]
    assert {"all-seats-busy", "please-wait", "goodbye", "try-later"} <= set(texts)


def test_hold_music_is_made_once_and_a_citys_own_is_left_alone(tmp_path):
    music = provide_hold_music(tmp_path / "ours") / "hotline.sln"
    made_at = music.stat().st_mtime_ns
    provide_hold_music(tmp_path / "ours")
    assert music.stat().st_mtime_ns == made_at
    assert music.stat().st_size == 48 * 16000
    (tmp_path / "city").mkdir()
    (tmp_path / "city/anthem.wav").write_bytes(b"RIFF")
    provide_hold_music(tmp_path / "city")
    assert [f.name for f in (tmp_path / "city").iterdir()] == ["anthem.wav"]
