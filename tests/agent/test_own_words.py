from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.own_words import own_words

REPLY = """Hi Anna,

looks good. What would 40 seats cost?

Best regards,
Tom Miller
Head of Procurement, ACME Ltd

On Mon, 3 Nov 2026 at 10:22, Anna <anna@example.com> wrote:
> Hi Tom, shall I send the contract?
> Regards
"""
GERMAN = """passt das für 12 Leute?

Mit freundlichen Grüßen
Klaus Weber

Am 3.11.2026 um 10:22 schrieb Anna <a@example.de>:
> Wollen Sie eine Demo?
"""
OUTLOOK = """yes please, go ahead

From: Anna <anna@example.com>
Sent: Monday
To: Tom
Subject: RE: quote

Shall I book a demo?
"""


@pytest.mark.parametrize(
    ("mail", "kept", "dropped"),
    [
        (REPLY, "What would 40 seats cost?", ("Procurement", "contract", "wrote:")),
        (GERMAN, "passt das für 12 Leute?", ("Klaus", "Demo", "schrieb")),
        (OUTLOOK, "yes please, go ahead", ("book a demo", "From:")),
        ("see below\n\n-- \nTom\nCFO, Acme", "see below", ("CFO",)),
        ("> your price?\nno thanks", "no thanks", ("price",)),
        ("can you quote this\n\n---------- Forwarded message ----------\nneed 400 boxes", "can you quote this", ("400",)),
    ],
)  # fmt: skip
def test_keeps_only_what_the_sender_says_now(
    mail: str, kept: str, dropped: tuple[str, ...]
) -> None:
    words = own_words(mail)
    assert kept in words
    assert not [each for each in dropped if each in words]


@pytest.mark.parametrize(
    "text",
    [
        "What does it cost?",
        "three things:\n- price\n- onboarding\n- a contract by May",
        "Hello\n\nwe need 40 seats - by March - and SSO.\n\nCan you call me?",
        "> I need a quote for this",
        "",
        "\n\n",
    ],
)
def test_leaves_a_message_without_quoted_mail_alone(text: str) -> None:
    assert own_words(text) == text


def test_keeps_a_message_that_is_nothing_but_a_quoted_mail() -> None:
    forwarded = "> we need 400 boxes by friday\n> can you quote?"
    assert own_words(forwarded) == forwarded


PIECES = st.sampled_from(
    ["we need a price", "\n", "\n> ", "--\n", "On Mon, Tom wrote:\n", "From: a\nTo: b\n", "Best regards\n", "\r\n", "\u2028", "Disclaimer: this mail"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=12).map("".join))
def test_no_offset_moves_and_nothing_is_added(text: str) -> None:
    words = own_words(text)
    assert len(words) == len(text)
    assert all(kept in (given_, " ") for kept, given_ in zip(words, text, strict=True))


@pytest.mark.parametrize(
    "piece", ["a\n", "-\n", "\n", "_", "On a ", " \n\t", "> ", "From: \n", "Disclaimer: mail ", "- ", "a\n\n"]
)  # fmt: skip
def test_a_hostile_repetition_is_read_in_time(piece: str) -> None:
    started = perf_counter()
    own_words(piece * (20_000 // len(piece)))
    own_words(piece * (8_000 // len(piece)))
    assert perf_counter() - started < 2
