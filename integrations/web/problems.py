"""What goes wrong, as RFC 9457 problems: each says in a sentence what to do."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from agent.errors import (
    AlreadyClaimedError,
    ConversationClosedError,
    DeskUnavailableError,
    HandoffEndedError,
    HotlineError,
    LibraryUnavailableError,
    ModelUnavailableError,
    NoBookingError,
    NoCallBackError,
    NoRoomError,
    NotClaimedByError,
    RefusedFileError,
    StaleEpochError,
    StoreUnavailableError,
    UnknownAttachmentError,
    UnknownConversationError,
    UnknownHandoffError,
    UnknownLeadError,
    UnknownRepError,
    VisitorGoneError,
)
from integrations.web.document_records import (
    DocumentHeldElsewhereError,
    UnfetchedAddressError,
    UnknownDocumentError,
)
from integrations.web.identity import UnprovenIdentityError
from integrations.web.tokens import InvalidTokenError

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 10
UNSAID = (
    "Bad Request",
    "There was an error parsing the body",
)  # Starlette's and FastAPI's own words


class ProblemError(Exception):
    """An answer that refuses, with what to do instead."""

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def problem(
    status: int,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    """Give a problem as a response."""
    title = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **(extra or {}),
    }
    return Response(json.dumps(body), status, headers, MEDIA_TYPE)


def unauthorized(detail: str, scheme: str = "Bearer") -> ProblemError:
    """Give the refusal of somebody who has not shown who they are."""
    return ProblemError(401, detail, headers={"WWW-Authenticate": scheme})


_SENTENCES: Mapping[type[HotlineError], tuple[int, str | None]] = {
    UnknownConversationError: (
        404,
        "No such conversation for this visitor; start one with POST /v1/conversations.",
    ),
    UnknownHandoffError: (404, "No handoff has this id; GET /v1/handoffs lists them."),
    UnknownLeadError: (404, "No lead has this id or identity; GET /v1/leads lists them."),
    UnknownRepError: (422, None),
    NoBookingError: (409, None),
    NoCallBackError: (409, None),
    UnknownDocumentError: (404, "No document has this id; GET /v1/documents lists them."),
    DocumentHeldElsewhereError: (409, None),
    UnfetchedAddressError: (422, None),
    UnknownAttachmentError: (
        404,
        "No such file in this conversation; it may have been taken back.",
    ),
    RefusedFileError: (422, None),
    ConversationClosedError: (
        409,
        "This conversation has ended; start a new one with POST /v1/conversations.",
    ),
    HandoffEndedError: (409, None),
    VisitorGoneError: (409, None),
    StaleEpochError: (409, "Somebody else was faster; read the conversation again and retry."),
    UnprovenIdentityError: (403, None),
    NoRoomError: (507, None),
    StoreUnavailableError: (
        503,
        "The database cannot take this now, nothing was saved; try again shortly.",
    ),
    ModelUnavailableError: (503, "The model cannot be reached now; try again shortly."),
    LibraryUnavailableError: (503, "The knowledge library cannot be read now; try again shortly."),
    DeskUnavailableError: (503, "The rep desk cannot be reached now; try again shortly."),
}


def install_problems(app: FastAPI) -> None:
    """Let the application answer every error as a problem."""
    app.add_exception_handler(ProblemError, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(InvalidTokenError, _answer_token)
    app.add_exception_handler(AlreadyClaimedError, _answer_claimed)
    app.add_exception_handler(NotClaimedByError, _answer_claimed)
    for kind in _SENTENCES:
        app.add_exception_handler(kind, _answer_known)


async def _answer_problem(_: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return problem(error.status, error.detail, headers=error.headers)


async def _answer_known(_: Request, error: Exception) -> Response:
    status, sentence = next(known for kind, known in _SENTENCES.items() if isinstance(error, kind))
    waits = {HTTPStatus.SERVICE_UNAVAILABLE: "5", HTTPStatus.INSUFFICIENT_STORAGE: "3600"}
    headers = {"Retry-After": waits[HTTPStatus(status)]} if status in waits else None
    return problem(status, sentence or str(error), headers=headers)


async def _answer_claimed(_: Request, error: Exception) -> Response:
    holder = (
        error.rep_id
        if isinstance(error, AlreadyClaimedError)
        else getattr(error, "claimed_by", None)
    )
    return problem(409, str(error), extra={"claimed_by": holder})


async def _answer_token(_: Request, error: Exception) -> Response:
    return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})


async def _answer_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    details = {
        400: error.detail
        if error.detail not in UNSAID
        else "The body cannot be read; send JSON in UTF-8.",
        404: f"Nothing is at {request.url.path[:200]!r}; /docs lists what there is.",
        405: f"{request.method[:20]} is not possible here; the Allow header lists what is.",
    }
    return problem(
        error.status_code, details.get(error.status_code, error.detail), headers=error.headers
    )


async def _answer_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors: Sequence[Mapping[str, object]] = error.errors()
    if any(item["type"] == "json_invalid" for item in errors):
        return problem(400, "The body is no valid JSON; check quotes, commas and brackets.")
    if not _is_json(request) and any(item["loc"] == ("body",) for item in errors):
        return problem(
            415, "Send the body as JSON, with the header Content-Type: application/json."
        )
    listed = [{"field": _field(item), "problem": _sentence(item)} for item in errors[:MOST_ERRORS]]
    detail = " ".join(f"{item['field']}: {item['problem']}." for item in listed)
    return problem(422, detail, extra={"errors": listed})


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _field(item: Mapping[str, object]) -> str:
    place = item["loc"]
    parts = [str(part)[:60] for part in place] if isinstance(place, tuple) else []
    named = parts[1:] if parts[:1] in (["body"], ["query"], ["path"], ["header"]) else parts
    return ".".join(named) or "body"


def _sentence(item: Mapping[str, object]) -> str:
    match item["type"]:
        case "missing":
            return "this is required; send it"
        case "string_unicode":
            return "half a character (a lone surrogate) is in this; send valid Unicode"
        case "extra_forbidden":
            return "this field is not known here; remove it"
        case _:
            return str(item["msg"]).removeprefix("Value error, ").rstrip(".")


RESPONSES: Mapping[int, str] = {
    400: "The body is no valid JSON.",
    401: "The token or key is missing, wrong or expired.",
    403: "Known, but not allowed.",
    404: "There is no such thing, or it is somebody else's.",
    409: "The state does not allow this (any more).",
    413: "The body is too large.",
    422: "A field is missing, unknown or out of range.",
    429: "Too many attempts; Retry-After says when to try again.",
    507: "There is no room for this now; Retry-After says when to try again.",
    503: "A part is down, or too many wait for a reply; Retry-After says when to try again.",
}
RETRIED = (429, 503, 507)
RETRY_AFTER = "After how many seconds to send the same again; what was refused was not saved."
Documented = dict[int | str, dict[str, object]]


def refuses(*statuses: int) -> Documented:
    """Describe for OpenAPI which problems an operation may answer with."""
    return {status: _described(RESPONSES[status]) | _waits(status) for status in statuses}


def refuses_in_general() -> Documented:
    """Describe for OpenAPI what any operation may answer with."""
    return {"default": _described("A problem; its detail says what to do.")}


def _described(description: str) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}}


def _waits(status: int) -> dict[str, object]:
    if status not in RETRIED:
        return {}
    header = {"description": RETRY_AFTER, "schema": {"type": "integer"}, "example": 5}
    return {"headers": {"Retry-After": header}}


PROBLEM_SCHEMA: Mapping[str, object] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong and what to do"},
        "claimed_by": {
            "type": ["string", "null"],
            "description": "who holds it, after a lost claim",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "title": "Conflict",
            "status": 409,
            "detail": "Already claimed by jonas.",
            "claimed_by": "jonas",
        }
    ],
}
