"""What of a history steers a reply without being said: pages just viewed put their facts first."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from agent.conversation import Held
from agent.engagement import Discretion
from agent.facts import Findings
from agent.history import History
from agent.playbook import Playbook
from agent.recollection import own_events
from agent.scoring import Assessment

OUR_PRIVACY = re.compile(
    r"\b(?:privacy|data-?protection|datenschutz|dpo|gdpr|dsgvo|rgpd|privacidad|privacidade|confidentialite|avg)\w*@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)


def steered(
    findings: Findings, held: Held, assessment: Assessment, playbook: Playbook, now: datetime
) -> Findings:
    """Put facts of the kind of page that the visitor has just looked at before others that fit as well."""
    since = now - timedelta(days=playbook.personalisation.steer_within_days)
    seen = {e.name for e in own_events(held, assessment.history) if since <= e.at <= now}
    seen |= {name for name, patterns in playbook.pages.items() if _is_at(held, patterns)}
    wanted = [pattern for name in seen for pattern in playbook.pages.get(name, ())]
    ranked = sorted(
        findings.facts,
        key=lambda f: (
            -round(f.relevance, 1),
            not any(re.search(pattern, f.fact.url) for pattern in wanted),
        ),
    )
    return replace(findings, facts=tuple(ranked))


def _is_at(held: Held, patterns: tuple[str, ...]) -> bool:
    page = held.conversation.page.url
    return bool(page) and any(re.search(pattern, page) for pattern in patterns)


def unsaid_titles(history: History, playbook: Playbook) -> tuple[str, ...]:
    """Give the titles of acts that are never named: those that steer or brief, and the colleagues'."""
    rules = playbook.personalisation
    acts = (e for e in history.events if rules.discretion(e.name) is not Discretion.SAY)
    return tuple(dict.fromkeys(e.title for e in (*acts, *history.company_events) if e.title))


def privacy_contact(playbook: Playbook, findings: Findings) -> str:
    """Give who deals with personal data: by the playbook, else an address that a fact names, else support."""
    company = playbook.company
    named = (m[0] for f in findings.facts if (m := OUR_PRIVACY.search(f.fact.text)))
    return company.privacy or next(named, "") or company.support or company.website
