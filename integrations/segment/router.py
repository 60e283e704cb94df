"""The endpoints of the tracking API: each reads what an SDK sent, checks it, and hands it to the store.

As Segment does, well-formed JSON is answered 200 even where an item cannot be used, so that an SDK does not send
the same in vain for hours. `X-Strict-Mode: 1` answers 422 instead, says which and why, and keeps nothing.
"""

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.exceptions import HTTPException

from agent.clock import Clock
from agent.tracking import CallKind, TakenIn, Tracking, TrackingCall
from integrations.segment.described import DESCRIBED, REFUSALS, SuccessShape
from integrations.tracking_bodies import fits, read_object
from integrations.tracking_items import Item, UnusableCallError, instant_if_any, tracking_call

CALL_LIMIT = 32 * 1024
BATCH_LIMIT = 500 * 1024
MOST_ITEMS = 2_500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class TrackingServices:
    """What the tracking API needs; `note_calls` counts reports: new, known, refused or unusable."""

    tracking: Tracking
    clock: Clock
    write_key: str
    note_calls: Callable[[str, int], None]


@dataclass(slots=True)
class Items:
    """What a body held: what can be taken, and what cannot, with the place where it stood."""

    calls: list[TrackingCall] = field(default_factory=list)
    unusable: list[tuple[tuple[str | int, ...], UnusableCallError]] = field(default_factory=list)

    def read(
        self, item: object, place: tuple[str | int, ...], call: Callable[[Item], TrackingCall]
    ) -> None:
        """Check an item and put it where it belongs."""
        try:
            self.calls.append(call(_sized(item)))
        except UnusableCallError as error:
            self.unusable.append((place, error))


class WriteKey(HTTPBasic):
    """The write key as Basic user name, None when there is none; described in OpenAPI."""

    async def __call__(self, request: Request) -> HTTPBasicCredentials | None:  # type: ignore[override]
        """Read the header; one that cannot be read is refused."""
        try:
            return await super().__call__(request)
        except HTTPException as error:
            raise _wrong_key() from error


_basic = WriteKey(auto_error=False, scheme_name="write_key", description="write key, no password")
Credentials = Annotated[HTTPBasicCredentials | None, Depends(_basic)]
Strict = Annotated[
    str, Header(alias="X-Strict-Mode", description="1: what cannot be used is answered 422")
]
Receive = Callable[..., Awaitable[SuccessShape]]


def tracking_router(services: TrackingServices) -> APIRouter:
    """Give the endpoints; those of one letter are what the browser SDK calls."""
    router = APIRouter(tags=["tracking"])
    receivers = {kind.value: _call_receiver(services, kind) for kind in CallKind}
    for name, receive in {**receivers, "batch": _batch_receiver(services)}.items():
        described = DESCRIBED[name]
        router.add_api_route(
            f"/v1/{name}",
            receive,
            methods=["POST"],
            summary=described.summary,
            description=described.description,
            openapi_extra=described.body,
            responses=REFUSALS,
        )
        router.add_api_route(f"/v1/{name[0]}", receive, methods=["POST"], include_in_schema=False)
    return router


def _call_receiver(services: TrackingServices, kind: CallKind) -> Receive:
    async def receive(
        request: Request, credentials: Credentials, strict: Strict = ""
    ) -> SuccessShape:
        received_at, items = services.clock.now(), Items()
        body = await _admitted(services, request, credentials, CALL_LIMIT)
        items.read(body, (), lambda item: tracking_call(item, kind, received_at))
        return await _take(services, items, strict)

    return receive


def _batch_receiver(services: TrackingServices) -> Receive:
    async def receive(
        request: Request, credentials: Credentials, strict: Strict = ""
    ) -> SuccessShape:
        received_at = services.clock.now()
        body = await _admitted(services, request, credentials, BATCH_LIMIT)
        # A thousand items take tens of milliseconds, and visitors wait for the same event loop.
        items = await asyncio.to_thread(_items, body, received_at)
        return await _take(services, items, strict)

    return receive


async def _admitted(
    services: TrackingServices, request: Request, credentials: Credentials, most: int
) -> Item:
    """Read the body of somebody who has the write key: in the header, or in the body itself."""
    if credentials is not None:
        _require(services, credentials.username)
    body = await read_object(request, most)
    if credentials is None:
        _require(services, body.get("writeKey"))
    return body


def _items(body: Item, received_at: datetime) -> Items:
    batch = body.get("batch")
    if not isinstance(batch, list) or len(batch) > MOST_ITEMS:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST, f"Send the calls as a list named batch, at most {MOST_ITEMS:,}."
        )
    context, sent_at = body.get("context"), instant_if_any(body.get("sentAt"))
    around = context if isinstance(context, Mapping) else None
    items = Items()
    for position, item in enumerate(batch):
        items.read(
            item,
            ("batch", position),
            lambda one: tracking_call(one, None, received_at, sent_at, around),
        )
    return items


async def _take(services: TrackingServices, items: Items, strict: str) -> SuccessShape:
    """Keep what can be used; say what cannot, to the log without anybody's data and to whoever asked."""
    if items.unusable:
        services.note_calls("unusable", len(items.unusable))
        reasons = Counter(str(error) for _, error in items.unusable)
        log.warning("tracking.unusable", unusable=len(items.unusable), reasons=dict(reasons))
        if strict.strip().lower() in ("1", "true"):
            raise RequestValidationError([_complaint(*unusable) for unusable in items.unusable])
    if items.calls:
        taken = await services.tracking.take_in(items.calls)
        for result, count in _results(taken):
            services.note_calls(result, count)
    return SuccessShape(success=True)


def _results(taken: TakenIn) -> list[tuple[str, int]]:
    if taken.refused:
        log.warning("tracking.refused", refused=len(taken.refused))
    return [("new", taken.new), ("known", taken.known), ("refused", len(taken.refused))]


def _complaint(place: tuple[str | int, ...], error: UnusableCallError) -> dict[str, object]:
    field_of_item = (error.field,) if error.field else ()
    return {"loc": ("body", *place, *field_of_item), "msg": str(error), "type": "unusable_call"}


def _sized(item: object) -> Item:
    if not isinstance(item, Mapping):
        raise UnusableCallError("", "send each call as a JSON object")
    if not fits(item, CALL_LIMIT):
        raise UnusableCallError("", f"send at most {CALL_LIMIT // 1024} KB a call")
    return item


def _require(services: TrackingServices, given: object) -> None:
    """Compare in constant time."""
    key = given.encode("utf-8", "replace") if isinstance(given, str) else b""
    if not hmac.compare_digest(key, services.write_key.encode()):
        raise _wrong_key()


def _wrong_key() -> HTTPException:
    return HTTPException(
        HTTPStatus.UNAUTHORIZED,
        "Send the write key (HOTLINE_WRITE_KEY) as the user name of Basic authentication, or as writeKey.",
        {"WWW-Authenticate": 'Basic realm="tracking"'},
    )
