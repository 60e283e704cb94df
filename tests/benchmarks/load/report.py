"""What was measured, as rows of a table, as JSON lines and as figures to plot."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.load.figures import NOTHING, Run, Spread
from tests.benchmarks.load.machine import MEGABYTE, Cost

COLUMNS = (
    "case", "offered/s", "done/s", "acknowledged ms\n50/95/99 %", "first sentence ms\n50/95/99 %", "whole reply ms\n50/95/99 %",
    "503s", "errors", "un-\nanswered", "broken", "late", "CPU ms\na turn", "most MB",
)  # fmt: skip


BROKEN = "unanswered: accepted, and no reply within the visitors' patience; broken: replies doubled, words lost, doubled or out of order"


@dataclass(frozen=True, slots=True)
class Row:
    """One run in figures; `broken` counts doubled replies and words lost, doubled or out of order."""

    case: str
    offered: float
    done: float
    acknowledged: Spread
    first: Spread
    whole: Spread
    refused: int
    errors: int
    unanswered: int
    broken: int
    late: int
    messages: int
    cpu: float
    megabytes: float
    model: Spread = NOTHING
    card: Spread = NOTHING


@dataclass(frozen=True, slots=True)
class Curve:
    """What a turn costs by how much there is of something: first sentence and processor time, in milliseconds."""

    over: str
    sizes: Sequence[int]
    first: Sequence[float]
    cpu: Sequence[float]

    @property
    def growth(self) -> float:
        """Give how many times dearer the dearest size is than the smallest, in processor time."""
        return max(self.cpu) / self.cpu[0]


@dataclass(frozen=True, slots=True)
class Memory:
    """What is resident after so many messages, in megabytes."""

    messages: Sequence[int]
    megabytes: Sequence[float]

    @property
    def bytes_a_message(self) -> float:
        """Give the growth a message over the latter half, when everything is warm."""
        half = (len(self.messages) - 1) // 2
        grown = (self.megabytes[-1] - self.megabytes[half]) * MEGABYTE
        return grown / max(1, self.messages[-1] - self.messages[half])


@dataclass(slots=True)
class Report:
    """Everything that a run of the command found; prints what comes as it comes."""

    console: Console
    rows: list[Row] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    memory: Memory | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keep a row, and say what came out."""
        self.rows.append(row)
        self.console.print(
            f"  {row.case}: {row.done:.1f} turns/s, first sentence p50 {row.first.p50:.0f} p99 {row.first.p99:.0f} ms"
        )

    def remember(self, memory: Memory) -> None:
        """Keep what is known of the memory by now, and say it."""
        self.memory = memory
        self.console.print(f"  {memory.messages[-1]:,} messages: {memory.megabytes[-1]:,.0f} MB")

    def note(self, text: str) -> None:
        """Keep a sentence for the end, and say it."""
        self.notes.append(text)
        self.console.print(f"  {text}")

    def show(self) -> None:
        """Print all tables."""
        if self.rows:
            self.console.print(_table(self.rows))
        for curve in self.curves:
            self.console.print(_curve(curve))
        if self.memory:
            self.console.print(_memory(self.memory))
        for note in self.notes:
            self.console.print(f"* {note}")

    def write(self, folder: Path) -> None:
        """Write the figures as JSON."""
        kept = {
            "rows": [asdict(row) for row in self.rows],
            "curves": [asdict(curve) for curve in self.curves],
            "memory": asdict(self.memory) if self.memory else None,
            "notes": self.notes,
        }
        (folder / "load.json").write_text(json.dumps(_without_nan(kept), indent=1))


def row_of(case: str, run: Run, cost: Cost) -> Row:
    """Give a run as a row."""
    return Row(
        case=case,
        offered=len(run.spoken) / run.seconds,
        done=run.turns_a_second,
        acknowledged=run.acknowledgement,
        first=run.first_sentence,
        whole=run.whole,
        refused=run.refusals,
        errors=run.errors,
        unanswered=run.faults.unanswered,
        broken=run.faults.broken,
        late=run.late,
        messages=len(run.spoken),
        cpu=1000 * cost.seconds / max(1, run.done),
        megabytes=cost.resident / MEGABYTE,
    )


def _table(rows: Sequence[Row]) -> Table:
    table = Table(*COLUMNS, title="Load; times run from the instant at which words were due")
    for row in rows:
        table.add_row(
            row.case, f"{row.offered:.1f}", f"{row.done:.1f}",
            _spread(row.acknowledged), _spread(row.first), _spread(row.whole),
            f"{row.refused:,}", f"{row.errors:,}", f"{row.unanswered:,}", f"{row.broken:,}", f"{row.late:,} of {row.messages:,}",
            f"{row.cpu:.1f}", f"{row.megabytes:,.0f}",
        )  # fmt: skip
    table.caption = "\n".join([*_beside(rows), BROKEN])
    return table


def _beside(rows: Sequence[Row]) -> Iterator[str]:
    """Give what only some rows have."""
    for row in rows:
        if row.model.count:
            yield f"{row.case}: {_spread(row.model)} ms until its request is at the model ({row.model.count} times)"
        if row.card.count:
            yield f"{row.case}: {_spread(row.card)} ms until the card is in Slack ({row.card.count} times)"


def _curve(curve: Curve) -> Table:
    table = Table(curve.over, "first sentence p50 ms", "CPU ms a turn", "to the first")
    for size, first, cpu in zip(curve.sizes, curve.first, curve.cpu, strict=True):
        table.add_row(f"{size:,}", f"{first:.1f}", f"{cpu:.1f}", f"{cpu / curve.cpu[0]:.2f}")
    return table


def _memory(memory: Memory) -> Table:
    table = Table("messages", "resident MB", title="Memory over a long run")
    for messages, megabytes in zip(memory.messages, memory.megabytes, strict=True):
        table.add_row(f"{messages:,}", f"{megabytes:,.0f}")
    table.caption = f"{memory.bytes_a_message:,.0f} bytes a message over the latter half"
    return table


def _spread(spread: Spread) -> str:
    return f"{spread.p50:.0f}/{spread.p95:.0f}/{spread.p99:.0f}" if spread.count else "-"


def _without_nan(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
