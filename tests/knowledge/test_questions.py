"""Taking a message apart."""

import pytest

from knowledge.questions import content_words, in_pages_words, names_in, split_questions


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("What does the Pro plan cost?", ("What does the Pro plan cost?",)),
        (
            "Hi, we are 40 support agents. What would Pro cost annually?",
            ("Hi, we are 40 support agents. What would Pro cost annually?",),
        ),
        (
            "We want to leave Zendesk. How long does it take?",
            ("We want to leave Zendesk. How long does it take?",),
        ),
        ("hello\nhow much is the Pro plan\nthanks", ("hello how much is the Pro plan",)),
        ("Thanks! Can you help?", ("Thanks! Can you help?",)),
    ],
)
def test_finds_what_is_asked(message: str, questions: tuple[str, ...]) -> None:
    assert split_questions(message).texts == questions


def test_asks_no_more_than_four_and_loses_none() -> None:
    message = " ".join(f"Do you support connector number {number}?" for number in range(9))
    found = split_questions(message)
    assert len(found.texts) == 4
    assert "number 8?" in found.texts[-1]
    assert found.are_asked


def test_keeps_the_words_that_say_the_topic() -> None:
    assert content_words("What's the price of 40 seats on your Pro plan, please?") == (
        "price", "40", "seats", "pro", "plan",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("Gibt es Rabatt?", "discount"),
        ("Où sont stockées nos données ?", "data"),
        ("¿Cuánto cuesta?", "price"),
        ("do you have sso", "single sign-on"),
    ],
)
def test_adds_what_pages_say(text: str, added: str) -> None:
    assert added in in_pages_words(text).removeprefix(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Do you deliver to Poland?", ["Poland"]),
        ("are you ISO 22000 or WCAG ready?", ["ISO", "WCAG"]),
        ("We are 35k people in Lyon. Is there a trial?", []),
        ("Liefert ihr die Ware auch am Wochenende in die Werkstatt?", []),
        ("Gibt es eine Anbindung an DATEV?", ["DATEV"]),
        ("do you ship by May?", []),
        ("can i", []),
    ],
)
def test_finds_the_names_in_what_is_asked(text: str, names: list[str]) -> None:
    assert names_in(text) == names
