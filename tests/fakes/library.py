"""A library of a few facts, found by the words they share with the question."""

import re
from collections.abc import Iterable

from agent.errors import LibraryUnavailableError
from agent.facts import NOTHING_MORE, Fact, Findings, FoundFact, Wanted

SMALL_WORDS = frozenset(
    {"a", "an", "and", "are", "at", "can", "do", "does", "for", "how", "i", "in", "is", "it", "me"}
    | {"of", "on", "or", "our", "the", "to", "us", "we", "what", "who", "with", "you", "your"}
)


class FixedLibrary:
    """Finds facts by word overlap; keeps the questions asked, and fails while `is_down`."""

    def __init__(self, facts: Iterable[Fact] = (), *, answered_from: float = 0.5) -> None:
        self.facts = tuple(facts)
        self.answered_from = answered_from
        self.asked: list[str] = []
        self.is_down = False

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        """Rank by the share of the question's words that a fact has."""
        self.asked.append(question)
        if self.is_down:
            raise LibraryUnavailableError("The library is down.")
        asked = _words(question)
        found = [FoundFact(fact, _overlap(asked, fact)) for fact in self.facts]
        best = sorted((each for each in found if each.relevance), key=lambda each: -each.relevance)
        return Findings(tuple(best[:limit]), bool(best) and best[0].relevance >= self.answered_from)


def _overlap(wanted: frozenset[str], fact: Fact) -> float:
    shared = wanted & _words(f"{fact.title} {fact.text}")
    return len(shared) / len(wanted) if wanted else 0.0


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower())) - SMALL_WORDS
