"""After a test the database is audited: whatever happened, the store keeps its promises."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from knowledge.attachment_bytes import bytes_of
from knowledge.auditing.rules import Surroundings
from knowledge.auditing.running import audit
from knowledge.database import Database
from tests.fakes.clock import FixedClock

NEEDS_A_SERVER = (
    "nobody waits long",
    "timers are kept",
    "no desk post is stuck",
    "no notice is stuck",
    "leads are scored in time",
)
"""Promises that only a running server keeps; a test's clock jumps, and nobody advances what is due."""


async def breaks_of(
    database: Database,
    now: datetime,
    files: Path | None = None,
    but: Collection[str] = NEEDS_A_SERVER,
) -> list[str]:
    """Give what an audit finds, a sentence each."""
    kept_files = bytes_of(database, files, FixedClock(now)) if files else None
    kept = await audit(database, Surroundings(now, files=kept_files))
    return [
        f"{each.rule}: {found.sentence}"
        for each in kept
        if each.rule not in but
        for found in each.breaks
    ]


async def must_be_sound(
    database: Database,
    now: datetime,
    files: Path | None = None,
    but: Collection[str] = NEEDS_A_SERVER,
) -> None:
    """Fail with what an audit finds."""
    if broken := await breaks_of(database, now, files, but):
        raise AssertionError("\n".join(broken))
