from agent.facts import Findings, FoundFact
from tests.agent.tourvane import GROWTH, OFFLINE, fact, findings


def test_the_title_names_page_and_heading_once() -> None:
    assert GROWTH.title == "Pricing: Price of Growth"
    assert fact("x", "Pricing", "Pricing", "").title == "Pricing"
    assert fact("x", "Pricing", "", "").title == "Pricing"


def test_joined_findings_keep_each_fact_at_its_greatest_relevance() -> None:
    weak = findings(GROWTH, OFFLINE, relevance=0.2)
    joined = weak.joined((findings(GROWTH, relevance=0.9),))
    assert set(joined.facts) == {FoundFact(GROWTH, 0.9), FoundFact(OFFLINE, 0.2)}


def test_joined_findings_answer_only_when_all_do() -> None:
    assert findings(GROWTH).joined((findings(OFFLINE),)).is_answered
    assert not findings(GROWTH).joined((Findings(),)).is_answered
