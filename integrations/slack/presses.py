"""Buttons of cards: acknowledge first, then do what the rep at any desk does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from agent.conversation import RepId
from agent.errors import HotlineError
from agent.handoff import Handoff, HandoffId
from integrations.slack import answers, buttons
from integrations.slack.buttons import Choice
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.incoming import Press
from integrations.slack.people import SlackPeople
from integrations.slack.windows import Windows

log = structlog.get_logger()

Act = Callable[[HandoffId, RepId], Awaitable[Handoff]]
Opening = Callable[[Press], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Presses:
    """Acts on presses of buttons; those that need more words open a window."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople
    windows: Windows

    def listen(self, app: AsyncApp) -> None:
        """Listen to each button."""
        for action_id, act in self.acts().items():
            app.action(action_id)(self._on_press(self._doing(act)))
        for action_id, opening in self.openings().items():
            app.action(action_id)(self._on_press(opening))
        app.action(buttons.MENU)(self._on_press(self._choose))

    def acts(self) -> dict[str, Act]:
        """Give what is done at once."""
        takeover = self.actions.takeover
        return {
            buttons.CLAIM: takeover.claim,
            buttons.CALLED: takeover.called,
            buttons.TAKE_AGAIN: takeover.take_again,
        }

    def openings(self) -> dict[str, Opening]:
        """Give what opens a window."""
        return {
            buttons.MORE: self.windows.more,
            buttons.DRAFT: self.windows.draft,
            buttons.BOOK: self.windows.book,
        }

    async def _choose(self, press: Press) -> None:
        """Do what was chosen behind the three dots."""
        choice, _ = buttons.chosen(press.value)
        openings = {
            Choice.TRANSFER: self.windows.pass_on,
            Choice.CLOSE: self.windows.close,
            Choice.NOT_HOT: self.windows.not_hot,
        }
        acts: dict[Choice, Act] = {
            Choice.GIVE_BACK: self.actions.takeover.give_back,
            Choice.SNOOZE_15: self._snoozing(timedelta(minutes=15)),
            Choice.SNOOZE_60: self._snoozing(timedelta(hours=1)),
            Choice.SNOOZE_OPENING: self._snooze_until_opening,
        }
        if choice in openings:
            await openings[choice](press)
        elif choice in acts:
            await self._do(press, acts[choice])

    def _snoozing(self, span: timedelta) -> Act:
        async def snooze(handoff_id: HandoffId, rep_id: RepId) -> Handoff:
            takeover = self.actions.takeover
            return await takeover.snooze(handoff_id, rep_id, takeover.clock.now() + span)

        return snooze

    async def _snooze_until_opening(self, handoff_id: HandoffId, rep_id: RepId) -> Handoff:
        takeover = self.actions.takeover
        handoff = await takeover.handoffs.get(handoff_id)
        until = takeover.opens_again_at(handoff)
        return await takeover.snooze(handoff_id, rep_id, until) if until else handoff

    def _on_press(self, opening: Opening) -> Callable[..., Awaitable[None]]:
        """Give a Bolt listener for one button."""

        async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            press = Press.read(body)
            self.errands.begin(self._once(press, opening), press, answers.NOT_NOW)

        return pressed

    async def _once(self, press: Press, opening: Opening) -> None:
        if await self.actions.seen.first_time(press.key):
            await opening(press)

    def _doing(self, act: Act) -> Opening:
        async def do(press: Press) -> None:
            await self._do(press, act)

        return do

    async def _do(self, press: Press, act: Act) -> None:
        if (rep := await self.people.rep(press.user)) is None:
            await self.errands.answer(press, answers.unknown_rep(press.user))
            return
        try:
            handoff = await act(press.handoff_id, rep.id)
            log.info(
                "slack.pressed", handoff_id=handoff.id, rep_id=rep.id, state=handoff.state.value
            )
        except HotlineError as error:
            log.info("slack.press_refused", handoff_id=press.handoff_id, error=type(error).__name__)
            refusal = answers.refusal(error, self.actions.takeover.playbook)
            await self.errands.answer(press, refusal)
