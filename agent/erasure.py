"""Taking out all that is held on a person: what that is, and what was taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.lead import LeadId


@dataclass(frozen=True, slots=True)
class Extent:
    """All that is held on a person: their leads, how many rows of each table, their files, their cards at the desk.

    `altered` counts what is kept because it is others', and has the person taken out of it.
    """

    lead_id: LeadId
    leads: tuple[LeadId, ...]
    conversations: tuple[str, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    altered: int = 0
