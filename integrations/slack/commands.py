"""The slash command: acknowledged at once, answered where only the asker sees it.

Answers go to the command's own response address: it works in every channel, also where Hotline is not a member.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Self

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.webhook.async_client import AsyncWebhookClient

from agent.playbook import Playbook
from agent.scoring import Temperature
from agent.team_rules import RepRules
from integrations.slack import answers, listing, told
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.links import Links
from integrations.slack.listing import MOST_LINES, LocalTime
from integrations.slack.markup import to_plain
from integrations.slack.pauses import read_pause
from integrations.slack.people import SlackPeople
from integrations.slack.refusals import CONNECTION_ERRORS
from integrations.slack.told import Told

log = structlog.get_logger()

COMMAND: Final = "/hotline"
HOT: Final = (Temperature.HOT, Temperature.RED_HOT)
SECONDS: Final = 10

Answer = Callable[[RepRules, str], Awaitable[Told]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody typed the command; they are told by direct message when all else fails."""

    user: str
    text: str
    response_url: str
    channel: str = ""
    thread_ts: str = ""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> Self:
        """Read the payload of a slash command."""
        return cls(body["user_id"], body.get("text") or "", body.get("response_url") or "")


@dataclass(frozen=True, slots=True)
class Commands:
    """Answers the slash command."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    links: Links

    def listen(self, app: AsyncApp) -> None:
        """Listen to the command."""
        app.command(COMMAND)(self.on_command)

    async def on_command(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Acknowledge, then answer."""
        await ack()
        asked = Asked.read(body)
        self.errands.begin(self._answer(asked), asked, answers.NOT_NOW)

    def answers(self) -> dict[str, Answer]:
        """Give what each word after the command does."""
        return {
            "leads": self._leads,
            "hot": self._hot,
            "mine": self._mine,
            "lead": self._lead,
            "pause": self._pause,
            "hours": self._hours,
        }

    async def _answer(self, asked: Asked) -> None:
        answer = await self._told(asked)
        word = asked.text.partition(" ")[0]
        log.info("slack.command_answered", word=word if word in self.answers() else "help")
        await _respond(asked.response_url, answer)

    async def _told(self, asked: Asked) -> Told:
        if (rep := await self.people.rep(asked.user)) is None:
            return told.say(answers.unknown_rep(asked.user))
        word, _, rest = to_plain(asked.text, self.people.name).partition(" ")
        if word.lower() in ("", "help"):
            return told.help_text(COMMAND)
        answer = self.answers().get(word.lower())
        return await answer(rep, rest.strip()) if answer else told.help_text(COMMAND, wrong=word)

    async def _leads(self, rep: RepRules, _rest: str) -> Told:
        found = await self.actions.board.leads(tuple(Temperature), MOST_LINES)
        if not found.lines:
            return told.say("There are no leads yet. They appear when visitors write or act.")
        return told.leads(found, "Leads by score", self._here(rep))

    async def _hot(self, rep: RepRules, _rest: str) -> Told:
        found = await self.actions.board.leads(HOT, MOST_LINES)
        if not found.lines:
            return told.say(f"Nobody is hot right now. {COMMAND} leads shows who is closest.")
        return told.leads(found, "Hot right now", self._here(rep))

    async def _mine(self, rep: RepRules, _rest: str) -> Told:
        found = await self.actions.board.held_by(rep.id, MOST_LINES)
        if not found.cards:
            return told.say("You hold no conversation. Press Claim on a card to take one.")
        workspace = await self.links.workspace()
        return told.cards(found, "You hold", workspace, self._playbook, self._here(rep))

    async def _lead(self, rep: RepRules, words: str) -> Told:
        if not words:
            return told.say(f"Say whom: {COMMAND} lead NAME, or an e-mail address.")
        found = await self.actions.board.named(words, MOST_LINES)
        if not found.lines:
            return told.say(f"Nobody is known as “{words[:100]}”. Try the e-mail address.")
        if found.total > 1:
            return told.which(found, COMMAND, self._here(rep))
        file = await self.actions.board.file(found.lines[0].lead.id)
        return told.lead(file, await self.links.workspace(), self._playbook, self._here(rep))

    async def _pause(self, rep: RepRules, words: str) -> Told:
        here = self._here(rep)
        try:
            until = read_pause(words, here.now.astimezone(here.zone))
        except ValueError as error:
            return told.say(str(error))
        await self.actions.rep_states.pause(rep.id, until)
        log.info("rep.paused", rep_id=rep.id, until=until and f"{until:%H:%M}")
        if until is None:
            return told.say("You take new leads again.")
        return told.say(
            f"You take nothing new until {listing.moment(until, here)}. What you hold stays with you. "
            f"{COMMAND} pause off ends it."
        )

    async def _hours(self, rep: RepRules, _rest: str) -> Told:
        now = self._now()
        lines = [*listing.hours_lines(rep, self._playbook, now)]
        if until := (await self.actions.rep_states.paused(now)).get(rep.id):
            lines.insert(1, f"You take nothing new until {listing.moment(until, self._here(rep))}")
        return told.lines("Hours", lines)

    @property
    def _playbook(self) -> Playbook:
        return self.actions.takeover.playbook

    def _here(self, rep: RepRules) -> LocalTime:
        return LocalTime(self._playbook.hours_of(rep).zone, self._now())

    def _now(self) -> datetime:
        return self.actions.takeover.clock.now()


async def _respond(response_url: str, answer: Told) -> None:
    try:
        posted = await AsyncWebhookClient(response_url, timeout=SECONDS).send(
            text=answer.text, blocks=list(answer.blocks) or None, response_type="ephemeral"
        )
    except CONNECTION_ERRORS as error:
        log.warning("slack.answer_failed", error=type(error).__name__)
        return
    if posted.status_code != HTTPStatus.OK:
        log.warning("slack.answer_failed", error=posted.body[:100])
