"""Approved statements about what the company offers, and the library that finds them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

FactId = NewType("FactId", str)


class Topic(StrEnum):
    """What a fact is about, as far as it decides whom it serves."""

    PRICE = "price"
    POLICY = "policy"
    SECURITY = "security"
    COMPARISON = "comparison"
    CASE_STUDY = "case_study"
    INTEGRATION = "integration"
    ONBOARDING = "onboarding"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True)
class Fact:
    """A self-contained passage of one page; `url` points at its heading.

    `source` is where the page came from (a path or an address), `anchor` the place within it (`page=3`, a heading's
    id), `is_dated` tells a date that the page itself states, `superseded_by` names the newer fact that says otherwise.
    `topics` say what needs it meets.
    """

    id: FactId
    page: str
    heading: str
    text: str
    url: str
    language: str = "en"
    changed_at: datetime | None = None
    source: str = ""
    anchor: str = ""
    is_dated: bool = False
    superseded_by: FactId | None = None
    topics: tuple[Topic, ...] = ()

    @property
    def title(self) -> str:
        """Give the page and, where it says more, the heading."""
        return self.page if self.heading in ("", self.page) else f"{self.page}: {self.heading}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the visitor needs beside the words of the question.

    `names` are competitors they named, `industry` is the lead's, `context` what was said just before.
    """

    topics: frozenset[Topic] = frozenset()
    names: tuple[str, ...] = ()
    industry: str = ""
    context: str = ""


NOTHING_MORE = Wanted()


@dataclass(frozen=True, slots=True)
class FoundFact:
    """A fact and its relevance to the question: the probability, in [0, 1], that it answers.

    `answers` gives that for each of its statements, once they were read with the question; else it is empty.
    """

    fact: Fact
    relevance: float
    answers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What the library has on a question, best first; `is_answered` is its own judgement."""

    facts: tuple[FoundFact, ...] = ()
    is_answered: bool = False

    def joined(self, others: "tuple[Findings, ...]") -> "Findings":
        """Give all facts once, with the greatest relevance of each."""
        best: dict[FactId, FoundFact] = {}
        for found in (each for findings in (self, *others) for each in findings.facts):
            known = best.get(found.fact.id)
            if known is None or (bool(known.answers), known.relevance) < (
                bool(found.answers),
                found.relevance,
            ):
                best[found.fact.id] = found
        return Findings(tuple(best.values()), all(f.is_answered for f in (self, *others)))


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of a message, and what the library has on it."""

    text: str
    findings: Findings


class Library(Protocol):
    """The company's knowledge."""

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        """Find facts that answer, and the best of what the visitor needs besides; raises LibraryUnavailableError."""
        ...
