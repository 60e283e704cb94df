"""What the widget tells of a visit: items of Segment's specification, as far as anybody may send them.

There is no write key here, so nobody is named but the browser: no user id, no traits, no address.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

import structlog

from agent.tracking import CallKind, TrackingCall
from integrations.tracking_items import Item, UnusableCallError, instant_if_any, tracking_call
from integrations.web.problems import ProblemError
from integrations.web.services import WidgetServices

MOST_ITEMS = 50
KINDS = (CallKind.PAGE, CallKind.TRACK)
TOLD = ("type", "anonymousId", "messageId", "timestamp", "name", "event", "properties")
AROUND = ("page", "campaign", "locale")

log = structlog.get_logger()


@dataclass(slots=True)
class VisitEvents:
    """What a body held: the calls that can be used, why others cannot, and the newest page with its locale."""

    calls: list[TrackingCall] = field(default_factory=list)
    unusable: Counter[str] = field(default_factory=Counter)
    page: TrackingCall | None = None
    locale: str = ""


def read_events(body: Item, received_at: datetime) -> VisitEvents:
    """Read a batch, leaving out what cannot be used; raises ProblemError for what is no batch."""
    batch = body.get("batch")
    if not isinstance(batch, list) or len(batch) > MOST_ITEMS:
        detail = f"Send the events as a list named batch, at most {MOST_ITEMS}."
        raise ProblemError(HTTPStatus.BAD_REQUEST, detail)
    sent_at, events = instant_if_any(body.get("sentAt")), VisitEvents()
    for item in batch:
        try:
            _add(events, _told(item), received_at, sent_at)
        except UnusableCallError as error:
            events.unusable[str(error)] += 1
    return events


async def keep_events(events: VisitEvents, widget: WidgetServices) -> None:
    """Keep what can be used, and count all of it."""
    if events.unusable:
        widget.note_calls("unusable", events.unusable.total())
        log.warning("tracking.unusable", reasons=dict(events.unusable))
    if events.calls:
        taken = await widget.tracking.take_in(events.calls)
        for result, count in (("new", taken.new), ("known", taken.known)):
            widget.note_calls(result, count)
        widget.note_calls("refused", len(taken.refused))


def _add(events: VisitEvents, item: Item, received_at: datetime, sent_at: datetime | None) -> None:
    call = tracking_call(item, None, received_at, sent_at)
    if call.kind not in KINDS:
        raise UnusableCallError("type", "send page and track; others need the write key")
    events.calls.append(call)
    if call.kind is CallKind.PAGE and (events.page is None or call.at >= events.page.at):
        events.page, events.locale = call, _locale(item)


def _told(item: object) -> Item:
    """Give an item without anything that would say who somebody is."""
    if not isinstance(item, Mapping):
        raise UnusableCallError("", "send each event as a JSON object")
    context = item.get("context")
    around = context if isinstance(context, Mapping) else {}
    kept = {key: item[key] for key in TOLD if key in item}
    return {**kept, "context": {key: around[key] for key in AROUND if key in around}}


def _locale(item: Item) -> str:
    context = item["context"]
    locale = context.get("locale") if isinstance(context, Mapping) else None
    return locale if isinstance(locale, str) else ""
