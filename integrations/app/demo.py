"""The demo company: its history, its personas, and its web site."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from agent.conversation import Page
from agent.lead import Lead, Visitor
from agent.playbook import Playbook
from agent.turn import Opening
from integrations.app.site import build_site
from integrations.web.services import Persona, WebServices
from knowledge.database import Database
from knowledge.demo_company import demo_events, demo_leads, demo_library_path, demo_site_path
from knowledge.engagement import SqlEngagement
from knowledge.leads import SqlLeads

WITHIN_HOURS = (1, time(10, 30))
AFTER_HOURS = (5, time(23, 40))


async def load_demo(database: Database, leads: SqlLeads, now: datetime) -> None:
    """Put the demo company's leads and their history into the database, once."""
    await leads.import_leads(demo_leads())
    await SqlEngagement(database).record(demo_events(now))


def as_demo(services: WebServices) -> WebServices:
    """Add the demo company's site, and the people one may be on it."""
    return replace(
        services,
        is_demo=True,
        personas=personas(services.playbook),
        site=build_site(demo_library_path(), demo_site_path()),
    )


def personas(playbook: Playbook) -> tuple[Persona, ...]:
    """Give those the demo lets you be; each lives at a fixed hour of the week, so that it always plays the same."""
    leads = {lead.id: lead for lead in demo_leads()}
    warm, hot = (
        next(lead for key, lead in leads.items() if key == name)
        for name in ("lead-warm", "lead-hot")
    )
    return (
        _persona(
            playbook,
            "anonymous",
            "Somebody new",
            "Nobody we know, Tuesday morning",
            None,
            WITHIN_HOURS,
        ),
        _persona(playbook, "warm", "A warm lead", _who(warm), warm, WITHIN_HOURS),
        _persona(playbook, "hot", "A hot lead", _who(hot), hot, WITHIN_HOURS),
        _persona(
            playbook,
            "after_hours",
            "After hours",
            "Somebody new, Saturday 23:40",
            None,
            AFTER_HOURS,
        ),
    )


def _who(lead: Lead) -> str:
    return f"{lead.name}, {lead.title}, {lead.company.name}"


def _persona(
    playbook: Playbook,
    key: str,
    label: str,
    description: str,
    lead: Lead | None,
    hour: tuple[int, time],
) -> Persona:
    def open_as(now: datetime) -> Opening:
        return Opening(_visitor(lead, now), Page(), "en", rehearsal=_shift(playbook, hour, now))

    return Persona(key, label, description, open_as)


def _visitor(lead: Lead | None, now: datetime) -> Visitor:
    """A known lead comes with a proven identity, a stranger with a new one each time."""
    if lead is None:
        return Visitor(anonymous_id=f"demo-{now.timestamp():.6f}")
    identity = lead.identities
    return Visitor(
        anonymous_id=next(iter(identity.get("anonymous_id", ())), f"demo-{lead.id}"),
        user_id=next(iter(identity.get("user_id", ())), None),
        email=lead.email or None,
        name=lead.name or None,
        is_proven=True,
    )


def _shift(playbook: Playbook, hour: tuple[int, time], now: datetime) -> timedelta:
    """Give the time to this weekday and hour in the desk's time zone, the nearest one to now."""
    weekday, wall = hour
    local = now.astimezone(playbook.hours.hours().zone)
    days = (weekday - local.weekday() + 3) % 7 - 3
    there = datetime.combine(local.date() + timedelta(days=days), wall, tzinfo=local.tzinfo)
    return there - local
