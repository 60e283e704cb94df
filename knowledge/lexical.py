"""Finds facts by their words: names, numbers and product terms, which vectors blur."""

import math
import sqlite3
from collections.abc import Iterable, Mapping

from agent.facts import Fact, FactId
from knowledge.questions import content_words, pages_words

SHORTEST_PREFIX = 5
ENDING = 3


class LexicalIndex:
    """An FTS5 index in memory: built in milliseconds on start, so it can neither rot nor disagree.

    It belongs to the thread that built it.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            "CREATE VIRTUAL TABLE facts USING fts5("
            "id UNINDEXED, title, text, tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        rows = [(fact.id, fact.title, fact.text) for fact in facts]
        self._connection.executemany("INSERT INTO facts VALUES (?, ?, ?)", rows)
        self._count = len(rows)

    def coverage(self, question: str) -> Mapping[FactId, float]:
        """Give, for each fact that shares a word, how much of the question's words it has, in (0, 1].

        Rare words weigh more. Words that no fact has count too: they are what we know nothing about.
        """
        found: dict[FactId, float] = {}
        total = 0.0
        for word in content_words(question):
            ids = self._having(word)
            if not ids and word.isdigit():
                continue  # the visitor's own quantity, "40 seats", is no topic
            weight = math.log1p(self._count / (len(ids) + 0.5))
            total += weight
            for fact_id in ids:
                found[fact_id] = found.get(fact_id, 0.0) + weight
        return {fact_id: weight / total for fact_id, weight in found.items()}

    def close(self) -> None:
        """Free the memory."""
        self._connection.close()

    def _having(self, word: str) -> list[FactId]:
        """Find facts with the word or what pages call it, else with one that begins alike."""
        same = " OR ".join(f'"{each}"' for each in (word, *pages_words(word)))
        ids = self._matching(same)
        if ids or len(word) < SHORTEST_PREFIX:
            return ids
        return self._matching(f'"{word[: max(SHORTEST_PREFIX, len(word) - ENDING)]}"*')

    def _matching(self, expression: str) -> list[FactId]:
        rows = self._connection.execute("SELECT id FROM facts WHERE facts MATCH ?", (expression,))
        return [FactId(row[0]) for row in rows]
