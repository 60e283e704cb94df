"""Figures as pictures: how waits grow with the load, what a turn costs as things grow, and memory over messages."""

from collections.abc import Callable, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.benchmarks.load.report import Curve, Memory, Report, Row

SIZE = (9.0, 4.5)
FLAT = 1.5
WIDTH = 0.25


def plot(report: Report, folder: Path) -> list[Path]:
    """Draw what there is; gives the files."""
    drawn: list[Path] = []

    def draw(name: str, onto: Callable[[Axes], None]) -> None:
        drawn.append(_saved(folder / name, onto))

    if rows := report.rows:
        draw("waits.png", lambda axes: _waits(axes, rows))
        draw("costs.png", lambda axes: _costs(axes, rows))
    if curves := report.curves:
        draw("growth.png", lambda axes: _growth(axes, curves))
    if memory := report.memory:
        draw("memory.png", lambda axes: _memory(axes, memory))
    return drawn


def _saved(path: Path, onto: Callable[[Axes], None]) -> Path:
    figure = Figure(figsize=SIZE, layout="constrained")
    onto(figure.subplots())
    figure.savefig(path, dpi=120)
    return path


def _waits(axes: Axes, rows: Sequence[Row]) -> None:
    places = range(len(rows))
    for shift, percent in enumerate((50, 95, 99)):
        heights = [getattr(row.first, f"p{percent}") for row in rows]
        axes.bar(
            [place + (shift - 1) * WIDTH for place in places],
            heights,
            WIDTH,
            label=f"{percent} %",
        )
    axes.set_yscale("log")
    axes.set_ylabel("milliseconds to the first sentence")
    _name(axes, rows)
    axes.legend()


def _costs(axes: Axes, rows: Sequence[Row]) -> None:
    axes.bar(range(len(rows)), [row.cpu for row in rows])
    axes.set_ylabel("processor milliseconds a turn")
    _name(axes, rows)


def _name(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_xticks(range(len(rows)), [row.case for row in rows], rotation=30, ha="right")


def _growth(axes: Axes, curves: Sequence[Curve]) -> None:
    for curve in curves:
        ratios = [cpu / curve.cpu[0] for cpu in curve.cpu]
        axes.plot(curve.sizes, ratios, marker="o", label=curve.over)
    axes.axhline(FLAT, linestyle="--", color="grey", label=f"{FLAT} times")
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("how many there are")
    axes.set_ylabel("processor time a turn, to the smallest")
    axes.legend()


def _memory(axes: Axes, memory: Memory) -> None:
    axes.plot(memory.messages, memory.megabytes, marker="o")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("messages")
    axes.set_ylabel("resident megabytes")
