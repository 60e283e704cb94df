"""Statements chosen by how likely they were read to answer."""

from dataclasses import replace

from agent.answers import quote_facts
from agent.facts import AskedQuestion, Fact, Findings, FoundFact
from agent.reply import Plan
from tests.agent.answering.material import DELIVERY, NOWHERE, REPAIR, asked

QUESTION = "do you bring parcels to Bern?"


def read(plan: Plan, **answers: tuple[float, ...]) -> Plan:
    """Give a plan whose facts were read: by their ids, the probability of each statement."""
    found = tuple(replace(each, answers=answers[each.fact.id]) for each in plan.findings.facts)
    findings = Findings(found, is_answered=True)
    questions = tuple(AskedQuestion(each.text, findings) for each in plan.questions)
    return replace(plan, findings=findings, questions=questions)


def test_the_likeliest_statement_is_said_whatever_its_words() -> None:
    plan = read(asked(QUESTION, NOWHERE, REPAIR), nowhere=(0.9, 0.05), repair=(0.02, 0.01))
    (answer,) = quote_facts(plan)

    assert answer.sentences[-1] == "We do not deliver to Switzerland or Norway."
    assert not answer.is_near


def test_a_second_statement_is_said_where_it_is_as_likely() -> None:
    plan = read(asked(QUESTION, NOWHERE, REPAIR), nowhere=(0.8, 0.7), repair=(0.02, 0.01))
    (answer,) = quote_facts(plan)

    assert "There is no Saturday delivery." in answer.sentences


def test_what_may_answer_begins_with_the_admission() -> None:
    plan = read(asked(QUESTION, NOWHERE, REPAIR), nowhere=(0.3, 0.01), repair=(0.02, 0.01))
    (answer,) = quote_facts(plan)

    assert answer.is_near
    assert answer.sentences[-1] == "We do not deliver to Switzerland or Norway."


def test_what_does_not_answer_is_not_said() -> None:
    plan = read(asked(QUESTION, NOWHERE, REPAIR), nowhere=(0.02, 0.01), repair=(0.02, 0.01))
    (answer,) = quote_facts(plan)

    assert answer.sentences == ()


def test_a_row_is_said_as_a_sentence() -> None:
    plan = read(asked("how long until it is in Vienna, Austria?", DELIVERY), delivery=(0.1, 0.95))
    (answer,) = quote_facts(plan)

    assert "3–4 working days" in " ".join(answer.sentences)


def test_probabilities_of_a_fact_go_with_it_when_findings_are_joined() -> None:
    fact: Fact = NOWHERE
    seen, unseen = FoundFact(fact, 0.4, answers=(0.9, 0.1)), FoundFact(fact, 0.8)

    assert Findings((unseen,)).joined((Findings((seen,)),)).facts == (seen,)
