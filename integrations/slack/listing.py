"""Leads, cards, times and hours in lines that reps read; text elements show every character as typed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from agent.business_hours import BusinessHours
from agent.desk_board import Card, LeadLine
from agent.handoff import HandoffState
from agent.lead import Lead
from agent.playbook import Playbook
from agent.scoring import Score, Temperature
from agent.team_rules import RepRules
from integrations.slack import rich_text as shape
from integrations.slack.answers import rep_name
from integrations.slack.links import link_to
from integrations.slack.markup import one_line
from integrations.slack.rich_text import Block

MOST_LINES: Final = 10
LONGEST_NAME: Final = 60
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
WEEK: Final = 7
COLOURS: Final = {
    Temperature.RED_HOT: "🔴 red-hot",
    Temperature.HOT: "🟠 hot",
    Temperature.WARM: "🟡 warm",
    Temperature.COLD: "🔵 cold",
}


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The time where somebody reads."""

    zone: ZoneInfo
    now: datetime


def bullets(lines: Sequence[Block]) -> Block:
    """Give a list."""
    return shape.rich_text([{"type": "rich_text_list", "style": "bullet", "elements": list(lines)}])


def link(text: str, url: str) -> Block:
    """Give a link, or bold text where there is no address."""
    return {"type": "link", "text": text, "url": url} if url else shape.bold(text)


def code(text: str) -> Block:
    """Give what is to be typed."""
    return {"type": "text", "text": text, "style": {"code": True}}


def lead_line(line: LeadLine, here: LocalTime) -> Block:
    """Give a lead in one line."""
    lead = line.lead
    since = f"since {moment(line.since, here)}" if line.since else ""
    colour = f"{COLOURS[line.temperature]} {line.total}"
    about = (_company(lead), colour, since, lead.email if lead.name else "")
    return shape.line(shape.bold(lead_name(lead)), shape.words(_joined(about)))


def card_line(card: Card, workspace: str, playbook: Playbook, here: LocalTime) -> Block:
    """Give a handoff in one line, with a link to its card."""
    handoff, score = card.handoff, card.handoff.briefing.score
    name = one_line(handoff.briefing.who, LONGEST_NAME) or "A visitor"
    about = (
        one_line(handoff.briefing.company, LONGEST_NAME),
        f"{COLOURS[score.temperature]} {score.total}",
        standing(card, playbook, here),
        "the visitor waits for an answer" if card.waits and handoff.state.is_active else "",
        _promised_call(card, here),
    )
    return shape.line(link(name, link_to(workspace, card.reference)), shape.words(_joined(about)))


def standing(card: Card, playbook: Playbook, here: LocalTime) -> str:
    """Say where a handoff stands, and since when."""
    handoff = card.handoff
    if handoff.state is HandoffState.OPEN:
        return f"open since {moment(handoff.opened_at, here)}"
    if handoff.state is HandoffState.CLAIMED and handoff.claimed_by and handoff.claimed_at:
        who = rep_name(playbook, handoff.claimed_by)
        return f"claimed by {who} {moment(handoff.claimed_at, here)}"
    return handoff.state.value.replace("_", " ")


def lead_name(lead: Lead) -> str:
    """Give what a lead is called in a list: a name, else an address, else our id."""
    return one_line(lead.name or lead.email, LONGEST_NAME) or f"A visitor without a name ({lead.id})"  # fmt: skip


def score_sum(score: Score) -> str:
    """Say what a score is made of."""
    grade = f", grade {score.grade}" if score.grade else ""
    return f"{score.total} = intent {score.intent} + engagement {score.engagement} + fit {score.fit}{grade}"


def more(shown: int, total: int) -> str:
    """Say how many are not shown; empty when all are."""
    return f"{total - shown:,} more are not shown." if total > shown else ""


def moment(at: datetime, here: LocalTime) -> str:
    """Give a time, with its day unless that is today."""
    local = at.astimezone(here.zone)
    is_today = local.date() == here.now.astimezone(here.zone).date()
    return f"{local:%H:%M}" if is_today else f"{local:%a %d %b %H:%M}"


def span(time: timedelta | None) -> str:
    """Give a length of time as people say it."""
    if time is None:
        return "nothing was claimed"
    if time < MINUTE:
        return f"{int(time.total_seconds())} s"
    minutes = round(time / MINUTE)
    return f"{minutes} min" if time < HOUR else f"{minutes // 60} h {minutes % 60:02} min"


def hours_lines(rep: RepRules, playbook: Playbook, now: datetime) -> Iterator[str]:
    """Say whether somebody is there, for the rep and for each team, and which days are off."""
    yield f"You: {_presence(playbook.hours_of(rep), now, 'at work', 'off')}"
    if not playbook.teams:
        yield f"The desk: {_presence(playbook.hours.hours(), now, 'open', 'closed')}"
    for team in playbook.teams[:MOST_LINES]:
        hours = playbook.hours_of_team(team.id)
        yield f"{one_line(team.name, LONGEST_NAME)}: {_presence(hours, now, 'open', 'closed')}"
    if days := sorted(set(_days_off(playbook, rep, now))):
        yield "Days off in the next seven days: " + ", ".join(days)


def _promised_call(card: Card, here: LocalTime) -> str:
    call = card.handoff.call_back
    is_due = call is not None and call.done_at is None and card.handoff.state.is_active
    return f"a call was promised for {moment(call.at, here)}" if call and is_due else ""


def _presence(hours: BusinessHours, now: datetime, present: str, absent: str) -> str:
    if closes := hours.closes_at(now):
        return f"{present} until {_clock(closes, hours.zone)}"
    opens = hours.next_open_at(now)
    if opens is None:
        return f"{absent}, with no working day in sight"
    return f"{absent} until {moment(opens, LocalTime(hours.zone, now))} ({_city(hours.zone)})"


def _days_off(playbook: Playbook, rep: RepRules, now: datetime) -> Iterable[str]:
    teams = (playbook.hours_of_team(team.id) for team in playbook.teams)
    for hours in (playbook.hours_of(rep), playbook.hours.hours(), *teams):
        today = now.astimezone(hours.zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(WEEK))
        yield from (
            f"{day:%a %d %b}" for day in days if day in hours.days_off and hours.week.get(day.weekday())
        )  # fmt: skip


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M} ({_city(zone)})"


def _city(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def _company(lead: Lead) -> str:
    return one_line(lead.company.name or lead.company.domain, LONGEST_NAME)


def _joined(parts: Iterable[str]) -> str:
    return "".join(f" · {part}" for part in parts if part)
