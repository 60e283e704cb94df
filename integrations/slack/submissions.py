"""Windows that were sent off: checked, then done as the rep at any desk does it.

A window closes with our acknowledgement, and what was filled in is gone with it. So that waits until the deed is done,
as long as Slack's patience allows: whoever sees the window stay open can send it off again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp

from agent.conversation import RepId
from agent.errors import HotlineError
from agent.outcome import Closing, NotHotReason, Outcome
from agent.team_rules import RepRules
from integrations.slack import answers, modals
from integrations.slack.desk_actions import DeskActions
from integrations.slack.errands import Errands
from integrations.slack.incoming import Submission
from integrations.slack.people import SlackPeople

log = structlog.get_logger()

ACKNOWLEDGED_WITHIN: Final = 2.0  # Slack waits three seconds

Problems = dict[str, str]
Check = Callable[[Submission], Problems]
Act = Callable[[Submission, RepRules], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Submissions:
    """Acts on windows that were sent off."""

    errands: Errands
    actions: DeskActions
    people: SlackPeople

    def listen(self, app: AsyncApp) -> None:
        """Listen to each window."""
        app.view(modals.SPEAK)(self._on_submit(_has_words, self._speak))
        app.view(modals.HAND_ON)(self._on_submit(_chooses(modals.TO), self._pass_on))
        app.view(modals.CLOSE)(self._on_submit(_has_outcome, self._close))
        app.view(modals.NOT_HOT)(self._on_submit(_chooses(modals.REASON), self._not_hot))

    def _on_submit(self, check: Check, act: Act) -> Callable[..., Awaitable[None]]:
        """Give a Bolt listener for one window; what is filled in wrongly is said beside its field."""

        async def submitted(ack: AsyncAck, body: dict[str, Any]) -> None:
            sent = Submission.read(body)
            if problems := check(sent):
                await ack(response_action="errors", errors=problems)
                return
            deed = self.errands.begin(self._submit(sent, act), sent, answers.NOT_NOW)
            await asyncio.wait([deed], timeout=ACKNOWLEDGED_WITHIN)
            await ack()

        return submitted

    async def _submit(self, sent: Submission, act: Act) -> None:
        if await self.actions.seen.is_known(sent.key):
            return
        await self._do(sent, act)
        await self.actions.seen.first_time(sent.key)

    async def _do(self, sent: Submission, act: Act) -> None:
        if (rep := await self.people.rep(sent.user)) is None:
            await self.errands.answer(sent, answers.unknown_rep(sent.user))
            return
        try:
            await act(sent, rep)
            log.info("slack.submitted", handoff_id=sent.handoff_id, rep_id=rep.id)
        except HotlineError as error:
            log.info("slack.submission_refused", error=type(error).__name__)
            await self.errands.answer(sent, self._refusal(error, sent))

    def _refusal(self, error: HotlineError, sent: Submission) -> str:
        because = answers.refusal(error, self.actions.takeover.playbook)
        words = modals.chosen_in(sent.values, modals.WORDS)
        return answers.words_not_sent(because, words) if words else because

    async def _speak(self, sent: Submission, rep: RepRules) -> None:
        words = modals.chosen_in(sent.values, modals.WORDS)
        await self.actions.takeover.speak(sent.handoff_id, rep.id, words, sent.key)

    async def _pass_on(self, sent: Submission, rep: RepRules) -> None:
        to = RepId(modals.chosen_in(sent.values, modals.TO))
        note = modals.chosen_in(sent.values, modals.NOTE)
        await self.actions.takeover.pass_on(sent.handoff_id, rep.id, to, note)

    async def _close(self, sent: Submission, rep: RepRules) -> None:
        value = modals.chosen_in(sent.values, modals.VALUE)
        closing = Closing(
            outcome=Outcome(modals.chosen_in(sent.values, modals.OUTCOME)),
            value=float(value) if value else None,
            note=modals.chosen_in(sent.values, modals.NOTE),
        )
        await self.actions.takeover.close_with(sent.handoff_id, rep.id, closing)

    async def _not_hot(self, sent: Submission, rep: RepRules) -> None:
        closing = Closing(
            outcome=Outcome.NOT_HOT,
            reason=NotHotReason(modals.chosen_in(sent.values, modals.REASON)),
            note=modals.chosen_in(sent.values, modals.NOTE),
        )
        await self.actions.takeover.close_with(sent.handoff_id, rep.id, closing)


def _has_words(sent: Submission) -> Problems:
    words = modals.chosen_in(sent.values, modals.WORDS).strip()
    return {} if words else {modals.WORDS: "Write what to say, or press Cancel."}


def _chooses(name: str) -> Check:
    def check(sent: Submission) -> Problems:
        return {} if modals.chosen_in(sent.values, name) else {name: answers.PICK_ONE}

    return check


def _has_outcome(sent: Submission) -> Problems:
    problems = _chooses(modals.OUTCOME)(sent)
    value = modals.chosen_in(sent.values, modals.VALUE)
    return problems if _is_sum(value) else {**problems, modals.VALUE: answers.NO_NUMBER}


def _is_sum(value: str) -> bool:
    try:
        return not value or 0 <= float(value) < 1e15
    except ValueError:
        return False
