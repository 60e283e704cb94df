"""A writer that says what it was told to, and stumbles where it was told to."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from agent.reply import Plan

Step = str | asyncio.Event | Exception


@dataclass(slots=True)
class ScriptedWriter:
    """Says pieces, waits for events and raises errors, in the order of its script; keeps the plans."""

    name: str = "scripted"
    version: str = "test"
    plans: list[Plan] = field(default_factory=list)
    _next: list[tuple[Step, ...]] = field(default_factory=list)
    _always: tuple[Step, ...] = ("Thanks for writing. ", "Happy to help.")
    _waiting: asyncio.Event = field(default_factory=asyncio.Event)

    def says(self, *steps: Step) -> None:
        """Write this for every plan from now on."""
        self._always = steps

    def says_once(self, *steps: Step) -> None:
        """Write this for the next plan that has no words of its own yet."""
        self._next.append(steps)

    async def pauses(self) -> None:
        """Wait until a script has come to an event that is not set."""
        async with asyncio.timeout(5):
            await self._waiting.wait()
        self._waiting.clear()

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Play the script."""
        self.plans.append(plan)
        for step in self._next.pop(0) if self._next else self._always:
            match step:
                case str():
                    yield step
                case Exception():
                    raise step
                case _:
                    self._waiting.set()
                    await step.wait()
