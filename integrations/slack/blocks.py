"""What reps read in Slack: the briefing card and what comes into its thread (see also `answers`).

Slack refuses a message whose blocks come to about 13,200 characters, though each is within its own limit
(https://github.com/slackapi/bolt-js/issues/2509): a card that is too long is written again, shorter.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from agent.briefing import BriefingLine
from agent.handoff import Handoff, HandoffState, Outcome
from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import RepRules
from integrations.slack import rich_text as shape
from integrations.slack.answers import rep_name
from integrations.slack.markup import cut, escape, one_line
from integrations.slack.rich_text import Block

LARGEST_CARD: Final = 11_500
LONGEST_NOTICE: Final = 400
LONGEST_HEADER: Final = 140
LONGEST_NAME: Final = 60
SHRINKING: Final = (1.0, 0.6, 0.35, 0.2, 0.1)

CLAIM: Final = "handoff.claim"
GIVE_BACK: Final = "handoff.give_back"
CLOSE: Final = "handoff.close"
NOT_HOT: Final = "handoff.not_hot"

TEMPERATURES: Final = {
    Temperature.RED_HOT: "🔴 RED-HOT",
    Temperature.HOT: "🟠 HOT",
    Temperature.WARM: "🟡 WARM",
    Temperature.COLD: "🔵 COLD",
}
OUTCOMES: Final = {
    Outcome.MEETING_BOOKED: "meeting booked",
    Outcome.MEETING_HELD: "meeting held",
    Outcome.OPPORTUNITY: "opportunity",
    Outcome.WON: "won",
    Outcome.LOST: "lost",
    Outcome.NOT_HOT: "not hot",
}


def card(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Give the briefing card and the text that notifications and screen readers use."""
    text = notice(handoff, playbook)
    for scale in SHRINKING:
        blocks = _card(handoff, playbook, scale)
        if len(json.dumps(blocks)) + len(json.dumps(text)) <= LARGEST_CARD:
            return blocks, text
    return small_card(handoff, playbook)


def small_card(handoff: Handoff, playbook: Playbook) -> tuple[list[Block], str]:
    """Give a card of one paragraph and the buttons, for when Slack refuses the full one."""
    text = _notice(handoff, playbook)
    return [shape.section(text), *_buttons(handoff)], escape(text)


def notice(handoff: Handoff, playbook: Playbook) -> str:
    """Say the whole card in one sentence or two."""
    return escape(_notice(handoff, playbook))


def _card(handoff: Handoff, playbook: Playbook, scale: float) -> list[Block]:
    lines = [*_who(handoff, scale), *_briefing(handoff, scale)]
    return [
        shape.header(_heading(handoff)),
        *([shape.rich_text(lines)] if lines else []),  # Slack refuses an empty one
        shape.context(_score(handoff), _state(handoff, playbook), _thread_rule(handoff, playbook)),
        *_buttons(handoff),
    ]


def _heading(handoff: Handoff) -> str:
    score = handoff.briefing.score
    heading = f"{TEMPERATURES[score.temperature]} {score.total} · {name_of(handoff)}"
    cooled = "" if score.temperature.is_hot else f" (was {TEMPERATURES[handoff.temperature][2:]})"
    return cut(heading + (cooled if handoff.temperature.is_hot else ""), LONGEST_HEADER)


def name_of(handoff: Handoff) -> str:
    """Give the visitor's name in one short line."""
    return one_line(handoff.briefing.who, LONGEST_NAME) or "A visitor"


def _who(handoff: Handoff, scale: float) -> Iterator[Block]:
    briefing = handoff.briefing
    there = f"{briefing.local_time} there" if briefing.local_time else ""
    full_name = briefing.who if len(briefing.who) > LONGEST_NAME else ""
    about = (full_name, briefing.company, briefing.contact, there)
    first, *more = [text for item in about if (text := one_line(item, int(160 * scale)))] or [""]
    if first:
        rest = [shape.words("".join(f" · {text}" for text in more))] if more else []
        yield shape.line(shape.bold(first), *rest)
    if said := one_line(briefing.quote, int(700 * scale)):
        yield shape.quote(said)


def _briefing(handoff: Handoff, scale: float) -> Iterator[Block]:
    briefing = handoff.briefing
    history = [_history(entry, handoff.opened_at) for entry in briefing.timeline]
    lines: Sequence[tuple[str, Sequence[str], int]] = (
        ("Why now", briefing.why_now or (handoff.reason,), 900),
        ("Wants", (briefing.wants,), 300),
        ("Known", briefing.known, 700),
        ("Missing", briefing.missing, 300),
        ("Against", briefing.competitors, 500),
        ("History", history, 700),
        ("We said", (briefing.already_said,), 400),
        ("Next", (briefing.next_step,), 400),
        ("Note", briefing.notes, 500),
    )
    for label, items, room in lines:
        if text := _listed(items, int(room * scale)):
            yield shape.line(shape.bold(f"{label}  "), shape.words(text))


