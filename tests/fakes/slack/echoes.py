"""What the bot does is told to its own app as well, as Slack does."""

import asyncio
from dataclasses import dataclass, field

from tests.fakes.slack.lines import Line
from tests.fakes.slack.state import Json, Workspace


@dataclass(slots=True)
class Echoes:
    """Sends the app the events of what it did itself, beside all else."""

    workspace: Workspace
    _sending: set[asyncio.Task[object]] = field(default_factory=set)

    def go_to(self, line: Line) -> None:
        """Send them over this line from now on."""

        def send(event: Json) -> None:
            task: asyncio.Task[object] = asyncio.ensure_future(line.event(event))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

        self.workspace.listeners.append(send)

    async def sent(self) -> None:
        """Wait until all of them were sent, those too that come of them."""
        while self._sending:
            await asyncio.wait(set(self._sending))

    def stop(self) -> None:
        """Send no more."""
        self.workspace.listeners.clear()
        for task in list(self._sending):
            task.cancel()
