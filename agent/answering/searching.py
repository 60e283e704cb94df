"""A question held against the statements that were found: what each has of its words, and what it adds."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from agent.answering.asking import Wanted, holds, wanted
from agent.answering.places import plain
from agent.answering.rows import subject_place
from agent.answering.statements import Statement, is_comparison, is_story
from agent.answering.words import content_words, terms, terms_of
from agent.facts import Fact, FactId

BY_CONCEPT = 0.75
BY_HEADING = 0.65
BY_TITLE = 0.35
ONE_KIND = 0.3
SHORTEST_GUESS = 6
CLOSE = 0.84
GUESSES_KEPT = 64  # the reader and the writer hold a question against the same statements
BY_CONTEXT = 0.4
UNTOLD = 0.3
BY_OTHER_CELL = 0.8
COMPARED = re.compile(
    r"\bvs\b|versus|compar|differen|better|cheaper|instead|switch|\bwhy you\b|\bthan\b|besser|unterschied|vergleich|mieux|mejor|melhor|beter",
    re.IGNORECASE,
)
STORIES_ASKED = re.compile(
    r"\bcustomers?\b|\bclients?\b|\bcase stud|reference|\banyone\b|\banybody\b|someone like|\bothers\b|new in|changed|kunden|referen|clientes?\b|klanten",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Search:
    """A question held against the statements of its findings."""

    text: str
    candidates: tuple[Statement, ...]
    language: str = ""
    context: str = ""

    @cached_property
    def wanted(self) -> frozenset[Wanted]:
        """Tell what is asked for."""
        return wanted(self.text)

    @cached_property
    def words(self) -> Mapping[str, frozenset[str]]:
        """Give the question's content words with their terms; a misspelt one has those of the word it resembles."""
        known = self._vocabulary
        words = (*content_words(self.text), *content_words(self.context))
        return {word: terms_of(_respelt(word, known)) for word in dict.fromkeys(words)}

    @cached_property
    def is_foreign(self) -> bool:
        """Tell whether most of what was found is in another language than the question."""
        others = sum(s.fact.language != self.language for s in self.candidates)
        return bool(self.language) and others > len(self.candidates) / 2

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Weigh the question's words: the fewer statements have one, the more it says."""
        own = frozenset(content_words(self.text))
        return {
            word: self._weight(word) * (1 if word in own else BY_CONTEXT) for word in self.words
        }

    def _weight(self, word: str) -> float:
        having = sum(self.matches(s)[word] > 0 for s in self.candidates)
        # What no fact in another language has may only be said otherwise there.
        is_untold = not having and self.is_foreign and word.isalpha()
        return math.log(1 + len(self.candidates) / (0.5 + having)) * (UNTOLD if is_untold else 1)

    @cached_property
    def total(self) -> float:
        """Give the weight of all words together."""
        return sum(self.weights.values()) or 1.0

    @cached_property
    def nearest(self) -> float:
        """Give the greatest relevance of a found fact."""
        return max((s.found.relevance for s in self.candidates), default=0.0) or 1.0

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        return frozenset(
            word for s in self.candidates for word in content_words(f"{s.text} {s.fact.title}")
        )

    def fact_gain(self, fact: Fact) -> float:
        """Tell what the best statement of a fact says of the question."""
        return max(
            (self.gain(s, {}, frozenset()) for s in self.candidates if s.fact.id == fact.id),
            default=0.0,
        )

    def match(self, word: str, statement: Statement) -> float:
        """Tell how well a statement has a word of the question, in [0, 1]; its surroundings count less."""
        return self.matches(statement)[word]

    def matches(self, statement: Statement) -> Mapping[str, float]:
        """Tell so of all the question's words."""
        found = self._matches.get(id(statement))
        if found is None:
            found = self._matches[id(statement)] = _matches(self.words, statement)
        return found

    @cached_property
    def _matches(self) -> dict[int, Mapping[str, float]]:
        return {}

    def passage(self, fact: Fact) -> float:
        """Tell how much of the question a fact has in all it says and in its title, in [0, 1]."""
        if fact.id not in self._passages:
            own = [self.matches(s) for s in self.candidates if s.fact.id == fact.id]
            has = (
                weight * max((matches[word] for matches in own), default=0.0)
                for word, weight in self.weights.items()
            )
            self._passages[fact.id] = sum(has) / self.total
        return self._passages[fact.id]

    @cached_property
    def _passages(self) -> dict[FactId, float]:
        return {}

    def is_aside(self, fact: Fact) -> bool:
        """Tell whether a fact stands in a story or a comparison, while neither is asked for."""
        asked = f"{self.text} {self.context}"
        if is_story(fact) and not STORIES_ASKED.search(asked):
            return True
        is_named = COMPARED.search(asked) or terms(fact.page) & terms(asked)
        return is_comparison(fact) and not is_named

    def said(self, statement: Statement) -> float:
        """Weigh the question's words that a statement has."""
        said = self._said.get(id(statement))
        if said is None:
            matches = self.matches(statement)
            said = sum(weight * matches[word] for word, weight in self.weights.items())
            self._said[id(statement)] = said
        return said

    @cached_property
    def _said(self) -> dict[int, float]:
        return {}

    def _new(self, statement: Statement, covered: Mapping[str, float]) -> float:
        """Weigh those that what is said already does not have."""
        matches = self.matches(statement)
        return sum(
            weight * max(0.0, matches[word] - covered.get(word, 0.0))
            for word, weight in self.weights.items()
        )

    def gain(
        self, statement: Statement, covered: Mapping[str, float], held: frozenset[Wanted]
    ) -> float:
        """Tell what a statement adds to what is said already."""
        words = self.said(statement) if not covered else self._new(statement, covered)
        kinds = sum(holds(statement.text, each) for each in self.wanted - held - {Wanted.WHETHER})
        share = ONE_KIND / 2 if Wanted.WHETHER in self.wanted else ONE_KIND
        nearness = 0.4 + 0.6 * min(1.0, statement.found.relevance / self.nearest)
        return (words / self.total + share * kinds * (words > 0 or not covered)) * nearness


