"""When words are due is decided beforehand, so that a slow server cannot put it off."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.load.schedule import poisson, stays, steady


def test_a_steady_rate_spaces_words_evenly() -> None:
    assert steady(4, 1.0) == [0.0, 0.25, 0.5, 0.75]


def test_independent_visitors_come_at_the_rate_on_the_whole() -> None:
    instants = poisson(50, 100.0, Random(1))  # noqa: S311 - a load
    assert 4_700 < len(instants) < 5_300
    assert instants == sorted(instants)
    assert instants[-1] < 100.0


def test_independent_visitors_do_not_come_evenly() -> None:
    instants = poisson(50, 100.0, Random(1))  # noqa: S311 - a load
    gaps = [after - before for before, after in pairwise(instants)]
    # Of exponential gaps, a share of 1 - 1/e is shorter than their mean.
    assert 0.6 < sum(gap < 0.02 for gap in gaps) / len(gaps) < 0.67


def test_visitors_at_once_speak_in_turn() -> None:
    said = stays(steady(1, 6.0), at_once=3)
    assert [[words.at for words in stay.words] for stay in said] == [[0, 3], [1, 4], [2, 5]]


def test_whoever_has_said_enough_makes_room_for_another() -> None:
    said = stays(steady(1, 8.0), at_once=2, says=2)
    assert [(stay.visitor, [words.at for words in stay.words]) for stay in said] == [
        (0, [0, 2]), (1, [1, 3]), (2, [4, 6]), (3, [5, 7])
    ]  # fmt: skip


@given(
    st.integers(0, 200), st.integers(1, 30), st.one_of(st.none(), st.integers(min_value=1, max_value=9))
)  # fmt: skip
def test_every_message_is_said_once_by_somebody(count: int, at_once: int, says: int | None) -> None:
    said = stays(steady(10, count / 10), at_once, says)
    numbers = sorted(words.number for stay in said for words in stay.words)
    assert numbers == list(range(count))
    assert all(len(stay.words) <= (says or count) for stay in said)


def test_nobody_speaks_before_the_one_whose_place_they_take() -> None:
    said = {stay.visitor: stay for stay in stays(steady(5, 20.0), at_once=4, says=3)}
    for visitor, stay in said.items():
        if before := said.get(visitor - 4):
            assert before.words[-1].at < stay.begins_at
