"""The writer that was fooled: it says what an attacker wants, so that only the check of its words stands between."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from agent.reply import Plan


@dataclass(frozen=True, slots=True)
class ObedientWriter:
    """Writes, for each message, the answer given for it; `texts` are by message."""

    texts: Mapping[str, str]
    name: str = "obedient"
    version: str = "1"

    async def write(self, plan: Plan) -> AsyncIterator[str]:
        """Give the answer word by word, as a model streams it."""
        for word in self.texts.get(plan.question, "").split(" "):
            yield f"{word} "
