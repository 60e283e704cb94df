"""What a rep types in Slack reaches the visitor as plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.slack.markup import LONGEST_PART, escape, parts, to_plain


def name_of(slack_user_id: str) -> str | None:
    return {"U1": "Mia"}.get(slack_user_id)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Hi <@U1> and <@U2>", "Hi @Mia and @someone"),
        ("see <https://x.example/a|the docs>", "see the docs (https://x.example/a)"),
        ("see <https://x.example/a>", "see https://x.example/a"),
        ("<http://x.example|x.example>", "x.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("call <tel:+4930123|030 123>", "call 030 123"),
        ("2 &lt; 3 &amp;&amp; 4 &gt; 3", "2 < 3 && 4 > 3"),
        ("&amp;lt;", "&lt;"),
        ("<!here> <!subteam^S1|@sales> <#C1|leads> <#C2>", "@here @sales #leads #channel"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        (":wave: *hi* :unknown_thing: at 10:30:15", "👋 *hi* :unknown_thing: at 10:30:15"),
        ("  ", ""),
    ],
)
def test_reads_slacks_markup_as_plain_words(typed: str, plain: str) -> None:
    assert to_plain(typed, name_of) == plain


@given(st.text(alphabet="<>@#!|&;amplt: xU1^", max_size=60))
def test_reads_any_text(typed: str) -> None:
    to_plain(typed, name_of)


@given(st.text(alphabet=st.sampled_from("<>& \nxy"), max_size=400))
def test_parts_fit_and_keep_every_word(text: str) -> None:
    pieces = list(parts(text, 20))
    assert all(0 < len(piece) <= 20 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(escape(text).split())


def test_one_message_is_one_part_while_it_fits() -> None:
    assert len(list(parts("x" * LONGEST_PART))) == 1
    assert len(list(parts("x" * (LONGEST_PART + 1)))) == 2
