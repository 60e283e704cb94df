import pytest

from agent.conversation import LONGEST_TEXT
from agent.takeover import checked


def test_a_reps_words_lose_the_blanks_around_them() -> None:
    assert checked("  Hello\nAda \n") == "Hello\nAda"


def test_the_longest_text_is_allowed() -> None:
    assert len(checked("x" * LONGEST_TEXT)) == LONGEST_TEXT


@pytest.mark.parametrize(("text", "has"), [("", "0"), (" \n", "0"), ("x" * 8_001, "8,001")])
def test_an_empty_or_endless_text_is_refused(text: str, has: str) -> None:
    with pytest.raises(ValueError, match=f"Write 1 to 8,000 characters; this has {has}"):
        checked(text)
