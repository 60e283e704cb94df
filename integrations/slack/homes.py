"""Home tabs: published when somebody opens theirs, and again soon after something changed at the desk."""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from agent.desk_board import usual_wait
from agent.errors import HotlineError
from agent.team_rules import RepRules
from integrations.slack import answers
from integrations.slack.commands import HOT
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands, quietly
from integrations.slack.home_view import Home, home_view, stranger_view
from integrations.slack.incoming import Press
from integrations.slack.links import Links
from integrations.slack.listing import MOST_LINES
from integrations.slack.pauses import PAUSE, read_pause
from integrations.slack.people import SlackPeople
from integrations.slack.rich_text import Block

log = structlog.get_logger()

REFRESH_AFTER = 2.0
MOST_VIEWERS: Final = 100
WEEK: Final = timedelta(days=7)
PAUSES: Final = re.compile(rf"{re.escape(PAUSE)}:.+")


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened their home tab; they are told by direct message when it cannot be shown."""

    user: str
    channel: str = ""
    thread_ts: str = ""


@dataclass(slots=True)
class Homes:
    """Publishes home tabs; `changed` brings those that were opened of late up to date, a moment later and once."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    links: Links
    _shown: dict[str, Block] = field(default_factory=dict)
    _refreshing: asyncio.Task[None] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def listen(self, app: AsyncApp) -> None:
        """Listen to who opens a home tab, and to its pause buttons."""
        app.event("app_home_opened")(self.on_opened)
        app.action(PAUSES)(self.on_pause)

    async def on_opened(self, event: dict[str, Any]) -> None:
        """Publish; Bolt has acknowledged the event before."""
        if event.get("tab") == "home":
            self._publish_soon(event["user"])

    async def on_pause(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge, pause, show it."""
        await ack()
        press = Press.read(body)
        self.errands.begin(self._pause(press), press, answers.NOT_NOW)

    def changed(self) -> None:
        """Note that something changed at the desk."""
        if self._shown and (self._refreshing is None or self._refreshing.done()):
            self._refreshing = asyncio.create_task(self._refresh())

    async def finish(self) -> None:
        """Wait no longer before a stop: who opens their home tab later gets a new one."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    async def settled(self) -> None:
        """Wait until the refresh that is under way is done."""
        if self._refreshing is not None:
            await self._refreshing

    def _publish_soon(self, user: str) -> None:
        self._shown.pop(user, None)
        self.errands.begin(self._publish(user), Opened(user), answers.NO_HOME)

    async def _pause(self, press: Press) -> None:
        if (rep := await self.people.rep(press.user)) is not None:
            now = self.actions.takeover.clock.now()
            await self.actions.rep_states.pause(rep.id, read_pause(press.handoff_id, now))
            await self._publish(press.user)

    async def _refresh(self) -> None:
        await asyncio.sleep(REFRESH_AFTER)
        for user in list(self._shown):
            try:
                await self._publish(user)
            except HotlineError as error:
                log.warning("slack.home_not_refreshed", error=type(error).__name__)

    async def _publish(self, user: str) -> None:
        async with self._lock:
            view = await self._view(user)
            if view != self._shown.get(user):
                await quietly(self.errands.client.views_publish(user_id=user, view=view))
            self._remember(user, view)

    def _remember(self, user: str, view: Block) -> None:
        self._shown.pop(user, None)
        self._shown[user] = view
        if len(self._shown) > MOST_VIEWERS:
            del self._shown[next(iter(self._shown))]

    async def _view(self, user: str) -> Block:
        rep = await self.people.rep(user)
        if rep is None:
            return stranger_view(answers.unknown_rep(user))
        return home_view(await self._home(rep), self.actions.takeover.playbook)

    async def _home(self, rep: RepRules) -> Home:
        board, playbook = self.actions.board, self.actions.takeover.playbook
        now = self.actions.takeover.clock.now()
        claims = await board.claimed_since(now - WEEK)
        paused = await self.actions.rep_states.paused(now)
        return Home(
            rep=rep,
            mine=await board.held_by(rep.id, MOST_LINES),
            waiting=await board.waiting(MOST_LINES),
            hot=await board.leads(HOT, MOST_LINES),
            today=usual_wait(claims, _midnight(now, rep, self.actions), playbook),
            week=usual_wait(claims, now - WEEK, playbook),
            paused_until=paused.get(rep.id),
            workspace=await self.links.workspace(),
            now=now,
        )


def _midnight(now: datetime, rep: RepRules, actions: DeskActions) -> datetime:
    local = now.astimezone(actions.takeover.playbook.hours_of(rep).zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
