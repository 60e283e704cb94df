"""The merge log of a lead on a terminal: which lead joined which, by what, and whether it was taken back."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agent.merges import Merge, MergeLog, Unmerged
from integrations.screen_text import harmless, minute, quoted


def show_merges(log: MergeLog, console: Console) -> None:
    """Show the merges of a lead, newest first."""
    name = harmless(log.lead.name or log.lead.email) or "Somebody without a name"
    console.print(Text.assemble((name, "bold"), f" · {harmless(log.lead.id)}"))
    console.print()
    if not log.merges:
        console.print(Text("  No other lead was found to be this one.", style="dim"))
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True)
    for merge in log.merges:
        table.add_row(str(merge.number), minute(merge.at), _merge(merge))
    console.print(Padding(table, (0, 0, 0, 2), expand=False))
    if any(merge.undone_at is None and not merge.undone_because for merge in log.merges):
        told = 'To take one back: hotline lead unmerge NUMBER --because "two people"'
        console.print(Text(f"\n{told}", style="dim"))
    console.print(Text("Times are UTC.", style="dim"))


def told_unmerged(done: Unmerged) -> str:
    """Say what became of taking a merge back."""
    merge = done.merge
    ours = f"{harmless(merge.from_lead)} and {harmless(merge.into_lead)}"
    now = (
        f"{ours} are two leads, each with what came by its identities."
        if done.is_apart
        else f"other reports still show {ours} to be one: hotline lead merges {harmless(merge.into_lead)}"
    )
    return f"Merge {merge.number} {_taken_back(done)}; {now}"


def _taken_back(done: Unmerged) -> str:
    because = done.merge.undone_because
    if done.was_known:
        return f"was taken back before, because {quoted(because)}"
    return "is taken back" if because else "has no link left to take back"


def _merge(merge: Merge) -> Text:
    seen = f"{harmless(merge.one)} and {harmless(merge.other)}"
    report = (
        f"report {harmless(merge.report)} ({harmless(merge.because)}): " if merge.report else ""
    )
    return Text.assemble(
        f"{harmless(merge.from_lead)} joined {harmless(merge.into_lead)}\n",
        (f"{report}{seen}\n", "dim"),
        _state(merge),
    )


def _state(merge: Merge) -> tuple[str, str]:
    because = quoted(merge.undone_because) if merge.undone_because else ""
    if merge.undone_at is None:
        told = f"taken back, because {because}, and in force by other reports"
        return told if because else "in force", "green"
    if because:
        return f"taken back {minute(merge.undone_at)}, because {because}", "yellow"
    return f"ended {minute(merge.undone_at)}, as later reports said otherwise", "yellow"
