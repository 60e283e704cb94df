"""Turns what happens into metrics and traces."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from agent.conversation import ConversationId
from agent.handoff import Handoff
from agent.scoring import Temperature
from agent.turn import Turn
from agent.watcher import Watcher
from integrations.metrics import Metrics
from integrations.tracing import Tracer
from integrations.web.waiting import WaitingRoom


@dataclass(frozen=True, slots=True)
class MeteredWatcher(Watcher):
    """Counts turns, handoffs and model calls, and traces the steps of a turn."""

    metrics: Metrics
    tracer: Tracer
    waiting_room: WaitingRoom

    def step(self, name: str) -> AbstractContextManager[None]:
        """Trace a step of a turn."""
        return self.tracer.span(f"turn.{name}")

    def turn_recorded(self, turn: Turn, waited: timedelta | None, before: str) -> None:
        """Count a turn, and the change of temperature it brought."""
        self.metrics.turn_recorded(turn)
        self.metrics.temperature_changed(Temperature(before), turn.score.temperature)
        if waited is not None:
            self.metrics.first_reply_shown(waited.total_seconds())

    def responded(self, conversation_id: ConversationId) -> None:
        """Make room for others."""
        self.waiting_room.leave(conversation_id)

    def handoff_opened(self, handoff: Handoff) -> None:
        """Count a handoff by its temperature."""
        self.metrics.handed_off(handoff.temperature.value)

    def model_failed(self, reason: str) -> None:
        """Count a failure by its first word, which is the error's type."""
        self.metrics.model_failed(reason.partition(":")[0][:40])

    def model_called(
        self, model: str, seconds: float, tokens_in: int, tokens_out: int, stage: str = "reply"
    ) -> None:
        """Count a finished call of the model, by what it was asked for."""
        self.metrics.model_answered(model, stage, seconds)
        self.metrics.tokens_used(model, tokens_in, tokens_out)

    def handoff_claimed(self, after: timedelta) -> None:
        """Time a claim."""
        self.metrics.handoff_claimed(after.total_seconds())

    def promise_missed(self, step: str) -> None:
        """Count a step that time made due."""
        self.metrics.sla_breached(step)

    def relayed(self, direction: str) -> None:
        """Count a message passed on."""
        self.metrics.relayed(direction)
