import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.questions import MOST_QUESTIONS, split_questions


def test_two_questions_are_two() -> None:
    assert split_questions("Do you work offline? And what does it cost?") == [
        "Do you work offline?",
        "And what does it cost?",
    ]


def test_one_sentence_may_hold_two_questions() -> None:
    assert split_questions("Do you work offline and is there a trial?") == [
        "Do you work offline?",
        "is there a trial?",
    ]


@pytest.mark.parametrize("text", ["Does it do tours and invoices?", "Is it safe and fast?"])
def test_a_list_of_things_is_one_question(text: str) -> None:
    assert split_questions(text) == [text]


def test_each_line_of_a_burst_is_its_own_question() -> None:
    assert split_questions("hi\nprice?\noffline?") == ["price?", "offline?"]


def test_a_message_without_a_question_is_one() -> None:
    assert split_questions("Tell me the price.") == ["Tell me the price."]


def test_takes_no_more_than_three() -> None:
    assert len(split_questions("a? b? c? d? e?")) == MOST_QUESTIONS


@given(st.text(max_size=200))
def test_any_text_has_one_to_three_questions(text: str) -> None:
    assert 1 <= len(split_questions(text)) <= MOST_QUESTIONS
