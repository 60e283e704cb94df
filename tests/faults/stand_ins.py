"""What the server under fire has in place of its models: they take seconds to load and lose no message.

Store, wake-ups, HTTP, streams, Slack and the calls of a language model are the real ones.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

from agent.answering.searching import Search
from agent.errors import LibraryUnavailableError
from agent.facts import NOTHING_MORE, Fact, Findings, Wanted
from agent.playbook import Playbook
from agent.signals import SignalDetector
from integrations.app import detecting, hotline, parts
from knowledge.playbook import load_playbook
from tests.fakes.library import FixedLibrary
from tests.fakes.phrase_detector import PhraseDetector
from tests.faults.seams import put
from tests.scenarios.world import FACTS


class StandInLibrary:
    """A few facts, there at once."""

    library = None
    sources = None

    def __init__(self, *_: object) -> None:
        self._facts = FixedLibrary(FACTS)

    async def load(self) -> None:
        """Nothing has to be loaded."""

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        """Find by words."""
        return await self._facts.find(question, limit, wanted)

    def facts(self) -> tuple[Fact, ...]:
        """Give all of them."""
        return self._facts.facts

    async def watch(self) -> None:
        """No folder changes."""

    async def refetch(self, _: timedelta) -> None:
        """No site is known."""

    async def state(self) -> str:
        """It is well."""
        return "ok"

    async def close(self) -> None:
        """Nothing is open."""


class NoReader:
    """An answer reader that cannot be loaded: facts are taken as the library ranks them."""

    def __init__(self, _: Path | None = None) -> None:
        self.name = "none"

    async def chances(self, _: Search) -> Sequence[float]:
        """Say that there is none."""
        raise LibraryUnavailableError("There is no answer reader here.")

    async def remember(self, _: Sequence[Fact]) -> None:
        """Remember nothing."""


def a_detector(playbook: Playbook) -> SignalDetector:
    """Read signals by cue phrases."""
    return PhraseDetector(playbook.competitors)


def use_stand_ins() -> None:
    """Take them from now on, in this process."""
    put(parts, "make_detector", a_detector)
    put(detecting, "load_playbook", cache(load_playbook))
    put(parts, "LoadingLibrary", StandInLibrary)
    put(hotline, "LoadingReader", NoReader)
