"""One search: what the message asks, which facts lie near and share its words, and whether they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Self

import structlog

from agent.errors import EmbeddingsUnavailableError
from agent.facts import Fact, FactId, Findings, FoundFact, Topic, Wanted
from knowledge.lexical import LexicalIndex, Match
from knowledge.nearness import Nearness
from knowledge.questions import Questions, in_context, in_pages_words, names_in, split_questions
from knowledge.relevance import ANSWERED_FROM, SUPERSEDED, relevance, relevance_by_words
from knowledge.vectors import FactVectors
from knowledge.wording import words

# So many facts are looked at for their meaning, and as many for their words.
CANDIDATES = 60
# So many facts are given of each thing that is wanted besides, chosen among so many of its topic.
BESIDES = 2
MOST_OF_A_TOPIC = 1_000

Relevances = dict[FactId, float]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Want:
    """Facts that the visitor needs besides: of a topic, and having all of some words."""

    topic: Topic
    words: tuple[str, ...] = ()

    def is_met_by(self, fact: Fact) -> bool:
        """Tell whether a fact is of this kind."""
        return self.topic in fact.topics and (
            not self.words or set(self.words) <= set(words(f"{fact.title} {fact.text}"))
        )


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; what the visitor said before counts only where a question points back to it."""

    questions: Questions
    texts: tuple[str, ...]
    limit: int
    wants: tuple[Want, ...]

    @classmethod
    def by(cls, message: str, limit: int, wanted: Wanted) -> Self:
        """Give what a message looks for, and what is wanted besides."""
        questions = split_questions(message)
        texts = tuple(in_context(text, wanted.context) for text in questions.texts)
        return cls(questions, texts, limit, tuple(wants_of(wanted)))


class Search:
    """Finds facts in one library as it is now."""

    def __init__(self, vectors: FactVectors, lexical: LexicalIndex) -> None:
        self._vectors = vectors
        self._facts: Mapping[FactId, Fact] = vectors.facts
        self._lexical = lexical

    def find(self, sought: Sought) -> Findings:
        """Find facts for each question of the message, and of what is wanted besides."""
        questions, texts = sought.questions, sought.texts
        matches = [self._lexical.match(text) for text in texts]
        besides = {want: self._of_kind(want, matches[0]) for want in sought.wants}
        more = [each for ids in besides.values() for each in ids]
        candidates = [[*match.best(CANDIDATES), *more] for match in matches]
        near = self._near(texts, candidates)
        ranked = [
            self._ranked(nearness, match, keys)
            for nearness, match, keys in zip(near, matches, candidates, strict=True)
        ]
        answered = [
            max(each.values(), default=0.0) >= ANSWERED_FROM
            and not any(map(self._lexical.lacks, names_in(text)))
            for each, text in zip(ranked, questions.texts, strict=True)
        ]
        chosen = _in_turns(ranked, sought.limit)
        needed = [_best(ranked, ids, BESIDES) for ids in besides.values()]
        return Findings(
            self._found(_with(chosen, needed, sought.limit)),
            all(answered) if questions.are_asked else any(answered),
        )

    def _near(self, texts: Sequence[str], also: list[list[FactId]]) -> list[Nearness | None]:
        """Compare by meaning; nothing while the embeddings are out of reach."""
        try:
            asked = [in_pages_words(text) for text in texts]
            return [*self._vectors.nearest(asked, CANDIDATES, also)]
        except EmbeddingsUnavailableError as error:
            log.warning("library.degraded", reason=str(error))
            return [None] * len(texts)

    def _ranked(
        self, nearness: Nearness | None, match: Match, keys: Iterable[FactId]
    ) -> Relevances:
        """Give the relevance of each candidate, that of an outdated one to what replaced it."""
        candidates = {*keys, *(nearness.similarities if nearness else ())}
        found = {
            key: _relevance(nearness.of(key) if nearness else None, match, key)
            for key in candidates
            if key in self._facts
        }
        for key in [*found]:
            newer = self._facts[key].superseded_by
            if newer in self._facts and newer is not None:
                found[newer] = max(found.get(newer, 0.0), found[key])
                found[key] *= SUPERSEDED
        return found

    def _of_kind(self, want: Want, match: Match) -> list[FactId]:
        """Give the facts of a kind; where they are very many, those that share most with the question."""
        held = [key for key, fact in self._facts.items() if want.topic in fact.topics]
        if len(held) > MOST_OF_A_TOPIC:
            held = nlargest(MOST_OF_A_TOPIC, held, key=match.graded)
        return [key for key in held if want.is_met_by(self._facts[key])]

    def _found(self, chosen: Relevances) -> tuple[FoundFact, ...]:
        found = [FoundFact(self._facts[key], value) for key, value in chosen.items()]
        return tuple(sorted(found, key=lambda each: (-each.relevance, each.fact.id)))


def wants_of(wanted: Wanted) -> list[Want]:
    """Give what is wanted besides, one kind after the other."""
    return [
        *(Want(topic) for topic in sorted(wanted.topics)),
        *(Want(Topic.COMPARISON, tuple(words(name))) for name in wanted.names if words(name)),
        *(
            [Want(Topic.CASE_STUDY, tuple(words(wanted.industry)))]
            if words(wanted.industry)
            else []
        ),
    ]


def _relevance(nearness: float | None, match: Match, key: FactId) -> float:
    shared = match.with_fact(key)
    return relevance_by_words(shared) if nearness is None else relevance(nearness, shared)


def _in_turns(ranked: list[Relevances], limit: int) -> Relevances:
    """Take the best fact of each question, then the second best, so that none goes without."""
    orders = [sorted(each.items(), key=lambda item: (-item[1], item[0])) for each in ranked]
    best: Relevances = {}
    for rank in range(limit):
        for order in orders:
            if rank < len(order) and len(best) < limit:
                key, value = order[rank]
                best[key] = max(value, best.get(key, 0.0))
    return best


def _best(ranked: list[Relevances], ids: Iterable[FactId], count: int) -> Relevances:
    values = {key: max(each.get(key, 0.0) for each in ranked) for key in ids}
    return dict(sorted(values.items(), key=lambda item: (-item[1], item[0]))[:count])


def _with(chosen: Relevances, needed: Iterable[Relevances], limit: int) -> Relevances:
    """Put what is needed in the place of the least relevant ones."""
    wanted = {key: value for each in needed for key, value in each.items()}
    others = sorted(
        ((key, value) for key, value in chosen.items() if key not in wanted),
        key=lambda item: -item[1],
    )
    kept = dict(sorted(wanted.items(), key=lambda item: -item[1])[:limit])
    return {**dict(others[: limit - len(kept)]), **kept}
