"""The briefing card, which a rep reads in twenty seconds; what comes into its thread stands in `reminders`.

Slack refuses a message whose blocks come to about 13,200 characters, though each is within its own limit
(https://github.com/slackapi/bolt-js/issues/2509): a card that is too long is written again, shorter. The rooms
below keep a card within a screen and a half of a phone; the rest lies behind More.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from agent.briefing import BriefingLine
from agent.handoff import Handoff
from agent.playbook import Playbook
from agent.scoring import Temperature
from integrations.slack import buttons
from integrations.slack import rich_text as shape
from integrations.slack.buttons import CLAIM as CLAIM
from integrations.slack.markup import cut, escape, one_line
from integrations.slack.rich_text import Block
from integrations.slack.standing import call_promised, standing, thread_rule
from integrations.slack.standing import expected as expected

LARGEST_CARD: Final = 11_500
LONGEST_NOTICE: Final = 900
LARGEST_NOTICE: Final = 3_000
LONGEST_HEADER: Final = 140
LONGEST_NAME: Final = 60
MOST_ITEMS: Final = 20
SHRINKING: Final = (1.0, 0.6, 0.35, 0.2, 0.1)

TEMPERATURES: Final = {
    Temperature.RED_HOT: "🔴 RED-HOT",
    Temperature.HOT: "🟠 HOT",
    Temperature.WARM: "🟡 WARM",
    Temperature.COLD: "🔵 COLD",
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
    return [shape.section(text), _buttons(handoff, playbook)], escape(text)


def moved_card(handoff: Handoff, playbook: Playbook, channel: str) -> tuple[list[Block], str]:
    """Give what stays of a card whose handoff went to another team's channel."""
    team = playbook.team(handoff.team)
    name = team.name if team else "the common desk"
    said = f"{_heading(handoff)}: passed on to {one_line(name, LONGEST_NAME)}."
    place = [shape.words(" It goes on in "), shape.channel(channel), shape.words(".")]
    line = shape.line(shape.words(said), *(place if channel else ()))
    return [shape.rich_text([line])], escape(said)


def notice(handoff: Handoff, playbook: Playbook) -> str:
    """Say the whole card in a few sentences, for notifications and screen readers."""
    return escape(_notice(handoff, playbook))


def name_of(handoff: Handoff) -> str:
    """Give the visitor's name in one short line."""
    return one_line(handoff.briefing.who, LONGEST_NAME) or "A visitor"


def _card(handoff: Handoff, playbook: Playbook, scale: float) -> list[Block]:
    lines = [*_who(handoff, scale), *_briefing(handoff, playbook, scale)]
    return [
        shape.header(_heading(handoff)),
        *([shape.rich_text(lines)] if lines else []),
        shape.context(_score(handoff), standing(handoff, playbook), thread_rule(handoff, playbook)),
        _buttons(handoff, playbook),
    ]


def _buttons(handoff: Handoff, playbook: Playbook) -> Block:
    return buttons.buttons(handoff, playbook, name_of(handoff))


def _heading(handoff: Handoff) -> str:
    score = handoff.briefing.score
    heading = f"{TEMPERATURES[score.temperature]} {score.total} · {name_of(handoff)}"
    cooled = "" if score.temperature.is_hot else f" (was {TEMPERATURES[handoff.temperature][2:]})"
    return cut(heading + (cooled if handoff.temperature.is_hot else ""), LONGEST_HEADER)


def _who(handoff: Handoff, scale: float) -> Iterator[Block]:
    briefing = handoff.briefing
    full_name = briefing.who if len(briefing.who) > LONGEST_NAME else ""
    about = (full_name, briefing.company, briefing.contact, briefing.local_time)
    first, *more = [text for item in about if (text := one_line(item, int(84 * scale)))] or [""]
    if first:
        rest = [shape.words(cut("".join(f" · {text}" for text in more), 90))] if more else []
        yield shape.line(shape.bold(first), *rest)
    if said := one_line(briefing.quote, int(230 * scale)):
        yield shape.quote(said)


def _briefing(handoff: Handoff, playbook: Playbook, scale: float) -> Iterator[Block]:
    briefing = handoff.briefing
    history = [_history(entry, handoff.opened_at) for entry in briefing.timeline]
    lines: Sequence[tuple[str, Sequence[str], int]] = (
        ("Call-back", (call_promised(handoff, playbook),), 130),
        ("Why now", briefing.why_now or (handoff.reason,), 210),
        ("Wants", (briefing.wants,), 120),
        ("Reach", (briefing.reach,), 80),
        ("Against", briefing.competitors, 130),
        ("Known", briefing.known, 180),
        ("Missing", briefing.missing, 80),
        ("History", history, 150),
        ("We said", (briefing.already_said.replace("**", ""),), 100),
        ("Note", briefing.notes, 100),
        ("Next", (briefing.next_step,), 130),
    )
    for label, items, room in lines:
        if text := _listed(items, int(room * scale)):
            yield shape.line(shape.bold(f"{label}  "), shape.words(text))


def _listed(items: Sequence[str], room: int) -> str:
    """Join as many whole items as fit and say how many more there are."""
    longest = room * 2 // 3 if len(items) > 1 else room
    texts = [text for item in items[:MOST_ITEMS] if (text := one_line(item, longest))]
    shown, left = texts[:1], room - len("".join(texts[:1]))
    for text in texts[1:]:
        if len(text) + 3 > left:
            break
        shown.append(text)
        left -= len(text) + 3
    hidden = len(texts) - len(shown) + max(len(items) - MOST_ITEMS, 0)
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


def _notice(handoff: Handoff, playbook: Playbook) -> str:
    """Begin with what a notification has room for, and go on with the rest of what matters."""
    briefing = handoff.briefing
    company, said = one_line(briefing.company, LONGEST_NAME), one_line(briefing.quote, 160)
    sentences = (
        ", ".join(text for text in (_heading(handoff), company) if text),
        f"“{said}”" if said else "",
        standing(handoff, playbook),
        f"Why now: {why}" if (why := _listed(briefing.why_now, 200)) else "",
        f"Next: {step}" if (step := one_line(briefing.next_step, 160)) else "",
    )
    text = cut(" — ".join(text for text in sentences if text), LONGEST_NOTICE)
    while len(json.dumps(text)) > LARGEST_NOTICE:
        text = cut(text, len(text) * 2 // 3)
    return text
