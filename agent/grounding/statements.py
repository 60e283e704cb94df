"""What facts state, one statement at a time: a sentence, a list item, or a row of a table with its cells."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from agent.facts import Fact
from agent.grounding.clauses import clauses_of
from agent.grounding.figures import Figure, Kind, read_figures
from agent.grounding.tone import ADDRESSES_AGENT, is_denied
from agent.grounding.words import beginnings, content, names_in, shared

ROW = re.compile(r"^[^;:]{1,80}: [^;]+(?:; [^;:]{1,80}: [^;]+)+$")
PART = re.compile(r"\s*[;—]\s*|,\s+(?=(?:and|but|und|aber|y|pero|et|mais|e|mas|en|maar)\s)")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Ý0-9“\"„(¿¡])")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row: the column's words, and the figures in it."""

    header: str
    words: frozenset[str]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of a fact; `words` are its own, `context` those of its headings and of the whole passage."""

    text: str
    words: frozenset[str]
    context: frozenset[str]
    beginnings: frozenset[str]
    names: frozenset[str]
    figures: tuple[Figure, ...]
    is_denied: bool
    denials: tuple[frozenset[str], ...] = ()
    affirmed_names: frozenset[str] = frozenset()
    parts: tuple[tuple[frozenset[str], tuple[Figure, ...]], ...] = ()
    fact: Fact | None = None
    cells: tuple[Cell, ...] = ()

    def has(self, figure: Figure) -> bool:
        """Tell whether the statement has a figure."""
        return any(figure.agrees(each) for each in self.figures)


@dataclass(frozen=True, slots=True)
class Stock:
    """All statements a reply may rest on, and how much each word tells: a rare one more."""

    statements: tuple[Stated, ...]
    weights: dict[str, float]
    vocabulary: frozenset[str] = frozenset()

    def weight(self, words: Iterable[str]) -> float:
        """Weigh words: one that no fact has weighs as much as the rarest."""
        return sum([self.weights.get(word, UNKNOWN_WEIGHT) for word in words])

    def overlap(self, words: frozenset[str], stated: Stated) -> float:
        """Weigh what a statement has of the words: its own in full, those of its headings nearly so."""
        if beginnings(words).isdisjoint(stated.beginnings):
            return 0.0
        own = shared(words, stated.words)
        return self.weight(own) + HEADING_SHARE * self.weight(shared(words - own, stated.context))


HEADING_SHARE = 0.8
UNKNOWN_WEIGHT = 2.0
MOST_FACTS_KEPT = 2_048


def stock_of(facts: Iterable[Fact], rules: Iterable[str]) -> Stock:
    """Take facts and the playbook's sentences apart; what speaks to the agent states nothing."""
    stated = [each for fact in facts for each in _statements_of(fact)]
    stated += [_rule(text) for text in rules if text]
    counts: Counter[str] = Counter()
    for each in stated:
        counts.update(each.words)
    total = len(stated) + 1
    tells = {n: min(UNKNOWN_WEIGHT, 0.3 + math.log(total / n) / 2) for n in set(counts.values())}
    return Stock(
        tuple(stated),
        {word: tells[n] for word, n in counts.items()},
        frozenset().union(*(part for each in stated for part in (each.words, each.context))),
    )


def read_ahead(facts: Iterable[Fact]) -> None:
    """Take facts apart before the first reply rests on them."""
    for fact in islice(facts, MOST_FACTS_KEPT):
        _statements_of(fact)


@lru_cache(maxsize=MOST_FACTS_KEPT)
def is_instruction(text: str) -> bool:
    """Tell whether a passage speaks to the agent instead of about the company."""
    return bool(ADDRESSES_AGENT.search(text))


@lru_cache(maxsize=MOST_FACTS_KEPT)
def _statements_of(fact: Fact) -> tuple[Stated, ...]:
    return tuple(_statements(fact))


@lru_cache(maxsize=MOST_FACTS_KEPT)
def _rule(text: str) -> Stated:
    return _stated(text, frozenset(), frozenset(), None)


