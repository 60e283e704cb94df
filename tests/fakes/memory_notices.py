"""Notices in memory; they pass the same contract as those in SQL."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.conversation import Author
from agent.notices import Notice, NoticeId, Occasion
from agent.scoring import Temperature
from tests.fakes.memory_store import MemoryStore


@dataclass(slots=True)
class MemoryNotices:
    """Notices in a dictionary, by key."""

    notices: dict[str, Notice] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    finished: set[NoticeId] = field(default_factory=set)

    async def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Give those that are known."""
        return frozenset(keys) & self.keys

    async def record(self, notice: Notice) -> bool:
        """Make one due, once a key."""
        if notice.key in self.keys:
            return False
        self.keys.add(notice.key)
        self.notices[notice.key] = notice
        return True

    async def pass_over(self, occasion: Occasion) -> None:
        """Note that there was nothing to tell."""
        self.keys.add(occasion.key)

    async def due(self, now: datetime, limit: int = 20) -> list[Notice]:
        """Find what is to be told now."""
        open_ones = (n for n in self.notices.values() if n.id not in self.finished)
        return [notice for notice in open_ones if notice.due_at <= now][:limit]

    async def mark_attempted(self, notice_id: NoticeId, now: datetime) -> None:
        """Note an attempt."""
        notice = self._get(notice_id)
        self.notices[notice.key] = replace(notice, attempts=notice.attempts + 1)

    async def mark_posted(self, notice_id: NoticeId, reference: str, now: datetime) -> None:
        """Note that it was told."""
        self.finished.add(notice_id)

    async def postpone(self, notice_id: NoticeId, until: datetime, because: str) -> None:
        """Try again later."""
        notice = self._get(notice_id)
        self.notices[notice.key] = replace(notice, due_at=until)

    async def give_up(self, notice_id: NoticeId, because: str) -> None:
        """Never try again."""
        self.finished.add(notice_id)

    def _get(self, notice_id: NoticeId) -> Notice:
        return next(notice for notice in self.notices.values() if notice.id == notice_id)


@dataclass(frozen=True, slots=True)
class MemoryLeadCounts:
    """Counts leads in a dictionary."""

    store: MemoryStore

    async def by_temperature(self, since: datetime, until: datetime) -> Mapping[Temperature, int]:
        """Count those who wrote in this time, by how hot they are now."""
        talks = self.store.talks.values()
        scores = {
            talk.conversation.lead_id: talk.score.temperature if talk.score else Temperature.COLD
            for talk in talks
            if any(m.author is Author.VISITOR and since <= m.created_at < until for m in talk.messages)
        }  # fmt: skip
        return Counter(scores.values())
