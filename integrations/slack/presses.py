"""Buttons of cards: acknowledge first, then do what the rep at any desk does."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from agent.conversation import RepId
from agent.errors import HotlineError
from agent.handoff import Handoff, HandoffId, Outcome
from integrations.slack import answers, blocks
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.incoming import Press
from integrations.slack.people import SlackPeople

log = structlog.get_logger()

Act = Callable[[HandoffId, RepId], Awaitable[Handoff]]


@dataclass(frozen=True, slots=True)
class Presses:
    """Acts on presses of buttons."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople

    def listen(self, app: AsyncApp) -> None:
        """Listen to each button."""
        for action_id, act in self.buttons().items():
            app.action(action_id)(self.on_press(act))

    def buttons(self) -> dict[str, Act]:
        """Give what each button of a card does."""
        takeover = self.actions.takeover
        return {
            blocks.CLAIM: takeover.claim,
            blocks.GIVE_BACK: takeover.give_back,
            blocks.CLOSE: lambda handoff_id, rep_id: takeover.close(handoff_id, rep_id, None),
            blocks.NOT_HOT: lambda handoff_id, rep_id: takeover.close(
                handoff_id, rep_id, Outcome.NOT_HOT
            ),
        }

    def on_press(self, act: Act) -> Callable[..., Awaitable[None]]:
        """Give a Bolt listener for one button."""

        async def pressed(ack: AsyncAck, body: dict[str, Any]) -> None:
            await ack()
            press = Press.read(body)
            self.errands.begin(self._press(press, act), press, answers.NOT_NOW)

        return pressed

    async def _press(self, press: Press, act: Act) -> None:
        if not await self.actions.seen.first_time(press.key):
            return
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
