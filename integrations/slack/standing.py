"""Where a handoff stands, in a sentence for reps: who is expected or holds it, until when, and what was promised."""

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from agent.call_back import call_back_line
from agent.handoff import Handoff, HandoffState
from agent.outcome import Outcome
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack.answers import rep_name
from integrations.slack.markup import one_line

OUTCOMES = {
    Outcome.MEETING_BOOKED: "meeting booked",
    Outcome.MEETING_HELD: "meeting held",
    Outcome.OPPORTUNITY: "opportunity",
    Outcome.WON: "won",
    Outcome.LOST: "lost",
    Outcome.NOT_HOT: "not hot",
}


def standing(handoff: Handoff, playbook: Playbook) -> str:
    """Say where it stands."""
    match handoff.state:
        case HandoffState.OPEN:
            return _open(handoff, playbook)
        case HandoffState.CLAIMED:
            since = at(handoff, handoff.claimed_at, playbook)
            return f"Claimed by {holder(handoff, playbook)} {since}{_resting(handoff, playbook)}"
        case HandoffState.GIVEN_BACK:
            ended = at(handoff, handoff.ended_at, playbook)
            return f"Given back by {holder(handoff, playbook)} {ended}: the agent answers again"
        case HandoffState.CLOSED:
            return f"Closed {at(handoff, handoff.ended_at, playbook)}{_became(handoff)}"
        case _:
            assert_never(handoff.state)


def thread_rule(handoff: Handoff, playbook: Playbook) -> str:
    """Say whose words in the thread reach the visitor."""
    match handoff.state:
        case HandoffState.OPEN:
            return "The agent keeps answering until you claim. Replies in the thread stay among colleagues."
        case HandoffState.CLAIMED:
            name = holder(handoff, playbook)
            return f"What {name} writes in this thread goes to the visitor; what others write stays here."
        case HandoffState.GIVEN_BACK | HandoffState.CLOSED:
            return ""
        case _:
            assert_never(handoff.state)


def call_promised(handoff: Handoff, playbook: Playbook) -> str:
    """Say which call was promised to the visitor, by whom, and what became of it."""
    promised = handoff.call_back
    if promised is None:
        return ""
    line = call_back_line(promised, playbook).partition(": ")[2]
    asked = f" (they asked: “{one_line(promised.asked, 60)}”)" if promised.asked else ""
    return f"{rep_name(playbook, promised.rep_id)}, {line}{asked}"


def expected(handoff: Handoff, playbook: Playbook) -> list[RepRules]:
    """Give the rep who holds it, else those who were called."""
    ids = (handoff.claimed_by,) if handoff.claimed_by else handoff.routed_to
    return [rep for rep in map(playbook.rep, ids) if rep]


def holder(handoff: Handoff, playbook: Playbook) -> str:
    """Name the rep who claimed it."""
    return rep_name(playbook, handoff.claimed_by) if handoff.claimed_by else "a rep"


def at(handoff: Handoff, instant: datetime | None, playbook: Playbook) -> str:
    """Write an instant in the desk's time zone, with the day where it is not that of the opening."""
    if instant is None:
        return ""
    zone = ZoneInfo(playbook.hours.time_zone)
    local, opened = instant.astimezone(zone), handoff.opened_at.astimezone(zone)
    city = zone.key.rpartition("/")[2].replace("_", " ")
    same_day = local.date() == opened.date()
    return f"{local:%H:%M} ({city})" if same_day else f"{local:%a %d %b %H:%M} ({city})"


def stamp(instant: datetime, playbook: Playbook) -> str:
    """Write an instant of any year in the desk's time zone."""
    return f"{instant.astimezone(ZoneInfo(playbook.hours.time_zone)):%d %b %Y %H:%M}"


def _open(handoff: Handoff, playbook: Playbook) -> str:
    names = " or ".join(rep.name for rep in expected(handoff, playbook)[:4]) or "a rep"
    waiting = f"Open, for {one_line(names, 120)}"
    if handoff.snoozed_until:
        return waiting + _resting(handoff, playbook)
    if handoff.claim_due_at:
        return f"{waiting}; the visitor expects somebody by {at(handoff, handoff.claim_due_at, playbook)}"
    return f"{waiting}; nobody was promised to the visitor"


def _resting(handoff: Handoff, playbook: Playbook) -> str:
    if handoff.snoozed_until is None:
        return ""
    return f"; reminders rest until {at(handoff, handoff.snoozed_until, playbook)}"


def _became(handoff: Handoff) -> str:
    became = OUTCOMES[handoff.outcome] if handoff.outcome else ""
    what = ", ".join(text for text in (became, one_line(handoff.note, 160)) if text)
    return f": {what}" if what else ""
