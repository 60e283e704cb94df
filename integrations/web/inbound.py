"""Words that come by form or mail, from the customer's own server, and the reply that it fetches to send.

No mail is sent from here. What a mail's headers say is weighed in `agent.automatic_mail`.
"""

import asyncio

from fastapi import APIRouter, Depends

from agent.automatic_mail import why_unanswered
from agent.conversation import Author, Conversation, Message
from agent.inbound import Inbound, Letter, Taken, read_letter, read_sender
from agent.playbook import Playbook
from agent.profile import traits_of_company
from integrations.web.auth import require_server
from integrations.web.explain import explain_message
from integrations.web.inbound_shapes import (
    HeaderValue,
    InboundBody,
    InboundShape,
    ReceivedShape,
    SenderBody,
    Source,
)
from integrations.web.post_room import PostRoom
from integrations.web.problems import ProblemError, refuses
from integrations.web.reading import PAGE, Wait
from integrations.web.services import Services, WebServices
from integrations.web.texts import clean, clean_line

HTML = "text/html"
OURS = (Author.AGENT, Author.REP)

router = APIRouter(tags=["server"], dependencies=[Depends(require_server)])


@router.post(
    "/v1/inbound",
    status_code=202,
    summary="Hand in a form or a mail",
    responses=refuses(400, 401, 413, 422, 503),
)
async def post_inbound(body: InboundBody, services: Services) -> ReceivedShape:
    """The words are on disk before the 202, and are answered as any visitor's: `GET` the same id for the reply.

    The same `external_id` again gives what was kept first, whatever it says now. A mail goes on in the open
    conversation of the mail it replies to, or of its address. Automatic mail, lists, bounces and our own mails are
    kept and not answered, and so is what one sender sends beyond the playbook's `replies.mails_an_hour`:
    `unanswered` says why. Files are not taken; name them in `attachments`.
    """
    room = _room(services)
    letter = await asyncio.to_thread(_read, body, room, services.playbook)
    if not letter.parts and letter.unanswered is None:
        raise ProblemError(422, "text: neither text nor subject says anything; send one of them.")
    taken = await room.inbox.receive(letter)
    if taken.is_new:
        _tell(services, room, taken)
    return ReceivedShape(
        conversation_id=taken.conversation_id,
        message_id=taken.message_id,
        unanswered=taken.unanswered,
    )


@router.get(
    "/v1/inbound/{source}/{external_id:path}",
    summary="Read a form or mail and what was said to it",
    responses=refuses(401, 404, 422, 503),
)
async def get_inbound(
    source: Source, external_id: str, services: Services, wait: Wait = 0
) -> InboundShape:
    """Give it as it came, with the reply; with `wait` once somebody has answered, or when the time is over."""
    taken = await _room(services).inbox.find(source, clean_line(external_id))
    if taken is None:
        raise ProblemError(404, f"No {source} came under this external_id; POST /v1/inbound first.")
    said = await _said_since(services, taken, wait)
    conversation = await services.conversations.get(taken.conversation_id)
    return _explain(taken, conversation, said, services.playbook)


def _room(services: WebServices) -> PostRoom:
    if services.post_room is None:
        raise ProblemError(404, "This Hotline takes no forms and mails.")
    return services.post_room


def _read(body: InboundBody, room: PostRoom, playbook: Playbook) -> Letter:
    inbound = _inbound(body, room)
    return read_letter(inbound, why_unanswered(inbound, playbook), playbook.replies.mails_an_hour)


def _inbound(body: InboundBody, room: PostRoom) -> Inbound:
    headers, sender = _headers(body), body.sender or SenderBody()
    company = {
        name: str(value) for name, value in (body.company or {}).items() if value is not None
    }
    return Inbound(
        source=body.source,
        external_id=body.external_id,
        sender=read_sender(sender.email, sender.name),
        subject=body.subject,
        text=_text(body, headers, room),
        headers=headers,
        company=traits_of_company(company),
        files=tuple(body.attachments),
        locale=body.locale.replace("_", "-"),
    )


def _headers(body: InboundBody) -> dict[str, tuple[str, ...]]:
    headers: dict[str, tuple[str, ...]] = {}
    for written, value in body.headers.items():
        name = written.strip().rstrip(":").lower()
        headers[name] = (*headers.get(name, ()), *_values(value))
    return headers


def _values(value: HeaderValue) -> list[str]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return [clean(each.encode("utf-8", "replace").decode()) for each in listed]


def _text(body: InboundBody, headers: dict[str, tuple[str, ...]], room: PostRoom) -> str:
    is_html = any(value.lower().startswith(HTML) for value in headers.get("content-type", ()))
    if body.text and not is_html:
        return body.text
    html = body.text or body.html
    return clean(room.read_html(html)) if html else ""


def _tell(services: WebServices, room: PostRoom, taken: Taken) -> None:
    """Wake whoever answers; nobody is woken by what nobody said."""
    room.note_arrival(taken.inbound.source)
    if taken.seq is not None:
        services.audience.announce(taken.conversation_id)
        services.wake(taken.conversation_id)


async def _said_since(services: WebServices, taken: Taken, wait: float) -> list[Message]:
    """Read what we said since, waiting for the first of it where somebody may answer."""
    if wait == 0 or taken.unanswered is not None:
        return await _ours(services, taken)
    deadline = asyncio.get_running_loop().time() + wait
    async with services.audience.subscribe(taken.conversation_id) as watcher:
        while not (said := await _ours(services, taken)):
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or services.audience.is_closing:
                break
            await watcher.next(left)
    return said


async def _ours(services: WebServices, taken: Taken) -> list[Message]:
    if taken.seq is None:
        return []
    messages = await services.conversations.messages(taken.conversation_id, taken.seq, PAGE)
    return [message for message in messages if message.author in OURS]


def _explain(
    taken: Taken, conversation: Conversation, said: list[Message], playbook: Playbook
) -> InboundShape:
    inbound = taken.inbound
    reply = next((message for message in said if taken.message_id in message.in_reply_to), None)
    return InboundShape(
        conversation_id=taken.conversation_id,
        message_id=taken.message_id,
        unanswered=taken.unanswered,
        source=inbound.source,
        external_id=inbound.external_id,
        email=inbound.sender.email,
        name=inbound.sender.name,
        subject=inbound.subject,
        text=inbound.text,
        received_at=taken.received_at,
        held_by=conversation.holder,
        reply=explain_message(reply, playbook) if reply else None,
        said_since=[explain_message(message, playbook) for message in said],
    )
