"""Whether the figures of a sentence are stated, the visitor's own, or follow from them."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.grounding.carrying import carriers, said_by_visitor
from agent.grounding.clauses import Clause
from agent.grounding.figures import MEASURES, Figure, Kind, read_figures
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated
from agent.grounding.sums import follows

AT_LEAST = re.compile(
    r"\b(?:at least|minimum|mindestens|al menos|mínimo|au moins|pelo menos|ten minste|minimaal)\b",
    re.I,
)
ECHO = re.compile(r"\b(?:at|of|on|with|over|about|around|from|for|to|under|bei|von|über|ab|mit|auf|à|de|pour|avec|con|por|com|op|van|voor|met|your|their|those|these|the|ihre[nr]?)\s+(?:about |around |roughly |rund |etwa |environ |unos |cerca de |an order of |orders? of )?$", re.I)  # fmt: skip
PER_PIECE = re.compile(
    r"^[\d.,\s€$£]*\s*(?:per|each|an? [^\W\d_]+|pro|je|par|por|cada|chacun|stuk|per stuk)\b", re.I
)


def unstated(clauses: list[Clause], whole: Clause, sources: Sources) -> Iterator[str]:
    """Give the figures of a sentence that nothing states and that follow from nothing.

    `whole` is the sentence: what it is about may be reckoned with.
    """
    known, open_ones = list[Figure](), list[Figure]()
    for clause in clauses:
        for figure in clause.figures:
            is_known = any(each.has(figure) for each in sources.stock.statements) or _is_summed(
                figure, sources
            )
            (known if is_known or _is_echo(figure, clause, sources) else open_ones).append(figure)
    more = operands(sources, whole) if open_ones else []
    for figure in open_ones:
        is_measured = figure.kind is Kind.NUMBER and figure.unit in MEASURES
        # A price that the visitor named stays theirs, even where something else comes to it.
        is_theirs = figure.kind is Kind.MONEY and said_by_visitor(figure, sources)
        if is_theirs or not follows(
            figure, [*known, *(sources.said_figures if is_measured else more)]
        ):
            rule = "amount" if figure.kind in (Kind.MONEY, Kind.PERCENT) else "number"
            yield f"{rule}: {figure.text}"
        known.append(figure)
        yield from _below_minimum(figure, known, sources)


def operands(sources: Sources, clause: Clause) -> list[Figure]:
    """Give what may be reckoned with: the visitor's numbers, and those of the statements the clause is about."""
    asked = replace(clause, words=clause.words | sources.said_words)
    about = list(dict.fromkeys([*_closest(clause, sources), *_closest(asked, sources)]))
    return [
        *(f for f in sources.said_figures if f.kind not in (Kind.PERCENT, Kind.MONEY)),
        *(f for each in about for f in each.figures),
    ]


def _closest(clause: Clause, sources: Sources) -> list[Stated]:
    """Give the two statements nearest to a clause; of the rows of a table the nearest alone."""
    nearest = carriers(clause, sources, 4)
    has_row = bool(nearest and nearest[0].cells)
    return [each for at, each in enumerate(nearest) if at == 0 or not (has_row and each.cells)]


def _below_minimum(figure: Figure, known: list[Figure], sources: Sources) -> Iterator[str]:
    """Give a share of an amount that a statement with its rate lifts to a minimum."""
    rates = [each for each in known if each.kind is Kind.PERCENT]
    for stated in sources.stock.statements:
        least = AT_LEAST.search(stated.text)
        if least and any(stated.has(rate) for rate in rates):
            floors = [
                each
                for each in read_figures(stated.text[least.start() :])
                if each.kind is Kind.MONEY
            ]
            if floors and figure.value < floors[0].value:
                yield f"minimum: {figure.text}"


def _is_summed(figure: Figure, sources: Sources) -> bool:
    return any(
        figure.agrees(each) or (each.value == figure.value and each.kind is Kind.NUMBER)
        for each in sources.sums
    )


def _is_echo(figure: Figure, clause: Clause, sources: Sources) -> bool:
    """Tell whether a figure takes up the visitor's own number; an amount only as the size of their order."""
    if figure.kind is Kind.PERCENT or not said_by_visitor(figure, sources):
        return False
    if figure.kind is not Kind.MONEY:
        return True
    before, after = clause.text[: figure.at], clause.text[figure.at :]
    return bool(ECHO.search(before.rstrip("€$£ ") + " ")) and not PER_PIECE.match(after)
