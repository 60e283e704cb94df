"""What models have used today, as a running server tells it in its metrics and the doctor reads it there."""

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from agent.spending import SpendingRules

TOKENS = "hotline_spending_tokens"
MONEY = "hotline_spending_money"
HELD = "hotline_spending_held_conversations"
LIMIT = "hotline_spending_limit"
DAY_OVER = "hotline_spending_day_is_over"


@dataclass(frozen=True, slots=True)
class SpendingSeen:
    """The use of today; `held` conversations are answered without the model, all of them while `is_day_over`."""

    tokens: int
    money: float
    held: int
    is_day_over: bool = False


def spending_in(metrics: str) -> SpendingSeen | None:
    """Find the use of today in a page of metrics; None where no model is asked."""
    values = {
        sample.name: sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    }
    if TOKENS not in values:
        return None
    held, is_over = int(values.get(HELD, 0)), bool(values.get(DAY_OVER, 0))
    return SpendingSeen(int(values[TOKENS]), values.get(MONEY, 0.0), held, is_over)


def limits_told(rules: SpendingRules) -> str:
    """Tell the limits of a playbook in a sentence."""
    told = [f"{_amount(of, most)} {of.replace('_', ' ')}" for of, most in rules.limits.items()]
    return f"The playbook allows {', '.join(told)}." if told else "The playbook sets no limit."


def use_told(rules: SpendingRules, seen: SpendingSeen) -> str:
    """Tell what was used today, beside the limits of the day."""
    tokens = f"{_part(seen.tokens, 'tokens_a_day', rules)} tokens"
    has_prices = bool(rules.input_price or rules.output_price)
    money = f" and {_part(seen.money, 'money_a_day', rules)} of money" if has_prices else ""
    return f"Models have used {tokens}{money} today, since the server started."


def _part(used: float, of: str, rules: SpendingRules) -> str:
    most = rules.limits.get(of)
    return _amount(of, used) if most is None else f"{_amount(of, used)} of {_amount(of, most)}"


def _amount(of: str, amount: float) -> str:
    return f"{amount:,.2f}" if of.startswith("money") else f"{amount:,.0f}"
