"""Leads for the customer's own systems: who is hot, why, and what became of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, Field

from agent.errors import UnknownLeadError
from agent.handoff import Outcome, ToldOutcome
from agent.lead import Company
from agent.scoring import Temperature
from integrations.web.auth import require_server
from integrations.web.conversations import Body
from integrations.web.explain import (
    explain_conversation,
    explain_handoff,
    explain_pattern,
    explain_score,
)
from integrations.web.problems import ProblemError, refuses
from integrations.web.qualification import QualificationShape, explain_qualification
from integrations.web.services import LeadLine, LeadRecord, Services, TimelineEntry
from integrations.web.shapes import (
    AT,
    ConversationShape,
    HandoffShape,
    PatternShape,
    ScoreShape,
    Shape,
)
from integrations.web.texts import clean_line

router = APIRouter(tags=["server"], dependencies=[Depends(require_server)])
Cursor = Annotated[str | None, Query(max_length=300, pattern=r"^[\x21-\x7e]+$")]
Limit = Annotated[int, Query(ge=1, le=200)]


class CompanyShape(Shape):
    """An organisation, as far as records tell."""

    name: str = Field(examples=["Nordlift"])
    domain: str = Field(examples=["nordlift.example"])
    industry: str = Field(examples=["Elevator maintenance"])
    employees: int | None = Field(examples=[240])
    country: str = Field(examples=["DE"])
    city: str = Field(examples=["Hamburg"])


class TimelineShape(Shape):
    """An engagement event or a turn."""

    at: datetime = Field(examples=[AT])
    kind: str = Field(description="engagement_event or turn", examples=["engagement_event"])
    name: str = Field(examples=["Pricing Viewed"])
    title: str = Field(examples=["Pricing"])
    url: str = Field(examples=["https://shop.example/pricing"])
    conversation_id: str | None = Field(examples=[None])


class OutcomeShape(Shape):
    """An outcome that is recorded."""

    lead_id: str = Field(examples=["l-1"])
    outcome: Outcome = Field(examples=["won"])
    value: float | None = Field(examples=[48000])
    at: datetime = Field(examples=[AT])


class LeadShape(Shape):
    """All that is shown of one lead; pass `cursor` on for older lines of the timeline."""

    lead_id: str = Field(examples=["l-1"])
    name: str = Field(examples=["Dana Weiss"])
    email: str = Field(examples=["dana@nordlift.example"])
    phone: str = Field(examples=[""])
    title: str = Field(examples=["Head of Operations"])
    role: str = Field(examples=["decision_maker"])
    owner: str = Field(examples=[""])
    identities: dict[str, list[str]] = Field(examples=[{"email": ["dana@nordlift.example"]}])
    company: CompanyShape
    score: ScoreShape
    patterns: list[PatternShape] = Field(description="behaviour in force now, newest first")
    qualification: QualificationShape
    conversations: list[ConversationShape]
    handoffs: list[HandoffShape]
    outcomes: list[OutcomeShape] = Field(description="what became of the lead, newest first")
    timeline: list[TimelineShape]
    cursor: str | None = Field(examples=[None])


class LeadLineShape(Shape):
    """A lead in a list."""

    lead_id: str = Field(examples=["l-1"])
    name: str = Field(examples=["Dana Weiss"])
    email: str = Field(examples=["dana@nordlift.example"])
    company: CompanyShape
    total: int = Field(examples=[82])
    temperature: Temperature = Field(examples=["hot"])
    since: datetime | None = Field(examples=[AT])


class LeadsShape(Shape):
    """A page of leads; pass `cursor` on for the next, null means no more."""

    leads: list[LeadLineShape]
    cursor: str | None = Field(examples=[None])


class OutcomeBody(Body):
    """What became of a lead."""

    outcome: Outcome = Field(examples=["won"])
    value: float | None = Field(
        None, ge=0, le=1e15, allow_inf_nan=False, description="money, if any", examples=[48000]
    )
    at: AwareDatetime | None = Field(None, description="when; now by default", examples=[AT])


def known_reference(lead_id: str) -> str:
    """Give our id, or `user_id:X`, `anonymous_id:X`, `email:X`; raises UnknownLeadError for what cannot be one."""
    try:
        plain = clean_line(lead_id)
    except ValueError as error:
        raise UnknownLeadError(lead_id) from error
    if plain != lead_id or not 0 < len(plain) <= 300:
        raise UnknownLeadError(lead_id)
    return plain


Reference = Annotated[str, Depends(known_reference)]


@router.get(
    "/v1/leads", summary="List leads, highest score first", responses=refuses(401, 422, 503)
)
async def list_leads(
    services: Services,
    temperature: Temperature | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> LeadsShape:
    """Give one page, of one temperature or of all."""
    page = await services.leads.list(temperature, cursor, limit)
    return LeadsShape(leads=[_line(line) for line in page.leads], cursor=page.cursor)


@router.get("/v1/leads/{lead_id}", summary="Read a lead", responses=refuses(401, 404, 422, 503))
async def get_lead(lead_id: Reference, services: Services, cursor: Cursor = None) -> LeadShape:
    """Give everything known; the id is ours, or `user_id:X`, `anonymous_id:X`, `email:X`."""
    return explain_lead(await services.leads.get(lead_id, cursor))


@router.post(
    "/v1/leads/{lead_id}/outcomes",
    status_code=201,
    summary="Say what became of a lead",
    responses=refuses(400, 401, 404, 422, 503),
)
async def post_outcome(lead_id: Reference, body: OutcomeBody, services: Services) -> OutcomeShape:
    """Record a meeting, an opportunity, a deal won or lost, or a false alarm."""
    now = services.clock.now()
    at = body.at or now
    if at > now:
        raise ProblemError(
            422, "at: an outcome has happened already; send an instant that is not in the future."
        )
    known = await services.leads.record_outcome(lead_id, body.outcome, body.value, at)
    return OutcomeShape(lead_id=known, outcome=body.outcome, value=body.value, at=at)


def explain_lead(record: LeadRecord) -> LeadShape:
    """Give a lead with everything that is shown of it."""
    lead = record.lead
    return LeadShape(
        lead_id=lead.id,
        name=lead.name,
        email=lead.email,
        phone=lead.phone,
        title=lead.title,
        role=lead.role,
        owner=lead.owner,
        identities={kind: list(values) for kind, values in lead.identities.items()},
        company=_company(lead.company),
        score=explain_score(record.score),
        patterns=[explain_pattern(pattern) for pattern in record.patterns],
        qualification=explain_qualification(record.qualification),
        conversations=[explain_conversation(conversation) for conversation in record.conversations],
        handoffs=[explain_handoff(handoff) for handoff in record.handoffs],
        outcomes=[_outcome(lead.id, outcome) for outcome in record.outcomes],
        timeline=[_entry(entry) for entry in record.timeline],
        cursor=record.cursor,
    )


def _line(line: LeadLine) -> LeadLineShape:
    return LeadLineShape(
        lead_id=line.lead.id,
        name=line.lead.name,
        email=line.lead.email,
        company=_company(line.lead.company),
        total=line.total,
        temperature=line.temperature,
        since=line.since,
    )


def _company(company: Company) -> CompanyShape:
    return CompanyShape(
        name=company.name,
        domain=company.domain,
        industry=company.industry,
        employees=company.employees,
        country=company.country,
        city=company.city,
    )


def _outcome(lead_id: str, told: ToldOutcome) -> OutcomeShape:
    return OutcomeShape(lead_id=lead_id, outcome=told.outcome, value=told.value, at=told.at)


def _entry(entry: TimelineEntry) -> TimelineShape:
    return TimelineShape(
        at=entry.at,
        kind=entry.kind,
        name=entry.name,
        title=entry.title,
        url=entry.url,
        conversation_id=entry.conversation_id,
    )
