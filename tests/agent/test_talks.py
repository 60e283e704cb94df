"""Who talks with us: rivals, trialists, and those who invite to tender."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.engagement import EngagementEvent, EngagementEventId
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.patterns import find_patterns
from agent.scoring import Score, Temperature, score_lead
from agent.signals import HeardKind, HeardSignal, MessageKind, Readiness, SignalKind
from tests.agent.tourvane import PLAYBOOK, a_perfect_lead, a_stranger, reading_of, said
from tests.builders import an_event
from tests.fakes.clock import MONDAY_TEN

K, T = SignalKind, Temperature


def after(**span: float) -> datetime:
    return MONDAY_TEN + timedelta(**span)


def did(name: str, title: str = "", at: datetime = MONDAY_TEN) -> EngagementEvent:
    return an_event(name, id=EngagementEventId(f"{name} {title} {at}"), at=at, title=title)


def score(history: History, at: datetime = MONDAY_TEN) -> Score:
    return score_lead(history, None, PLAYBOOK, at)


def compares(title: str, lead: Lead, act: str = "Comparison Viewed") -> History:
    return a_stranger(lead=lead, events=(did(act, title), did("Pricing Downloaded")))


def who(email: str = "", name: str = "", domain: str = "") -> Lead:
    return Lead(LeadId("l-1"), "Chris", email, company=Company(name, domain, "", None, ""))


@pytest.mark.parametrize(
    "lead",
    [who("c@routely.example"), who(name="Routely"), who(domain="routely.example")],
)
def test_who_compares_us_with_their_own_company_is_a_rival(lead: Lead) -> None:
    found = score(compares("Tourvane vs. Routely", lead))
    assert found.temperature is T.COLD
    assert found.total == 0
    assert any("competitor" in reason.because for reason in found.reasons)


@pytest.mark.parametrize(
    ("title", "lead", "act"),
    [
        ("Tourvane vs. Routely", who("c@oakmere.example", "Oakmere"), "Comparison Viewed"),
        ("Tourvane vs. Routely", who("c@routely.example"), "Case Study Viewed"),
        ("How Routely plans", who("c@routely.example"), "Comparison Viewed"),
        ("Tourvane and the others", who("c@tourvane.example"), "Comparison Viewed"),
        ("Tourvane vs. Routelys", who("c@routely.example"), "Comparison Viewed"),
        ("Tourvane at freemail", who("c@freemail.example"), "Comparison Viewed"),
        ("Tourvane vs. Routely", who(), "Comparison Viewed"),
    ],
)
def test_other_comparisons_tell_nothing_of_who_reads_them(title: str, lead: Lead, act: str) -> None:
    reasons = score(compares(title, lead, act)).reasons
    assert not any("competitor" in reason.because for reason in reasons)


def test_a_rival_is_one_from_the_comparison_on() -> None:
    history = compares("Tourvane vs. Routely", who("c@routely.example"))
    assert score(history, after(seconds=-1)).total == 0
    assert not score(history, after(seconds=-1)).reasons


def asked_for_help(trial_days_ago: int) -> History:
    began = did("Trial Started", at=after(days=-trial_days_ago))
    help_asked = HeardKind(MessageKind.SUPPORT, MONDAY_TEN)
    return a_stranger(lead=a_perfect_lead(), events=(began,), heard=(help_asked,))


def test_who_tries_the_product_and_asks_for_help_stays_warm() -> None:
    assert score(asked_for_help(10)).temperature is T.WARM
    assert score(asked_for_help(61)).temperature is T.COLD


def invited(*quotes: tuple[SignalKind, str]) -> Score:
    signals = tuple(replace(said(kind), quote=quote) for kind, quote in quotes)
    reading = replace(reading_of(K.PURCHASE, K.TIMELINE), signals=signals)
    return score_lead(a_stranger(), reading, PLAYBOOK, MONDAY_TEN)


TENDER = (K.PURCHASE, "we are preparing a tender")
DUE = (K.TIMELINE, "bids are due on the 28th")


@pytest.mark.parametrize(
    "words", ["our RFP", "die Ausschreibung", "le cahier des charges", "el pliego", "o caderno de encargos"]
)  # fmt: skip
def test_a_tender_is_hot_and_no_more(words: str) -> None:
    assert invited((K.PURCHASE, words), DUE).temperature is T.HOT


def test_a_tender_with_an_approved_budget_and_a_date_is_red_hot() -> None:
    assert invited(TENDER, DUE, (K.BUDGET, "the budget is approved")).temperature is T.RED_HOT
    assert invited((K.PURCHASE, "send the order form"), DUE).temperature is T.RED_HOT


def test_a_stranger_who_wants_a_quote_in_writing_is_hot() -> None:
    reading = replace(reading_of(K.PRICING), readiness=Readiness.HOT)
    found = score_lead(a_stranger(), reading, PLAYBOOK, MONDAY_TEN)
    assert (found.temperature, found.total) == (T.HOT, 75)


def test_words_of_a_message_that_nobody_took_for_a_buyers_do_not_count() -> None:
    wish: HeardSignal = said(K.HUMAN)
    kinds = (HeardKind(MessageKind.OTHER, MONDAY_TEN, (wish.message_id,)),)
    heeded = (replace(kinds[0], readiness=Readiness.HOT),)
    assert score(a_stranger(signals=(wish,), heard=kinds)).intent == 0
    assert score(a_stranger(signals=(wish,), heard=heeded)).intent > 0


HOMEWORK = ("Pricing Viewed", "Case Study Viewed", "Comparison Viewed", "ROI Calculator Used", "Pricing Viewed", "Security Questionnaire Completed")  # fmt: skip


def researched(count: int) -> set[str]:
    acts = tuple(did(name, at=after(hours=n)) for n, name in enumerate(HOMEWORK[:count]))
    found = find_patterns(a_stranger(events=acts), PLAYBOOK, after(hours=6))
    return {pattern.name for pattern in found if pattern.calls_rep}


def test_research_up_to_the_security_review_is_more_than_research() -> None:
    assert researched(5) == {"deep_research"}
    assert researched(6) == {"deep_research", "thorough_research"}


def test_an_executive_who_is_back_is_no_executive_who_joins() -> None:
    colleague = Lead(LeadId("l-2"), "Sofie", title="IT Manager")
    back = (did("Meeting Held", at=after(days=-90)), did("Pricing Viewed"))
    hers = replace(did("Pricing Viewed", at=after(hours=-1)), lead_id=colleague.id)
    history = a_stranger(
        lead=a_perfect_lead(),
        events=back,
        company_events=(hers,),
        colleagues={colleague.id: colleague},
    )
    names = {pattern.name for pattern in find_patterns(history, PLAYBOOK, MONDAY_TEN)}
    assert "comes_back" in names
    assert "executive_joins" not in names
    new = replace(history, events=back[1:])
    assert "executive_joins" in {p.name for p in find_patterns(new, PLAYBOOK, MONDAY_TEN)}
