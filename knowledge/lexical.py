"""Finds facts by their words: names, numbers and product terms, which vectors blur."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.facts import Fact, FactId
from knowledge.questions import content_words, pages_words
from knowledge.wording import Vocabulary, all_stems, stems, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# BM25's usual constants (Robertson and Zaragoza 2009).
SATURATION = 1.2
LENGTH = 0.75
# One word of a glossary's phrase, "single sign-on", is less than the phrase.
OF_A_PHRASE = 0.6
PART = 64
# Any word of a question gives its facts more than this.
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the library's words that count as it, each with how far, and its weight."""

    alike: Mapping[int, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What a question and a fact share: of the question's words, in [0, 1], and their BM25."""

    coverage: float
    of_title: float
    bm25: float


NOTHING_SHARED = Shared(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Words:
    """What was read of the facts, in their order: the stems with their numbers, and which fact has which."""

    numbers: Mapping[str, int]
    whole: Postings
    titles: Postings


class LexicalIndex:
    """Which fact has which words, in numpy; a hundred thousand facts are compared in a millisecond or two."""

    def __init__(self, facts: Iterable[Fact], words: Words | None = None) -> None:
        held = list(facts)
        self._ids = [fact.id for fact in held]
        self._places = {key: place for place, key in enumerate(self._ids)}
        self._languages = sorted({"en", *(fact.language for fact in held)})
        self.words = words or read_words(held)
        self._numbers, self._whole, self._titles = (
            self.words.numbers,
            self.words.whole,
            self.words.titles,
        )
        self._vocabulary = Vocabulary(self._numbers)

    def match(self, question: str) -> Match:
        """Compare a question with every fact."""
        terms = self._terms(question)
        total = sum(term.weight for term in terms) or 1.0
        return Match(
            self._ids,
            self._places,
            self._whole.weighted(terms, is_graded=False) / total,
            self._titles.weighted(terms, is_graded=False) / total,
            self._whole.weighted(terms, is_graded=True),
        )

    def lacks(self, word: str) -> bool:
        """Tell whether no fact has a word, nor one that counts as the same."""
        return not self._alike(word.lower())

    def _terms(self, question: str) -> list[Term]:
        """Rare words weigh more. Words that no fact has count too: they are what we know nothing about."""
        alike = {word: self._alike(word) for word in content_words(question)}
        return [
            Term(same, math.log1p(len(self._ids) / (self._whole.count(same) + 0.5)))
            for word, same in alike.items()
            if same or not word.isdigit()  # the visitor's own quantity, "40 seats", is no topic
        ]

    def _alike(self, word: str) -> Mapping[int, float]:
        alike: dict[int, float] = {}
        for said in (word, *pages_words(word)):
            parts = words(said)
            for part in parts:
                for stem in all_stems(part, self._languages):
                    if stem in self._numbers:
                        alike[self._numbers[stem]] = 1.0 if len(parts) == 1 else OF_A_PHRASE
        near = {} if alike else self._vocabulary.near("".join(words(word)))
        return alike or {self._numbers[other]: share for other, share in near.items()}


class Match:
    """How a question's words are shared with each fact."""

    def __init__(
        self,
        ids: Sequence[FactId],
        places: Mapping[FactId, int],
        coverage: NDArray[np.float32],
        of_title: NDArray[np.float32],
        bm25: NDArray[np.float32],
    ) -> None:
        self._ids = ids
        self._places = places
        self._coverage = coverage
        self._of_title = of_title
        self._bm25 = bm25

    def best(self, count: int) -> list[FactId]:
        """Give the facts that share most, best first; none that share nothing."""
        sharing = (self._bm25 >= _floor(self._bm25, count)).nonzero()[0]
        order = sharing[(-self._bm25[sharing]).argsort(kind="stable")][:count]
        return [self._ids[place] for place in order]

    def graded(self, fact_id: FactId) -> float:
        """Give the BM25 of one fact."""
        place = self._places.get(fact_id)
        return 0.0 if place is None else float(self._bm25[place])

    def with_fact(self, fact_id: FactId) -> Shared:
        """Give what the question shares with one fact."""
        place = self._places.get(fact_id)
        if place is None:
            return NOTHING_SHARED
        return Shared(
            float(self._coverage[place]), float(self._of_title[place]), float(self._bm25[place])
        )


class Postings:
    """For each word the facts that have it, and what it adds to their BM25."""

    def __init__(
        self,
        size: int,
        facts: NDArray[np.int32],
        graded: NDArray[np.float32],
        starts: NDArray[np.int64],
    ) -> None:
        self._size = size
        self._facts = facts
        self._graded = graded
        self._starts = starts

    @classmethod
    def of(cls, read: Sequence[Sequence[int]], vocabulary: int) -> Postings:
        """Count the words of each fact, given by their numbers."""
        import numpy as np

        size = len(read)
        lengths = np.fromiter(map(len, read), np.int64, size)
        owners = np.repeat(np.arange(size), lengths)
        tokens = np.fromiter((token for each in read for token in each), np.int64, len(owners))
        keys, counts = np.unique(tokens * max(size, 1) + owners, return_counts=True)
        facts = (keys % max(size, 1)).astype(np.int32)
        usual = max(float(lengths.mean()), 1.0) if size else 1.0
        norm = SATURATION * (1 - LENGTH + LENGTH * lengths / usual)
        graded = (counts * (SATURATION + 1) / (counts + norm[facts])).astype(np.float32)
        starts = np.searchsorted(keys, np.arange(vocabulary + 1) * max(size, 1))
        return cls(size, facts, graded, starts)

    @property
    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
        """Give what `Postings` is made of beside its size."""
        return self._facts, self._graded, self._starts

    def count(self, tokens: Iterable[int]) -> int:
        """Count the facts that have one of some words."""
        import numpy as np

        having = [self._facts[self._of(token)] for token in tokens]
        return len(np.unique(np.concatenate(having))) if len(having) > 1 else sum(map(len, having))

    def weighted(self, terms: Iterable[Term], *, is_graded: bool) -> NDArray[np.float32]:
        """Give each fact the weights of the terms it has, by BM25's grade of each or plainly."""
        import numpy as np

        total = np.zeros(self._size, np.float32)
        for term in terms:
            # A fact stands once under a word, so that one word needs no room to find the best of several.
            best = total if len(term.alike) == 1 else np.zeros(self._size, np.float32)
            for token, share in term.alike.items():
                place = self._of(token)
                facts = self._facts[place]
                adds = (self._graded[place] if is_graded else 1) * (share * term.weight)
                best[facts] = best[facts] + adds if best is total else np.maximum(best[facts], adds)
            if best is not total and term.alike:
                total += best
        return total

    def _of(self, token: int) -> slice:
        return slice(int(self._starts[token]), int(self._starts[token + 1]))


def _floor(values: NDArray[np.float32], count: int) -> float:
    """Give a bound above zero that the `count` greatest values reach and few others do, quicker than to sort them."""
    import numpy as np

    # The greatest of each part are values too: the count-th of them is no greater than the count-th of all.
    whole = len(values) // PART * PART
    greatest = values[:whole].reshape(-1, PART).max(axis=1)
    if len(greatest) < count:
        return LEAST
    return max(float(np.partition(greatest, -count)[-count]), LEAST)


def read_words(facts: Sequence[Fact]) -> Words:
    """Read the words of titles and texts."""
    reader = _Reader()
    titles = [reader.read(fact.title, fact.language) for fact in facts]
    both = [
        [*title, *reader.read(fact.text, fact.language)]
        for title, fact in zip(titles, facts, strict=True)
    ]
    count = len(reader.numbers)
    return Words(reader.numbers, Postings.of(both, count), Postings.of(titles, count))


class _Reader:
    """Numbers the stems of texts, and cuts each word of a language once."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._known: dict[str, dict[str, int]] = {}

    def read(self, text: str, language: str) -> list[int]:
        known = self._known.setdefault(language, {})
        said = words(text)
        if new := [word for word in dict.fromkeys(said) if word not in known]:
            for word, stem in zip(new, stems(new, language), strict=True):
                known[word] = self.numbers.setdefault(stem, len(self.numbers))
        return [known[word] for word in said]
