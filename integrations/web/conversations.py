"""The visitor's side: open a conversation, write, read, ask for a person."""

import asyncio
import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from agent.attachments import MOST_AT_ONCE, words_for
from agent.conversation import (
    Attachment,
    AttachmentId,
    Author,
    Conversation,
    ConversationId,
    Holder,
    Message,
    Page,
)
from agent.errors import UnknownAttachmentError, UnknownConversationError
from agent.lead import Lead, Visitor
from agent.routing import Case, opens_at
from agent.turn import Opening
from integrations.web.auth import Claims, Own
from integrations.web.explain import explain_message, explain_rep
from integrations.web.identity import Claim, identify
from integrations.web.limiting import Counts, OpenPoll, caller_of, count, too_often
from integrations.web.limits import Act
from integrations.web.problems import Documented, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import AcceptedShape, HoursShape, MessagesShape, OpenedShape
from integrations.web.texts import ClientId, Line, MessageTextOrNothing, Name, Url
from integrations.web.tokens import VisitorClaims
from prompts.phrases import FALLBACK, languages, phrases

LONGEST_WAIT = 30.0
AFTER_ANSWERING = 0.03
HIGHEST_SEQ = 2**53
MOST_TRAITS = 50
LONGEST_TRAIT = 300
PAGE = 500

router = APIRouter(tags=["visitor"])
AGAIN: Documented = {200: {"model": OpenedShape, "description": "The visitor's open conversation."}}
After = Annotated[int, Query(ge=0, le=HIGHEST_SEQ, description="give messages with a greater seq")]
Wait = Annotated[
    float,
    Query(ge=0, le=LONGEST_WAIT, allow_inf_nan=False, description="seconds to wait for a message"),
]


Revision = Annotated[
    int | None,
    Query(ge=0, le=HIGHEST_SEQ, description="the `revision` of the answer before"),
]


class Body(BaseModel):
    """A JSON object we are sent; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    locale: str = Field(
        "en", max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$", examples=["en-GB"]
    )


class MessageBody(Body):
    """What the visitor says; the same client_message_id again does nothing else."""

    client_message_id: ClientId = Field(examples=["5b0c1c2e-0d7f-4b0e-9a4e-0f9a1a1f6b1d"])
    attachment_ids: list[Name] = Field(
        default_factory=list,
        max_length=MOST_AT_ONCE,
        description="files that were uploaded here before",
        examples=[[]],
    )
    text: MessageTextOrNothing = Field(
        "",
        description="1 to 8,000 characters; may be left out with files",
        examples=["What does it cost for 40 people?"],
        validate_default=True,
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str, info: ValidationInfo) -> str:
        if not text and not info.data.get("attachment_ids"):
            raise ValueError(
                "this is required without files; send 1 to 8,000 characters; this has 0"
            )
        return text


class HumanBody(Body):
    """A press of the button "talk to a person"."""

    client_message_id: ClientId | None = Field(
        None, examples=["5b0c1c2e-0d7f-4b0e-9a4e-0f9a1a1f6b1d"]
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
        conversation = await services.conversations.start(Opening(visitor, page, locale))
    return await opened(services, conversation, claims)


@router.post(
    "/v1/conversations/{conversation_id}/messages",
    status_code=202,
    summary="Say something",
    responses=refuses(400, 401, 404, 409, 413, 422, 429, 503),
)
async def post_message(
    request: Request, body: MessageBody, conversation: Own, services: Services
) -> AcceptedShape:
    """The message is on disk before the 202; the reply comes by stream or long poll."""
    await _count_words(request, services, conversation, body.client_message_id)
    if not body.attachment_ids:
        return await _append(services, conversation, body.client_message_id, body.text)
    if services.attachments is None:
        raise UnknownAttachmentError(body.attachment_ids[0])
    ids = [AttachmentId(each) for each in body.attachment_ids]
    files = await services.attachments.uploaded(conversation.id, ids)
    text = body.text or words_for(files)
    return await _append(services, conversation, body.client_message_id, text, files)


@router.get(
    "/v1/conversations/{conversation_id}/messages",
    summary="Read messages, waiting for one if you like",
    responses=refuses(401, 404, 422, 429, 503),
    dependencies=[OpenPoll],
)
async def read_messages(
    conversation: Own,
    services: Services,
    after: After = 0,
    wait: Wait = 0,
    revision: Revision = None,
) -> MessagesShape:
    """Return at once when there is something after `after`, else when there is, or `wait` is over.

    Whoever sends the `revision` of the answer before gets what was edited or taken back since, too.
    """
    messages = await _messages(services, conversation, after, wait, revision)
    current = await services.conversations.get(conversation.id)
    changed = await _changed(services, current, after, revision)
    return MessagesShape(
        messages=[explain_message(message, services.playbook) for message in messages],
        changed=[explain_message(message, services.playbook) for message in changed],
        revision=current.amended,
        held_by=current.holder,
        rep=explain_rep(current, services.playbook),
        typing=services.audience.typing(conversation.id),
        ended_at=current.ended_at,
    )


@router.post(
    "/v1/conversations/{conversation_id}/typing",
    status_code=204,
    summary="Say that the visitor is typing; lasts 3 s",
    responses=refuses(401, 404, 429, 503),
    dependencies=[Depends(Counts(Act.TYPING))],
)
async def post_typing(conversation: Own, services: Services) -> None:
    """The agent holds a reply back a little while the visitor types."""
    services.audience.visitor_typing(conversation.id)


@router.post(
    "/v1/conversations/{conversation_id}/human",
    status_code=202,
    summary="Ask for a person",
    responses=refuses(400, 401, 404, 409, 413, 422, 429, 503),
)
async def ask_for_human(
    request: Request, conversation: Own, services: Services, body: HumanBody | None = None
) -> AcceptedShape:
    """The same as a message that asks for a person, in the visitor's language."""
    client_message_id = (body and body.client_message_id) or f"human-{uuid.uuid4()}"
    await _count_words(request, services, conversation, client_message_id)
    words = phrases(_language(conversation)).fill("ask_human")
    return await _append(services, conversation, client_message_id, words)


