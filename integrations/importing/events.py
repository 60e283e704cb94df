"""A line of a file that says what somebody did, as the tracking call it would have been."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from agent.tracking import CallKind, TrackingCall
from integrations.importing.addresses import address_in
from integrations.importing.columns import Columns, Fields, map_columns, something
from integrations.importing.files import Record, Source, UnusableFileError, shown
from integrations.importing.instants import Times, UnreadableTimeError
from integrations.importing.lines import UnusableLineError
from integrations.tracking_items import UnusableCallError, tracking_call

PROPERTIES, TRAITS = "properties.", "traits."

EVENT_FIELDS = Fields(
    {
        "type": "type calltype",
        "event": "event eventname eventtype activity activitytype action name",
        "timestamp": "timestamp occurredat originaltimestamp eventtime eventtimestamp eventdate activitydate "
        "datetime createdat createdate date datum",
        "time": "time clocktime uhrzeit",
        "email": "email emailaddress workemail contactemail mail recipient",
        "user_id": "userid externalid customerid",
        "anonymous_id": "anonymousid visitorid cookieid deviceid",
        "message_id": "messageid eventid insertid",
        "title": "title contenttitle pagetitle subject asset content",
        "url": "url pageurl page link address",
        "traits.firstName": "firstname givenname vorname",
        "traits.lastName": "lastname surname familyname nachname",
        "traits.name": "fullname contactname attendeename",
        "traits.title": "jobtitle position",
        "traits.phone": "phone phonenumber telefon",
        "traits.company.name": "company companyname organization organisation firma",
    },
    prefixes=(PROPERTIES, TRAITS),
)

ATTENDEE_FIELDS = Fields(
    {
        **{field: names for field, names in EVENT_FIELDS.names.items() if field != "event"},
        "traits.name": f"{EVENT_FIELDS.names['traits.name']} name",
    },
    EVENT_FIELDS.prefixes,
)
"""Where all did the same, a column of names has people's."""

_CALL_KINDS = frozenset(CallKind)
_ACTS = (CallKind.TRACK, CallKind.PAGE, CallKind.SCREEN)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\s*[AaPp]\.?[Mm]\.?)?")
_SNAKE_CASE = {
    "user_id": "userId",
    "anonymous_id": "anonymousId",
    "message_id": "messageId",
    "previous_id": "previousId",
    "group_id": "groupId",
}
_LOOKED_THROUGH = 5_000

Item = dict[str, object]


@dataclass(frozen=True, slots=True)
class Act:
    """What a line says somebody did (or is), and what it says of them beside: a trait and its value each."""

    call: TrackingCall
    traits: tuple[tuple[str, object], ...] = ()

    @property
    def person(self) -> TrackingCall:
        """Give the traits as the call that would have told them."""
        told = {
            "userId": self.call.user_id,
            "anonymousId": self.call.anonymous_id,
            "timestamp": self.call.at.isoformat(),
            "traits": dict(self.traits),
        }
        return tracking_call(told, CallKind.IDENTIFY, self.call.received_at)


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads lines as acts; `event` is what everybody in the file did, empty where a column says it."""

    columns: Columns
    times: Times
    is_json: bool
    event: str = ""

    def read(self, record: Record) -> Act:
        """Read one line; raises UnusableLineError."""
        try:
            item = _object(record.cells[0]) if self.is_json else self._item(record.cells)
            item = self._identified(self._dated(item))
            call = tracking_call(item, None, self.times.now)
            return Act(call, _traits_beside(call, item))
        except (UnusableCallError, UnreadableTimeError) as error:
            raise UnusableLineError(_sentence(error)) from error

    def _item(self, cells: Sequence[str]) -> Item:
        """Make an item of Segment's specification of a row."""
        cell = self.columns.cell
        kind, event = cell(cells, "type").lower(), self.event or cell(cells, "event")
        if kind not in _CALL_KINDS:
            kind = CallKind.TRACK if event or not cell(cells, "url") else CallKind.PAGE
        item: Item = {"type": str(kind), "event": event, "name": event}
        properties = dict(self._named(cells, PROPERTIES))
        for at in self.columns.unused:
            if at < len(cells) and (text := something(cells[at])):
                properties.setdefault(self.columns.names[at], text)
        properties |= {f: text for f in ("title", "url") if (text := cell(cells, f))}
        traits = dict(self._named(cells, TRAITS))
        if email := cell(cells, "email"):
            traits["email"] = address_in(email) or email
        return item | {
            "userId": cell(cells, "user_id"),
            "anonymousId": cell(cells, "anonymous_id"),
            "messageId": cell(cells, "message_id"),
            "timestamp": self._written_time(cells),
            "properties": properties,
            "context": {"traits": traits},
        }

    def _named(self, cells: Sequence[str], prefix: str) -> Iterable[tuple[str, str]]:
        for field in self.columns.of_field:
            if field.startswith(prefix) and (text := self.columns.cell(cells, field)):
                yield field.removeprefix(prefix), text

    def _written_time(self, cells: Sequence[str]) -> str:
        day, clock = self.columns.cell(cells, "timestamp"), self.columns.cell(cells, "time")
        return f"{day} {clock}" if day and _CLOCK.fullmatch(clock) else day or clock

    def _dated(self, item: Item) -> Item:
        """Write the time as UTC, and leave out when the file's sender sent it: that is not now."""
        dated = {name: value for name, value in item.items() if name != "sentAt"}
        written = item.get("timestamp") or item.get("originalTimestamp")
        if written is not None and not isinstance(written, str | int | float):
            raise UnusableLineError("has a timestamp that is no text")
        if something(str(written or "")):
            dated["timestamp"] = self.times.read(str(written)).isoformat()
        elif str(item.get("type", "")).strip().lower() in _ACTS:
            raise UnusableLineError("does not say when it happened")
        else:
            dated["messageId"] = item.get("messageId") or _content_id(item)
        return dated

    def _identified(self, item: Item) -> Item:
        """Know somebody of whom there is only an email by that."""
        email = address_in(_written_email(item))
        if email and not item.get("userId") and not item.get("anonymousId"):
            item["userId"] = email
        if not item.get("userId") and not item.get("anonymousId"):
            has_email = bool(_written_email(item))
            because = "its email is no address, and" if has_email else "it has no email and"
            raise UnusableLineError(f"does not say who: {because} no user id or anonymous id")
        return item


