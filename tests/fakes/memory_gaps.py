"""Gaps in memory; they pass the same contract as those in SQL."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from agent.conversation import ConversationId
from agent.gaps import MOST_LOOKED_AT, Gap
from agent.lead import LeadId
from integrations.redaction import redact


class MemoryGaps:
    """Gaps in a list."""

    def __init__(self, lead_of: Callable[[ConversationId], LeadId]) -> None:
        self.kept: list[Gap] = []
        self._lead_of = lead_of

    async def record(self, gaps: Sequence[Gap]) -> None:
        """Keep these once."""
        for gap in gaps:
            kept = replace(gap, question=redact(gap.question))
            if all(
                (each.turn_id, each.question) != (kept.turn_id, kept.question) for each in self.kept
            ):
                self.kept.append(kept)

    async def since(self, at: datetime | None, limit: int = MOST_LOOKED_AT) -> list[Gap]:
        """Give the newest first."""
        newest = sorted(self.kept, key=lambda gap: gap.at, reverse=True)
        found = [gap for gap in newest if at is None or gap.at >= at][:limit]
        return [replace(gap, lead_id=self._lead_of(gap.conversation_id)) for gap in found]
