"""A small company to hold conversations with: shared inboxes for support teams, its pages and its rules."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.engagement import EngagementEvent, EngagementEventId
from agent.lead import Company, Lead, LeadId
from integrations.app.loading import open_library
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from knowledge.playbook import load_playbook
from tests.contracts.stores import in_memory
from tests.fakes.clock import FixedClock
from tests.scenarios.world import OtherCompany, World, a_world

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 11, 18, 14, 30, tzinfo=BERLIN)
SATURDAY_NIGHT = datetime(2026, 11, 21, 23, 40, tzinfo=BERLIN)
EMAIL = "dana@lumenfreight.example"
LEAD = Lead(
    LeadId("l-dana"),
    "Dana Ruiz",
    EMAIL,
    title="VP Support",
    company=Company("Lumen Freight", "lumenfreight.example", "Logistics", 420, "DE", "Hamburg"),
    identities={"email": (EMAIL,)},
)
PLAYBOOK = """\
pack: b2b_saas
version: "larkpost-1"
company:
  name: Larkpost
  product: Larkpost
  offers: Larkpost is a shared inbox for support teams.
  website: https://larkpost.example
  booking_url: https://larkpost.example/book
  support: help@larkpost.example
  jobs: https://larkpost.example/jobs
  privacy: privacy@larkpost.example
  price_list: https://larkpost.example/pricing
  disclosure: {en: This is Larkpost's AI assistant.}
competitors:
  - {name: Gullmark, aliases: [gull mark], domains: [gullmark.example]}
reps:
  - {id: noor, name: Noor Vance, email: noor@larkpost.example}
hours:
  time_zone: Europe/Berlin
  monday: ["09:00-17:00"]
  tuesday: ["09:00-17:00"]
  wednesday: ["09:00-17:00"]
  thursday: ["09:00-17:00"]
  friday: ["09:00-17:00"]
routing: [{name: everyone, reps: [noor]}]
"""
PAGES = {
    "pricing": "# Pricing\n\n## What each plan costs\n\nSolo costs $19 per seat per month. Team costs $49 per seat per month. Team starts at 5 seats. Team includes AI triage and all channels. Enterprise is by quote.\n\n## Annual billing\n\nAnnual billing saves 15 %. There is no other published discount.\n",
    "onboarding": "# Onboarding\n\n## How long does moving over take?\n\nFor most teams moving over takes two to three weeks. Old tickets from Gullmark come over with the included import on Enterprise; on Team you run the import yourself with the import tool.\n",
    "integrations": "# Integrations\n\n## Connectors\n\nLarkpost connects to Slack, Shopify and HubSpot. There is no SAP connector.\n",
    "security": "# Security\n\n## Certificates\n\nLarkpost has a SOC 2 Type II report. Data is stored in Frankfurt.\n\n## Single sign-on\n\nSingle sign-on by SAML is part of Enterprise.\n",
    "customers/harrow": "# Harrow Parcels\n\nHarrow Parcels is a logistics company in Leeds with 380 people. Harrow Parcels cut its first response time from 9 hours to 50 minutes within six weeks.\n",
    "compare/gullmark": "# Larkpost and Gullmark\n\n## What differs\n\nGullmark has a built-in phone system, which Larkpost has not. Larkpost has one price per seat, Gullmark charges for AI triage by the ticket.\n",
}


@dataclass(frozen=True, slots=True)
class Did:
    """Something the lead did, so many days ago."""

    name: str
    title: str
    days: float


@asynccontextmanager
async def at_larkpost(
    folder: Path, *, at: datetime = WEDNESDAY, did: Sequence[Did] = (), before: Sequence[tuple[float, str]] = ()
) -> AsyncIterator[World]:  # fmt: skip
    """Open the company at an instant for Dana, who is proven; `before` are words of hers, so many days ago."""
    (folder / "playbook.yaml").write_text(PLAYBOOK, "utf-8")
    for name, text in PAGES.items():
        page = folder / "pages" / f"{name}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"---\nurl: https://larkpost.example/{name}\n---\n{text}", "utf-8")
    playbook = load_playbook(folder / "playbook.yaml")
    library = await open_library(folder / "index", folder / "pages")
    detector = LearnedDetector(SignalModel.load(), playbook.competitors)
    clock = FixedClock(at)
    company = OtherCompany(playbook, library, detector)
    async with a_world(stores=in_memory(clock), company=company) as world:
        await world.stores.add_leads([LEAD])
        for days, words in before:
            clock.at = at - timedelta(days=days)
            await world.visitor_arrives(email=EMAIL, is_proven=True)
            await world.visitor_says(words)
        clock.at = at
        await world.stores.add_events([_event(number, each, at) for number, each in enumerate(did)])
        await world.visitor_arrives(email=EMAIL, is_proven=True)
        yield world
    await library.close()


def _event(number: int, did: Did, at: datetime) -> EngagementEvent:
    return EngagementEvent(
        EngagementEventId(f"e-{number}"), LEAD.id, did.name, at - timedelta(days=did.days), did.title,
        came_by=f"email:{EMAIL}",
    )  # fmt: skip
