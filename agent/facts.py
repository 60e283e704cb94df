"""Approved statements about what the company offers, and the library that finds them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

FactId = NewType("FactId", str)


@dataclass(frozen=True, slots=True)
class Fact:
    """A self-contained passage of one page; `url` points at its heading."""

    id: FactId
    page: str
    heading: str
    text: str
    url: str
    language: str = "en"
    changed_at: datetime | None = None

    @property
    def title(self) -> str:
        """Give the page and, where it says more, the heading."""
        return self.page if self.heading in ("", self.page) else f"{self.page}: {self.heading}"


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact and its relevance to the question, in [0, 1]."""

    fact: Fact
    relevance: float


@dataclass(frozen=True, slots=True)
class Findings:
    """What the library has on a question, best first; `is_answered` is its own judgement."""

    facts: tuple[FoundFact, ...] = ()
    is_answered: bool = False


class Library(Protocol):
    """The company's knowledge."""

    async def find(self, question: str, limit: int = 6) -> Findings:
        """Find facts that answer; raises LibraryUnavailableError."""
        ...
