import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.speech import LONGEST_SENTENCE, SentenceBuffer


def cut(*pieces: str) -> list[str]:
    buffer = SentenceBuffer()
    done = [sentence for piece in pieces for sentence in buffer.add(piece)]
    return done + buffer.flush()


def test_gives_each_sentence_with_the_space_that_follows_it() -> None:
    assert cut("One. Two? Three! Four") == ["One. ", "Two? ", "Three! ", "Four"]


def test_waits_until_the_next_sentence_has_begun() -> None:
    buffer = SentenceBuffer()
    assert buffer.add("It costs $3.") == []
    assert buffer.add("50 a month. ") == []
    assert buffer.add("And") == ["It costs $3.50 a month. "]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("It costs $3.", True),
        ("It costs $3", False),
        ("It costs ", False),
        ("He said “yes.”", True),
    ],
)
def test_tells_what_looks_like_an_end(said: str, *, expected: bool) -> None:
    buffer = SentenceBuffer()
    buffer.add(said)
    assert buffer.is_at_an_end is expected


@pytest.mark.parametrize(
    "text",
    [
        "Use a tool, e.g. Crewpine, today",
        "It takes approx. 3 weeks",
        "Prices incl. VAT apply",
        "Das kostet z.B. 42 Euro",
        "Ask Dr. Holm about it",
        "It is 3.5 times faster",
        "1. Import your sites",
    ],
)
def test_does_not_cut_within_a_sentence(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize("end", ["teams", "America", "terms", "zinc", "no", "piano"])
def test_a_word_that_ends_like_an_abbreviation_ends_its_sentence(end: str) -> None:
    assert cut(f"That is {end}. Next") == [f"That is {end}. ", "Next"]


def test_items_of_a_list_are_sentences_that_keep_their_marks() -> None:
    assert cut("- one\n- two\n1. three\n2. four") == ["- one\n", "- two\n", "1. three\n", "2. four"]


def test_a_sentence_ends_after_its_closing_quotation_mark() -> None:
    assert cut("He said “yes.” Then left.") == ["He said “yes.” ", "Then left."]


def test_a_text_without_an_end_is_cut_at_the_longest_sentence() -> None:
    assert [len(part) for part in cut("x" * 2_500)] == [LONGEST_SENTENCE, LONGEST_SENTENCE, 500]


def test_blanks_alone_are_no_sentence() -> None:
    assert cut("  \n ", "\n") == []


WORDS = st.text(st.sampled_from("ab. !?\n-*1“”)…"), max_size=60) | st.text(max_size=60)


@settings(max_examples=200, deadline=None)
@given(WORDS, st.data())
def test_sentences_together_are_the_text_however_it_is_chunked(
    text: str, data: st.DataObject
) -> None:
    marks = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]
    assert "".join(cut(*pieces)) == (text if text.strip() else "")


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_the_cuts_do_not_depend_on_the_chunks(text: str) -> None:
    assert cut(*text) == cut(text)
