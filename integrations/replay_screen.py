"""A lead's past on a terminal: the score then, how the total moved, and what changed the temperature."""

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.replay import Happening, Replay, Turning
from integrations.lead_screen import heading, show_score
from integrations.screen_text import harmless, minute, quoted, temperature
from integrations.web.explain import explain_score

BARS = "▁▂▃▄▅▆▇█"
HIGHEST = 100


def show_replay(replay: Replay, console: Console) -> None:
    """Show the whole replay."""
    name = harmless(replay.lead.name or replay.lead.email or replay.lead.id)
    console.print(Text.assemble((name, "bold"), f" at {minute(replay.at)}"))
    show_score(explain_score(replay.score), console)
    _show_course(replay, console)
    _show_turnings(replay, console)
    console.print(Text("\nTimes are UTC. Playbook and record are those of today.", style="dim"))


def sparkline(totals: Sequence[int]) -> str:
    """Draw totals from 0 to 100, a bar each."""
    return "".join(BARS[min(len(BARS) - 1, total * len(BARS) // HIGHEST)] for total in totals)


def _show_course(replay: Replay, console: Console) -> None:
    if replay.began_at == replay.at:
        return
    heading(console, "Total over time")
    room = console.width - 2
    totals = replay.totals[-room:] if len(replay.totals) > room else replay.totals
    console.print(Text(f"  {sparkline(totals)}"))
    first, last = f"{minute(replay.began_at)}", f"{minute(replay.at)}"
    gap = " " * max(2, len(totals) - len(first) - len(last))
    console.print(Text(f"  {first}{gap}{last}", style="dim"))


def _show_turnings(replay: Replay, console: Console) -> None:
    heading(console, "Temperature")
    if not replay.turnings:
        console.print(Text("  cold all the time"))
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for turning in replay.turnings:
        moved = Text.assemble(temperature(turning.before), " → ", temperature(turning.after))
        table.add_row(minute(turning.at), moved, str(turning.total), _because(turning, replay))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))


def _because(turning: Turning, replay: Replay) -> Text:
    match turning.because:
        case Happening(what=what, quote=quote):
            said = (f" {quoted(quote)}", "italic") if quote else ""
            return Text.assemble(harmless(what).replace("_", " "), said)
        case None:
            by_fit = turning.at <= replay.began_at
            return Text(
                "who they are and where they work" if by_fit else "time passed", style="dim"
            )
