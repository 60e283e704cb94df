"""What is kept of texts that were taken apart: the same value for equal ones, and little of what is long."""

from collections.abc import Callable

from agent.grounding.keeping import MOST_LONG, MOST_SHORT, keeping


def counted() -> tuple[list[str], Callable[[str], frozenset[str]]]:
    asked: list[str] = []

    @keeping(3)
    def take_apart(text: str) -> frozenset[str]:
        asked.append(text)
        return frozenset(text)

    return asked, take_apart


def test_equal_texts_are_taken_apart_once() -> None:
    asked, take_apart = counted()
    assert take_apart("abc") == take_apart("abc") == frozenset("abc")
    assert asked == ["abc"]


def test_of_long_texts_only_the_last_are_kept() -> None:
    asked, take_apart = counted()
    for number in range(MOST_LONG + 1):
        take_apart(f"long {number}")
    take_apart("long 0")
    assert asked.count("long 0") == 2


def test_long_texts_do_not_drive_out_short_ones() -> None:
    asked, take_apart = counted()
    take_apart("abc")
    for number in range(MOST_SHORT + 1):
        take_apart(f"long {number}")
    take_apart("abc")
    assert asked.count("abc") == 1
