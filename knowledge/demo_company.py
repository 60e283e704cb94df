"""The leads of the demo company and what they did, dated back from the moment of asking."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agent.engagement import EngagementEvent, EngagementEventId
from agent.lead import Company, Lead, LeadId

FOLDER = Path(__file__).parent / "demo"
IDENTITIES = ("user_id", "anonymous_id", "email")


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _CompanyLine(_Line):
    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""
    city: str = ""


class _LeadLine(_Line):
    id: str
    name: str = ""
    email: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    phone: str | None = None
    title: str = ""
    role: str = ""
    company: _CompanyLine = _CompanyLine()
    time_zone: str = ""
    owner: str | None = None


class _EventLine(_Line):
    id: str
    lead_id: str
    name: str
    days_ago: float
    title: str | None = None
    url: str | None = None
    properties: Mapping[str, str | int | float | bool | None] = {}


def demo_library_path() -> Path:
    """Give the folder of the demo company's knowledge pages."""
    return FOLDER / "library"


def demo_site_path() -> Path:
    """Give the folder of what its web site shows beside those: layouts, pages that state no facts, the blog."""
    return FOLDER / "site"


def demo_leads() -> list[Lead]:
    """Give the people the demo company knows."""
    return [_lead(_LeadLine.model_validate(line)) for line in _lines("leads.jsonl")]


def demo_events(now: datetime) -> list[EngagementEvent]:
    """Give what they did, as if it had led up to this instant; oldest first."""
    events = [_event(_EventLine.model_validate(line), now) for line in _lines("events.jsonl")]
    return sorted(events, key=lambda event: event.at)


def _lines(name: str) -> Iterator[object]:
    with (FOLDER / name).open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _lead(line: _LeadLine) -> Lead:
    return Lead(
        id=LeadId(line.id),
        name=line.name,
        email=line.email or "",
        phone=line.phone or "",
        title=line.title,
        role=line.role,
        company=Company(**line.company.model_dump()),
        time_zone=line.time_zone,
        owner=line.owner or "",
        identities={kind: (value,) for kind in IDENTITIES if (value := getattr(line, kind))},
    )


def _event(line: _EventLine, now: datetime) -> EngagementEvent:
    return EngagementEvent(
        id=EngagementEventId(line.id),
        lead_id=LeadId(line.lead_id),
        name=line.name,
        at=now - timedelta(days=line.days_ago),
        title=line.title or "",
        url=line.url or "",
        properties={key: str(value) for key, value in line.properties.items() if value is not None},
    )
