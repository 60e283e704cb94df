from dataclasses import replace
from datetime import date

import pytest

from agent.errors import ModelUnavailableError
from agent.playbook import Playbook
from agent.spending import Spending, SpendingRules
from integrations.doctor import Finding, Health, check_spending
from integrations.metrics import Metrics
from integrations.settings import Settings
from integrations.spending_seen import SpendingSeen, spending_in
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.fakes.operator_app import gives, probes

TODAY = date(2026, 3, 2)


def a_day(**rules: float) -> Spending:
    return Spending(SpendingRules(**rules), lambda: TODAY)


def told_by(spending: Spending) -> SpendingSeen | None:
    metrics = Metrics()
    metrics.watch_spending(spending)
    return spending_in(metrics.render()[0].decode())


def a_playbook(**rules: float) -> Playbook:
    playbook = load_playbook(demo_playbook_path())
    return playbook.model_copy(update={"spending": SpendingRules(**rules)})


async def found(seen: SpendingSeen | None, **rules: float) -> Finding:
    well = probes(Settings())
    return await check_spending(
        replace(
            well,
            playbook=lambda: a_playbook(**rules),
            model=gives("answers."),
            spending=gives(seen),
        )
    )


def test_metrics_tell_what_was_used_and_who_is_held() -> None:
    day = a_day(input_price=1_000, output_price=4_000, most_tokens_a_conversation=100)
    day.count("c-1", 90, 10)
    with pytest.raises(ModelUnavailableError):
        day.check("c-1")
    day.check("c-2")
    assert told_by(day) == SpendingSeen(tokens=100, money=0.13, held=1)


def test_metrics_tell_what_happens_after_they_began_to_watch() -> None:
    metrics, day = Metrics(), a_day(most_tokens_a_day=50)
    metrics.watch_spending(day)
    day.count("c-1", 50, 0)
    seen = spending_in(metrics.render()[0].decode())
    assert seen == SpendingSeen(tokens=50, money=0, held=0, is_day_over=True)


def test_metrics_tell_the_limits_that_are_set() -> None:
    metrics = Metrics()
    metrics.watch_spending(a_day(most_tokens_a_conversation=100, most_money_a_day=5))
    limits = {n: v for n, v in metrics.values().items() if n.startswith("hotline_spending_limit")}
    assert limits == {
        "hotline_spending_limit{of=tokens_a_conversation}": 100,
        "hotline_spending_limit{of=money_a_day}": 5,
    }


def test_without_a_model_metrics_tell_nothing_of_spending() -> None:
    assert spending_in(Metrics().render()[0].decode()) is None


async def test_the_doctor_tells_the_use_beside_the_limits() -> None:
    finding = await found(
        SpendingSeen(1_200, 0.345, 0), most_tokens_a_day=50_000, input_price=1, most_money_a_day=5
    )
    assert finding.health is Health.OK
    assert "1,200 of 50,000 tokens and 0.34 of 5.00 of money today" in finding.sentence


async def test_the_doctor_warns_of_conversations_that_are_held() -> None:
    finding = await found(SpendingSeen(70_000, 0, 3))
    assert finding.health is Health.WARN
    assert finding.sentence.startswith("3 conversations are answered without the model")


async def test_the_doctor_warns_when_the_day_is_over() -> None:
    finding = await found(SpendingSeen(70_000, 0, 0, is_day_over=True), most_tokens_a_day=70_000)
    assert finding.health is Health.WARN
    assert finding.sentence.startswith("All conversations are answered without the model")


async def test_the_doctor_warns_of_a_limit_on_money_that_has_no_price() -> None:
    finding = await found(None, most_money_a_day=5)
    assert (finding.health, "nothing has a price" in finding.sentence) == (Health.WARN, True)


async def test_without_a_server_the_doctor_tells_the_limits() -> None:
    finding = await found(None, most_tokens_a_conversation=60_000)
    assert finding.sentence == "The playbook allows 60,000 tokens a conversation."


async def test_without_a_model_nothing_is_spent() -> None:
    finding = await check_spending(probes(Settings()))
    assert finding.sentence == "No model is asked, so nothing is spent."
