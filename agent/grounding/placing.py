"""Whether a figure is stated of what the sentence says it of: its row, its column, its range, its company."""

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.grounding.carrying import carriers, is_reckoned, said_by_visitor
from agent.grounding.clauses import Clause, near
from agent.grounding.figures import Figure, Kind
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated, columns_of, range_of
from agent.grounding.words import content, shared

CLEARLY_BETTER = 1.45


def misplaced(clause: Clause, whole: Clause, sources: Sources) -> Iterator[str]:
    """Give the figures that are stated of something else: another row, another column, another range."""
    for figure in clause.figures:
        behind = [each for each in sources.stock.statements if each.has(figure)]
        if not behind or is_reckoned(figure, whole, sources):
            continue
        if _is_in_company(figure, behind, clause, sources):
            continue
        words = near(figure, clause) or clause.words
        best = max(behind, key=lambda each: sources.stock.overlap(words, each))
        if rival := _better(figure, words, clause, best, sources):
            yield f"misplaced: {figure.text} ({rival.text[:60]})"
        elif best.cells and _wrong_column(figure, clause, best, sources):
            yield f"misplaced: {figure.text} (another column)"


def half_right(whole: Clause, sources: Sources) -> Iterator[str]:
    """Give a figure where a statement has others of the sentence and another one of its kind and unit."""
    for figure in whole.figures:
        behind = [each for each in sources.stock.statements if each.has(figure)]
        if (
            not behind
            or figure.kind is not Kind.NUMBER
            or not figure.unit
            or is_reckoned(figure, whole, sources)
        ):
            continue
        own = max(sources.stock.overlap(whole.words, each) for each in behind)
        others = [each for each in whole.figures if each != figure and each.kind is not Kind.TIME]
        for stated in sources.stock.statements:
            together = [each for each in others if stated.has(each) and each.unit]
            rivals = [
                each
                for each in stated.figures
                if _is_rival(figure, each) and each.unit == figure.unit
            ]
            is_nearer = sources.stock.overlap(whole.words, stated) > own
            if (
                together
                and rivals
                and is_nearer
                and not stated.cells
                and not any(b.fact is stated.fact for b in behind)
            ):
                yield f"misplaced: {figure.text} ({stated.text[:60]})"
                return


def out_of_range(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give the visitor's amounts that lie outside the range in which a statement holds."""
    if clause.is_denied:
        return
    for stated in carriers(clause, sources, 1):
        if not any(stated.has(each) for each in clause.figures) or stated.cells:
            continue
        bounds = _between(stated)
        for figure in clause.figures:
            if bounds and said_by_visitor(figure, sources) and not stated.has(figure):
                low, high, kind = bounds
                if figure.kind is kind and not low <= figure.value <= high:
                    yield f"range: {figure.text}"


def split_figures(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a clause whose stated figures stand in no one passage together."""
    stated = [f for f in clause.figures if not is_reckoned(f, clause, sources) and any(s.has(f) for s in sources.stock.statements)]  # fmt: skip
    passages: dict[str, list[Stated]] = {}
    for each in sources.stock.statements:
        passages.setdefault(str(each.fact.id) if each.fact else each.text, []).append(each)
    if len(stated) > 1 and not any(
        all(any(s.has(f) for s in of) for f in stated) for of in passages.values()
    ):
        yield f"apart: {', '.join(figure.text for figure in stated)}"


def _is_in_company(figure: Figure, behind: list[Stated], clause: Clause, sources: Sources) -> bool:
    """Tell whether a passage that has the figure has others of the clause too."""
    if any(
        each.has(other)
        for each in behind
        if not each.cells
        for other in clause.figures
        if other != figure
    ):
        return True
    others = [
        other for other in clause.figures if other != figure and not said_by_visitor(other, sources)
    ]
    facts = {id(each.fact) for each in behind if each.fact and not each.cells}
    return any(
        id(each.fact) in facts and each.has(other)
        for each in sources.stock.statements
        for other in others
    )


def _better(
    figure: Figure, words: frozenset[str], clause: Clause, best: Stated, sources: Sources
) -> Stated | None:
    """Find a statement with another figure of the kind that is clearly more about the words."""
    own = sources.stock.overlap(words, best)
    has = shared(words, best.words | best.context)
    beside = _of_own_part(figure, words, best)
    for stated in sources.stock.statements:
        if stated is best or not any(_is_rival(figure, each) for each in stated.figures):
            continue
        if any(stated.has(other) for other in clause.figures):
            continue
        theirs, more = sources.stock.overlap(words, stated), _of_parts(figure, words, stated)
        if theirs > CLEARLY_BETTER * own and theirs - own > 0.8 and len(more) > len(has):
            return stated
        if beside < more and not stated.cells and _is_alike(figure, stated) and len(more) > 1:
            return stated
        if has < more and sources.stock.weight(more - has) > 0.5 and theirs > own:
            return stated
    return None


def _of_parts(figure: Figure, words: frozenset[str], stated: Stated) -> frozenset[str]:
    """Give what of the words stands beside a rival figure, or over it."""
    beside = [
        part for part, figures in stated.parts if any(_is_rival(figure, each) for each in figures)
    ]
    return max(
        (shared(words, part | stated.context) for part in beside), key=len, default=frozenset()
    )


def _of_own_part(figure: Figure, words: frozenset[str], stated: Stated) -> frozenset[str]:
    """Give what of the words stands beside the figure itself, or over it."""
    beside = [part for part, figures in stated.parts if any(figure.agrees(e) for e in figures)]
    return max((shared(words, part | stated.context) for part in beside), key=len, default=words)


def _is_alike(figure: Figure, stated: Stated) -> bool:
    """Tell whether all figures of a statement count the same as this one."""
    return all(_is_rival(figure, each) for each in stated.figures)


def _is_rival(figure: Figure, other: Figure) -> bool:
    if figure.kind is not other.kind or figure.agrees(other):
        return False
    return figure.kind is not Kind.NUMBER or figure.unit == other.unit


def _wrong_column(figure: Figure, clause: Clause, row: Stated, sources: Sources) -> bool:
    with_it, others = columns_of(figure, row)
    words = clause.words
    weigh = sources.stock.weight
    own = max((weigh(shared(cell.words, words)) for cell in with_it), default=0.0)
    best = max((weigh(shared(cell.words, words)) for cell in others), default=0.0)
    if figure.kind is Kind.NUMBER:
        return False
    if best > own + 0.5:
        return True
    ranges = [bounds for cell in with_it if (bounds := range_of(cell.header))]
    counts = [
        f.value
        for f in (*clause.figures, *sources.said_figures)
        if f.kind is Kind.NUMBER and _counts(f, with_it)
    ]
    return bool(ranges and counts) and not any(
        low <= n <= high for low, high in ranges for n in counts
    )


def _counts(figure: Figure, cells: list) -> bool:  # type: ignore[type-arg]
    return any(content(figure.unit) & cell.words for cell in cells)


def _between(stated: Stated) -> tuple[Decimal, Decimal, Kind] | None:
    if match := re.search(
        r"(?:between|zwischen|entre|tussen) ([^.;]{1,20}?) (?:and|und|y|et|e|en) ",
        stated.text,
        re.I,
    ):
        within = [f for f in stated.figures if f.at >= match.start()][:2]
        if len(within) == 2:
            return within[0].value, within[1].value, within[0].kind
    return None