async def opened(
    services: WebServices, conversation: Conversation, claims: VisitorClaims | None
) -> OpenedShape:
    """Give a conversation as its visitor first sees it."""
    first = await services.conversations.messages(conversation.id, after=0, limit=1)
    greeting = next((message for message in first if message.author is Author.AGENT), None)
    return OpenedShape(
        conversation_id=conversation.id,
        visitor_token=services.tokens.issue(conversation, claims),
        disclosure=_disclosure(services, conversation),
        greeting=explain_message(greeting, services.playbook) if greeting else None,
        hours=_hours(services, conversation),
    )


async def rows_after(
    services: WebServices, conversation_id: ConversationId, after: int
) -> list[Message]:
    """Read the log from a seq on; replies found there are drafts no more, reps' words are read by the visitor."""
    messages = await services.conversations.messages(conversation_id, after, PAGE)
    if any(message.author is Author.REP for message in messages):
        services.note_read(conversation_id, messages[-1].seq)
    for message in messages:
        if message.author is Author.AGENT:
            services.audience.settle(conversation_id, message.id)
    return messages


async def _messages(
    services: WebServices,
    conversation: Conversation,
    after: int,
    wait: float,
    revision: int | None,
) -> list[Message]:
    if wait == 0:
        return await rows_after(services, conversation.id, after)
    deadline = asyncio.get_running_loop().time() + wait
    async with services.audience.subscribe(conversation.id) as watcher:
        while not (messages := await rows_after(services, conversation.id, after)):
            if await _is_news(services, conversation, revision):
                break
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or services.audience.is_closing:
                break
            await watcher.next(left)
    return messages


async def _is_news(services: WebServices, before: Conversation, revision: int | None) -> bool:
    """Tell whether something was changed, or the conversation has ended while we waited."""
    now = await services.conversations.get(before.id)
    return now.ended_at != before.ended_at or revision not in (None, now.amended)


async def _changed(
    services: WebServices, conversation: Conversation, after: int, revision: int | None
) -> list[Message]:
    """Give what was changed of what the visitor has read before."""
    if revision is None or revision == conversation.amended:
        return []
    amended = await services.conversations.amended(conversation.id)
    return [message for message in amended if message.seq <= after]


async def _count_words(
    request: Request, services: WebServices, conversation: Conversation, client_message_id: str
) -> None:
    """Count words; those that were accepted before are accepted again, however often they come."""
    caller = caller_of(request, conversation.lead_id)
    seconds = await services.limits.wait(Act.MESSAGE, caller)
    if seconds and not await services.conversations.has_said(conversation.id, client_message_id):
        raise too_often(seconds)


async def _append(
    services: WebServices,
    conversation: Conversation,
    client_message_id: str,
    text: str,
    files: tuple[Attachment, ...] = (),
) -> AcceptedShape:
    # While the message is being saved, the library can look already for what it will be asked.
    services.anticipate(text)
    message, is_new = await services.conversations.append(
        conversation.id, client_message_id, text, files
    )
    if is_new:
        services.note_message()
        services.audience.visitor_wrote(conversation.id)
        services.wake(conversation.id)
        # The visitor's other tabs may learn of these words when the answer is on its way.
        asyncio.get_running_loop().call_later(
            AFTER_ANSWERING, services.audience.announce, conversation.id
        )
    return AcceptedShape(message_id=message.id, seq=message.seq)


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


def _disclosure(services: WebServices, conversation: Conversation) -> str:
    disclosures = services.playbook.company.disclosure
    first = next(iter(disclosures.values()), "")
    language = conversation.locale.split("-")[0].lower()
    return disclosures.get(language) or disclosures.get(FALLBACK, first)


def _hours(services: WebServices, conversation: Conversation) -> HoursShape:
    now, page = conversation.now_in(services.clock.now()), conversation.page
    case = Case(Lead(conversation.lead_id), _language(conversation), (page.title, page.url))
    at = opens_at(case, services.playbook, now)
    return HoursShape(open=at == now, next_open_at=at)


def _language(conversation: Conversation) -> str:
    language = conversation.locale.split("-")[0].lower()
    return language if language in languages() else FALLBACK
