"""Who listens to what in Slack: buttons and modals, words in threads, the command, home tabs; all else is only acknowledged."""

import re
from dataclasses import dataclass

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest

from integrations.slack.commands import Commands
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.homes import Homes
from integrations.slack.links import Links
from integrations.slack.people import SlackPeople
from integrations.slack.presses import Presses
from integrations.slack.submissions import Submissions
from integrations.slack.thread_words import ThreadWords
from integrations.slack.windows import Windows

log = structlog.get_logger()

ANYTHING = re.compile(".*")


@dataclass(frozen=True, slots=True)
class Listeners:
    """All that listens; `finish` waits for what was begun."""

    errands: Errands
    homes: Homes

    async def finish(self) -> None:
        """Wait for all that was begun."""
        await self.errands.finish()

    async def stop(self) -> None:
        """Wait for all that somebody in Slack waits for."""
        await self.homes.finish()
        await self.finish()


def register(app: AsyncApp, desk_actions: DeskActions) -> Listeners:
    """Listen to all that people do with Hotline in Slack; all else is only acknowledged."""
    errands = Errands(app.client)
    people = SlackPeople(app.client, desk_actions.takeover.playbook)
    windows = Windows(errands, desk_actions, people)
    windows.listen(app)
    Presses(errands, desk_actions, people, windows).listen(app)
    Submissions(errands, desk_actions, people).listen(app)
    ThreadWords(errands, desk_actions, people).listen(app)
    links = Links(app.client)
    Commands(errands, desk_actions, people, links).listen(app)
    homes = Homes(errands, desk_actions, people, links)
    homes.listen(app)
    for listen in (app.event, app.action, app.shortcut, app.command, app.view, app.options):
        listen(ANYTHING)(_acknowledge)
    app.error(_log_error)
    return Listeners(errands, homes)


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _log_error(error: Exception, request: AsyncBoltRequest) -> None:
    log.error(
        "slack.request_failed",
        kind=request.body.get("type"),
        error=type(error).__name__,
        exc_info=error,
    )
