"""Whoever watches what happens, for metrics and traces; the watcher here does nothing."""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta

from agent.conversation import ConversationId
from agent.handoff import Handoff
from agent.turn import Turn


class Watcher:
    """What is told of turns, handoffs and promises."""

    def step(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 - for those who watch
        """Time a step of a turn."""
        return nullcontext()

    def turn_recorded(self, turn: Turn, waited: timedelta | None, before: str) -> None:
        """Take note of a turn.

        `waited` is the time from the visitor's first message to our first reply (None for later
        turns), `before` the lead's temperature until then.
        """

    def responded(self, conversation_id: ConversationId) -> None:
        """Take note that nothing waits for a reply of this process in a conversation."""

    def handoff_opened(self, handoff: Handoff) -> None:
        """Take note of a handoff."""

    def handoff_claimed(self, after: timedelta) -> None:
        """Take note of a claim."""

    def promise_missed(self, step: str) -> None:
        """Take note that time made a step due: a reminder, an escalation, a release."""

    def relayed(self, direction: str) -> None:
        """Take note of a message passed on, `to_rep` or `to_visitor`."""

    def model_failed(self, reason: str) -> None:
        """Take note that the model could not be used."""
