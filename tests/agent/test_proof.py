from dataclasses import replace

import pytest

from agent.conversation import Author
from agent.facts import Fact
from agent.lead import Company, Lead, LeadId
from agent.proof import customer_of, is_case_study, story_query
from agent.reply import Known, Plan, plan_reply
from tests.agent.tourvane import PLAYBOOK, TUESDAY_TEN, a_stranger, fact, findings, plan_for
from tests.builders import a_conversation, a_held, a_message, a_visitor

QUESTION = "What does it cost, and does it work offline? We decide in May."
TOLD = "Oakmere cut missed visits from 9 % to 2 % within four months."


def story(text: str, page: str = "Case study: Oakmere") -> Fact:
    return replace(fact("story", page, "", text), url="/customers/oakmere")


def planned(*stories: Fact, industry: str = "Fire protection", employees: int | None = None, before: str = "", is_proven: bool = True) -> Plan:  # fmt: skip
    company = Company("Harl", "harl.example", industry, employees)
    history = a_stranger(lead=Lead(LeadId("l-1"), company=company))
    plan = plan_for(QUESTION, history=history, now=TUESDAY_TEN)
    said = (a_message(before, author=Author.AGENT),) if before else ()
    conversation = a_conversation(visitor=a_visitor(user_id="u-1", is_proven=is_proven))
    held = a_held(conversation=conversation, unanswered=(a_message(QUESTION, created_at=TUESDAY_TEN),), before=said)  # fmt: skip
    return plan_reply(held, plan.assessment, Known(stories=findings(*stories)), None, PLAYBOOK, TUESDAY_TEN)  # fmt: skip


def test_a_customer_of_the_same_trade_is_told_of_with_the_figure() -> None:
    proof = planned(story(f"Oakmere looks after fire protection in Kent. {TOLD}")).proof
    assert proof
    assert (proof.customer, proof.sentence) == ("Oakmere", TOLD)


def test_a_row_of_before_and_after_is_a_result() -> None:
    table = "Fire protection in Kent.\n: Missed visits; Before: 9 %; After 4 months: 2 %"
    proof = planned(story(table)).proof
    assert proof
    assert proof.sentence == "missed visits, before: 9 %, after 4 months: 2 %."


@pytest.mark.parametrize(
    "plan",
    [
        planned(story(f"A bakery chain. {TOLD}")),
        planned(story(f"Fire protection. {TOLD}"), is_proven=False, industry="Fire protection"),
        planned(story(f"Fire protection. {TOLD}"), before="For comparison: Oakmere cut visits."),
        planned(story("Fire protection. Oakmere likes us very much indeed, they say.")),
        planned(story("Fire protection. “It fell from 9 % to 2 %,” says their planner Ada.")),
        planned(story(f"Fire protection. {TOLD}", page="what customers of ours have told us lately")),
        planned(),
    ],
    ids=["other trade", "unproven", "told before", "no figure", "a quote", "no name", "no story"],
)  # fmt: skip
def test_nothing_is_told_where_it_would_not_fit(plan: Plan) -> None:
    assert plan.proof is None


def test_whoever_evaluates_nothing_is_told_of_nobody() -> None:
    plan = plan_for("I forgot my password")
    assert story_query(plan.assessment.reading, plan.assessment.history, PLAYBOOK) == ""


def test_a_playbook_may_forbid_it() -> None:
    plan = plan_for(QUESTION)
    quiet = PLAYBOOK.replies.model_copy(update={"tells_of_customers": False})
    rules = PLAYBOOK.model_copy(update={"replies": quiet})
    assert story_query(plan.assessment.reading, plan.assessment.history, rules) == ""


@pytest.mark.parametrize(
    ("page", "customer"),
    [
        ("Case study: Copperfen Facilities", "Copperfen Facilities"),
        ("Roosbrand Koffie: fewer broken parcels", "Roosbrand Koffie"),
        ("Harrow Parcels | Customer story", "Harrow Parcels"),
        ("how we helped", ""),
        ("Case study", ""),
        ("", ""),
    ],
)
def test_the_customers_name_stands_in_the_title(page: str, customer: str) -> None:
    assert customer_of(page) == customer


def test_a_case_study_is_known_by_its_address_or_title() -> None:
    assert is_case_study(story("x", page="Oakmere"), PLAYBOOK)
    assert is_case_study(fact("s", "Kundenbeispiel Nord", "", "x"), PLAYBOOK)
    assert not is_case_study(fact("s", "Pricing", "", "x"), PLAYBOOK)
