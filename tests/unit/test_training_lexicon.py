"""Syllables, phones and pronunciations."""

import pytest

from asr.training.lexicon import build_lexicon, usual_reading
from asr.training.phones import output_count, output_map, phones_of_outputs
from asr.training.syllables import Syllable, all_phones, phones_of, take_apart


@pytest.mark.parametrize(
    ("written", "syllable"),
    [
        ("zhong1", Syllable("zh", "ong", 1)),
        ("shi4", Syllable("sh", "ih", 4)),
        ("si4", Syllable("s", "iz", 4)),
        ("ji3", Syllable("j", "i", 3)),
        ("xue2", Syllable("x", "ve", 2)),
        ("nü3", Syllable("n", "v", 3)),
        ("lüe4", Syllable("l", "ve", 4)),
        ("yuan2", Syllable("", "van", 2)),
        ("wo3", Syllable("", "uo", 3)),
        ("bo1", Syllable("b", "uo", 1)),
        ("er4", Syllable("", "er", 4)),
        ("de", Syllable("d", "e", 5)),
        ("hm5", None),
        ("ng2", None),
        ("zhong6", None),
        ("", None),
    ],
)
def test_a_syllable_is_taken_apart(written, syllable):
    assert take_apart(written) == syllable


def test_a_word_with_something_unspeakable_has_no_phones():
    assert phones_of(("lu4", "deng1")) == ("l", "u4", "d", "eng1")
    assert phones_of(("hm5", "deng1")) is None


def test_finals_have_two_outputs_and_initials_one_and_none_is_shared():
    outputs = output_map()
    assert set(all_phones()) == set(outputs) - {"SIL", "NSN"}
    assert len(outputs["zh"]) == 1
    assert len(outputs["ong1"]) == 2
    every = [output for some in outputs.values() for output in some]
    assert sorted(every) == list(range(output_count()))


def test_phones_are_counted_as_kaldi_counts_them():
    phones = phones_of_outputs({"SIL": (0,), "NSN": (1,), "m": (2,), "a1": (3, 4)})
    assert [(phone.name, phone.number) for phone in phones.all] == [
        ("SIL", 1), ("NSN", 2), ("m_B", 3), ("m_I", 4),
        ("a1_B", 5), ("a1_E", 6), ("a1_I", 7), ("a1_S", 8),
    ]  # fmt: skip
    numbers = [one for phone in phones.all for pair in phone.transitions for one in pair]
    assert numbers == list(range(1, len(numbers) + 1))
    assert phones.word_boundaries().splitlines()[4:] == [
        "5 begin", "6 end", "7 internal", "8 singleton",
    ]  # fmt: skip


def test_the_lexicon_has_words_of_the_domain_and_of_general_chinese_with_their_readings():
    general = {"路灯": 50, "银行": 100, "行": 900, "行走": 10, "的": 10_000}
    lexicon = build_lexicon(["路灯", "便民热线", "wifi"], general, None)
    assert set(lexicon.readings) == {"路灯", "便民热线", "银行", "行走", *"路灯银行走的"}
    assert lexicon.readings["银行"] == (("yin2", "hang2"),)
    assert {("xing2",), ("hang2",)} <= set(lexicon.readings["行"])
    assert lexicon.pronunciations()["路灯"] == (("l", "u4", "d", "eng1"),)
    assert all(probability > 0 for probability in lexicon.general.values())
    assert lexicon.general["的"] > lexicon.general["银行"] > lexicon.general["便民热线"]


def test_what_the_voice_says_is_a_reading_too():
    class Reader:
        def reading(self, text, expected):
            return ("bian4", "yi2") if text == "便宜" else None

    lexicon = build_lexicon(["便宜", "路灯"], {}, Reader())
    assert lexicon.readings["便宜"] == (usual_reading("便宜"), ("bian4", "yi2"))
    assert lexicon.readings["路灯"] == (("lu4", "deng1"),)
