from datetime import date

import pytest

from agent.spending import Spending, SpendingRules, Spent, SpentError

TODAY = date(2026, 3, 2)


def spending(**rules: float) -> Spending:
    return Spending(SpendingRules(**rules), lambda: TODAY)


def test_a_conversation_stops_at_its_tokens_and_others_go_on() -> None:
    kept = spending(most_tokens_a_conversation=100)
    kept.count("c-1", 90, 10)
    with pytest.raises(SpentError, match="this conversation"):
        kept.check("c-1")
    kept.check("c-2")


def test_a_day_stops_at_its_money_and_the_next_begins_anew() -> None:
    days = iter([TODAY] * 3 + [date(2026, 3, 3)] * 3)
    kept = Spending(
        SpendingRules(input_price=2.0, output_price=8.0, most_money_a_day=0.01), lambda: next(days)
    )
    assert kept.count("c-1", 1_000, 1_000) == pytest.approx(0.01)
    with pytest.raises(SpentError, match="today"):
        kept.check("c-2")
    kept.check("c-2")


def test_without_prices_nothing_costs_anything() -> None:
    assert spending().count("c-1", 5_000, 5_000) == 0.0


def test_conversations_that_are_refused_a_model_are_counted_once_and_for_a_day() -> None:
    today = [TODAY]
    kept = Spending(SpendingRules(most_tokens_a_conversation=100), lambda: today[0])
    kept.count("c-1", 90, 10)
    for _ in range(2):
        with pytest.raises(SpentError):
            kept.check("c-1")
    kept.check("c-2")
    assert (kept.held_today, kept.today_spent.tokens) == (1, 100)
    today[0] = date(2026, 3, 3)
    assert (kept.held_today, kept.today_spent.tokens) == (0, 0)


def test_a_limit_on_money_holds_nothing_back_without_a_price() -> None:
    assert SpendingRules(most_money_a_day=5).has_unpriced_limit
    assert not SpendingRules(most_money_a_day=5, output_price=2).has_unpriced_limit
    assert not SpendingRules(most_tokens_a_day=5).has_unpriced_limit


def test_what_is_counted_waits_to_be_kept_by_day_and_conversation() -> None:
    kept, heard = spending(), []
    kept.on_count = lambda: heard.append("counted")
    kept.count("c-1", 90, 10)
    kept.count("", 5, 0)
    assert kept.take_unsaved() == {"c-1": Spent(100), "2026-03-02": Spent(105)}
    assert (kept.take_unsaved(), heard) == ({}, ["counted", "counted"])


def test_what_could_not_be_kept_waits_for_the_next_time() -> None:
    kept = spending()
    kept.count("c-1", 90, 10)
    taken = kept.take_unsaved()
    kept.count("c-1", 1, 0)
    kept.give_back(taken)
    assert kept.take_unsaved()["c-1"] == Spent(101)


def test_what_others_used_counts_for_the_limits() -> None:
    kept = spending(most_tokens_a_day=100, most_tokens_a_conversation=50)
    kept.count("c-1", 10, 0)
    kept.learn({"2026-03-02": Spent(80), "c-1": Spent(39)})
    assert kept.today_spent == Spent(90)
    kept.check("c-1")
    kept.count("c-1", 1, 0)
    with pytest.raises(SpentError, match="this conversation"):
        kept.check("c-1")
    kept.learn({"2026-03-02": Spent(100)})
    with pytest.raises(SpentError, match="today"):
        kept.check("c-2")