def _statements(fact: Fact) -> Iterator[Stated]:
    if is_instruction(f"{fact.title}. {fact.text}"):
        return
    heading = content(fact.title)
    names = names_in(fact.title)
    if fact.heading:
        yield _stated(fact.heading, frozenset(), content(fact.page), fact, names)
    for text in sentences(fact.text):
        # A newer page says otherwise, of a figure that this passage has: its figures back nothing any more.
        if fact.superseded_by and read_figures(text):
            continue
        yield _stated(text, frozenset(), heading, fact, names)


def sentences(text: str) -> list[str]:
    """Cut a passage into sentences, list items and rows."""
    return list(_cut(text))


@lru_cache(maxsize=MOST_FACTS_KEPT)
def _cut(text: str) -> tuple[str, ...]:
    lines = (
        re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+", "", line).strip() for line in text.splitlines()
    )
    return tuple(part.strip() for line in lines for part in ([line] if ROW.match(line) else SENTENCE.split(line)) if part.strip())  # fmt: skip


def _stated(
    text: str,
    words: frozenset[str],
    context: frozenset[str],
    fact: Fact | None,
    names: frozenset[str] = frozenset(),
) -> Stated:
    cells = tuple(_cells(text)) if ROW.match(text) else ()
    parts = [clause.text for clause in clauses_of(re.sub(r"\((.*?)\)", r"; \1;", text))]
    figures = [figure for cell in cells for figure in cell.figures] if cells else read_figures(text)
    return Stated(
        text=text,
        words=words | content(text),
        context=context,
        beginnings=beginnings(words | content(text) | context),
        names=names | names_in(text),
        figures=tuple(figures),
        is_denied=is_denied(text),
        denials=tuple(content(part) for part in parts if is_denied(part) and not cells),
        affirmed_names=frozenset(
            name for part in parts if not is_denied(part) for name in names_in(part)
        ),
        parts=((content(text), tuple(figures)),)
        if cells
        else tuple((content(part), tuple(read_figures(part))) for part in PART.split(text)),
        fact=fact,
        cells=cells,
    )


def _cells(row: str) -> Iterator[Cell]:
    for pair in row.split("; "):
        header, _, value = pair.partition(": ")
        figures = [*read_figures(value, header), *read_figures(header)]
        yield Cell(header, content(header), tuple(figures))


def columns_of(figure: Figure, stated: Stated) -> tuple[list[Cell], list[Cell]]:
    """Give the cells of a row that have a figure, and the others with figures of that kind."""
    priced = [
        cell for cell in stated.cells if any(_same_kind(figure, each) for each in cell.figures)
    ]
    with_it = [cell for cell in priced if any(figure.agrees(each) for each in cell.figures)]
    return with_it, [cell for cell in priced if cell not in with_it]


def range_of(header: str) -> tuple[Decimal, Decimal] | None:
    """Read a column's or row's range of numbers: 10–39, 40+, from 25."""
    if match := re.search(r"(?<!\d)(\d[\d.,]*)\s?[–-]\s?(\d[\d.,]*)", header):
        return _bound(match[1]), _bound(match[2])
    if match := re.search(
        r"(\d[\d.,]*)\s?\+|(?:from|ab|desde|à partir de|vanaf|≥)\s(\d[\d.,]*)", header, re.I
    ):
        return _bound(match[1] or match[2]), Decimal("Infinity")
    return None


def _bound(text: str) -> Decimal:
    return Decimal(re.sub(r"[.,](?=\d{3}\b)", "", text).rstrip(".,").replace(",", "."))


def _same_kind(one: Figure, other: Figure) -> bool:
    return one.kind is other.kind or Kind.NUMBER in (one.kind, other.kind)


def facts_of(stated: Sequence[Stated]) -> tuple[str, ...]:
    """Give the ids of the facts behind statements, each once."""
    return tuple(dict.fromkeys(str(each.fact.id) for each in stated if each.fact))
