"""What a rep types in Slack reaches the visitor as plain words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.slack.markup import LONGEST_PART, escape, parts, pieces, to_plain


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
        (":wave: *hi* :unknown_thing: at 10:30:15", "👋 hi :unknown_thing: at 10:30:15"),
        (":wave:", "👋"),
        (":wave::skin-tone-4: :+1::skin-tone-2: :tada::skin-tone-3:", "👋🏽 👍🏻 🎉"),
        (":flag-de: :us: :man-shrugging: :simple_smile: :100:", "🇩🇪 🇺🇸 🤷 🙂 💯"),
        ("<mailto:a@b.example|write to me>", "write to me (a@b.example)"),
        ("<!date^1392734382^{date} at {time}^https://x.example|18 Feb>", "18 Feb"),
        ("<!date^1392734382^{date_num}>", "2014-02-18 14:39 UTC"),
        ("<!date^soon^{date}>", ""),
        ("<!subteam^S1> <!everyone|everyone>", "@team @everyone"),
        ("*_very_ sure* and _*so*_ on", "very sure and so on"),
        ("*see <https://x.example/_a_|the *docs*>*", "see the *docs* (https://x.example/_a_)"),
        ("snake_case_name, 2*3*4, ~struck~", "snake_case_name, 2*3*4, ~struck~"),
        ("run `rm *x* :wave:` or ```\n*a*\n &lt;b&gt;\n```", "run rm *x* :wave: or *a*\n <b>"),
        ("• one\n    ◦ two\n1. three", "• one\n    ◦ two\n1. three"),
        ("&gt; quoted\nyes", "> quoted\nyes"),
        ("\u202etxt.exe\x00", "txt.exe"),
        ("<javascript:alert(1)|click>", "click (javascript:alert(1))"),
        ("  ", ""),
    ],
)
def test_reads_slacks_markup_as_plain_words(typed: str, plain: str) -> None:
    assert to_plain(typed, name_of) == plain


@given(st.text(alphabet="<>@#!|&;amplt: xU1^*_`~\ue000\ue0010", max_size=60))
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


@given(st.text(alphabet=st.sampled_from("ab \n"), max_size=400))
def test_pieces_fit_and_lose_no_word(text: str) -> None:
    broken = list(pieces(text, 20))
    assert all(0 < len(piece) <= 20 for piece in broken)
    assert "".join("".join(broken).split()) == "".join(text.split())
