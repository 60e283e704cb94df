"""Whether a model may be asked now, and who is told of each call."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from agent.errors import ModelUnavailableError

FAILURES_UNTIL_PAUSE = 3
PAUSE_SECONDS = 30.0


class ModelMeter(Protocol):
    """What is told of each call, for metrics."""

    def model_called(
        self, model: str, seconds: float, tokens_in: int, tokens_out: int, stage: str = "reply"
    ) -> None:
        """Take note of a finished call; the stage says what it was asked for."""
        ...


@dataclass(slots=True)
class Circuit:
    """Stops asking a model that keeps failing, for a while."""

    clock: Callable[[], float] = perf_counter
    failures: int = 0
    paused_until: float = 0.0

    def check(self) -> None:
        """Raise while the model is paused."""
        if self.clock() < self.paused_until:
            raise ModelUnavailableError("The model failed repeatedly and is paused for a moment.")

    def failed(self) -> None:
        """Count a failure."""
        self.failures += 1
        if self.failures >= FAILURES_UNTIL_PAUSE:
            self.paused_until = self.clock() + PAUSE_SECONDS

    def succeeded(self) -> None:
        """Forget the failures."""
        self.failures = 0
