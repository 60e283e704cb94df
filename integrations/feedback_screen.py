"""Feedback on a terminal: how many hot were called not hot, why, and what became of the others."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from agent.feedback import Feedback, Tally, tally
from agent.partings import Rating, count_scores
from integrations.screen_text import temperature
from prompts.phrases import reasons


def show_tally(said: Sequence[Feedback], console: Console) -> None:
    """Print the figures, by temperature, by reason and by outcome."""
    counted = tally(said)
    if not counted.verdicts:
        console.print("Nothing yet: no handoff was closed with an outcome in this time.")
        return
    table = _table("called", "told of", "not hot", "share")
    for each in counted.verdicts:
        share = f"{each.not_hot / each.told:.0%}"
        table.add_row(temperature(each.temperature), str(each.told), str(each.not_hot), share)
    console.print(table)
    why = {reasons().fill(f"not_hot_{reason}"): n for reason, n in counted.reasons.items()}
    _show_counts("not hot because", why, console)
    _show_counts("became", _named(counted), console)


def show_ratings(ratings: Sequence[Rating], console: Console) -> None:
    """Print how visitors rated conversations, the best first; nothing where nobody did."""
    counts = {f"{score} of 5": count for score, count in count_scores(ratings).items()}
    _show_counts("visitors rated", counts, console)


def as_lines(said: Sequence[Feedback]) -> Iterator[str]:
    """Give each as a line of JSON."""
    for each in said:
        line = asdict(each) | {"at": each.at.isoformat()}
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _named(counted: Tally) -> dict[str, int]:
    return {each.value.replace("_", " "): count for each, count in counted.outcomes.items()}


def _show_counts(heading: str, counts: Mapping[str, int], console: Console) -> None:
    if not counts:
        return
    console.print()
    table = _table(heading, "")
    for name, count in counts.items():
        table.add_row(name, str(count))
    console.print(table)


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first)
    for heading in others:
        table.add_column(heading, justify="right")
    return table
