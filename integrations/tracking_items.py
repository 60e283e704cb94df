"""Reports of other systems, one by one: an item of Segment's specification becomes a `TrackingCall`, or is refused.

The tracking API and the import of files both read their items here. What a sender may get wrong is either
mended (control characters, far too long values) or refused with a sentence; no value of theirs stands in it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from agent.errors import HotlineError
from agent.tracking import CallKind, TrackingCall
from integrations.tracking_text import flatten, one_line

LONGEST_ID = 300
LONGEST_NAME = 200
LONGEST_URL = 2_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MOST_AHEAD = timedelta(days=1)

Item = Mapping[str, object]

_INSTANT = TypeAdapter(datetime)
_UNFIT_FOR_IDS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_NIL = str(UUID(int=0))
_ADDRESS = re.compile(r"(https?:/)?/", re.IGNORECASE)
# What programs send instead of nothing; taken for an id, it would make one person of very many.
_NOBODY = frozenset(
    ("null", "(null)", "nil", "none", "undefined", "nan", "true", "false", "[object object]", _NIL)
)


class UnusableCallError(HotlineError):
    """A report that cannot be used; the message says what to do, `field` where (empty: the whole item)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def tracking_call(
    item: Item,
    kind: str | None,
    received_at: datetime,
    sent_at: datetime | None = None,
    context: Mapping[str, object] | None = None,
) -> TrackingCall:
    """Check one item and give what it reports; raises UnusableCallError.

    `kind` is the call it came by, None: the item's own `type` says it. `sent_at` and `context` are those of
    the batch; its `sentAt` rules, as it is set anew at each attempt, and the item's own context wins.
    """
    call = _kind(kind if kind is not None else item.get("type"))
    around = {**_inner(context), **_inner(item.get("context"))}
    page, properties = _inner(around.get("page")), _properties(item)
    reported = TrackingCall(
        id=_id(item, "messageId"),
        kind=call,
        at=_instant(item, received_at, sent_at),
        received_at=received_at,
        **_people(item, call),
        name=_name(item, call, properties),
        title=_title(call, properties, page),
        url=_url(properties, page),
        properties=flatten(properties),
        traits=_traits(item, call, around),
    )
    return reported if reported.id else _identified(reported, item)