def _matches(words: Mapping[str, frozenset[str]], statement: Statement) -> Mapping[str, float]:
    places = (
        (1.0, terms(statement.text)),
        (BY_HEADING, terms(f"{statement.asked} {statement.fact.heading}")),
        (BY_TITLE, terms(statement.fact.page)),
    )
    return {word: _match(asked, places, statement) for word, asked in words.items()}


def _match(
    asked: frozenset[str], places: Iterable[tuple[float, frozenset[str]]], statement: Statement
) -> float:
    for share, said in places:
        if shared := asked & said:
            is_exact = any(not term.startswith("#") for term in shared)
            return share * (1.0 if is_exact else BY_CONCEPT) * _in_subject(shared, statement)
    return 0.0


def _in_subject(shared: frozenset[str], statement: Statement) -> float:
    """Weigh a word by its cell: what a row is about counts more than what it says of it."""
    if not statement.cells:
        return 1.0
    subject = statement.cells[subject_place(statement.cells)].value
    return 1.0 if shared & terms(subject) else BY_OTHER_CELL


def _respelt(word: str, known: frozenset[str]) -> str:
    """Give the known word that a misspelt one resembles; words with figures are never guessed."""
    is_guessable = len(word) >= SHORTEST_GUESS and word.isalpha()
    if not is_guessable or word in known or len(terms_of(word)) > 1:
        return word
    return _closest(plain(word), known) or word


@lru_cache(maxsize=GUESSES_KEPT)
def _closest(word: str, known: frozenset[str]) -> str:
    """Give the known word most like another one; nothing where none is close."""
    likely = [each for each in known if _may_be_close(len(word), len(each))]
    return next(iter(get_close_matches(word, likely, n=1, cutoff=CLOSE)), "")


def _may_be_close(one: int, other: int) -> bool:
    """Tell whether words of these lengths can be close at all, even if the shorter stands whole in the longer."""
    return 2.0 * min(one, other) / (one + other) >= CLOSE
