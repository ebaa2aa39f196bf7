"""Prompts are made when something they are made of has changed, and only then."""

import errno
import wave
from pathlib import Path

import numpy as np
import pytest

from hotline.installation import provide_prompts
from hotline.places import Places
from hotline.sounds import prompts as making
from hotline.sounds.command import report
from hotline.sounds.errors import (
    PromptDiskFull,
    StudioRecordingBroken,
    TextsWithoutNotice,
    VoiceListWrong,
)
from hotline.sounds.hold_music import provide_hold_music
from hotline.sounds.manifest import Made, read_manifest
from hotline.sounds.names import sound_path
from hotline.sounds.prompts import make_prompts
from hotline.sounds.sound import from_pcm, spoken_level_dbfs
from hotline.sounds.spoken_figures import as_spoken
from hotline.sounds.studio import (
    drop_studio_recording,
    keep_studio_recording,
    read_studio_recording,
)
from hotline.sounds.voices import Voice, read_voices, voice_of
from ivr.texts import read_texts
from tests.fakes.shipped_flows import shipped_texts

PRODUCT_VOICES = Path(__file__).parents[2] / "asterisk-conf/prompts.toml"
VOICES = {"zh": Voice(name="cmn"), "en": Voice(name="en")}
NOTICE = '[[text]]\ncode = "recording-notice"\nnotice = true\nzh = "全程录音"\n'
HELLO = '[[text]]\ncode = "a"\nzh = "您好"\nen = "Hello"\n'
BYE = '[[text]]\ncode = "b"\nzh = "再见"\n'


def texts_of(*entries: str):
    found, problems = read_texts(
        'kind = "texts"\nlanguages = ["zh", "en"]\n' + "".join((NOTICE, *entries))
    )
    assert problems == []
    return found


def make(folder: Path, *entries: str, voices=VOICES) -> list[Made]:
    made = make_prompts(texts_of(*entries), voices, folder)
    return [one for one in made if one.name != "recording-notice"]


def changed(made: list[Made]) -> list[str]:
    return sorted(f"{one.language}/{one.name}" for one in made if one.changed)


