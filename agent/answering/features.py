"""What is known of each statement and a question, as numbers: what the answer reader tells answers by."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.answering.asking import Wanted, denies, holds
from agent.answering.searching import COMPARED, STORIES_ASKED, Search
from agent.answering.statements import Statement, is_comparison, is_story
from agent.answering.words import content_words, terms
from agent.facts import FactId

FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
LAST_PLACE = 8


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
    rows = [
        [
            *near,
            *_of_words(each, search, gain, max(gains)),
            *_of_form(each),
            *_of_kind(each, search),
        ]
        for each, near, gain in zip(search.candidates, beside, gains, strict=True)
    ]
    return np.array(rows, dtype=np.float32)


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


def _of_words(statement: Statement, search: Search, gain: float, most: float) -> list[float]:
    """Tell which of the question's words a statement has, in itself, above it and around it."""
    above = terms(f"{statement.asked} {statement.fact.title}")
    own = terms(statement.text)
    matched = sum(search.weights[word] * search.match(word, statement) for word in search.words)
    exact = sum(search.weights[word] for word, asked in search.words.items() if asked & own)
    headed = sum(search.weights[word] for word, asked in search.words.items() if asked & above)
    figures = set(FIGURE.findall(search.text))
    return [
        matched / search.total,
        exact / search.total,
        headed / search.total,
        gain,
        gain - most,
        search.passage(statement.fact),
        float(bool(figures)),
        float(bool(figures & set(FIGURE.findall(statement.text)))),
        float(np.log1p(len(content_words(search.text)))),
        float(np.log(len(search.candidates))),
    ]


def _of_form(statement: Statement) -> list[float]:
    """Tell what a statement looks like."""
    text = statement.text
    return [
        float(bool(statement.cells)),
        float(statement.is_fragment),
        float(statement.leans),
        float(statement.limits),
        float(bool(statement.asked)),
        min(statement.place, LAST_PLACE) / LAST_PLACE,
        float(np.log1p(len(text.split()))),
        float(any(letter.isdigit() for letter in text)),
        float(text.endswith(":")),
        float('"' in text or "“" in text),
    ]


def _of_kind(statement: Statement, search: Search) -> list[float]:
    """Tell whether a statement has what is asked for, and stands on a page for such questions."""
    story, comparison = is_story(statement.fact), is_comparison(statement.fact)
    denied = denies(statement.text)
    kinds: list[float] = [
        float(story),
        float(story and bool(STORIES_ASKED.search(search.text))),
        float(comparison),
        float(comparison and bool(COMPARED.search(search.text))),
        float(statement.fact.language != search.language),
        float(denied),
        float(denies(search.text)),
    ]
    for want in Wanted:
        asked = want in search.wanted
        held = denied if want is Wanted.WHETHER else holds(statement.text, want)
        kinds += [float(asked), float(asked and held), float(asked and not held)]
    return kinds
