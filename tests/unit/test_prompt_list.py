"""The sounds that must be made: all that any step can ask for, and none twice."""

from datetime import date

from hotline.sounds.names import NAME
from ivr.prompt_list import needed_sounds
from ivr.texts import read_texts, sounds_of
from tests.fakes.shipped_flows import shipped_texts

VALUES = {
    "place": 102, "least": 2, "most": 22, "order": "20261121-000042", "day": date(2026, 11, 21),
    "state": "state-accepted", "need": "housing-fund",
}  # fmt: skip


def test_whatever_is_said_is_in_the_list_in_either_language():
    sounds = needed_sounds(shipped_texts())
    assert set(sounds) == {"zh", "en"}
    for code, text in shipped_texts().items():
        for language in text.words:
            said = sounds_of(shipped_texts(), code, language, VALUES)
            assert said
            assert set(said) <= set(sounds[language]), code


def test_every_sound_has_a_plain_file_name_and_words_for_its_voice():
    for sounds in needed_sounds(shipped_texts()).values():
        assert all(NAME.fullmatch(name) for name in sounds)
        assert all(one.words.strip() for one in sounds.values())
    menu = needed_sounds(shipped_texts())["zh"]["main-menu-2"]
    assert (menu.words, menu.language) == ("For English, press 8.", "en")


def test_a_value_that_is_missing_leaves_the_words_around_it():
    assert sounds_of(shipped_texts(), "place", "zh", {}) == ("place-1", "place-3")
    assert sounds_of(shipped_texts(), "never-written", "zh", {}) == ("never-written",)


def test_a_language_that_a_text_does_not_have_is_spoken_in_the_first_it_has():
    said = sounds_of(shipped_texts(), "main-menu", "en", {})
    assert said == ("main-menu-1", "main-menu-2", "main-menu-3")


def test_parts_of_values_are_made_only_where_a_value_is_spoken():
    texts, _ = read_texts('kind = "texts"\n[[text]]\ncode = "a"\nzh = "您好"\n')
    assert set(needed_sounds(texts)["zh"]) == {"a"}
