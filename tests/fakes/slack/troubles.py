"""What goes wrong at Slack, and for how many calls."""

from dataclasses import dataclass, field
from enum import StrEnum

POSTING = "chat.postMessage"
CONNECTING = {"auth.test", "apps.connections.open"}


class Fault(StrEnum):
    """What the twin can do wrong."""

    ERROR = "error"
    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"
    LATENCY = "latency"
    SILENCE_AFTER = "silence_after"
    HANG_UP_AFTER = "hang_up_after"


DONE_ALL_THE_SAME = {Fault.LATENCY, Fault.SILENCE_AFTER, Fault.HANG_UP_AFTER}


@dataclass(slots=True)
class Trouble:
    """A fault of one method, or of every method but those by which an app connects."""

    fault: Fault
    method: str | None = None
    times: int | None = None
    error: str = ""
    retry_after: int = 1
    seconds: float = 0.0

    @property
    def is_refusal(self) -> bool:
        """Whether what was asked for is not done."""
        return self.fault not in DONE_ALL_THE_SAME

    def strikes(self, method: str) -> bool:
        """Whether it concerns this method."""
        return method == self.method if self.method else method not in CONNECTING


@dataclass(slots=True)
class Troubles:
    """The troubles to come, the oldest first."""

    _coming: list[Trouble] = field(default_factory=list)

    def add(self, trouble: Trouble) -> None:
        """Let this happen after what was added before."""
        if trouble.times != 0:
            self._coming.append(trouble)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._coming.clear()

    def next_for(self, method: str) -> Trouble | None:
        """The trouble that a call of this method meets."""
        trouble = next((one for one in self._coming if one.strikes(method)), None)
        if trouble is not None and trouble.times is not None:
            trouble.times -= 1
            if trouble.times == 0:
                self._coming.remove(trouble)
        return trouble
