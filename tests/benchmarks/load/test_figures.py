"""Waits run from the instant at which words were due, whoever was to blame."""

import pytest

from tests.benchmarks.load.figures import Faults, Run, Spoken, percentile, spread


def a_run(*spoken: Spoken, seconds: float = 10.0) -> Run:
    return Run(spoken, seconds, Faults())


def said(due: float, after: float, answered_after: float | None = None) -> Spoken:
    whole = None if answered_after is None else due + answered_after
    return Spoken(due, sent=due + after, acknowledged=due + after, first=whole, whole=whole)


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100), (0, 1)])
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    percent: float, value: float
) -> None:
    assert percentile(range(1, 101), percent) == value


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 99) == 7.0


def test_a_spread_is_in_milliseconds_and_of_any_order() -> None:
    found = spread([0.3, 0.1, 0.2])
    assert (found.count, found.p50, found.p99, found.most) == (3, 200, 300, 300)


def test_nothing_has_no_spread() -> None:
    assert spread([]).count == 0


def test_a_stall_counts_for_all_words_that_were_due_in_it() -> None:
    # The server stands still for a second: what was due meanwhile left at its end.
    stalled = [said(due / 10, 1.0 - due / 10, 1.01 - due / 10) for due in range(10)]
    assert a_run(*stalled).first_sentence.p50 == pytest.approx(510)
    assert a_run(*stalled).acknowledgement.most == pytest.approx(1_000)


def test_words_that_the_generator_puts_off_are_counted() -> None:
    assert a_run(*(Spoken(1.0, late_by=each) for each in (0.001, 0.02, 0.5))).late == 2


def test_words_that_a_slow_server_puts_off_are_not_late() -> None:
    assert a_run(said(1.0, 5.0)).late == 0


def test_turns_are_counted_over_the_time_that_they_took() -> None:
    kept_up = [said(float(second), 0, 0.1) for second in range(10)]
    fell_behind = [said(float(second), 0, 20.0 - second) for second in range(10)]
    assert a_run(*kept_up).turns_a_second == 1.0
    assert a_run(*fell_behind).turns_a_second == 0.5


def test_unanswered_words_are_no_turns() -> None:
    run = a_run(said(0.0, 0, 0.1), said(1.0, 0))
    assert (run.done, run.first_sentence.count, run.acknowledgement.count) == (1, 1, 2)
