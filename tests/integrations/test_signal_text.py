from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

import integrations.models
from integrations.models.signal_text import MOST_TOKENS, MOST_WINDOWS, readable, windows

FOLDER = Path(integrations.models.__file__).parent / "signal_model"


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(FOLDER / "tokenizer.json"))


@pytest.fixture
def tokenizer() -> Tokenizer:
    return _tokenizer()


def test_a_window_marks_what_is_the_messages_own(tokenizer: Tokenizer) -> None:
    (window,) = windows("yes, Tuesday works", tokenizer, before="Shall I book a demo?")
    own = [span for span, is_own in zip(window.offsets, window.own, strict=True) if is_own]
    assert "".join("yes, Tuesday works"[a:b] for a, b in own).replace(" ", "") == "yes,Tuesdayworks"
    assert window.own[0] == 0
    assert len(window.ids) == len(window.own) == len(window.offsets)


def test_a_long_text_is_read_to_its_end_in_few_windows(tokenizer: Tokenizer) -> None:
    text = "word " * 5_000 + "send the contract"
    found = windows(text, tokenizer)
    assert len(found) == MOST_WINDOWS
    assert all(len(window.ids) <= MOST_TOKENS for window in found)
    shorter = "word " * 700 + "send the contract"
    ends = [max(end for _, end in window.offsets) for window in windows(shorter, tokenizer)]
    assert ends[-1] == len(shorter)


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00\x01", "\ud800", "👍", "ไม่มี", "a" * 1_000_000]
)
def test_any_text_makes_a_window_with_something_to_look_at(tokenizer: Tokenizer, text: str) -> None:
    assert all(sum(window.own) >= 1 for window in windows(text, tokenizer))


def test_shouting_is_lowered_and_names_are_not() -> None:
    assert readable("SEND ME A QUOTE NOW") == "send me a quote now"
    assert readable("Does SAP work with IBM?") == "Does SAP work with IBM?"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_offsets_stay_within_the_text_and_in_order(text: str) -> None:
    spans = [
        s
        for w in windows(text, _tokenizer())
        for s, own in zip(w.offsets, w.own, strict=True)
        if own
    ]
    assert all(0 <= start <= end <= max(1, len(text)) for start, end in spans)
    assert spans == sorted(spans)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_reading_never_moves_an_offset(text: str) -> None:
    assert len(readable(text)) == len(text)
