"""What OpenAPI says of the tracking API: the endpoints read raw bodies, so these are written down here."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Field

AT = "2025-03-03T09:30:00.000Z"


class SuccessShape(BaseModel):
    """The body was read; what could be used of it is kept."""

    success: bool = Field(examples=[True])


@dataclass(frozen=True, slots=True)
class Described:
    """One endpoint, as OpenAPI shows it."""

    summary: str
    description: str
    body: dict[str, object]


def _refusal(description: str) -> dict[str, object]:
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": description, "content": {"application/problem+json": problem}}


REFUSALS: dict[int | str, dict[str, object]] = {
    400: _refusal("The body is no JSON object, or larger than 32 KB a call and 500 KB a batch."),
    401: _refusal("The write key is missing or wrong."),
    415: _refusal("The body is packed in another way than gzip."),
    422: _refusal("In strict mode: a call cannot be used; says which and why. Nothing was kept."),
    503: _refusal("The database is down; Retry-After says when to try again."),
}

_TEXT: Mapping[str, object] = {"type": "string"}
_OBJECT: Mapping[str, object] = {"type": "object", "additionalProperties": True}
_COMMON: Mapping[str, object] = {
    "userId": {**_TEXT, "description": "this, or anonymousId", "examples": ["u-17"]},
    "anonymousId": {**_TEXT, "examples": ["a-1"]},
    "messageId": {**_TEXT, "description": "the same again does nothing", "examples": ["m-1"]},
    "timestamp": {**_TEXT, "description": "when it happened; now if absent", "examples": [AT]},
    "sentAt": {**_TEXT, "description": "corrects the sender's clock", "examples": [AT]},
    "context": {**_OBJECT, "description": "page and traits are read", "examples": [{}]},
    "writeKey": {**_TEXT, "description": "where no Authorization header can be sent"},
}
_PAGE = {"title": "Pricing", "url": "https://shop.example/pricing"}
_TRACKED = {
    "userId": "u-17",
    "event": "Content Downloaded",
    "properties": {"title": "Buying guide"},
    "messageId": "m-1",
    "timestamp": AT,
}
_VIEWED = {"anonymousId": "a-1", "name": "Pricing", "properties": _PAGE}


def _described(
    summary: str, description: str, fields: Mapping[str, object], example: Mapping[str, object]
) -> Described:
    schema = {"type": "object", "properties": {**fields, **_COMMON}, "examples": [example]}
    content = {"application/json": {"schema": schema, "example": example}}
    return Described(summary, description, {"requestBody": {"required": True, "content": content}})


DESCRIBED: Mapping[str, Described] = {
    "identify": _described(
        "Say who somebody is",
        "Joins an anonymous id and a user id, and keeps what is known of the person.",
        {"traits": _OBJECT},
        {"userId": "u-17", "anonymousId": "a-1", "traits": {"email": "ada@nordwind.example"}},
    ),
    "track": _described(
        "Say what somebody did",
        "The event's name is Object Action; `properties.title` names the thing.",
        {"event": {**_TEXT, "maxLength": 200}, "properties": _OBJECT},
        _TRACKED,
    ),
    "page": _described(
        "Say which page somebody viewed",
        "The playbook's URL patterns tell pricing, comparison, case studies and blog apart.",
        {"name": _TEXT, "category": _TEXT, "properties": _OBJECT},
        _VIEWED,
    ),
    "screen": _described(
        "Say which screen of an app somebody viewed",
        "As `page`, for apps.",
        {"name": _TEXT, "category": _TEXT, "properties": _OBJECT},
        {"userId": "u-17", "name": "Billing"},
    ),
    "group": _described(
        "Say which company somebody belongs to",
        "The traits describe the company.",
        {"groupId": _TEXT, "traits": _OBJECT},
        {"userId": "u-17", "groupId": "nordwind", "traits": {"industry": "logistics"}},
    ),
    "alias": _described(
        "Say that two ids are one person",
        "Joins `previousId` and `userId`.",
        {"previousId": _TEXT},
        {"previousId": "a-1", "userId": "u-17"},
    ),
    "batch": _described(
        "Send many calls at once",
        "At most 500 KB and 2,500 calls; each names its `type`. The batch's `context` and `sentAt` hold for all.",
        {"batch": {"type": "array", "items": _OBJECT, "maxItems": 2_500}},
        {"batch": [{"type": "track", **_TRACKED}, {"type": "page", **_VIEWED}], "sentAt": AT},
    ),
}
