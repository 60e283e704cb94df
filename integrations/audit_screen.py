"""An audit on a terminal: what is broken and what to do; one line when all is well."""

from rich.console import Console

from integrations.audit_report import AuditReport, PromiseReport
from integrations.screen_text import harmless

MOST_SHOWN = 5


def show_audit(report: AuditReport, console: Console) -> None:
    """Show it."""
    for mended in report.mended:
        told = f"mended   {mended.promise}: {mended.done} ({mended.rows:,})."
        console.print(told, style="green", soft_wrap=True)
    for left_out in report.left_out:
        console.print(f"skipped  {left_out}", style="yellow", soft_wrap=True)
    for promise in report.broken:
        _show_broken(promise, console)
    count, broken = len(report.promises), len(report.broken)
    if not broken:
        told = f"sound    All {count} promises are kept in {report.database}."
        console.print(told, style="green", soft_wrap=True)
        return
    told = f"broken   {broken} of {count} promises in {report.database}."
    console.print(told, style="red", soft_wrap=True)
    if any(found.can_be_mended for each in report.broken for found in each.first):
        console.print("Mend what can be without losing anything: hotline doctor --audit --mend")


def _show_broken(promise: PromiseReport, console: Console) -> None:
    rows = "row" if promise.broken == 1 else "rows"
    told = f"broken   {promise.promise}: {promise.broken:,} {rows}"
    console.print(told, style="red", soft_wrap=True)
    lines = [harmless(found.sentence) for found in promise.first[:MOST_SHOWN]]
    if promise.broken > MOST_SHOWN:
        lines.append(f"and {promise.broken - MOST_SHOWN:,} more (--json lists more)")
    lines += [f"-> {advice}" for advice in dict.fromkeys(each.advice for each in promise.first)]
    for line in lines:
        console.print(f"         {line}", soft_wrap=True)
