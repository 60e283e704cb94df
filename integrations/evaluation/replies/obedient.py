"""The writer that was fooled: it says what an attacker wants, so that only the check of its words stands between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent.reply import Plan


@dataclass(frozen=True, slots=True)
class ObedientWriter:
    """Writes the same answer to everything."""

    text: str
    name: str = "obedient"
    version: str = "1"

    async def write(self, plan: Plan) -> AsyncIterator[str]:  # noqa: ARG002  # it does as it was told
        """Give the answer word by word, as a model streams it."""
        for word in self.text.split(" "):
            yield f"{word} "
