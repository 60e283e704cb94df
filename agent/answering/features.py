"""What is known of each statement and a question, as numbers: what the answer reader tells answers by."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.answering.asking import MOST_KEPT, Wanted, denies, holds
from agent.answering.searching import COMPARED, STORIES_ASKED, Search
from agent.answering.statements import (
    Statement,
    is_comparison,
    is_fragment,
    is_story,
    leans,
    limits,
)
from agent.answering.words import content_words, terms
from agent.facts import FactId

FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
LAST_PLACE = 8
# Whether something is wanted; if so whether it is there, and whether it is not.
NOT_WANTED, HELD, LACKING = (0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (1.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the question alone."""

    figures: frozenset[str]
    denies: float
    compares: bool
    asks_stories: bool
    wanted: tuple[bool, ...]
    length: float
    candidates: float


class AnswerReader(Protocol):
    """Tells answers from what only looks like one."""

    async def chances(self, search: Search) -> Sequence[float]:
        """Give for each candidate the probability, in [0, 1], that it answers the question."""
        ...


def features_of(search: Search, nearness: Sequence[float]) -> NDArray[np.float32]:
    """Give a row of numbers for each candidate, shape (candidates, features), in their order.

    `nearness` tells by how many deviations each is nearer to the question than usual.
    """
    gains = [search.gain(each, {}, frozenset()) for each in search.candidates]
    ranks = {fact: rank for rank, fact in enumerate(_facts(search))}
    beside = [*_of_meaning(search, nearness, ranks)]
    asked, most = _asked(search), max(gains)
    rows = [
        [
            *near,
            *_of_words(each, search, asked, (gain, gain - most)),
            *_of_form(each.text, each.place, is_row=bool(each.cells), is_headed=bool(each.asked)),
            *_of_kind(each, search, asked),
        ]
        for each, near, gain in zip(search.candidates, beside, gains, strict=True)
    ]
    return np.array(rows, dtype=np.float32)


def _asked(search: Search) -> Asked:
    return Asked(
        figures=frozenset(FIGURE.findall(search.text)),
        denies=float(denies(search.text)),
        compares=bool(COMPARED.search(search.text)),
        asks_stories=bool(STORIES_ASKED.search(search.text)),
        wanted=tuple(want in search.wanted for want in Wanted),
        length=float(np.log1p(len(content_words(search.text)))),
        candidates=float(np.log(len(search.candidates))),
    )


def _facts(search: Search) -> list[FactId]:
    """Give the facts' ids, the most relevant first."""
    found = {each.fact.id: each.found.relevance for each in search.candidates}
    return sorted(found, key=lambda key: -found[key])


def _of_meaning(
    search: Search, nearness: Sequence[float], ranks: dict[FactId, int]
) -> Iterator[list[float]]:
    """Compare how near a statement and its fact lie with how near the others do."""
    mean, nearest = float(np.mean(nearness)), max(nearness)
    best: dict[FactId, float] = {}
    for each, near in zip(search.candidates, nearness, strict=True):
        best[each.fact.id] = max(near, best.get(each.fact.id, near))
    relevant = max(each.found.relevance for each in search.candidates)
    for each, near in zip(search.candidates, nearness, strict=True):
        own = best[each.fact.id]
        yield [
            near,
            near - mean,
            near - nearest,
            own - nearest,
            near - own,
            each.found.relevance,
            each.found.relevance - relevant,
            float(np.log1p(ranks[each.fact.id])),
        ]


def _of_words(
    statement: Statement, search: Search, asked: Asked, gains: tuple[float, float]
) -> list[float]:
    """Tell which of the question's words a statement has, in itself, above it and around it."""
    above = terms(f"{statement.asked} {statement.fact.title}")
    own = terms(statement.text)
    words = search.words.items()
    exact = sum(search.weights[word] for word, terms_ in words if terms_ & own)
    headed = sum(search.weights[word] for word, terms_ in words if terms_ & above)
    return [
        search.said(statement) / search.total,
        exact / search.total,
        headed / search.total,
        *gains,
        search.passage(statement.fact),
        float(bool(asked.figures)),
        float(bool(asked.figures & _figures(statement.text))),
        asked.length,
        asked.candidates,
    ]


@lru_cache(maxsize=MOST_KEPT)
def _figures(text: str) -> frozenset[str]:
    """Give the figures of a text as they are written."""
    return frozenset(FIGURE.findall(text))


@lru_cache(maxsize=MOST_KEPT)
def _of_form(text: str, place: int, *, is_row: bool, is_headed: bool) -> tuple[float, ...]:
    """Tell what a statement looks like."""
    return (
        float(is_row),
        float(not is_row and is_fragment(text)),
        float(not is_row and leans(text)),
        float(not is_row and limits(text)),
        float(is_headed),
        min(place, LAST_PLACE) / LAST_PLACE,
        float(np.log1p(len(text.split()))),
        float(any(letter.isdigit() for letter in text)),
        float(text.endswith(":")),
        float('"' in text or "“" in text),
    )


def _of_kind(statement: Statement, search: Search, asked: Asked) -> list[float]:
    """Tell whether a statement has what is asked for, and stands on a page for such questions."""
    story, comparison = is_story(statement.fact), is_comparison(statement.fact)
    kinds = [
        float(story),
        float(story and asked.asks_stories),
        float(comparison),
        float(comparison and asked.compares),
        float(statement.fact.language != search.language),
        float(denies(statement.text)),
        asked.denies,
    ]
    for is_wanted, held in zip(asked.wanted, _has(statement.text), strict=True):
        kinds += (HELD if held else LACKING) if is_wanted else NOT_WANTED
    return kinds


@lru_cache(maxsize=MOST_KEPT)
def _has(text: str) -> tuple[bool, ...]:
    """Tell of each thing that may be wanted whether a statement has it: of a yes or no, whether it denies."""
    return tuple(denies(text) if want is Wanted.WHETHER else holds(text, want) for want in Wanted)
