"""Which rep, and why not the others: the first routing rule that fits names them."""

from dataclasses import dataclass

from agent.conversation import RepId
from agent.lead import Lead
from agent.playbook import Playbook
from agent.team_rules import RoutingRule


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One line of the routing audit log: who was considered, and why or why not."""

    rep_id: RepId
    is_chosen: bool
    because: str


@dataclass(frozen=True, slots=True)
class Route:
    """Who is called, in order, and the log of how that came about."""

    reps: tuple[RepId, ...]
    log: tuple[RouteStep, ...]


def route(lead: Lead, language: str, playbook: Playbook) -> Route:
    """Choose reps: the account's owner first, then the first rule whose conditions all hold."""
    owner = next((rep.id for rep in playbook.reps if rep.id == lead.owner), None)
    rule = next((rule for rule in playbook.routing if _fits(rule, lead, language)), None)
    named = rule.reps if rule else tuple(rep.id for rep in playbook.reps if rep.is_manager)
    chosen = (owner,) if owner else named or (playbook.reps[0].id,)
    because = "owns the account" if owner else f"rule {rule.name!r}" if rule else "no rule fits"
    return Route(reps=chosen, log=tuple(_log(playbook, chosen, because)))


def _fits(rule: RoutingRule, lead: Lead, language: str) -> bool:
    size = lead.company.employees
    return (
        (not rule.languages or language in rule.languages)
        and (not rule.countries or lead.company.country in rule.countries)
        and (rule.from_employees is None or (size is not None and size >= rule.from_employees))
        and (rule.to_employees is None or (size is not None and size <= rule.to_employees))
    )


def _log(playbook: Playbook, chosen: tuple[RepId, ...], because: str) -> list[RouteStep]:
    return [
        RouteStep(
            rep.id, rep.id in chosen, because if rep.id in chosen else f"not named: {because}"
        )
        for rep in playbook.reps
    ]
