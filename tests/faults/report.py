"""What a campaign comes to, as a table."""

from collections import Counter
from collections.abc import Sequence

from rich.table import Table

from tests.faults.audit import Break, Fault
from tests.faults.campaign import Tally
from tests.faults.evidence import Evidence

MOST_SHOWN = 40


def table(title: str, tally: Tally, evidence: Evidence, breaks: Sequence[Break]) -> Table:
    """Sum it up."""
    shown = Table("what", "number", title=title)
    said = [said for talk in evidence.talks for said in talk.said]
    spoken = [each for talk in evidence.talks for each in talk.spoken]
    counted = Counter(each.fault for each in breaks)
    rows = {
        "kills (SIGKILL)": tally.kills,
        "  at a named step": tally.kills - tally.at_random,
        "  at a random moment": tally.at_random,
        "steps seen": len(tally.seen),
        "steps at which a server was killed": len(tally.ends),
        "conversations": len(evidence.talks),
        "messages accepted (202)": sum(1 for each in said if each.message_id),
        "reps' words acknowledged": sum(1 for each in spoken if each.is_acknowledged),
        "handoffs": len(evidence.cases),
        "posts in Slack": sum(1 for post in evidence.posts if post.by_bot),
        "stream connections": sum(len(talk.watched) for talk in evidence.talks),
        "longest wait for the agent, s": round(
            max((t.longest_wait for t in evidence.talks), default=0)
        ),
    } | {str(fault): counted[fault] for fault in Fault}
    for what, number in rows.items():
        shown.add_row(what, f"{number:,}")
    return shown


def lines(tally: Tally, breaks: Sequence[Break]) -> list[str]:
    """Name the steps that were covered and those that were not, and what is broken."""
    told = [f"killed at: {step} ({times})" for step, times in sorted(tally.ends.items())]
    told += [f"never killed at: {step}" for step in tally.missed]
    told += tally.own_ends
    told += [f"BROKEN {each.fault}: {each.where}: {each.what}" for each in breaks[:MOST_SHOWN]]
    if len(breaks) > MOST_SHOWN:
        told.append(f"… and {len(breaks) - MOST_SHOWN} more")
    return told
