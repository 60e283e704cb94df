"""A promised call-back as a calendar file, which any calendar opens; it names no number or address of the visitor."""

from datetime import timedelta

from agent.call_back import zone_of
from agent.handoff import CallBack, Handoff
from agent.playbook import Playbook

NAME = "call-back.ics"
MEDIA_TYPE = "text/calendar; charset=utf-8"
LASTS = timedelta(minutes=30)


def calendar_file(handoff: Handoff, call_back: CallBack, playbook: Playbook, url: str) -> bytes:
    """Write the call as one event in the rep's zone; the same call changed later replaces it in a calendar."""
    # It takes a tenth of a second to import, and most processes never write one.
    from icalendar import Calendar, Event

    rep = playbook.rep(call_back.rep_id)
    zone = zone_of(rep, playbook) if rep else playbook.hours.hours().zone
    start = call_back.at.astimezone(zone)
    event = Event.new(
        uid=f"{handoff.id}@{playbook.company.name.lower().replace(' ', '-')}.hotline",
        start=start,
        end=start + LASTS,
        stamp=call_back.changed_at or handoff.opened_at,
        sequence=_sequence(handoff, call_back),
        summary=f"Call back: {_who(handoff)}",
        description=f"Promised to the visitor by {playbook.company.name}. What they want, and how to reach them, stands on the card.",
        url=url or None,
    )
    calendar = Calendar.new(prodid="-//Hotline//Call back//EN", subcomponents=[event])
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _sequence(handoff: Handoff, call_back: CallBack) -> int:
    """Give a number that grows with each change: the seconds since the handoff was opened."""
    changed_at = call_back.changed_at or handoff.opened_at
    return max(0, int((changed_at - handoff.opened_at).total_seconds()))


def _who(handoff: Handoff) -> str:
    briefing = handoff.briefing
    return " · ".join(text for text in (briefing.who, briefing.company) if text)[:120]
