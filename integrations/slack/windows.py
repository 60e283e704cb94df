"""Windows that buttons open. Slack lets one open within three seconds: it opens empty and is filled afterwards."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from agent.conversation import Author, ConversationId
from agent.errors import HotlineError, ModelUnavailableError
from agent.handoff import Handoff, must_hold
from agent.playbook import Playbook
from agent.team_rules import RepRules
from integrations.slack import answers, modals, more
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands, quietly
from integrations.slack.incoming import Press, WindowPress
from integrations.slack.people import SlackPeople
from integrations.slack.refusals import code_of
from integrations.slack.rich_text import Block

log = structlog.get_logger()

TURNING: Final = re.compile(rf"^{re.escape(more.TURN)}\.")
READ_MORE: Final = "read all of it"
NEWEST: Final = 50

Filling = Callable[[RepRules], Awaitable[Block]]


@dataclass(frozen=True, slots=True)
class Windows:
    """Opens and fills windows; who may not act reads in the window why."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople

    def listen(self, app: AsyncApp) -> None:
        """Listen to those who read on in a window."""
        app.action(TURNING)(self.on_turn)

    async def more(self, press: Press) -> None:
        """Show all there is on the handoff; the log notes who looked."""

        async def fill(rep: RepRules) -> Block:
            dossier = await self.actions.dossiers.read(press.handoff_id)
            await self.actions.takeover.handoffs.note(press.handoff_id, rep.id, READ_MORE)
            return more.more(dossier, self._playbook, press.place, more.Leaf())

        await self._open(press, "More", fill)

    async def draft(self, press: Press) -> None:
        """Show what the agent would answer, for the rep who holds the conversation to change and send."""

        async def fill(rep: RepRules) -> Block:
            handoff = await self._held(press, rep)
            said = await self._last_words(handoff)
            words = await self._drafted(handoff) if said else ""
            hint = answers.CHECK_DRAFT if words else answers.NO_DRAFT
            return modals.speak(
                handoff, press.place, words, said, hint if said else answers.NOTHING_TO_ANSWER
            )

        await self._open(press, "Reply", fill)

    async def book(self, press: Press) -> None:
        """Show a sentence with the booking link, to change and send."""

        async def fill(rep: RepRules) -> Block:
            handoff = await self._held(press, rep)
            words = await self.actions.takeover.booking_words(handoff, rep)
            return modals.speak(handoff, press.place, words, "", answers.CHECK_BOOKING)

        await self._open(press, "Book", fill)

    async def pass_on(self, press: Press) -> None:
        """Ask whom to pass it on to."""

        async def fill(rep: RepRules) -> Block:
            handoff = await self._not_of_others(press, rep)
            return modals.pass_on(handoff, self._playbook, press.place)

        await self._open(press, "Pass on", fill)

    async def close(self, press: Press) -> None:
        """Ask what became of it."""

        async def fill(rep: RepRules) -> Block:
            await self._not_of_others(press, rep)
            return modals.close(press.place)

        await self._open(press, "Close", fill)

    async def not_hot(self, press: Press) -> None:
        """Ask why it was not hot."""

        async def fill(rep: RepRules) -> Block:
            await self._not_of_others(press, rep)
            return modals.not_hot(press.place)

        await self._open(press, "Not hot", fill)

    async def on_turn(self, ack: AsyncAck, body: dict[str, Any]) -> None:
        """Show another section or page."""
        await ack()
        turn = WindowPress.read(body)
        self.errands.begin(self._turn(turn), turn, answers.NOT_NOW)

    @property
    def _playbook(self) -> Playbook:
        return self.actions.takeover.playbook

    async def _open(self, press: Press, title: str, fill: Filling) -> None:
        try:
            opened = await self.errands.client.views_open(
                trigger_id=press.trigger_id, view=modals.loading(title, press.place)
            )
        except SlackApiError as error:
            log.warning("slack.window_not_opened", error=code_of(error))
            await self.errands.answer(press, answers.TOO_LATE)
            return
        shown = await self._filled(press, title, fill)
        await quietly(self.errands.client.views_update(view_id=opened["view"]["id"], view=shown))

    async def _filled(self, press: Press, title: str, fill: Filling) -> Block:
        try:
            rep = await self.people.rep(press.user)
            if rep is None:
                return modals.problem(title, press.place, answers.unknown_rep(press.user))
            return await fill(rep)
        except HotlineError as error:
            log.info("slack.window_refused", error=type(error).__name__)
            return modals.problem(title, press.place, answers.refusal(error, self._playbook))
        except Exception as error:
            log.exception("slack.window_failed", error=type(error).__name__)
            return modals.problem(title, press.place, answers.TRY_AGAIN)

    async def _turn(self, turn: WindowPress) -> None:
        if await self.people.rep(turn.user) is None:
            return
        dossier = await self.actions.dossiers.read(turn.place.handoff_id)
        shown = more.more(dossier, self._playbook, turn.place, more.Leaf.read(turn.value))
        # The hash: whoever turns pages fast sees the last one, not the slowest.
        await quietly(
            self.errands.client.views_update(
                view_id=turn.view_id, hash=turn.view_hash or None, view=shown
            )
        )

    async def _held(self, press: Press, rep: RepRules) -> Handoff:
        handoff = await self.actions.takeover.handoffs.get(press.handoff_id)
        must_hold(handoff, rep.id)
        return handoff

    async def _not_of_others(self, press: Press, rep: RepRules) -> Handoff:
        """Get one that is open, or held by this rep."""
        handoff = await self.actions.takeover.handoffs.get(press.handoff_id)
        if handoff.claimed_by is not None or not handoff.state.is_active:
            must_hold(handoff, rep.id)
        return handoff

    async def _last_words(self, handoff: Handoff) -> str:
        """Give what the visitor wrote last, wherever that was."""
        talk = await self._spoken_last(handoff)
        conversations = self.actions.takeover.conversations
        known = await conversations.get(talk)
        said = await conversations.messages(talk, max(0, known.last_seq - NEWEST))
        theirs = [message.text for message in said if message.author is Author.VISITOR]
        return theirs[-1] if theirs else ""

    async def _drafted(self, handoff: Handoff) -> str:
        try:
            return await self.actions.drafter.draft(await self._spoken_last(handoff))
        except ModelUnavailableError as error:
            log.warning("slack.draft_failed", reason=str(error))
            return ""

    async def _spoken_last(self, handoff: Handoff) -> ConversationId:
        """Find the conversation, of those that the handoff serves, in which the visitor wrote last."""
        takeover = self.actions.takeover
        newest = handoff.conversation_id, handoff.opened_at
        for talk in await takeover.handoffs.served(handoff.id):
            said = await takeover.conversations.messages(talk.id, max(0, talk.last_seq - NEWEST))
            theirs = [m.created_at for m in said if m.author is Author.VISITOR]
            if theirs and theirs[-1] > newest[1]:
                newest = talk.id, theirs[-1]
        return newest[0]
