"""Promises of a call that can be kept: at a time at which a rep who was called really works.

Only what is certain is taken from the visitor's words: one day, one time of day, in the hours of a rep. All else
means the next opening.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agent.briefing import EMAIL, PHONE
from agent.conversation import Author, Conversation, Message, MessageSource
from agent.handoff import CallBack, Handoff
from agent.playbook import Playbook
from agent.request_words import CALL
from agent.team_rules import RepRules
from agent.wished_time import wished_time

LONGEST_WISH = 40
LONGEST_ANSWER = 12
LONGEST_ASKED = 160
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Said:
    """What a visitor said that bears on a call: the words to answer, what was said before, and where they live."""

    words: str
    before: tuple[str, ...] = ()
    time_zone: str = ""

    @classmethod
    def of(cls, messages: Iterable[Message]) -> "Said":
        """Gather all that the visitor said, with nothing to answer."""
        return cls("", tuple(m.text for m in messages if m.author is Author.VISITOR))


def can_promise(handoff: Handoff, playbook: Playbook, now: datetime) -> bool:
    """Tell whether one of the reps who are expected ever works."""
    return any(playbook.hours_of(rep).next_open_at(now) for rep in _expected(handoff, playbook))


def plan_call_back(
    handoff: Handoff,
    said: Said,
    conversation: Conversation,
    playbook: Playbook,
    now: datetime,
    opens_at: datetime | None = None,
) -> CallBack | None:
    """Give the call-back that may be promised now, None where nobody ever works.

    What was promised before stays, but for what the visitor says anew: a time, a number. Else it is when a rep
    opens, who is not there before `opens_at`; while somebody works who did not come, a while from now.
    """
    played, before = conversation.now_in(now), handoff.call_back
    contact = contact_in((*said.before, said.words)) or _known_email(conversation)
    if slot := _asked_slot(handoff, said, playbook, played):
        rep, at = slot
        asked = said.words[:LONGEST_ASKED]
    elif before is not None:
        return _changed(before, replace(before, contact=contact or before.contact), now)
    elif slot := _next_slot(handoff, playbook, max(played, opens_at or played), played):
        rep, at = slot
        asked = ""
    else:
        return None
    planned = CallBack(at - conversation.rehearsal, rep.id, contact, asked)
    return _changed(before, planned, now)


def contact_in(texts: Iterable[str]) -> str:
    """Give the phone number or mail address that the visitor named last, a number before an address; else nothing."""
    newest_first = list(texts)[::-1]
    for pattern in (PHONE, EMAIL):
        found = (match for text in newest_first for match in reversed(list(pattern.finditer(text))))
        if match := next(found, None):
            return match[0].strip()
    return ""


def zone_of(rep: RepRules, playbook: Playbook) -> ZoneInfo:
    """Give the time zone that a rep works in."""
    return playbook.hours_of(rep).zone


def call_back_line(call_back: CallBack, playbook: Playbook) -> str:
    """Say for reps what was promised: "Call back promised: Mon 23 Nov 09:00 (Berlin), +49 30 1234567"."""
    rep = playbook.rep(call_back.rep_id)
    zone = zone_of(rep, playbook) if rep else playbook.hours.hours().zone
    city = zone.key.rpartition("/")[2].replace("_", " ")
    at = f"{call_back.at.astimezone(zone):%a %d %b %H:%M} ({city})"
    became = ", done" if call_back.done_at else ", missed" if call_back.missed_at else ""
    return f"Call back promised: {at}, {call_back.contact or 'in the chat'}{became}"


def _changed(before: CallBack | None, planned: CallBack, now: datetime) -> CallBack:
    if before is not None and replace(planned, changed_at=before.changed_at) == before:
        return before
    return replace(planned, changed_at=now)


def _expected(handoff: Handoff, playbook: Playbook) -> list[RepRules]:
    return [rep for rep_id in handoff.routed_to if (rep := playbook.rep(rep_id))]


def _asked_slot(
    handoff: Handoff, said: Said, playbook: Playbook, now: datetime
) -> tuple[RepRules, datetime] | None:
    """Find who works at the time that the visitor asked for a call."""
    length = len(said.words.split())
    is_about_call = bool(re.search(CALL, said.words, re.IGNORECASE)) and length <= LONGEST_WISH
    is_answer = handoff.call_back is not None and length <= LONGEST_ANSWER
    if not (is_about_call or is_answer):
        return None
    for rep in _expected(handoff, playbook):
        zone = _zone(said.time_zone) or zone_of(rep, playbook)
        words = PHONE.sub(" ", EMAIL.sub(" ", said.words))
        at = wished_time(words, now, zone)
        if at and playbook.hours_of(rep).is_open(at):
            return rep, at
    return None


def _next_slot(
    handoff: Handoff, playbook: Playbook, earliest: datetime, now: datetime
) -> tuple[RepRules, datetime] | None:
    """Find the rep who opens first; one who works now is given a while, as somebody who could come would have come."""
    slots = list(_slots(handoff, playbook, earliest, now))
    return min(slots, key=lambda slot: slot[1]) if slots else None


def _slots(
    handoff: Handoff, playbook: Playbook, earliest: datetime, now: datetime
) -> Iterator[tuple[RepRules, datetime]]:
    for rep in _expected(handoff, playbook):
        hours = playbook.hours_of(rep)
        at = hours.next_open_at(earliest)
        if at is not None and at <= now:
            later = hours.add(now, timedelta(minutes=playbook.sla.call_back_minutes))
            at = hours.next_open_at(_rounded_up(later)) if later else None
        if at is not None:
            yield rep, at


def _rounded_up(at: datetime) -> datetime:
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at + (QUARTER - over) if over else at


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _known_email(conversation: Conversation) -> str:
    """Give the address that was left here, else one that is proven, or that the words came from: whoever answers writes there."""
    visitor = conversation.visitor
    is_theirs = visitor.is_proven or conversation.source is not MessageSource.CHAT
    return conversation.left_email or ((visitor.email or "") if is_theirs else "")
