"""A conversation begins, or is found again by who began it."""

import uuid

from fastapi import APIRouter, Request, Response
from pydantic import Field

from agent.conversation import Author, Conversation, Holder, Page
from agent.errors import UnknownConversationError
from agent.greeting import greeting_words
from agent.lead import Lead, Visitor
from agent.routing import Case
from agent.turn import Opening
from integrations.web.auth import Claims
from integrations.web.conversations import Body
from integrations.web.explain import explain_message
from integrations.web.identity import Claim, identify
from integrations.web.limiting import count
from integrations.web.limits import Act
from integrations.web.locales import Locale, disclosure, hours_of, language_of, spoken
from integrations.web.problems import Documented, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import HoursShape, OpenedShape
from integrations.web.texts import Line, Name, Url
from integrations.web.tokens import VisitorClaims

MOST_TRAITS = 50
LONGEST_TRAIT = 300

router = APIRouter(tags=["visitor"])
AGAIN: Documented = {200: {"model": OpenedShape, "description": "The visitor's open conversation."}}


class VisitorBody(Body):
    """Who the visitor says they are."""

    anonymous_id: Name | None = Field(
        None, description="made and kept by the browser", examples=["a-1"]
    )
    user_id: Name | None = Field(None, examples=["u-7"])
    user_hash: Name | None = Field(None, description="hex HMAC-SHA256 of user_id, or else of email")
    user_jwt: Url | None = Field(None, description="a signed token instead of user_hash")
    email: Name | None = Field(None, examples=["dana@nordlift.example"])
    name: Line | None = Field(None, examples=["Dana Weiss"])
    traits: dict[Name, Line | bool | int | float | None] = Field(
        default_factory=dict, max_length=MOST_TRAITS, examples=[{"plan": "trial"}]
    )


class PageBody(Body):
    """Where the visitor is."""

    url: Url = Field("", examples=["https://shop.example/pricing"])
    title: Line = Field("", examples=["Pricing"])
    referrer: Url = Field("", examples=[""])


class OpeningBody(Body):
    """How a conversation begins."""

    visitor: VisitorBody = VisitorBody()
    page: PageBody = PageBody()
    locale: Locale = "en"
    greeting_id: Name | None = Field(
        None,
        description="of the greeting that was shown before; one we do not know is ignored",
        examples=["pricing"],
    )


@router.post(
    "/v1/conversations",
    status_code=201,
    summary="Open a conversation, or find the visitor's open one again",
    responses=refuses(400, 403, 413, 422, 429, 503) | AGAIN,
)
async def open_conversation(
    request: Request, body: OpeningBody, services: Services, claims: Claims, response: Response
) -> OpenedShape:
    """Send the visitor_token, if there is one, to come back to the open conversation (then 200)."""
    visitor = identify(_claim(body.visitor, claims), services.identity, services.clock.now())
    conversation = await _returning(services, claims, visitor)
    await count(request, services, Act.OPENING, claims.lead_id if claims else visitor.anonymous_id)
    if conversation:
        response.status_code = 200
    else:
        page = Page(body.page.url, body.page.title, body.page.referrer)
        locale = body.locale.replace("_", "-")
        greeting = greeting_words(body.greeting_id or "", spoken(locale), services.playbook)
        opening = Opening(visitor, page, locale, greeting=greeting)
        conversation = await services.conversations.start(opening)
    return await opened(services, conversation, claims)


async def opened(
    services: WebServices, conversation: Conversation, claims: VisitorClaims | None
) -> OpenedShape:
    """Give a conversation as its visitor first sees it."""
    first = await services.conversations.messages(conversation.id, after=0, limit=1)
    greeting = next((message for message in first if message.author is Author.AGENT), None)
    return OpenedShape(
        conversation_id=conversation.id,
        visitor_token=services.tokens.issue(conversation, claims),
        disclosure=disclosure(services.playbook, conversation.locale),
        greeting=explain_message(greeting, services.playbook) if greeting else None,
        hours=_hours(services, conversation),
    )


async def _returning(
    services: WebServices, claims: VisitorClaims | None, visitor: Visitor
) -> Conversation | None:
    """Find the open conversation of a returning visitor; a browser's next user does not get it."""
    if claims is None or not claims.conversation_ids:
        return None
    try:
        conversation = await services.conversations.get(claims.conversation_ids[-1])
    except UnknownConversationError:
        return None
    is_open = conversation.holder is not Holder.NOBODY and conversation.ended_at is None
    return conversation if is_open and _is_same(conversation.visitor, visitor) else None


def _is_same(before: Visitor, now: Visitor) -> bool:
    if before.anonymous_id != now.anonymous_id or before.is_proven != now.is_proven:
        return False
    return not now.is_proven or (before.user_id, before.email) == (now.user_id, now.email)


def _claim(body: VisitorBody, claims: VisitorClaims | None) -> Claim:
    known = claims.anonymous_id if claims else None
    return Claim(
        anonymous_id=body.anonymous_id or known or str(uuid.uuid4()),
        user_id=body.user_id,
        email=body.email,
        name=body.name,
        traits={
            key: str(value)[:LONGEST_TRAIT]
            for key, value in body.traits.items()
            if value is not None
        },
        user_hash=body.user_hash,
        user_jwt=body.user_jwt,
    )


def _hours(services: WebServices, conversation: Conversation) -> HoursShape:
    now, page = conversation.now_in(services.clock.now()), conversation.page
    language = language_of(conversation.locale)
    case = Case(Lead(conversation.lead_id), language, (page.title, page.url))
    return hours_of(case, services.playbook, now)
