"""The published lists of words and sentences: what is read, and every mistake by its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.problems import DocumentKind, Severity, errors_in
from seats.phrases import Phrase, hits_in, squeezed
from seats.rule_documents.sentences import read_sentences
from seats.rule_documents.words import LISTS, WordLists, read_words
from seats.rule_versions import shipped

WORDS = shipped(DocumentKind.WORDS).body
SENTENCES = shipped(DocumentKind.SENTENCES).body
DANGER = '[[danger]]\ncode = "fire"\ntitle = "着火"\nlevel = "urgent"\nwords = ["着火"]\n'
SENTENCE = (
    '[[sentence]]\nid = "P01"\nscene = "开头语"\ntext = "您好"\ntrigger = "answered"\n'
    'patterns = ["您好"]\n'
)


def test_what_is_shipped_is_whole():
    lists, problems = read_words(WORDS)
    assert problems == []
    assert all(getattr(lists, name) for name in LISTS)
    titles = {phrase.title for phrase in lists.danger}
    assert {
        "燃气泄漏",
        "着火",
        "轻生",
        "触电",
        "溺水",
        "塌方坍塌",
        "有人被困",
        "中毒",
        "事故",
    } <= titles
    assert all(phrase.advice for phrase in lists.danger)
    sentences, problems = read_sentences(SENTENCES)
    assert problems == []
    ids = {one.sentence_id for one in sentences}
    assert {f"P{number:02}" for number in range(1, 22)} | {"C01", "C02"} <= ids


@pytest.mark.parametrize(
    "text",
    ["你怎么不早说", "你听懂了没有", "不是跟你说了吗", "我怎么知道", "这不归我们管", "你自己看",
     "可能吧", "大概吧", "应该是吧", "不清楚", "随便", "没办法"],
)  # fmt: skip
def test_every_slip_that_the_standard_forbids_is_listed(text):
    lists, _ = read_words(WORDS)
    assert list(hits_in(text, lists.inspected))


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ('kind = "words"\n[[danger]\n', 2, "syntax"),
        (f'kind = "codes"\n{DANGER}', 1, "kind-wrong"),
        (f'kind = "words"\n{DANGER}colour = "red"\n', 7, "key-unknown"),
        (f'kind = "words"\n{DANGER}{DANGER}', 8, "code-twice"),
        ('kind = "words"\n' + DANGER.replace("fire", "Fire"), 3, "code-invalid"),
        ('kind = "words"\n' + DANGER.replace("fire", "dead-air"), 3, "code-reserved"),
        ('kind = "words"\n' + DANGER.replace('"urgent"', '"red"'), 5, "value-invalid"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', "[]"), 6, "value-missing"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', '["，"]'), 6, "word-empty"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', '["…"]'), 6, "word-empty"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', f'["{"火" * 41}"]'), 6, "value-too-long"),
        ('kind = "words"\n' + DANGER.replace('"着火"\n', f'"{"火" * 61}"\n'), 4, "value-too-long"),
        (f'kind = "words"\n[limits]\ndead_air_s = 1\n{DANGER}', 3, "value-out-of-range"),
    ],
)
def test_a_mistake_in_the_words_is_named_with_its_line(text, line, code):
    _, problems = read_words(text)
    assert (line, code) in [(one.line, one.code) for one in errors_in(problems)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('kind = "words"\n', "dangers-missing"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', '["火"]'), "word-short"),
        ('kind = "words"\n' + DANGER.replace('["着火"]', '["着火", "着 火"]'), "word-twice"),
    ],
)
def test_what_is_only_doubtful_is_a_warning(text, code):
    _, problems = read_words(text)
    assert [(one.code, one.severity) for one in problems] == [(code, Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (f'kind = "sentences"\n{SENTENCE}{SENTENCE}', 9, "code-twice"),
        ('kind = "sentences"\n' + SENTENCE.replace("P01", "开头"), 3, "code-invalid"),
        ('kind = "sentences"\n' + SENTENCE.replace("answered", "sunrise"), 6, "value-invalid"),
        (
            'kind = "sentences"\n' + SENTENCE.replace('"您好"\n', '"{town}您好"\n', 1),
            5,
            "variable-unknown",
        ),
        ('kind = "sentences"\n' + SENTENCE.replace('["您好"]', "[]"), 7, "value-missing"),
        ('kind = "sentences"\n' + SENTENCE.replace('["您好"]', '["|"]'), 7, "word-empty"),
        (f'kind = "sentences"\n{SENTENCE}must = 1\n', 8, "value-invalid"),
        (f'kind = "sentences"\n{SENTENCE}within_s = -1\n', 8, "value-out-of-range"),
    ],
)
def test_a_mistake_in_the_sentences_is_named_with_its_line(text, line, code):
    _, problems = read_sentences(text)
    assert (line, code) in [(one.line, one.code) for one in errors_in(problems)]


def test_a_document_of_too_many_words_is_refused():
    words = ", ".join(f'"词{number:05}"' for number in range(5001))
    _, problems = read_words('kind = "words"\n' + DANGER.replace('"着火"]', f"{words}]"))
    assert "too-many-words" in [one.code for one in problems]


TEXT = st.text(alphabet="着火煤气没有漏味…。 ()[*\\.+\x00😀a", max_size=30)


@given(text=TEXT, words=st.lists(TEXT, max_size=4), unless=st.lists(TEXT, max_size=2))
def test_no_list_and_no_text_break_the_search_and_a_hit_lies_in_the_text(text, words, unless):
    phrase = Phrase(
        code="x", title="x", words=tuple(words), unless=tuple(unless), negations=("没有",)
    )
    heard = squeezed(text)
    for hit in hits_in(heard, [phrase]):
        assert 0 <= hit.start < hit.end <= len(heard)
        assert hit.word in words


@given(text=TEXT)
def test_a_denied_word_never_counts(text):
    phrase = Phrase(code="x", title="x", words=("着火",), negations=("没有",))
    denied = squeezed(text.replace("着", "")) + "没有着火"
    assert list(hits_in(denied, [phrase])) == []


def test_an_unread_document_has_no_words_at_all():
    assert read_words("[")[0] == WordLists()
