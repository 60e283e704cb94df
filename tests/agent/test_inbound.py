"""What a form or mail says, and which it is."""

from typing import Any

import pytest

from agent.conversation import LONGEST_TEXT, MessageSource
from agent.inbound import (
    CUT,
    Inbound,
    Sender,
    in_parts,
    key_of,
    may_join,
    own_part,
    read_letter,
    read_sender,
    sender_id,
    words_of,
)

QUOTED = {
    "en": "Yes, for 40 people.\n\nOn Mon, 2 Mar 2026 at 10:00, Sales <s@x.example> wrote:\n> How many?",
    "de": "Ja, für 40 Leute.\n\nAm Mo., 2. März 2026 um 10:00 schrieb Sales <s@x.example>:\n> Wie viele?",
    "es": "Sí, para 40 personas.\n\nEl lun, 2 mar 2026 a las 10:00, Sales (<s@x.example>) escribió:\n> ¿Cuántas?",
    "fr": "Oui, pour 40 personnes.\n\nLe lun. 2 mars 2026 à 10:00, Sales <s@x.example> a écrit :\n> Combien ?",
    "pt": "Sim, para 40 pessoas.\n\nEm seg., 2 de mar. de 2026 às 10:00, Sales <s@x.example> escreveu:\n> Quantas?",
    "nl": "Ja, voor 40 mensen.\n\nOp ma 2 mrt 2026 om 10:00 schreef Sales <s@x.example>:\n> Hoeveel?",
}


def a_mail(text: str = "What is it?", **changes: Any) -> Inbound:
    given: dict[str, Any] = {"source": MessageSource.EMAIL, "external_id": "1", "sender": Sender()}
    return Inbound(**{**given, "text": text, **changes})


@pytest.mark.parametrize("language", QUOTED)
def test_what_is_quoted_is_not_said_in_six_languages(language: str) -> None:
    assert own_part(QUOTED[language]) == QUOTED[language].split("\n")[0]


def test_a_signature_is_not_said() -> None:
    assert own_part("What is it?\n\n-- \nDana Weiss\nHead of Operations") == "What is it?"


def test_words_between_quotes_are_said() -> None:
    assert own_part("> How many?\n40.\n> By when?\nMarch.") == "40.\nMarch."


def test_a_mail_that_only_quotes_is_said_whole() -> None:
    assert own_part("> Old words\n> and more") == "> Old words\n> and more"


def test_a_mail_too_long_to_read_ends_in_a_mark() -> None:
    assert own_part("many words " * 3_000).endswith(CUT)


def test_the_subject_of_a_mail_that_begins_something_is_said_first() -> None:
    assert words_of(a_mail(subject="Quote for 200 seats")) == "Quote for 200 seats\n\nWhat is it?"


@pytest.mark.parametrize(
    "subject", ["Re: Quote", "AW: Angebot", "RE[2]: Quote", "Sv: x", "What is it?"]
)
def test_the_subject_of_a_reply_is_not(subject: str) -> None:
    assert words_of(a_mail(subject=subject)) == "What is it?"


def test_a_forms_subject_is_said_only_where_it_is_all() -> None:
    form = a_mail(source=MessageSource.FORM, subject="Contact form")
    assert words_of(form) == "What is it?"
    assert words_of(a_mail("", source=MessageSource.FORM, subject="Call me")) == "Call me"


def test_a_form_is_never_cut_for_what_looks_quoted() -> None:
    assert words_of(a_mail("Seats:\n> 40", source=MessageSource.FORM)) == "Seats:\n> 40"


def test_parts_break_at_paragraphs_and_lose_nothing() -> None:
    words = "\n\n".join("word " * 500 for _ in range(5)).strip()
    parts = list(in_parts(words))
    assert all(len(part) <= LONGEST_TEXT for part in parts)
    assert " ".join(parts).split() == words.split()


def test_one_endless_word_is_cut_all_the_same() -> None:
    parts = list(in_parts("x" * 20_000))
    assert all(len(part) <= LONGEST_TEXT for part in parts)
    assert "".join(parts) == "x" * 20_000


def test_at_most_three_parts_are_said_and_the_last_tells_of_more() -> None:
    parts = list(in_parts("word " * 20_000))
    assert (len(parts), parts[-1][-len(CUT) :]) == (3, CUT)
    assert len(parts[-1]) <= LONGEST_TEXT


def test_the_language_is_that_of_the_words_unless_it_is_told() -> None:
    german = "Guten Tag, was kostet das für vierzig Techniker im Jahr?"
    assert read_letter(a_mail(german), None, 20).locale == "de"
    assert read_letter(a_mail(german, locale="fr-FR"), None, 20).locale == "fr-FR"


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        ("dana@nordlift.example", "", Sender("dana@nordlift.example")),
        ("Dana <Dana@Nordlift.example>", "", Sender("dana@nordlift.example", "Dana")),
        (
            "Dana <dana@nordlift.example>",
            "Dana Weiss",
            Sender("dana@nordlift.example", "Dana Weiss"),
        ),
        ("Dana <dana@x>", "", Sender("", "Dana")),
        ("Dana Weiss", "", Sender("", "Dana Weiss")),
        ("", "", Sender()),
    ],
)
def test_reads_who_sent_it(written: str, name: str, expected: Sender) -> None:
    assert read_sender(written, name) == expected


def test_a_mails_id_is_the_same_with_and_without_brackets() -> None:
    assert key_of(MessageSource.EMAIL, "<a@b>") == key_of(MessageSource.EMAIL, "a@b")
    assert key_of(MessageSource.FORM, "<a@b>") != key_of(MessageSource.FORM, "a@b")


def test_the_mail_that_is_replied_to_comes_before_those_above_it() -> None:
    headers = {"in-reply-to": ("<3@x>",), "references": ("<1@x> <2@x>\r\n <3@x>",)}
    assert a_mail(headers=headers).references == ("email:3@x", "email:2@x", "email:1@x")


def test_who_sends_is_named_by_a_secret() -> None:
    assert sender_id("a", "dana@x.example") == sender_id("a", "dana@x.example")
    assert sender_id("a", "dana@x.example") != sender_id("b", "dana@x.example")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("dana@nordlift.example", True),
        ("erik@nordlift.example", True),
        ("erik@other.example", False),
    ],
)
def test_colleagues_may_join_a_conversation(other: str, *, expected: bool) -> None:
    assert may_join("dana@nordlift.example", other, frozenset()) is expected


def test_people_at_a_public_provider_are_no_colleagues() -> None:
    assert not may_join("a@gmail.com", "b@gmail.com", frozenset())
