"""Points for who somebody is: the company, the role, the mail address."""

import re
from collections.abc import Iterator

from agent.engagement import EngagementEvent
from agent.lead import Lead
from agent.playbook import Playbook
from agent.reasons import Reason, ReasonGroup, capped
from agent.scoring_rules import FitRules
from prompts.phrases import reasons as words

SHORTEST_NAME = 5  # with a space on either side


def weigh_fit(
    lead: Lead, playbook: Playbook, events: tuple[EngagementEvent, ...] = ()
) -> tuple[Reason, ...]:
    """Give a reason for each thing on record that speaks for or against a sale.

    Who reads how we compare with the very company they write from works for a competitor.
    """
    rules = playbook.scoring.fit
    reasons = (*_company(lead, rules), *_role(lead, rules), *_mail(lead, playbook))
    if not any(reason.points == rules.competitor for reason in reasons):
        reasons = (*reasons, *_compared(lead, playbook, events))
    return capped(reasons, rules.cap)


def role_of(lead: Lead, rules: FitRules) -> str:
    """Give the role on record, else the first whose words the title contains; `other` for any other title."""
    if lead.role:
        return lead.role
    title = _as_words(lead.title)
    return next(
        (r for r, shown in rules.titles.items() if any(f" {w.lower()} " in title for w in shown)),
        "other" if title.strip() else "",
    )


def _company(lead: Lead, rules: FitRules) -> Iterator[Reason]:
    company = lead.company
    if company.industry in rules.industries:
        yield _reason(rules.industry, "fit_industry", company.industry)
    if company.employees and rules.smallest <= company.employees <= rules.largest:
        yield _reason(rules.size, "fit_size", f"{company.employees:,}")
    if company.country in rules.countries:
        yield _reason(rules.geography, "fit_geography", company.country)


def _role(lead: Lead, rules: FitRules) -> Iterator[Reason]:
    role = role_of(lead, rules)
    if points := rules.roles.get(role, 0):
        yield _reason(points, "fit_role", lead.title or role)


def _mail(lead: Lead, playbook: Playbook) -> Iterator[Reason]:
    rules = playbook.scoring.fit
    domains = (lead.email.rpartition("@")[2].lower(), lead.company.domain.lower())
    if domains[0] in map(str.lower, rules.free_mail_domains):
        yield Reason(rules.free_mail, words().fill("fit_free_mail"), ReasonGroup.FIT)
    for competitor in playbook.competitors:
        if any(_is_within(domain, each) for each in competitor.domains for domain in domains):
            yield _reason(rules.competitor, "fit_competitor", competitor.name)


def _compared(
    lead: Lead, playbook: Playbook, events: tuple[EngagementEvent, ...]
) -> Iterator[Reason]:
    rules, ours = playbook.scoring.fit, _as_words(playbook.company.product)
    titles = {_as_words(e.title) for e in events if e.name in rules.comparing_acts}
    names = {name for name in _names(lead, rules) if name not in ours}
    if any(name in title and ours in title for title in titles for name in names):
        yield _reason(rules.competitor, "fit_competitor", lead.company.name or lead.company.domain or lead.email)  # fmt: skip


def _names(lead: Lead, rules: FitRules) -> Iterator[str]:
    """Give the names of the company somebody writes from, as whole words: its own and those of its domains."""
    domains = {lead.email.rpartition("@")[2].lower(), lead.company.domain.lower()}
    own = domains - {domain.lower() for domain in rules.free_mail_domains}
    for name in (lead.company.name, *(domain.split(".")[0] for domain in own)):
        if len(name_words := _as_words(name)) >= SHORTEST_NAME:
            yield name_words


def _as_words(text: str) -> str:
    return " ".join(["", *re.findall(r"\w+", text.lower()), ""])


def _is_within(domain: str, parent: str) -> bool:
    return domain == parent.lower() or domain.endswith(f".{parent.lower()}")


def _reason(points: int, key: str, value: str) -> Reason:
    return Reason(points, words().fill(key, value=value), ReasonGroup.FIT)
