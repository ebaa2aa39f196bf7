"""When a word came to the screen, measured from when it was spoken."""

from asr.training.voices import Spoken
from bench.speech_exam.timed_speech import TimedSound, syllable_ends_ms
from bench.speech_exam.watching import Shown, delays_of

SOUND = TimedSound(text="路灯坏了", pcm=bytes(16_000), ends_ms=(200, 400, 600, 800))


def shown(at_s, text, *words) -> Shown:
    return Shown(
        at_s=at_s, side="citizen", text=text, final=bool(words), starts_at_ms=0, words=words
    )


def test_a_word_is_there_when_the_first_partial_shows_it():
    came = [shown(10.5, "路灯"), shown(10.9, "路灯坏了"), shown(11.6, "路灯坏了", "路灯", "坏了")]
    delays = delays_of([(SOUND, 10.0)], came)
    assert [round(ms) for ms in delays.first_ms] == [100, 100]
    assert [round(ms) for ms in delays.final_ms] == [1200, 800]
    assert delays.never == 0


def test_a_word_that_no_partial_showed_comes_with_the_final():
    delays = delays_of([(SOUND, 10.0)], [shown(11.6, "路灯坏了", "路灯", "坏了")])
    assert delays.first_ms == delays.final_ms


def test_a_word_that_was_wrong_before_counts_from_when_it_is_right():
    came = [shown(10.5, "路等"), shown(10.7, "路灯坏"), shown(11.0, "路灯坏了", "路灯", "坏了")]
    delays = delays_of([(SOUND, 10.0)], came)
    assert [round(ms) for ms in delays.first_ms] == [300, 200]


def test_words_that_stay_wrong_are_not_measured():
    delays = delays_of([(SOUND, 10.0)], [shown(11.0, "路等坏了", "路等", "坏了")])
    assert (len(delays.first_ms), delays.never) == (1, 1)


def test_a_sentence_of_two_finals_is_one_sentence():
    came = [
        shown(10.6, "路灯", "路灯"),
        shown(10.9, "坏了"),
        shown(11.5, "坏了", "坏了"),
    ]
    delays = delays_of([(SOUND, 10.0)], came)
    assert [round(ms) for ms in delays.first_ms] == [200, 100]
    assert [round(ms) for ms in delays.final_ms] == [200, 700]


def test_a_word_said_twice_is_not_shown_before_it_is_said():
    again = TimedSound(text="路灯坏了", pcm=bytes(16_000), ends_ms=(200, 400, 600, 800))
    came = [
        shown(10.5, "路灯"),
        shown(11.0, "路灯坏了", "路灯", "坏了"),
        shown(20.6, "路灯坏了"),
        shown(21.5, "路灯坏了", "路灯", "坏了"),
    ]
    delays = delays_of([(SOUND, 10.0), (again, 20.0)], came)
    assert [round(ms) for ms in delays.first_ms] == [100, 200, 200, -200]


def phonemes(*names: str) -> list[Spoken]:
    return [Spoken(name, n / 10, (n + 1) / 10) for n, name in enumerate(names)]


def test_a_syllable_ends_with_its_vowel_or_a_closing_n():
    spoken = phonemes("s", "a", "n", "t", "iE", "n", "_:", "l", "@")
    assert syllable_ends_ms(["s", "a55", "n", "t", "iE214", "n", "l", "@11"], spoken) == (
        300, 600, 900,
    )  # fmt: skip


def test_an_n_before_a_vowel_opens_the_next_syllable():
    assert syllable_ends_ms(["t", "a55", "n", "a214"], phonemes("t", "a", "n", "a")) == (200, 400)


def test_names_of_another_sound_give_no_ends():
    assert syllable_ends_ms(["t", "a55"], phonemes("t", "o")) == ()