def read_instant(written: object) -> datetime | None:
    """Give an instant in UTC from ISO 8601 or Unix time in seconds or milliseconds, None for none.

    Without a time zone it counts as UTC; numbers up to 2e10 are seconds. Raises ValueError.
    """
    if written is None or written == "":
        return None
    try:
        at = _parsed(written.strip() if isinstance(written, str) else written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("an instant lies within the years 1 to 9999") from error


def instant_if_any(written: object) -> datetime | None:
    """Give an instant as `read_instant` does, and None for what cannot be read."""
    try:
        return read_instant(written)
    except ValueError:
        return None


def _parsed(written: object) -> datetime:
    try:
        return _INSTANT.validate_python(written)
    except ValidationError:
        if not isinstance(written, str):
            raise
        return datetime.fromisoformat(written)  # the basic form too: 20260301T094500Z


def _kind(written: object) -> CallKind:
    try:
        return CallKind(written.strip().lower() if isinstance(written, str) else "")
    except ValueError as error:
        kinds = ", ".join(CallKind)
        raise UnusableCallError("type", f"send one of these as type: {kinds}") from error


def _people(item: Item, call: CallKind) -> dict[str, str]:
    """Read whom and which group it is about, and see that what the call needs is there."""
    people = {
        "user_id": _id(item, "userId"),
        "anonymous_id": _id(item, "anonymousId"),
        "previous_id": _id(item, "previousId") if call is CallKind.ALIAS else "",
        "group_id": _id(item, "groupId") if call is CallKind.GROUP else "",
    }
    if call is CallKind.ALIAS and not (people["user_id"] and people["previous_id"]):
        raise UnusableCallError("previousId", "send both previousId and userId with alias")
    if call is CallKind.GROUP and not people["group_id"]:
        raise UnusableCallError("groupId", "send the groupId with group")
    if not people["user_id"] and not people["anonymous_id"]:
        raise UnusableCallError("userId", "send userId or anonymousId: it says whom this is about")
    return people


def _id(item: Item, field: str) -> str:
    """Read an id; empty where there is none, or only a word that programs send for nobody."""
    written = item.get(field)
    if written is None:
        return ""
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    if isinstance(written, bool) or not isinstance(written, str | int):
        raise UnusableCallError(field, f"send {field} as a text")
    text = str(written).strip()
    if _UNFIT_FOR_IDS.search(text):
        raise UnusableCallError(field, f"send {field} without control characters, in whole Unicode")
    if len(text) > LONGEST_ID:
        raise UnusableCallError(field, f"send {field} with at most {LONGEST_ID} characters")
    return "" if text.lower() in _NOBODY else text


def _instant(item: Item, received_at: datetime, sent_at: datetime | None) -> datetime:
    """Read when it happened by our clock: a sender's clock that is wrong is wrong in `sentAt` as well."""
    try:
        written = read_instant(item.get("timestamp"))
        if written is None:
            return received_at
        at = written + _skew(item, received_at, sent_at)
    except (ValueError, OverflowError) as error:
        raise UnusableCallError(
            "timestamp", "send timestamp as ISO 8601, such as 2026-03-01T09:45:00.000Z"
        ) from error
    if not EARLIEST <= at <= received_at + MOST_AHEAD:
        raise UnusableCallError(
            "timestamp", "send a timestamp from the year 2000 on that does not lie ahead of now"
        )
    return min(at, received_at)


def _skew(item: Item, received_at: datetime, sent_at: datetime | None) -> timedelta:
    if "receivedAt" in item or "originalTimestamp" in item:
        return timedelta()  # Segment has passed it on, with the timestamp corrected already
    sent = sent_at or instant_if_any(item.get("sentAt"))
    return received_at - sent if sent else timedelta()


def _properties(item: Item) -> Mapping[str, object]:
    category = {"category": item["category"]} if item.get("category") else {}
    return {**category, **_object(item, "properties")}


def _traits(item: Item, call: CallKind, around: Item) -> Mapping[str, str]:
    """Read the traits; those around a `group` describe the person, its own the company."""
    own = flatten(_object(item, "traits"))
    return own if call is CallKind.GROUP else {**flatten(_inner(around.get("traits"))), **own}


def _object(item: Item, field: str) -> Mapping[str, object]:
    """Read an object; PHP writes an empty one as an empty list."""
    written = item.get(field)
    if not written:
        return {}
    if not isinstance(written, Mapping):
        raise UnusableCallError(field, f"send {field} as an object")
    return written


def _inner(written: object) -> Mapping[str, object]:
    return written if isinstance(written, Mapping) else {}


def _name(item: Item, call: CallKind, properties: Item) -> str:
    match call:
        case CallKind.TRACK:
            return _event(item)
        case CallKind.PAGE | CallKind.SCREEN:
            return _first(item.get("name"), properties.get("name"))[:LONGEST_NAME]
        case _:
            return ""


def _event(item: Item) -> str:
    written = item.get("event")
    name = one_line(written) if isinstance(written, str) else ""
    if not name:
        raise UnusableCallError("event", "send the name of what happened as event")
    if len(name) > LONGEST_NAME:
        raise UnusableCallError("event", f"send event with at most {LONGEST_NAME} characters")
    return name


def _title(call: CallKind, properties: Item, page: Item) -> str:
    """Read what the thing is called; the page around a `track` is only where it happened."""
    around = page.get("title") if call is CallKind.PAGE else None
    return _first(properties.get("title"), around, properties.get("name"))[:LONGEST_ID]


def _url(properties: Item, page: Item) -> str:
    written = (inner.get(field) for field in ("url", "path") for inner in (properties, page))
    texts = (one_line(url) for url in written if isinstance(url, str))
    return next((url for url in texts if _ADDRESS.match(url)), "")[:LONGEST_URL]


def _first(*written: object) -> str:
    return next((one_line(text) for text in written if isinstance(text, str) and text.strip()), "")


def _identified(call: TrackingCall, item: Item) -> TrackingCall:
    """Name a report without an id by what it says, so that a second attempt is known again.

    Without a timestamp the hour counts too, or the same act on another day would never be heard of.
    """
    said = [
        *(call.kind, call.user_id, call.anonymous_id, call.previous_id, call.group_id),
        *(call.name, call.title, call.url, sorted(call.properties.items())),
        *(sorted(call.traits.items()), str(item.get("timestamp") or f"{call.at:%Y-%m-%dT%H}")),
    ]
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return replace(call, id=f"made-{digest[:32]}")
