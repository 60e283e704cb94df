"""A lead on a terminal: who, how ready and why, what is qualified, what happened."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from integrations.screen_text import harmless, minute, quoted, temperature

if TYPE_CHECKING:
    from integrations.web.leads import LeadShape, TimelineShape
    from integrations.web.qualification import CriterionShape
    from integrations.web.shapes import HandoffShape, PatternShape, ReasonShape, ScoreShape

MOST_IDENTITIES = 8
DOT = " · "


def show_lead(lead: "LeadShape", console: Console) -> None:
    """Show all that is known of a lead, the timeline newest first."""
    _show_who(lead, console)
    show_score(lead.score, console)
    _show_patterns(lead.patterns, console)
    _show_qualification(lead, console)
    _show_handoffs(lead, console)
    _show_timeline(lead, console)
    console.print(Text("\nTimes are UTC.", style="dim"))


def show_score(score: "ScoreShape", console: Console) -> None:
    """Show the score and its reasons, whose points add up to it."""
    heading(console, "Score")
    console.print(
        Text.assemble(
            "  ",
            (str(score.total), "bold"),
            f"{DOT}grade {score.grade}{DOT}",
            temperature(score.temperature),
            f" since {minute(score.since)}",
        )
    )
    table = _table("right")
    for reason in score.reasons:
        table.add_row(f"{reason.points:+}", _because(reason), _at(reason))
    if score.reasons:
        table.add_row(Text("─" * 4, style="dim"))
        table.add_row(Text(str(score.total), style="bold"), Text(_parts(score), style="dim"))
    _print(console, table)


def heading(console: Console, text: str) -> None:
    """Begin a part of the page."""
    console.print()
    console.print(Text(text, style="bold"))


def _show_who(lead: "LeadShape", console: Console) -> None:
    name = harmless(lead.name or lead.email) or "Somebody without a name"
    title = harmless(lead.title)
    console.print(Text.assemble((name, "bold"), f", {title}" if title else ""))
    company = lead.company
    people = f"{company.employees:,} people" if company.employees else ""
    place = ", ".join(filter(None, (company.city, company.country)))
    _line(console, (company.name, company.domain, company.industry, people, place))
    owner = f"owner {lead.owner}" if lead.owner else ""
    _line(console, (lead.email, lead.phone, lead.role.replace("_", " "), owner))
    console.print(Text(harmless(lead.lead_id), style="dim"))
    named = [f"{kind}:{value}" for kind, values in lead.identities.items() for value in values]
    more = len(named) - MOST_IDENTITIES
    shown = [*named[:MOST_IDENTITIES], *([f"and {more} more"] if more > 0 else [])]
    _line(console, shown, style="dim")


def _show_patterns(patterns: Sequence["PatternShape"], console: Console) -> None:
    if patterns:
        heading(console, "Patterns")
        table = _table()
        for pattern in patterns:
            table.add_row(minute(pattern.at), Text(harmless(pattern.because)))
        _print(console, table)


def _show_qualification(lead: "LeadShape", console: Console) -> None:
    heading(console, "Qualification")
    table = _table()
    groups = {"BANT": lead.qualification.bant, "MEDDIC": lead.qualification.meddic}
    for name, criteria in groups.items():
        known = {c: found for c, found in criteria.items() if found.status != "unknown"}
        unknown = [_plain(c) for c in criteria if c not in known]
        rows = [(_plain(criterion), _criterion(found)) for criterion, found in known.items()]
        if unknown:
            rows.append(("unknown", Text(", ".join(unknown), style="dim")))
        for number, row in enumerate(rows):
            table.add_row(Text("" if number else name, style="dim"), *row)
    _print(console, table)


def _criterion(found: "CriterionShape") -> Text:
    value, evidence = harmless(found.value or ""), quoted(found.evidence) if found.evidence else ""
    state = f"({found.status}) " if found.status != "known" else ""
    return Text.assemble(state, value, " " if value and evidence else "", (evidence, "italic"))


def _show_handoffs(lead: "LeadShape", console: Console) -> None:
    if lead.handoffs:
        heading(console, "Handoffs")
        table = _table()
        for handoff in lead.handoffs:
            table.add_row(minute(handoff.opened_at), handoff.state.value, _handoff(handoff))
        _print(console, table)
    if lead.outcomes:
        heading(console, "Outcomes")
        table = _table()
        for outcome in lead.outcomes:
            value = f"{outcome.value:,.2f}" if outcome.value is not None else ""
            table.add_row(minute(outcome.at), outcome.outcome.value.replace("_", " "), value)
        _print(console, table)


def _handoff(handoff: "HandoffShape") -> Text:
    claimed = f"{DOT}claimed by {handoff.claimed_by}" if handoff.claimed_by else ""
    became = f"{DOT}{_plain(handoff.outcome)}" if handoff.outcome else ""
    return Text.assemble(
        temperature(handoff.temperature), f"{DOT}{harmless(handoff.reason)}{claimed}{became}"
    )


def _show_timeline(lead: "LeadShape", console: Console) -> None:
    heading(console, "Timeline")
    if not lead.timeline:
        console.print(Text("  Nothing has happened yet.", style="dim"))
        return
    table = _table()
    for entry in lead.timeline:
        table.add_row(minute(entry.at), _happened(entry))
    _print(console, table)
    if lead.cursor:
        told = f"  There is more: hotline lead show {lead.lead_id} --after {lead.cursor}"
        console.print(Text(told, style="dim"), soft_wrap=True)


def _happened(entry: "TimelineShape") -> Text:
    if entry.kind == "turn":
        said = f"wrote: {_plain(entry.name)}"
        return Text.assemble((said, "cyan"), f"{DOT}{_plain(entry.title)}" if entry.title else "")
    title, url = (f"{DOT}{harmless(text)}" if text else "" for text in (entry.title, entry.url))
    return Text.assemble(harmless(entry.name), title, (url, "dim"))


def _because(reason: "ReasonShape") -> Text:
    quote = f" {quoted(reason.quote)}" if reason.quote else ""
    return Text.assemble(harmless(reason.because), (quote, "italic"))


def _at(reason: "ReasonShape") -> Text:
    return Text(minute(reason.at) if reason.at else "", style="dim")


def _parts(score: "ScoreShape") -> str:
    return f"intent {score.intent}, engagement {score.engagement}, fit {score.fit}"


def _line(console: Console, parts: Iterable[str], style: str = "") -> None:
    if line := DOT.join(filter(None, map(harmless, parts))):
        console.print(Text(line, style=style))


def _plain(name: str) -> str:
    return harmless(name).replace("_", " ")


def _print(console: Console, table: Table) -> None:
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _table(first: Literal["left", "right"] = "left") -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, justify=first)
    return table
