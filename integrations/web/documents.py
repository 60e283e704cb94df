"""The library's documents for the customer's own systems: what is in it, what is wrong with it, add and remove."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, ValidationError, model_validator
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from agent.errors import LibraryUnavailableError
from integrations.web.auth import require_server
from integrations.web.conversations import Body
from integrations.web.document_records import (
    ContradictionRecord,
    DocumentRecord,
    DocumentRecords,
    PostedDocument,
)
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services
from integrations.web.shapes import AT, Shape
from integrations.web.texts import clean, clean_line

LONGEST_TEXT = 2_000_000
LONGEST_NAME = 200

router = APIRouter(tags=["server"], dependencies=[Depends(require_server)])


class DocumentState(StrEnum):
    """What became of a document."""

    INDEXED = "indexed"
    SKIPPED = "skipped"
    READING = "reading"


class DocumentShape(Shape):
    """A document of the library."""

    document_id: str = Field(examples=["0f3a9c27d4b1e685"])
    state: DocumentState = Field(examples=["indexed"])
    facts: int = Field(description="how many passages were made of it", examples=[12])
    skipped: str = Field(description="why nothing was made of it", examples=[""])
    notes: list[str] = Field(description="what its keeper should know", examples=[[]])
    source: str = Field(description="a folder, a site, or `posted`", examples=["posted"])
    name: str = Field(examples=["prices.pdf"])
    title: str = Field(examples=["Prices"])
    url: str = Field(examples=["https://shop.example/prices"])
    language: str = Field(examples=["en"])
    changed_at: datetime | None = Field(examples=[AT])
    indexed_at: datetime = Field(examples=[AT])


class ContradictionShape(Shape):
    """Two documents that state different figures for the same thing."""

    older: str = Field(examples=["delivery-2024.html"])
    older_text: str = Field(examples=["The minimum order is €50."])
    newer: str = Field(examples=["prices.md"])
    newer_text: str = Field(examples=["The minimum order is €75."])
    is_settled: bool = Field(
        description="the dates tell which is newer, and visitors hear that one", examples=[True]
    )


class SiteShape(Shape):
    """A web site or page that is fetched again every HOTLINE_REFETCH_HOURS."""

    place: str = Field(examples=["https://shop.example/help/"])
    fetched_at: datetime | None = Field(
        description="when it was last asked for; null when nobody noted it", examples=[AT]
    )
    failure: str = Field(
        description="why it gave nothing then, while its facts are kept; empty when it did",
        examples=["https://shop.example/help/: the site answers 503 Service Unavailable."],
    )


class DocumentsShape(Shape):
    """All documents, what contradicts each other, and the places of the web they come from."""

    documents: list[DocumentShape]
    contradictions: list[ContradictionShape]
    sites: list[SiteShape]


class AcceptedShape(Shape):
    """A document that is still being read; GET /v1/documents tells when it is in."""

    state: DocumentState = Field(examples=["reading"])
    name: str = Field(examples=["handbook.pdf"])


def _text(text: str) -> str:
    if not (plain := clean(text)):
        raise ValueError("send at least a sentence")
    return plain


def _line(text: str) -> str:
    return clean_line(text)[:LONGEST_NAME]


class DocumentBody(Body):
    """A page to fetch (`url` alone), or a text with its title, and the address where people read it."""

    url: Annotated[str, AfterValidator(clean_line)] = Field(
        "", max_length=2_000, examples=["https://shop.example/prices"]
    )
    title: Annotated[str, AfterValidator(_line)] = Field("", examples=["Prices"])
    text: Annotated[str, AfterValidator(_text)] | None = Field(
        None,
        max_length=LONGEST_TEXT,
        description="Markdown or plain text",
        examples=["Pro costs $49."],
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is not None and not self.title:
            raise ValueError("a text needs a title")
        if self.text is None and not self.url:
            raise ValueError("send a url to fetch, or a title with its text")
        return self


BODIES = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": DocumentBody.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.get("/v1/documents", summary="List the library's documents", responses=refuses(401, 503))
async def list_documents(services: Services) -> DocumentsShape:
    """Give all documents with what became of each, and what contradicts each other."""
    record = await _documents(services).list()
    return DocumentsShape(
        documents=[_document(each) for each in record.documents],
        contradictions=[_contradiction(each) for each in record.contradictions],
        sites=[
            SiteShape(place=each.place, fetched_at=each.fetched_at, failure=each.failure)
            for each in record.sites
        ],
    )


@router.post(
    "/v1/documents",
    status_code=201,
    summary="Add a document to the library",
    openapi_extra=BODIES,
    responses={
        **refuses(400, 401, 413, 422, 503),
        200: {"description": "This very document is there already.", "model": DocumentShape},
        202: {"description": "It is kept, and still being read.", "model": AcceptedShape},
    },
)
async def post_document(
    request: Request, response: Response, services: Services
) -> DocumentShape | AcceptedShape:
    """Take a file (multipart, field `file`), a page to fetch, or a text; one of the same name is replaced."""
    documents = _documents(services)
    sent = await _sent(request)
    if isinstance(sent, str):
        record, is_new = await documents.post_address(sent)
    else:
        record, is_new = await documents.post(sent)
    if record is None:
        response.status_code = 202
        name = sent if isinstance(sent, str) else sent.name
        return AcceptedShape(state=DocumentState.READING, name=name)
    response.status_code = 201 if is_new else 200
    return _document(record)


@router.delete(
    "/v1/documents/{document_id}",
    status_code=204,
    summary="Remove a document",
    responses=refuses(401, 404, 409, 503),
)
async def delete_document(document_id: str, services: Services) -> None:
    """Remove a document that was posted, with all its facts."""
    await _documents(services).remove(document_id)


async def _sent(request: Request) -> PostedDocument | str:
    """Read what was sent: a document, or the address of one."""
    if request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await _file(request)
    body = await _body(request)
    if body.text is None:
        return body.url
    return PostedDocument(
        f"{body.title}.md", body.text.encode(), "text/markdown", body.url, body.title
    )


async def _file(request: Request) -> PostedDocument:
    try:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile) or not _line(file.filename or ""):
                raise ProblemError(
                    422, "file: send one file in the form's field `file`, with its name."
                )
            name = _line((file.filename or "").replace("\\", "/").rpartition("/")[2])
            return PostedDocument(name, await file.read(), file.content_type or "")
    except MultiPartException as error:
        raise ProblemError(400, f"The form cannot be read: {error.message}") from error


async def _body(request: Request) -> DocumentBody:
    try:
        return DocumentBody.model_validate_json(await request.body())
    except ValidationError as error:
        listed = [
            {**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)
        ]
        raise RequestValidationError(listed) from error


def _documents(services: Services) -> DocumentRecords:
    if services.documents is None:
        raise LibraryUnavailableError("This installation has no library.")
    return services.documents


def _document(record: DocumentRecord) -> DocumentShape:
    return DocumentShape(
        document_id=record.id,
        state=DocumentState.SKIPPED if record.skipped else DocumentState.INDEXED,
        facts=record.facts,
        skipped=record.skipped,
        notes=list(record.notes),
        source=record.source,
        name=record.name,
        title=record.title,
        url=record.url,
        language=record.language,
        changed_at=record.changed_at,
        indexed_at=record.indexed_at,
    )


def _contradiction(record: ContradictionRecord) -> ContradictionShape:
    return ContradictionShape(
        older=record.older,
        older_text=record.older_text,
        newer=record.newer,
        newer_text=record.newer_text,
        is_settled=record.is_settled,
    )