def studio_wav(
    path: Path, *, rate_hz: int = 44100, channels: int = 2, seconds: float = 1.0, loud: int = 8000
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    one = loud * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(2)
        recording.setframerate(rate_hz)
        recording.writeframes(np.repeat(one.astype("<i2"), channels).tobytes())
    return path


def test_a_second_time_nothing_is_made(tmp_path):
    assert changed(make(tmp_path, HELLO, BYE)) == ["en/a", "zh/a", "zh/b"]
    made = make(tmp_path, HELLO, BYE)
    assert changed(made) == []
    for one in made:
        assert one.duration_ms > 500
        size = sound_path(tmp_path, one.language, one.name).stat().st_size
        assert size // 16 == one.duration_ms


def test_only_the_changed_text_is_made_anew(tmp_path):
    make(tmp_path, HELLO, BYE)
    assert changed(make(tmp_path, HELLO, BYE.replace("再见", "回见"))) == ["zh/b"]


def test_another_voice_makes_its_own_language_anew(tmp_path):
    make(tmp_path, HELLO)
    slower = {**VOICES, "en": Voice(name="en", words_per_minute=120)}
    assert changed(make(tmp_path, HELLO, voices=slower)) == ["en/a"]


def test_a_file_somebody_removed_comes_back(tmp_path):
    make(tmp_path, HELLO)
    sound_path(tmp_path, "zh", "a").unlink()
    assert changed(make(tmp_path, HELLO)) == ["zh/a"]


def test_an_english_sentence_within_a_chinese_text_is_spoken_by_the_english_voice(
    tmp_path, monkeypatch
):
    spoken, real = [], making.utter

    def utter(text, rate_hz, voice, *how):
        spoken.append((text, voice))
        return real(text, rate_hz, voice, *how)

    monkeypatch.setattr(making, "utter", utter)
    menu = '[[text]]\ncode = "menu"\nzh = "查询请按2，{en|For English, press 8.}人工请按0。"\n'
    made = make(tmp_path, menu)
    assert changed(made) == ["zh/menu-1", "zh/menu-2", "zh/menu-3"]
    assert spoken[1:] == [
        ("查询请按二，", "cmn"),
        ("For English, press 8.", "en"),
        ("人工请按零。", "cmn"),
    ]


def test_parts_of_numbers_stand_close_together(tmp_path):
    made = make(tmp_path, '[[text]]\ncode = "place"\nzh = "第{place:number}位"\n')
    lengths = {one.name: one.duration_ms for one in made}
    assert lengths["say-n-2"] < 400
    assert len(lengths) > 150


def test_a_studio_recording_takes_the_place_of_the_voice_and_gives_it_back(tmp_path):
    make(tmp_path, HELLO)
    studio_wav(tmp_path / "studio/a.wav", seconds=2.0)
    (first,) = [one for one in make(tmp_path, HELLO) if one.language == "zh"]
    assert (first.source, first.changed, first.duration_ms) == ("studio", True, 2000)
    assert changed(make(tmp_path, HELLO)) == []
    assert drop_studio_recording(tmp_path, "zh", "a")
    assert not drop_studio_recording(tmp_path, "zh", "a")
    back = {one.language: one for one in make(tmp_path, HELLO)}
    assert (back["zh"].source, back["zh"].changed) == ("voice", True)


def test_each_language_has_its_own_studio_recordings(tmp_path):
    content = studio_wav(tmp_path / "x.wav", seconds=3.0).read_bytes()
    keep_studio_recording(tmp_path, "en", "a", content)
    sources = {one.language: one.source for one in make(tmp_path, HELLO)}
    assert sources == {"zh": "voice", "en": "studio"}


def test_a_chinese_recording_may_lie_in_a_folder_zh_and_gives_way_to_an_upload(tmp_path):
    old = studio_wav(tmp_path / "studio/zh/b.wav", seconds=2.0)
    assert [one.duration_ms for one in make(tmp_path, BYE)] == [2000]
    new = studio_wav(tmp_path / "x.wav", seconds=3.0).read_bytes()
    keep_studio_recording(tmp_path, "zh", "b", new)
    assert not old.exists()
    assert [one.duration_ms for one in make(tmp_path, BYE)] == [3000]
    studio_wav(old, seconds=2.0)
    assert drop_studio_recording(tmp_path, "zh", "b")
    assert [one.source for one in make(tmp_path, BYE)] == ["voice"]


def test_a_recording_that_no_text_asks_for_can_be_played_too(tmp_path):
    studio_wav(tmp_path / "studio/anthem.wav", seconds=2.0)
    (anthem,) = make(tmp_path)
    assert (anthem.name, anthem.source, anthem.text) == ("anthem", "studio", "")
    (tmp_path / "studio/anthem.wav").write_bytes(b"no wav")
    (anthem,) = make(tmp_path)
    assert "anthem.wav" in anthem.problem
    assert sound_path(tmp_path, "zh", "anthem").stat().st_size == 32000


def test_a_broken_studio_recording_is_named_and_the_voice_stays(tmp_path):
    make(tmp_path, BYE)
    before = sound_path(tmp_path, "zh", "b").read_bytes()
    (tmp_path / "studio").mkdir()
    (tmp_path / "studio/b.wav").write_bytes(b"this is no wav file")
    (made,) = make(tmp_path, BYE)
    assert (made.source, made.changed) == ("voice", False)
    assert "b.wav" in made.problem
    assert sound_path(tmp_path, "zh", "b").read_bytes() == before
    said: list[str] = []
    assert report([made], said.append) == 1
    assert any("b.wav" in line for line in said)


def test_a_recording_that_is_refused_leaves_the_one_before_it(tmp_path):
    good = studio_wav(tmp_path / "x.wav").read_bytes()
    path = keep_studio_recording(tmp_path, "zh", "a", good)
    for bad in (b"", b"RIFF", studio_wav(tmp_path / "y.wav", loud=20).read_bytes()):
        with pytest.raises(StudioRecordingBroken, match=r"a\.wav"):
            keep_studio_recording(tmp_path, "zh", "a", bad)
    assert path.read_bytes() == good
    assert sorted(one.name for one in path.parent.rglob("*.wav")) == ["a.wav"]


@pytest.mark.parametrize(
    "broken", [b"", b"RIFF", b"ID3\x04 an mp3 in disguise", b"RIFF\xff\xff\xff\xffWAVEfmt "]
)
def test_files_that_only_look_like_recordings_are_refused(tmp_path, broken):
    (tmp_path / "x.wav").write_bytes(broken)
    with pytest.raises(StudioRecordingBroken):
        read_studio_recording(tmp_path / "x.wav")


@pytest.mark.parametrize(
    "wrong",
    [
        {"loud": 0},
        {"loud": 60},
        {"seconds": 0.05},
        {"seconds": 121, "rate_hz": 8000},
        {"rate_hz": 4000},
    ],
)
def test_a_recording_that_is_silent_too_short_too_long_or_too_coarse_is_refused(tmp_path, wrong):
    with pytest.raises(StudioRecordingBroken):
        read_studio_recording(studio_wav(tmp_path / "x.wav", **wrong))


@pytest.mark.parametrize(("rate_hz", "channels"), [(48000, 2), (44100, 1), (8000, 1), (16000, 2)])
def test_every_usual_studio_format_comes_out_alike(tmp_path, rate_hz, channels):
    sound = read_studio_recording(
        studio_wav(tmp_path / "x.wav", rate_hz=rate_hz, channels=channels)
    )
    samples = from_pcm(sound.pcm)
    assert samples.size == 8000
    assert abs(10 * np.log10((samples**2).mean()) + 20) < 0.2


def test_loud_and_quiet_come_out_equally_loud(tmp_path):
    studio_wav(tmp_path / "studio/a.wav", loud=30000)
    studio_wav(tmp_path / "studio/b.wav", loud=300)
    made = make_prompts(texts_of(HELLO, BYE), VOICES, tmp_path)
    came, now = [one.came_dbfs for one in made], [one.level_dbfs for one in made]
    assert max(came) - min(came) > 30
    assert max(now) - min(now) < 1
    for one in made:
        samples = from_pcm(sound_path(tmp_path, one.language, one.name).read_bytes())
        assert abs(spoken_level_dbfs(samples, 8000) - one.level_dbfs) < 0.1


def test_on_a_full_disk_all_old_sounds_stay_and_the_disk_is_named(tmp_path, monkeypatch):
    make(tmp_path, HELLO, BYE)
    before = {one: one.read_bytes() for one in tmp_path.rglob("*.sln")}
    room, real = [1], making.staged

    def full(path, content):
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        room.pop()
        return real(path, content)

    monkeypatch.setattr(making, "staged", full)
    with pytest.raises(PromptDiskFull, match=str(tmp_path)):
        make(tmp_path, HELLO.replace("您好", "早上好").replace("Hello", "Morning"), BYE)
    assert {one: one.read_bytes() for one in tmp_path.rglob("*.sln")} == before
    assert list(tmp_path.rglob("*.part")) == []
    monkeypatch.undo()
    assert changed(make(tmp_path, HELLO, BYE)) == []


def test_a_language_whose_voice_does_not_exist_is_named_and_the_others_are_made(tmp_path):
    made = {one.language: one for one in make(tmp_path, HELLO, voices={"en": Voice(name="nobody")})}
    assert made["zh"].source == "voice"
    assert (made["en"].source, made["en"].duration_ms) == ("", 0)
    assert "nobody" in made["en"].problem
    assert report(list(made.values()), lambda _: None) == 1


def test_an_unreadable_manifest_only_costs_the_making(tmp_path):
    make(tmp_path, HELLO)
    for garbage in ("{", '{"zh/a": "voice:1"}', '{"sounds": [{"name": "a"}]}'):
        (tmp_path / "manifest.json").write_text(garbage, encoding="utf-8")
        assert read_manifest(tmp_path) == {}
        assert changed(make(tmp_path, HELLO)) == ["en/a", "zh/a"]


def test_numbers_are_spoken_figure_by_figure():
    assert as_spoken("欢迎致电12345热线，20分钟") == "欢迎致电幺二三四五热线，二零分钟"


@pytest.mark.parametrize(
    "text",
    [
        '["../x"]\nname = "cmn"\n',
        '[zh]\nvoice = "cmn"\n',
        "[zh]\npitch = 50\n",
        '[zh]\nname = "cmn"\npitch = 200\n',
        '[zh]\nname = "cmn"\nwords_per_minute = "fast"\n',
        'zh = "cmn"\n',
        "[",
    ],
)
def test_a_list_of_voices_that_cannot_be_used_is_named(tmp_path, text):
    path = tmp_path / "prompts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(VoiceListWrong, match=r"prompts\.toml"):
        read_voices(path)


def test_every_language_of_the_product_has_a_voice_and_any_other_has_espeaks_own():
    voices = read_voices(PRODUCT_VOICES)
    assert {language for text in shipped_texts().values() for language in text.words} <= set(voices)
    assert voice_of(voices, "fr").name == "fr"
    assert voice_of({}, "zh").name == "cmn"


def test_texts_without_the_recording_notice_are_refused(tmp_path):
    texts, _ = read_texts('kind = "texts"\n[[text]]\ncode = "a"\nzh = "您好"\n')
    with pytest.raises(TextsWithoutNotice, match="recording-notice"):
        make_prompts(texts, VOICES, tmp_path)


def test_a_start_with_a_sick_disk_goes_on_with_the_sounds_of_before(tmp_path, monkeypatch):
    places = Places(tmp_path)
    body = f'kind = "texts"\n{NOTICE}'
    real = making.staged

    def full(_path, _content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(making, "staged", full)
    with pytest.raises(PromptDiskFull):
        provide_prompts(places, lambda _: None, body)  # nobody could be told of the recording
    monkeypatch.setattr(making, "staged", real)
    provide_prompts(places, lambda _: None, body)
    monkeypatch.setattr(making, "staged", full)
    said: list[str] = []
    provide_prompts(places, said.append, body.replace("全程录音", "本次通话将录音"))
    assert "prompt-disk-full" in said[0]
    assert sound_path(places.prompts, "zh", "recording-notice").exists()


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
