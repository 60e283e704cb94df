"""PATH 5, the desk opens or closes: what is there to tell? Each is told once, also after a restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from agent.clock import Clock
from agent.errors import DeskRefusedError, DeskUnavailableError
from agent.gaps import Gaps
from agent.handoff import Handoff, Handoffs, HandoffState
from agent.notices import (
    TOO_LATE,
    LeadCounts,
    Notice,
    NoticeDesk,
    NoticeId,
    NoticeKind,
    Notices,
    Occasion,
    Told,
    daily_summary,
    occasions,
    opening_digest,
)
from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import NO_TEAM

log = structlog.get_logger()
PAGE = 100
MOST_PAGES = 20
RETRY_AFTER = timedelta(seconds=30)
STALE_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class NoticeWatch:
    """Works notices out when they are due, and brings them to the desk."""

    notices: Notices
    handoffs: Handoffs
    counts: LeadCounts
    gaps: Gaps
    desk: NoticeDesk
    playbook: Playbook
    clock: Clock
    new_id: Callable[[str], str]

    async def advance(self) -> None:
        """Do all that is due; can be run again at any moment and does nothing twice."""
        due = occasions(self.playbook, self.clock.now())
        known = await self.notices.known([each.key for each in due])
        for occasion in due:
            if occasion.key not in known:
                await self._record(occasion)
        for notice in await self.notices.due(self.clock.now()):
            await self._tell(notice)

    async def _record(self, occasion: Occasion) -> None:
        told = await self._work_out(occasion)
        if told is None:
            await self.notices.pass_over(occasion)
            return
        notice = Notice(
            id=NoticeId(self.new_id("notice")),
            key=occasion.key,
            kind=occasion.kind,
            told=told,
            due_at=occasion.at,
            team=occasion.team,
            expires_at=occasion.at + TOO_LATE,
        )
        await self.notices.record(notice)

    async def _work_out(self, occasion: Occasion) -> Told | None:
        if occasion.kind is NoticeKind.DAILY_SUMMARY:
            return daily_summary(occasion, await self._recent(occasion), await self._counted(occasion))  # fmt: skip
        gaps = await self.gaps.since(occasion.since) if self._hears_all(occasion) else []
        active = await self._all(HandoffState.OPEN) + await self._all(HandoffState.CLAIMED)
        back = await self._all(HandoffState.GIVEN_BACK, occasion.since - STALE_AFTER)
        return opening_digest(occasion, active + back, gaps, self.playbook)

    async def _counted(self, occasion: Occasion) -> Mapping[Temperature, int]:
        if not self._hears_all(occasion):
            return {}
        return await self.counts.by_temperature(occasion.since, occasion.at)

    def _hears_all(self, occasion: Occasion) -> bool:
        """Tell whether this desk hears of what has no team: the first team, the common desk where there are none."""
        teams = self.playbook.teams
        return occasion.team == (teams[0].id if teams else NO_TEAM)

    async def _recent(self, occasion: Occasion) -> list[Handoff]:
        """Give the handoffs of late: of the day, and those with a promise that may have come due."""
        return await self._all(None, occasion.since - STALE_AFTER)

    async def _all(self, state: HandoffState | None, since: datetime | None = None) -> list[Handoff]:  # fmt: skip
        found: list[Handoff] = []
        for _ in range(MOST_PAGES):
            page = await self.handoffs.find(state, PAGE, found[-1].id if found else None)
            found += [each for each in page if since is None or each.opened_at >= since]
            if len(page) < PAGE or (since is not None and page[-1].opened_at < since):
                break
        return found

    async def _tell(self, notice: Notice) -> None:
        now = self.clock.now()
        if notice.expires_at is not None and now >= notice.expires_at:
            await self.notices.give_up(notice.id, "too late")
            return
        await self.notices.mark_attempted(notice.id, now)
        try:
            reference = await self.desk.tell(notice)
        except DeskUnavailableError as error:
            wait = max(timedelta(seconds=error.retry_after), RETRY_AFTER)
            await self.notices.postpone(notice.id, now + wait, str(error))
        except DeskRefusedError as error:
            log.warning("notice.refused", kind=notice.kind.value, reason=str(error))
            await self.notices.give_up(notice.id, str(error))
        else:
            await self.notices.mark_posted(notice.id, reference, now)
            log.info("notice.posted", kind=notice.kind.value, key=notice.key)