def _listed(items: Sequence[str], room: int) -> str:
    """Join as many whole items as fit and say how many more there are."""
    texts = [
        text
        for text in (one_line(item, room // 2 if len(items) > 1 else room) for item in items[:20])
        if text
    ]
    shown, left = texts[:1], room - len("".join(texts[:1]))
    for text in texts[1:]:
        if len(text) + 3 > left:
            break
        shown.append(text)
        left -= len(text) + 3
    hidden = len(texts) - len(shown) + max(len(items) - 20, 0)
    return " · ".join(shown) + (f" · {hidden} more" if hidden else "")


def _history(entry: BriefingLine, now: datetime) -> str:
    age = now - entry.at
    if age < timedelta(days=1):
        return f"{entry.text} (today)" if age < timedelta(hours=12) else f"{entry.text} (1 d)"
    return (
        f"{entry.text} ({age.days} d)"
        if age < timedelta(days=21)
        else f"{entry.text} ({entry.at:%b %Y})"
    )


def _score(handoff: Handoff) -> str:
    score = handoff.briefing.score
    grade = f", {score.grade}" if score.grade else ""
    return f"Score {score.total} = intent {score.intent} + engagement {score.engagement} + fit {score.fit}{grade}"


def _state(handoff: Handoff, playbook: Playbook) -> str:
    match handoff.state:
        case HandoffState.OPEN:
            return _open(handoff, playbook)
        case HandoffState.CLAIMED:
            return f"Claimed by {_claimed_by(handoff, playbook)} {_at(handoff, handoff.claimed_at, playbook)}"
        case HandoffState.GIVEN_BACK:
            by = _claimed_by(handoff, playbook)
            return f"Given back by {by} {_at(handoff, handoff.ended_at, playbook)}: the agent answers again"
        case HandoffState.CLOSED:
            became = OUTCOMES[handoff.outcome] if handoff.outcome else ""
            what = ", ".join(text for text in (became, one_line(handoff.note, 160)) if text)
            return f"Closed {_at(handoff, handoff.ended_at, playbook)}" + (
                f": {what}" if what else ""
            )
        case _:
            assert_never(handoff.state)


def _open(handoff: Handoff, playbook: Playbook) -> str:
    names = " or ".join(rep.name for rep in expected(handoff, playbook)[:4]) or "a rep"
    waiting = f"Open, for {one_line(names, 120)}"
    if handoff.snoozed_until:
        return f"{waiting}; reminders rest until {_at(handoff, handoff.snoozed_until, playbook)}"
    if handoff.claim_due_at:
        return f"{waiting}; the visitor expects somebody by {_at(handoff, handoff.claim_due_at, playbook)}"
    return f"{waiting}; nobody was promised to the visitor"


def _thread_rule(handoff: Handoff, playbook: Playbook) -> str:
    match handoff.state:
        case HandoffState.OPEN:
            return "The agent keeps answering until you claim. Replies in the thread stay among colleagues."
        case HandoffState.CLAIMED:
            name = _claimed_by(handoff, playbook)
            return f"What {name} writes in this thread goes to the visitor; what others write stays here."
        case HandoffState.GIVEN_BACK | HandoffState.CLOSED:
            return ""
        case _:
            assert_never(handoff.state)


def _buttons(handoff: Handoff) -> list[Block]:
    claim = shape.button("Claim", CLAIM, handoff.id) | {"style": "primary"}
    give_back = shape.button("Give back to the agent", GIVE_BACK, handoff.id)
    close = shape.button("Close", CLOSE, handoff.id) | {
        "confirm": shape.confirm(
            "Close this one?", "The agent covers what the visitor still says.", "Close", "Cancel"
        )
    }
    not_hot = shape.button("Not hot", NOT_HOT, handoff.id) | {
        "confirm": shape.confirm(
            "Not hot?", "This closes it and tells Hotline it was wrong.", "Not hot", "Cancel"
        )
    }
    match handoff.state:
        case HandoffState.OPEN:
            return [shape.actions(claim, not_hot)]
        case HandoffState.CLAIMED:
            return [shape.actions(give_back, close, not_hot)]
        case HandoffState.GIVEN_BACK | HandoffState.CLOSED:
            return []
        case _:
            assert_never(handoff.state)


def _notice(handoff: Handoff, playbook: Playbook) -> str:
    briefing = handoff.briefing
    company = one_line(briefing.company, LONGEST_NAME)
    said = one_line(briefing.quote, 160)
    sentences = (
        ", ".join(text for text in (_heading(handoff), company) if text),
        f"“{said}”" if said else "",
        _state(handoff, playbook),
    )
    return cut(" — ".join(text for text in sentences if text), LONGEST_NOTICE)


def expected(handoff: Handoff, playbook: Playbook) -> list[RepRules]:
    """Give the rep who holds it, else those who were called."""
    ids = (handoff.claimed_by,) if handoff.claimed_by else handoff.routed_to
    return [rep for rep in map(playbook.rep, ids) if rep]


def _claimed_by(handoff: Handoff, playbook: Playbook) -> str:
    return rep_name(playbook, handoff.claimed_by) if handoff.claimed_by else "a rep"


def _at(handoff: Handoff, instant: datetime | None, playbook: Playbook) -> str:
    if instant is None:
        return ""
    zone = ZoneInfo(playbook.hours.time_zone)
    local, opened = instant.astimezone(zone), handoff.opened_at.astimezone(zone)
    city = zone.key.rpartition("/")[2].replace("_", " ")
    same_day = local.date() == opened.date()
    return f"{local:%H:%M} ({city})" if same_day else f"{local:%a %d %b %H:%M} ({city})"
