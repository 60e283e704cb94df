"""Leads that were found to be one, and links between identities that were not followed."""

from dataclasses import dataclass
from datetime import datetime

from agent.lead import Identity, Lead, LeadId


@dataclass(frozen=True, slots=True)
class Merge:
    """One lead found to be another: by which report, of what kind (`because`), that showed `one` and `other`.

    `undone_at` is when it ended, `undone_because` why somebody took it back. One without reason gave way to other
    reports; one that was taken back and has not ended holds by other reports.
    """

    number: int
    from_lead: LeadId
    into_lead: LeadId
    at: datetime
    one: str
    other: str
    report: str
    because: str
    undone_at: datetime | None
    undone_because: str = ""


@dataclass(frozen=True, slots=True)
class MergeLog:
    """A lead, and the merges of it and of those that went into it, newest first."""

    lead: Lead
    merges: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge whose link is taken back: whether it was so before, and whether its leads are two now."""

    merge: Merge
    was_known: bool
    is_apart: bool


@dataclass(frozen=True, slots=True)
class RefusedLink:
    """Two identities that were not joined, though reports show them together, why, and when that came last."""

    one: Identity
    other: Identity
    first_at: datetime
    report: str
    because: str
    seen_at: datetime