def event_reader(source: Source, said: Iterable[str], times: Times, event: str = "") -> EventReader:
    """See that the columns say who did what and when; raises UnusableFileError."""
    if not source.delimiter:
        if [*said]:
            raise UnusableFileError("--map is for CSV; JSON lines say themselves what is what.")
        return EventReader(Columns(source.columns, {}, ()), times, is_json=True)
    columns = map_columns(source.columns, ATTENDEE_FIELDS if event else EVENT_FIELDS, said)
    found = f"the columns are {shown(source.columns)}"
    if not columns.has("email", "user_id", "anonymous_id"):
        raise UnusableFileError(
            f"No column says who it was; {found}. Name one: --map COLUMN=email, user_id or anonymous_id."
        )
    if not columns.has("timestamp", "time"):
        raise UnusableFileError(
            f"No column says when it happened; {found}. Name one: --map COLUMN=timestamp."
        )
    if not event and not columns.has("event", "url", "type"):
        raise UnusableFileError(
            f"No column says what was done; {found}. Name one with --map COLUMN=event, or say what everybody "
            'in the file did: --event "Webinar Attended".'
        )
    return EventReader(columns, times, is_json=False, event=event)


def some_times(source: Source, said: Iterable[str]) -> Iterable[str]:
    """Give the times of the first 5,000 lines as they are written, to see how the file writes dates."""
    if not source.delimiter:
        return
    columns = map_columns(source.columns, EVENT_FIELDS, said)
    for record in islice(source.records(), _LOOKED_THROUGH):
        day, clock = columns.cell(record.cells, "timestamp"), columns.cell(record.cells, "time")
        yield day or clock


def _object(line: str) -> Item:
    try:
        item = json.loads(line, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise UnusableLineError("is no JSON") from error
    if not isinstance(item, dict):
        raise UnusableLineError("is no JSON object")
    known: Item = {_SNAKE_CASE.get(str(name), str(name)): value for name, value in item.items()}
    if "type" not in known and "event" in known:
        known["type"] = CallKind.TRACK.value
    return known


def _written_email(item: Item) -> str:
    """Give the first email that an item names: its own, or that of its traits."""
    context = item.get("context")
    within = context.get("traits") if isinstance(context, Mapping) else None
    places = (item, item.get("traits"), within, item.get("properties"))
    emails = (place.get("email") for place in places if isinstance(place, Mapping))
    return next((email for email in emails if isinstance(email, str) and email.strip()), "")


def _traits_beside(call: TrackingCall, item: Item) -> tuple[tuple[str, object], ...]:
    """Give what a line says of a person beside what they did; only a valid email counts as one."""
    if call.kind not in _ACTS:
        return ()
    context = item.get("context")
    within = context.get("traits") if isinstance(context, Mapping) else None
    traits = dict(within) if isinstance(within, Mapping) else {}
    email = address_in(_written_email(item))
    beside = {name: value for name, value in traits.items() if name != "email"}
    return tuple(sorted((beside | ({"email": email} if email else {})).items()))


def _content_id(item: Mapping[str, object]) -> str:
    written = json.dumps(item, sort_keys=True, default=str)
    return f"made-{hashlib.sha256(written.encode()).hexdigest()[:32]}"


def _sentence(error: UnusableCallError | UnreadableTimeError) -> str:
    return (
        f"{error.field or 'the line'}: {error}"
        if isinstance(error, UnusableCallError)
        else str(error)
    )
