"""Files of conversations: visitors send some, visitors and reps fetch what messages show."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from agent.attachments import Attachments, StoredFile, accept, safe_name
from agent.conversation import AttachmentId, Author
from agent.errors import ConversationClosedError, UnknownAttachmentError
from agent.handoff import HandoffId
from integrations.web.auth import Own, require_desk
from integrations.web.explain import explain_attachment
from integrations.web.handoffs import known_id
from integrations.web.limiting import Counts
from integrations.web.limits import Act
from integrations.web.problems import Documented, ProblemError, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import AttachmentShape
from integrations.web.texts import is_id

FORM: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
BYTES: Final[Documented] = {
    200: {"description": "The file, to be saved.", "content": {"application/octet-stream": {}}}
}
# A file is saved and never run: no script, no frame, no guess at what it might be.
SAFE: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}

router = APIRouter()


@router.post(
    "/v1/conversations/{conversation_id}/attachments",
    status_code=201,
    tags=["visitor"],
    summary="Upload a file, to be sent with a message",
    openapi_extra=FORM,
    responses=refuses(400, 401, 404, 409, 413, 422, 429, 503, 507),
    dependencies=[Depends(Counts(Act.UPLOAD))],
)
async def post_attachment(
    request: Request, conversation: Own, services: Services
) -> AttachmentShape:
    """Take one file in the field `file`; name its id in `attachment_ids` of the message that it comes with.

    The same file again gives the same id. Nobody sees it before a message carries it.
    """
    if conversation.ended_at is not None:
        raise ConversationClosedError(conversation.id)
    name, content = await _sent(request, services)
    accepted = accept(name, content, services.file_rules)
    kept = await _attachments(services).keep(conversation.id, Author.VISITOR, accepted)
    return explain_attachment(kept, f"/v1/conversations/{conversation.id}")


@router.get(
    "/v1/conversations/{conversation_id}/attachments/{attachment_id}",
    tags=["visitor"],
    summary="Fetch a file that a message shows",
    response_class=Response,
    responses=BYTES | refuses(401, 404, 503),
)
async def get_attachment(attachment_id: str, conversation: Own, services: Services) -> Response:
    """Give the bytes, as a download."""
    stored = await _attachments(services).shown(conversation.id, _known(attachment_id))
    return _download(stored)


@router.get(
    "/v1/handoffs/{handoff_id}/attachments/{attachment_id}",
    tags=["desk"],
    summary="Fetch a file of a handoff's conversations",
    response_class=Response,
    responses=BYTES | refuses(401, 404, 503),
    dependencies=[Depends(require_desk)],
)
async def get_attachment_of_handoff(
    handoff_id: str, attachment_id: str, services: Services
) -> Response:
    """Give the bytes, as a download."""
    stored = await _of_handoff(services, known_id(handoff_id), _known(attachment_id))
    return _download(stored)


async def _of_handoff(
    services: WebServices, handoff_id: HandoffId, attachment_id: AttachmentId
) -> StoredFile:
    for conversation in await services.handoffs.served(handoff_id):
        try:
            return await _attachments(services).shown(conversation.id, attachment_id)
        except UnknownAttachmentError:
            continue
    raise UnknownAttachmentError(attachment_id)


async def _sent(request: Request, services: WebServices) -> tuple[str, bytes]:
    """Read the one file that was sent, and no more of it than may be kept."""
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not file.filename:
                raise ProblemError(
                    422, "file: send one file in the form's field `file`, with its name."
                )
            if (file.size or 0) > services.file_rules.largest:
                raise ProblemError(413, _too_large(file, services))
            return file.filename, await file.read()
    except MultiPartException as error:
        raise ProblemError(400, f"The form cannot be read: {error.message}") from error


def _too_large(file: UploadFile, services: WebServices) -> str:
    most = services.file_rules.largest // 1_000_000
    return f"{safe_name(file.filename or '')} is larger than the {most} MB that are passed on."


def _attachments(services: WebServices) -> Attachments:
    if services.attachments is None:
        raise ProblemError(404, "This installation takes no files.")
    return services.attachments


def _known(attachment_id: str) -> AttachmentId:
    if not is_id(attachment_id):
        raise UnknownAttachmentError(attachment_id)
    return AttachmentId(attachment_id)


def _download(stored: StoredFile) -> Response:
    attachment = stored.attachment
    plain = attachment.name.encode("ascii", "replace").decode().replace("?", "_")
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.name, safe='')}"
    headers = {**SAFE, "Content-Disposition": named}
    return Response(stored.content, media_type=attachment.media_type, headers=headers)
