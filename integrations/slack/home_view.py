"""The home tab of one rep: what waits, what they hold, who is hot, how fast claims are, who is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent.desk_board import Card, Cards, LeadLines
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack import blocks as card_blocks
from integrations.slack import listing
from integrations.slack import rich_text as shape
from integrations.slack.listing import LocalTime
from integrations.slack.markup import one_line
from integrations.slack.pauses import PAUSE
from integrations.slack.rich_text import Block

LONGEST_QUOTE: Final = 200
PAUSES: Final = {"30m": "Pause 30 min", "2h": "Pause 2 h"}
NOTHING_WAITS: Final = "Nothing waits. When a lead is handed off, it appears here with a Claim button, and in the channel."
NOTHING_HELD: Final = "You hold no conversation. Press Claim to take one."
NOBODY_HOT: Final = "Nobody is hot right now. Type /hotline leads to see who is closest."
NOT_CLAIMED: Final = "No lead was claimed in the last seven days. The time to claim shows here from the first one on."


@dataclass(frozen=True, slots=True)
class Home:
    """What the home tab shows; `today` and `week` are median times to claim."""

    rep: RepRules
    mine: Cards
    waiting: Cards
    hot: LeadLines
    today: timedelta | None
    week: timedelta | None
    paused_until: datetime | None
    workspace: str
    now: datetime


def home_view(home: Home, playbook: Playbook) -> Block:
    """Give the view to publish."""
    here = LocalTime(playbook.hours_of(home.rep).zone, home.now)
    shown = [
        *_waiting(home, playbook, here),
        *_mine(home, playbook, here),
        *_hot(home, here),
        shape.header("Time to claim"),
        shape.section(_time_to_claim(home)),
        shape.header("Hours"),
        listing.bullets(
            [
                shape.line(shape.words(text))
                for text in listing.hours_lines(home.rep, playbook, home.now)
            ]
        ),
        *_pause(home, here),
    ]
    return _view(shown)


def stranger_view(text: str) -> Block:
    """Give the view of somebody whom the playbook does not name."""
    return _view([shape.section(text)])


def _view(shown: Sequence[Block]) -> Block:
    return {"type": "home", "blocks": list(shown)}


def _waiting(home: Home, playbook: Playbook, here: LocalTime) -> Iterator[Block]:
    yield shape.header(f"Waiting for a rep ({home.waiting.total:,})")
    for card in home.waiting.cards:
        yield from _claimable(card, home.workspace, playbook, here)
    yield from _end(len(home.waiting.cards), home.waiting.total, NOTHING_WAITS)


def _claimable(card: Card, workspace: str, playbook: Playbook, here: LocalTime) -> Iterator[Block]:
    lines = [listing.card_line(card, workspace, playbook, here)]
    if said := one_line(card.handoff.briefing.quote, LONGEST_QUOTE):
        lines.append(shape.quote(said))
    yield shape.rich_text(lines)
    yield shape.actions(shape.button("Claim", card_blocks.CLAIM, card.handoff.id))


def _mine(home: Home, playbook: Playbook, here: LocalTime) -> Iterator[Block]:
    lines = [listing.card_line(c, home.workspace, playbook, here) for c in home.mine.cards]
    yield from _part("You hold", lines, home.mine.total, NOTHING_HELD)


def _hot(home: Home, here: LocalTime) -> Iterator[Block]:
    lines = [listing.lead_line(line, here) for line in home.hot.lines]
    yield from _part("Hot today", lines, home.hot.total, NOBODY_HOT)


def _part(title: str, lines: Sequence[Block], total: int, when_empty: str) -> Iterator[Block]:
    yield shape.header(f"{title} ({total:,})")
    if lines:
        yield listing.bullets(lines)
    yield from _end(len(lines), total, when_empty)


def _end(shown: int, total: int, when_empty: str) -> Iterator[Block]:
    if not shown:
        yield shape.section(when_empty)
    elif rest := listing.more(shown, total):
        yield shape.context(rest)


def _time_to_claim(home: Home) -> str:
    if home.week is None:
        return NOT_CLAIMED
    return f"Half of all claims came within {listing.span(home.week)} in the last seven days; today: {listing.span(home.today)}."


def _pause(home: Home, here: LocalTime) -> Iterator[Block]:
    if home.paused_until:
        until = listing.moment(home.paused_until, here)
        yield shape.section(f"You take nothing new until {until}. What you hold stays with you.")
        yield shape.actions(shape.button("End the pause", f"{PAUSE}:off", "off"))
    else:
        yield shape.actions(
            *(shape.button(label, f"{PAUSE}:{value}", value) for value, label in PAUSES.items())
        )
