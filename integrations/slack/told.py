"""What a command answers: blocks, and the same in a sentence for notifications."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.desk_board import Cards, LeadFile, LeadLines
from agent.engagement import EngagementEvent
from agent.playbook import Playbook
from agent.scoring import Reason
from integrations.slack import listing
from integrations.slack import rich_text as shape
from integrations.slack.listing import LocalTime
from integrations.slack.markup import cut, escape, one_line
from integrations.slack.rich_text import Block

LONGEST_HEADER: Final = 140
LONGEST_NAME: Final = listing.LONGEST_NAME
LONGEST_WORDS: Final = 160
MOST_REASONS: Final = 8
COMMANDS: Final[Mapping[str, str]] = {
    "leads": "the leads with the highest score",
    "hot": "who is hot right now",
    "mine": "the conversations you hold, with links to their cards",
    "lead NAME": "one lead by name, company or e-mail address: score, reasons, last acts",
    "pause 30m": "take nothing new for a while; also 2h, until 15:00, off",
    "hours": "who is at the desk, and when it opens next",
    "help": "this list",
}


@dataclass(frozen=True, slots=True)
class Told:
    """An answer."""

    text: str
    blocks: tuple[Block, ...] = ()


def say(text: str) -> Told:
    """Give a plain sentence, without any mark-up."""
    return Told(escape(text), (shape.section(text),))


def help_text(command: str, wrong: str = "") -> Told:
    """List what can be asked; `wrong` is what nobody understands."""
    begin = f"“{one_line(wrong, LONGEST_NAME)}” is nothing I know. " if wrong else ""
    intro = f"{begin}You can ask:"
    lines = [
        shape.line(listing.code(f"{command} {words}"), shape.words(f"  {what}"))
        for words, what in COMMANDS.items()
    ]
    words = ", ".join(COMMANDS)
    return Told(escape(f"{intro} {words}."), (shape.section(intro), listing.bullets(lines)))


def leads(found: LeadLines, title: str, here: LocalTime) -> Told:
    """List leads."""
    lines = [listing.lead_line(line, here) for line in found.lines]
    names = ", ".join(f"{listing.lead_name(line.lead)} {line.total}" for line in found.lines[:3])
    rest = listing.more(len(found.lines), found.total)
    return _listed(f"{title} ({found.total:,})", lines, rest, names)


def cards(
    found: Cards, title: str, workspace: str, playbook: Playbook, here: LocalTime
) -> Told:  # fmt: skip
    """List handoffs with links to their cards."""
    lines = [listing.card_line(card, workspace, playbook, here) for card in found.cards]
    names = ", ".join(one_line(card.handoff.briefing.who, LONGEST_NAME) for card in found.cards[:3])
    rest = listing.more(len(found.cards), found.total)
    return _listed(f"{title} ({found.total:,})", lines, rest, names)


def lead(file: LeadFile, workspace: str, playbook: Playbook, here: LocalTime) -> Told:
    """Give one lead: who, score and reasons, last acts, the card."""
    name, score = listing.lead_name(file.lead), file.score
    colour = f"{listing.COLOURS[score.temperature]} since {listing.moment(score.since, here)}"
    about = [*_who(file), shape.line(shape.words(f"{colour}; {listing.score_sum(score)}"))]
    blocks = [shape.header(cut(name, LONGEST_HEADER)), shape.rich_text(about)]
    blocks += _part("Why", [_reason(reason) for reason in score.reasons[:MOST_REASONS]])
    blocks += _part("Last acts", [_act(act, here) for act in file.acts])
    if file.card:
        blocks += _part("Card", [listing.card_line(file.card, workspace, playbook, here)])
    text = f"{name}, {listing.COLOURS[score.temperature]} {score.total}"
    return Told(escape(text), tuple(blocks))


def lines(title: str, texts: Sequence[str]) -> Told:
    """Give a few plain lines under a title."""
    shown = [shape.line(shape.words(text)) for text in texts]
    return _listed(title, shown, "", "; ".join(texts))


def which(found: LeadLines, command: str, here: LocalTime) -> Told:
    """Ask which of several leads is meant."""
    shown = [listing.lead_line(line, here) for line in found.lines]
    title = f"{found.total:,} leads are called so. Say which by e-mail address:"
    return _listed(f"{title} {command} lead ADDRESS", shown, "", "")


def _listed(title: str, shown: Sequence[Block], rest: str, summary: str) -> Told:
    blocks = (shape.section(title), listing.bullets(shown), *([shape.context(rest)] if rest else ()))  # fmt: skip
    return Told(escape(": ".join(part for part in (title, summary) if part)), blocks)


def _who(file: LeadFile) -> Iterator[Block]:
    who, company = file.lead, file.lead.company
    size = f"{company.employees:,} people" if company.employees else ""
    first = (who.title, company.name or company.domain, company.industry, size, company.country)
    second = (who.email, who.phone, f"owned by {who.owner}" if who.owner else "")
    for parts in (first, second):
        if text := " · ".join(filter(None, (one_line(part, LONGEST_WORDS) for part in parts))):
            yield shape.line(shape.words(text))


def _part(title: str, shown: Sequence[Block]) -> list[Block]:
    if not shown:
        return []
    return [shape.rich_text([shape.line(shape.bold(title))]), listing.bullets(shown)]


def _reason(reason: Reason) -> Block:
    quote = f" “{one_line(reason.quote, LONGEST_WORDS)}”" if reason.quote else ""
    because = one_line(reason.because, LONGEST_WORDS) or "no reason is kept"
    return shape.line(shape.bold(f"{reason.points:+d} "), shape.words(because + quote))


def _act(act: EngagementEvent, here: LocalTime) -> Block:
    title = f": {one_line(act.title, LONGEST_WORDS)}" if act.title else ""
    what = one_line(act.name, LONGEST_WORDS) + title
    return shape.line(shape.words(f"{listing.moment(act.at, here)}  {what}"))
