"""Finds pages that state different figures for the same thing, so that a person mends them and the newest is told.

Precise rather than complete: two statements contradict each other when they share the weighty words of their
subject, count in the same unit, and differ in nothing else than the number.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from agent.facts import Fact, FactId
from knowledge.statements import Figure, Statement, statements_of

SAME_FROM = 0.62
"""The share of weight that the words of two subjects have in common, found on libraries without contradictions."""
LIKE_FROM = 0.3
HEADING_WEIGHT = 0.35
FEWEST_SHARED = 2
LATER = timedelta(days=1)
WEIGHTIEST = 3
MOST_ALIKE = 60
"""A word in more statements than this narrows nothing down."""


Stated = tuple[str, Figure]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements of which at most one is right; `is_settled` when the newer page is known by its date."""

    older: Statement
    newer: Statement
    is_settled: bool


def contradictions(facts: Iterable[Fact]) -> tuple[Contradiction, ...]:
    """Find what different pages state differently, each pair of facts once."""
    statements = [statement for fact in facts for statement in statements_of(fact)]
    weights, stated = _weights(statements), _stated(statements)
    found: dict[tuple[FactId, FactId], Contradiction] = {}
    for one, other in _pairs(statements, weights):
        if _contradict(one, other, weights) and not _agree_elsewhere(one, other, weights, stated):
            contradiction = _ordered(one, other)
            key = contradiction.older.fact.id, contradiction.newer.fact.id
            found.setdefault(key, contradiction)
    return tuple(found.values())


def superseded(facts: Mapping[FactId, Fact], found: Sequence[Contradiction]) -> dict[FactId, Fact]:
    """Give the facts, each with the newer one that says otherwise, where there is one now."""
    newer = {each.older.fact.id: each.newer.fact.id for each in found if each.is_settled}
    return {key: replace(fact, superseded_by=newer.get(key)) for key, fact in facts.items()}


def _weights(statements: Sequence[Statement]) -> Mapping[str, float]:
    counts = Counter(word for each in statements for word in each.words | each.heading)
    return {word: math.log1p(len(statements) / count) for word, count in counts.items()}


def _pairs(
    statements: Sequence[Statement], weights: Mapping[str, float]
) -> Iterator[tuple[Statement, Statement]]:
    """Give pairs of the same unit that share one of their weightiest words, unless too many do."""
    places: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, each in enumerate(statements):
        for word in sorted(each.words, key=lambda word: (-weights[word], word))[:WEIGHTIEST]:
            places[each.fact.language, each.figure.unit, word].append(place)
    seen: set[tuple[int, int]] = set()
    for alike in places.values():
        if len(alike) > MOST_ALIKE:
            continue
        for at, first in enumerate(alike):
            for second in alike[at + 1 :]:
                if (first, second) not in seen:
                    seen.add((first, second))
                    yield statements[first], statements[second]


def _contradict(one: Statement, other: Statement, weights: Mapping[str, float]) -> bool:
    if (
        _page(one) == _page(other)
        or one.figure.number == other.figure.number
        or one.beside != other.beside
    ):
        return False
    return (
        len(one.words & other.words) >= FEWEST_SHARED and likeness(one, other, weights) >= SAME_FROM
    )


def _agree_elsewhere(
    one: Statement,
    other: Statement,
    weights: Mapping[str, float],
    stated: Mapping[Stated, list[Statement]],
) -> bool:
    """Tell whether a page says the other's figure of something like it too: then these are two plans, not one."""
    beside_one = stated.get((_page(one), other.figure), [])
    beside_other = stated.get((_page(other), one.figure), [])
    return any(likeness(each, other, weights) >= LIKE_FROM for each in beside_one) or any(
        likeness(each, one, weights) >= LIKE_FROM for each in beside_other
    )


def _stated(statements: Sequence[Statement]) -> Mapping[Stated, list[Statement]]:
    stated: dict[Stated, list[Statement]] = defaultdict(list)
    for each in statements:
        stated[_page(each), each.figure].append(each)
    return stated


def _page(statement: Statement) -> str:
    return statement.fact.source or statement.fact.page


def likeness(one: Statement, other: Statement, weights: Mapping[str, float]) -> float:
    """Give the weight of the words two subjects share, in [0, 1] of all; headings count for less, and only where shared."""
    shared = sum(weights[word] for word in one.words & other.words)
    by_heading = (one.words | one.heading) & (other.words | other.heading) - (
        one.words & other.words
    )
    shared += HEADING_WEIGHT * sum(weights[word] for word in by_heading)
    alone = sum(
        weights[word]
        for word in (one.words - other.words - other.heading)
        | (other.words - one.words - one.heading)
    )
    return shared / (shared + alone) if shared else 0.0


def _ordered(one: Statement, other: Statement) -> Contradiction:
    """Put the older first; dates that only files have are compared with their like alone."""
    first, second = one.fact.changed_at, other.fact.changed_at
    if first is None or second is None or one.fact.is_dated != other.fact.is_dated:
        return Contradiction(one, other, is_settled=False)
    older, newer = (one, other) if first <= second else (other, one)
    return Contradiction(older, newer, is_settled=abs(second - first) >= LATER)
