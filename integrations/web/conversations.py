"""The visitor writes: words with or without files, a sign of typing, a wish for a person."""

import asyncio
import uuid

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from agent.attachments import MOST_AT_ONCE, words_for
from agent.conversation import Attachment, AttachmentId, Conversation
from agent.errors import UnknownAttachmentError
from integrations.web.admission import admitted
from integrations.web.auth import Own
from integrations.web.limiting import Counts, caller_of, too_often
from integrations.web.limits import Act
from integrations.web.locales import language_of
from integrations.web.problems import refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import AcceptedShape
from integrations.web.texts import ClientId, MessageTextOrNothing, Name
from prompts.phrases import phrases

AFTER_ANSWERING = 0.2

router = APIRouter(tags=["visitor"])


class Body(BaseModel):
    """A JSON object we are sent; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    words = phrases(language_of(conversation.locale)).fill("ask_human")
    return await _append(services, conversation, client_message_id, words)


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
    async with admitted(services, conversation, client_message_id):
        # While the message is being saved, it can be read, and answers be looked for.
        services.anticipate(conversation, text)
        message, is_new = await services.conversations.append(
            conversation.id, client_message_id, text, files
        )
    if is_new:
        services.note_message()
        services.waiting_room.enter(conversation.id)
        services.audience.visitor_wrote(conversation.id)
        services.wake(conversation.id)
        # The visitor's other tabs may learn of these words along with the reply, which mostly comes sooner than this.
        asyncio.get_running_loop().call_later(
            AFTER_ANSWERING, services.audience.announce, conversation.id
        )
    return AcceptedShape(message_id=message.id, seq=message.seq)
