"""Other words for one text leave the rest of the document as somebody wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.problems import DocumentKind
from ivr.text_editing import tidy, with_words
from ivr.texts import read_texts
from seats.rule_versions import shipped

SHIPPED = shipped(DocumentKind.TEXTS).body
CODES = sorted(read_texts(SHIPPED)[0])
WRITTEN = """kind = "texts"
languages = ["zh", "en"]

# greeting
[[text]]
code = "hello"  # short
zh = "你好"  # the usual one

# leaving
[[text]]
code = "goodbye"
en = "Goodbye"
zh = "再见"
"""


def test_one_line_changes_and_every_other_stays():
    changed = with_words(WRITTEN, "goodbye", {"zh": '说“再见”或 "bye"\\'})
    old, new = WRITTEN.split("\n"), changed.split("\n")
    assert [n for n, line in enumerate(old) if line != new[n]] == [12]
    assert read_texts(changed)[0]["goodbye"].words["zh"] == '说“再见”或 "bye"\\'


def test_breaks_and_control_characters_become_blanks():
    changed = with_words(WRITTEN, "hello", {"zh": " 您好\n\t请\x07讲\x7f "})
    assert read_texts(changed)[0]["hello"].words["zh"] == "您好 请 讲"


def test_a_language_is_added_behind_the_others_and_taken_away():
    changed = with_words(WRITTEN, "hello", {"en": "Hello"})
    assert '# the usual one\nen = "Hello"\n\n# leaving' in changed
    assert read_texts(changed)[0]["hello"].words == {"zh": "你好", "en": "Hello"}
    assert with_words(changed, "hello", {"en": " "}) == WRITTEN


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        (WRITTEN, "never", {"zh": "x"}),
        (WRITTEN, "hello", {"ja": "x"}),
        (WRITTEN, "hello", {"z*": "x"}),
        (WRITTEN, "HELLO", {"zh": "x"}),
        (WRITTEN.replace('zh = "再见"', 'zh = """\n再见\n"""'), "goodbye", {"zh": "x"}),
        (WRITTEN.replace('zh = "再见"', 'zh = "再见'), "hello", {"zh": "x"}),
    ],
)
def test_what_cannot_be_changed_so_is_left_to_its_author(document, code, words):
    assert with_words(document, code, words) is None


@given(st.sampled_from(CODES), st.text(min_size=1, max_size=60).filter(tidy))
def test_whatever_is_written_is_read_back_and_no_other_text_changes(code, said):
    changed = with_words(SHIPPED, code, {"zh": said})
    before, after = read_texts(SHIPPED)[0], read_texts(changed)[0]
    assert after[code].words == {**before[code].words, "zh": tidy(said)}
    assert all(after[one].words == before[one].words for one in CODES if one != code)
    assert changed.count("\n") == SHIPPED.count("\n")
