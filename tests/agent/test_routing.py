from dataclasses import replace

from agent.lead import Company, Lead, LeadId
from agent.routing import route
from tests.agent.tourvane import PLAYBOOK


def reps(language: str = "en", owner: str = "", **company: object) -> tuple[str, ...]:
    lead = Lead(LeadId("l"), owner=owner, company=replace(Company(), **company))  # type: ignore[arg-type]
    return route(lead, language, PLAYBOOK).reps


def test_the_owner_of_the_account_comes_first() -> None:
    assert reps(owner="amara", employees=900) == ("amara",)


def test_an_owner_who_left_is_passed_over() -> None:
    assert reps(owner="gone") == ("mia", "jonas")


def test_a_large_company_goes_to_jonas_in_any_language() -> None:
    assert reps("de", employees=500) == ("jonas", "amara")


def test_a_company_of_unknown_size_is_not_large() -> None:
    assert reps("de") == ("mia", "jonas")


def test_language_and_country_choose_the_rep() -> None:
    assert reps("fr") == ("jonas", "mia")
    assert reps("en", country="US") == ("jonas", "mia")


def test_the_log_says_for_each_rep_why_or_why_not() -> None:
    log = route(Lead(LeadId("l")), "en", PLAYBOOK).log
    assert [(step.rep_id, step.is_chosen, step.because) for step in log] == [
        ("mia", True, "rule 'everyone else'"),
        ("jonas", True, "rule 'everyone else'"),
        ("amara", False, "not named: rule 'everyone else'"),
    ]


def test_without_a_fitting_rule_the_managers_are_called() -> None:
    playbook = PLAYBOOK.model_copy(update={"routing": PLAYBOOK.routing[:1]})
    found = route(Lead(LeadId("l")), "en", playbook)
    assert found.reps == ("amara",)
    assert found.log[-1].because == "no rule fits"


def test_without_managers_the_first_rep_is_called() -> None:
    update = {"routing": PLAYBOOK.routing[:1], "reps": PLAYBOOK.reps[:2]}
    assert route(Lead(LeadId("l")), "en", PLAYBOOK.model_copy(update=update)).reps == ("mia",)


def test_a_largest_size_leaves_bigger_companies_out() -> None:
    small = PLAYBOOK.routing[0].model_copy(update={"from_employees": None, "to_employees": 50})
    playbook = PLAYBOOK.model_copy(update={"routing": (small, PLAYBOOK.routing[-1])})
    lead = Lead(LeadId("l"), company=Company(employees=50))
    assert route(lead, "en", playbook).reps == ("jonas", "amara")
    bigger = replace(lead, company=Company(employees=51))
    assert route(bigger, "en", playbook).reps == ("mia", "jonas")
