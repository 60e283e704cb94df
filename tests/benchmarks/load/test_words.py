"""Words that are all different, so that nothing can be answered from memory."""

from tests.benchmarks.load.words import question, wish_to_buy

MANY = 50_000


def test_ten_thousand_questions_are_all_different() -> None:
    assert len({question(number) for number in range(9_973)}) == 9_973


def test_hardly_any_of_many_questions_comes_again() -> None:
    assert len({question(number) for number in range(MANY)}) > 0.95 * MANY


def test_no_place_is_left_unfilled() -> None:
    said = [make(number) for number in range(2_000) for make in (question, wish_to_buy)]
    assert not [text for text in said if "{" in text or "}" in text]
