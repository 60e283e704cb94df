"""What the widget asks before a word was said: how to present itself, and whether to greet; what was read is kept."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from agent.acts import act_of
from agent.attachments import MOST_AT_ONCE
from agent.errors import UnknownConversationError
from agent.expectation import expect, told
from agent.file_kinds import KINDS
from agent.greeting import Reader, decide_greeting, in_language, may_greet
from agent.lead import Lead, LeadId
from agent.routing import Case
from agent.tracking import TrackingCall
from agent.widget_rules import GreetingRule
from integrations.tracking_bodies import read_object
from integrations.web.auth import Claims
from integrations.web.limiting import CountsAddress, count
from integrations.web.limits import Act
from integrations.web.locales import Locale, disclosure, hours_of, language_of, spoken
from integrations.web.problems import refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import PresentRepShape
from integrations.web.texts import Line, Url
from integrations.web.tokens import VisitorClaims
from integrations.web.widget_events import keep_events, read_events
from integrations.web.widget_shapes import (
    ConfigShape,
    EventsShape,
    FileRulesShape,
    GreetingShape,
)
from prompts.phrases import widget_words

EVENTS_LIMIT: Final = 64 * 1024
NOBODY: Final = Lead(LeadId(""))
SAID_HERE: Final = "expect_"  # the words that are filled here and not by the widget
EXAMPLE: Final = {
    "batch": [
        {
            "type": "page",
            "anonymousId": "a-1",
            "messageId": "5b0c1c2e-0d7f-4b0e-9a4e-0f9a1a1f6b1d",
            "timestamp": "2026-11-23T09:30:00Z",
            "properties": {"url": "https://shop.example/pricing", "title": "Pricing"},
            "context": {"locale": "en-GB", "campaign": {"source": "newsletter"}},
        }
    ],
    "sentAt": "2026-11-23T09:30:01Z",
    "isReturning": False,
}
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            media_type: {"schema": {"type": "object", "required": ["batch"]}, "example": EXAMPLE}
            for media_type in ("text/plain", "application/json")
        },
    }
}

router = APIRouter(tags=["visitor"])


@router.get(
    "/v1/widget",
    summary="How the widget presents itself on a page",
    responses=refuses(403, 422, 429, 503),
    dependencies=[Depends(CountsAddress(Act.CONFIG))],
)
async def get_config(
    services: Services,
    claims: Claims,
    response: Response,
    locale: Annotated[Locale, Query()] = "en",
    url: Annotated[Url, Query(description="the page it stands on")] = "",
    title: Annotated[Line, Query()] = "",
) -> ConfigShape:
    """All that the widget shows before the first word; asked when its panel opens.

    With a visitor's token the hours are those of their conversation, which in a rehearsal are not those of today.
    """
    response.headers["Cache-Control"] = "no-store"
    playbook, language = services.playbook, language_of(locale)
    now = await _now_for(claims, services)
    case, roster = Case(NOBODY, language, (title, url)), await services.widget.duty.roster()
    expectation, words = expect(case, roster, now), widget_words(language)
    return ConfigShape(
        locale=language,
        company=playbook.company.name,
        disclosure=disclosure(playbook, locale),
        hours=hours_of(case, playbook, now),
        expectation=told(expectation, roster, words),
        reps=[PresentRepShape(name=r.name, picture=r.picture or None) for r in expectation.reps],
        texts={key: t for key, t in words.texts.items() if not key.startswith(SAID_HERE)},
        suggestions=list(in_language(playbook.widget.suggestions, spoken(locale)) or ()),
        files=_files(services),
        accent=playbook.widget.accent,
        booking_url=playbook.company.booking_url,
        asks_email=playbook.widget.asks_email,
    )


async def _now_for(claims: VisitorClaims | None, services: WebServices) -> datetime:
    """Give the instant at which the visitor's newest conversation plays."""
    now = services.clock.now()
    if claims is None or not claims.conversation_ids:
        return now
    try:
        conversation = await services.conversations.get(claims.conversation_ids[-1])
    except UnknownConversationError:
        return now
    return conversation.now_in(now)


@router.post(
    "/v1/widget/events",
    summary="Tell of a visit, and hear whether to greet",
    openapi_extra=BODY,
    responses=refuses(400, 403, 429, 503),
)
async def take_events(request: Request, services: Services) -> EventsShape:
    """Takes `page` and `track` of a browser as the tracking API does; any content type, so that no preflight is needed.

    What cannot be used is left out. User ids and traits are not read here: they need proof, or the write key.
    """
    received_at = services.clock.now()
    body = await read_object(request, EVENTS_LIMIT)
    events = read_events(body, received_at)
    visitor = events.calls[0].anonymous_id if events.calls else ""
    await count(request, services, Act.EVENTS, visitor)
    await keep_events(events, services.widget)
    if events.page is None:
        return EventsShape(success=True, greeting=None)
    says_returning = body.get("isReturning") is True
    greeting = await _greeting(services, events.page, events.locale, says_returning=says_returning)
    return EventsShape(success=True, greeting=greeting)


async def _greeting(
    services: WebServices, page: TrackingCall, locale: str, *, says_returning: bool
) -> GreetingShape | None:
    playbook, now = services.playbook, services.clock.now()
    case = Case(NOBODY, language_of(locale), (page.title, page.url))
    reader = Reader(page.url, act_of(page, playbook), hours_of(case, playbook, now).open)
    if not may_greet(reader, playbook):
        return None
    known = await services.widget.passers_by.known(page.anonymous_id, now)
    reader = replace(
        reader,
        is_returning=says_returning or known.was_here,
        temperature=known.temperature,
        is_talking=known.is_talking,
    )
    rule = decide_greeting(reader, playbook)
    return _shape(services, rule, spoken(locale)) if rule else None


def _shape(services: WebServices, rule: GreetingRule, language: str) -> GreetingShape:
    suggestions = rule.suggestions or services.playbook.widget.suggestions
    return GreetingShape(
        id=rule.id,
        text=in_language(rule.text, language) or "",
        after_seconds=rule.after_seconds,
        suggestions=list(in_language(suggestions, language) or ()),
    )


def _files(services: WebServices) -> FileRulesShape | None:
    if services.attachments is None:
        return None
    return FileRulesShape(
        accept=",".join(f".{ending}" for ending in KINDS),
        largest=services.file_rules.largest,
        most=MOST_AT_ONCE,
    )
