"""Whether statements carry a clause: its figures together with what they are about, its names, its words, its denial."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from agent.grounding.clauses import INNER, Clause, near
from agent.grounding.figures import MEASURES, Figure, Kind, read_figures
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated, columns_of, range_of
from agent.grounding.sums import follows
from agent.grounding.tone import QUANTITIES, UNSURE, has_quantity, quantities
from agent.grounding.words import content, shared

CLEARLY_BETTER = 1.45
ENOUGH_WORDS = 0.5
ENOUGH_OF_A_DENIAL = 0.72
AT_LEAST = re.compile(
    r"\b(?:at least|minimum|mindestens|al menos|mínimo|au moins|pelo menos|ten minste|minimaal)\b",
    re.I,
)
ECHO = re.compile(r"\b(?:at|of|on|with|over|about|around|from|for|to|under|bei|von|über|ab|mit|auf|à|de|pour|avec|con|por|com|op|van|voor|met|your|their|those|these|the|ihre[nr]?)\s+(?:about |around |roughly |rund |etwa |environ |unos |cerca de |an order of |orders? of )?$", re.I)  # fmt: skip
PER_PIECE = re.compile(
    r"^[\d.,\s€$£]*\s*(?:per|each|a piece|a roll|pro|je|par|por|cada|chacun|stuk|per stuk)\b", re.I
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
        if not follows(figure, [*known, *(sources.said_figures if is_measured else more)]):
            rule = "amount" if figure.kind in (Kind.MONEY, Kind.PERCENT) else "number"
            yield f"{rule}: {figure.text}"
        known.append(figure)
        yield from _below_minimum(figure, known, sources)


def operands(sources: Sources, clause: Clause) -> list[Figure]:
    """Give what may be reckoned with: the visitor's numbers, and those of the statements the clause is about."""
    asked = replace(clause, words=clause.words | sources.said_words)
    about = list(dict.fromkeys([*_closest(clause, sources), *_closest(asked, sources)]))
    return [
        *(f for f in sources.said_figures if f.kind is not Kind.PERCENT),
        *(f for each in about for f in each.figures),
    ]


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


def _closest(clause: Clause, sources: Sources) -> list[Stated]:
    """Give the two statements nearest to a clause; of the rows of a table the nearest alone."""
    nearest = carriers(clause, sources, 4)
    has_row = bool(nearest and nearest[0].cells)
    return [each for at, each in enumerate(nearest) if at == 0 or not (has_row and each.cells)]


def carriers(clause: Clause, sources: Sources, most: int = 2) -> list[Stated]:
    """Give the statements that say most of what a clause says, those with its figures first."""
    if not clause.words:
        return []
    scored = [(_fit(clause, each, sources), each) for each in sources.stock.statements]
    best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    return [each for _, each in best[:most]]


def misplaced(clause: Clause, whole: Clause, sources: Sources) -> Iterator[str]:
    """Give the figures that are stated of something else: another row, another column, another range."""
    for figure in clause.figures:
        behind = [each for each in sources.stock.statements if each.has(figure)]
        if not behind or _is_reckoned(figure, whole, sources):
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
            or _is_reckoned(figure, whole, sources)
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
        other
        for other in clause.figures
        if other != figure and not _said_by_visitor(other, sources)
    ]
    facts = {id(each.fact) for each in behind if each.fact and not each.cells}
    return any(
        id(each.fact) in facts and each.has(other)
        for each in sources.stock.statements
        for other in others
    )


def out_of_range(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give the visitor's amounts that lie outside the range in which a statement holds."""
    if clause.is_denied:
        return
    for stated in carriers(clause, sources, 1):
        if not any(stated.has(each) for each in clause.figures) or stated.cells:
            continue
        bounds = _between(stated)
        for figure in clause.figures:
            if bounds and _said_by_visitor(figure, sources) and not stated.has(figure):
                low, high, kind = bounds
                if figure.kind is kind and not low <= figure.value <= high:
                    yield f"range: {figure.text}"


def split_figures(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a clause whose stated figures stand in no one passage together."""
    stated = [f for f in clause.figures if not _is_reckoned(f, clause, sources) and any(s.has(f) for s in sources.stock.statements)]  # fmt: skip
    passages: dict[str, list[Stated]] = {}
    for each in sources.stock.statements:
        passages.setdefault(str(each.fact.id) if each.fact else each.text, []).append(each)
    if len(stated) > 1 and not any(
        all(any(s.has(f) for s in of) for f in stated) for of in passages.values()
    ):
        yield f"apart: {', '.join(figure.text for figure in stated)}"


def uncarried(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a clause whose words no statement has, or too few of them."""
    words = clause.words - sources.said_words
    of_visitor = clause.words & sources.said_words
    if not clause.words or not sources.stock.statements:
        return
    had = _covered(clause, sources)
    weigh = sources.stock.weight
    wanted = weigh(words) + VISITORS_SHARE * weigh(of_visitor)
    found = weigh(words & had) + VISITORS_SHARE * weigh(of_visitor & had)
    if wanted > 1.5 and found < ENOUGH_WORDS * wanted:
        yield f"words: {' '.join(sorted(clause.words - had))[:60]}"


def _covered(clause: Clause, sources: Sources) -> frozenset[str]:
    """Give the words of a clause that three statements have, each chosen for what the ones before lack."""
    left, had = clause.words, frozenset[str]()
    for _ in range(3):
        best = max(sources.stock.statements, key=lambda each: sources.stock.overlap(left, each))
        found = shared(left, best.words | best.context)
        left, had = left - found, had | found
    return had


def unheard_of(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give the parts of a clause with too many words that no statement found has; the visitor's count half."""
    vocabulary = sources.stock.vocabulary
    for part in INNER.split(clause.text):
        words = content(part)
        strange = words - shared(words, vocabulary)
        weight = sum(VISITORS_SHARE if word in sources.said_words else 1.0 for word in strange)
        if weight >= 1 and weight >= MOST_STRANGE * len(words):
            yield f"words: {' '.join(sorted(strange))[:60]}"


MOST_STRANGE = 0.3
VISITORS_SHARE = 0.5


def denied(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a clause that affirms what a statement denies, or denies what is only affirmed."""
    weigh, asked = sources.stock.weight, clause.words | sources.said_words
    if clause.is_denied:
        yield from _denied_wrongly(clause, sources)
    else:
        for stated in sources.stock.statements:
            for denial in stated.denials:
                if (
                    len(denial) > 1
                    and _is_about(denial, clause.words, asked, weigh)
                    and not _is_affirmed(denial, clause, sources)
                ):
                    yield f"denied: {stated.text[:60]}"
                    return


def _denied_wrongly(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a denial of what a statement affirms, where no statement denies anything of the kind."""
    whole = sources.stock.weight(clause.words)
    if len(clause.words) < 2 or any(figure for figure in clause.figures):
        return
    affirms, denies = (
        max(
            (
                sources.stock.weight(shared(clause.words, each.words))
                for each in sources.stock.statements
                if each.is_denied is is_denied
            ),
            default=0.0,
        )
        for is_denied in (False, True)
    )
    if affirms >= 0.9 * whole and denies < 0.5 * whole:
        yield f"denied: {clause.text[:60]}"


def restricted(clause: Clause, sources: Sources, names: Iterable[str]) -> Iterator[str]:
    """Give a clause that widens what a statement restricts to some by `only`."""
    behind = [
        each
        for each in sources.stock.statements
        if any(each.has(figure) for figure in clause.figures)
    ]
    best = sorted(behind, key=lambda each: -_fit(clause, each, sources))[:1]
    for stated in best:
        if QUANTITIES["only"].search(stated.text):
            for name in names:
                if name.lower() not in stated.names and name.lower() not in sources.names:
                    yield f"restricted: {name}"


def widened(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give the words of quantity that the statements behind a clause do not have."""
    groups = quantities(clause.text)
    if clause.is_denied:
        groups -= {"all", "free"}
    for group in sorted(groups):
        most = 3 if group == "only" else 1
        backed = [s for s in carriers(clause, sources, most) if has_quantity(s.text, group)]
        if not backed:
            yield f"quantity: {group}"


def _is_about(
    denial: frozenset[str],
    words: frozenset[str],
    asked: frozenset[str],
    weigh: Callable[[Iterable[str]], float],
) -> bool:
    whole = weigh(denial)
    return whole > 0 and weigh(shared(denial, asked)) >= ENOUGH_OF_A_DENIAL * whole and weigh(shared(denial, words)) >= 0.55 * whole  # fmt: skip


def _is_affirmed(denial: frozenset[str], clause: Clause, sources: Sources) -> bool:
    """Tell whether another statement affirms of the clause what a denial is about."""
    weigh, about = sources.stock.weight, shared(denial, clause.words)
    return any(
        weigh(shared(about, each.words)) >= weigh(about) - 0.01
        and sources.stock.overlap(clause.words, each) > 0.6 * weigh(clause.words)
        for each in sources.stock.statements
        if not each.is_denied
    )


def _is_reckoned(figure: Figure, clause: Clause, sources: Sources) -> bool:
    """Tell whether a figure is the visitor's own, or a number that follows from theirs and others of the clause."""
    if _said_by_visitor(figure, sources):
        return True
    others = [each for each in clause.figures if each != figure]
    return bool(sources.said_figures) and follows(figure, [*sources.said_figures, *others])


def _fit(clause: Clause, stated: Stated, sources: Sources) -> float:
    hits = sum(stated.has(figure) for figure in clause.figures)
    return sources.stock.overlap(clause.words, stated) + 1.2 * hits


def _better(
    figure: Figure, words: frozenset[str], clause: Clause, best: Stated, sources: Sources
) -> Stated | None:
    """Find a statement with another figure of the kind that is clearly more about the words."""
    own = sources.stock.overlap(words, best)
    has = shared(words, best.words | best.context)
    for stated in sources.stock.statements:
        if stated is best or not any(_is_rival(figure, each) for each in stated.figures):
            continue
        if any(stated.has(other) for other in clause.figures):
            continue
        theirs, more = sources.stock.overlap(words, stated), _of_parts(figure, words, stated)
        if theirs > CLEARLY_BETTER * own and theirs - own > 0.8 and len(more) > len(has):
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


def _is_summed(figure: Figure, sources: Sources) -> bool:
    return any(
        figure.agrees(each) or (each.value == figure.value and each.kind is Kind.NUMBER)
        for each in sources.sums
    )


def _said_by_visitor(figure: Figure, sources: Sources) -> bool:
    return any(figure.value == each.value for each in sources.said_figures)


def _is_echo(figure: Figure, clause: Clause, sources: Sources) -> bool:
    """Tell whether a figure takes up the visitor's own number; an amount only as the size of their order."""
    if figure.kind is Kind.PERCENT or not _said_by_visitor(figure, sources):
        return False
    if figure.kind is not Kind.MONEY:
        return True
    before, after = clause.text[: figure.at], clause.text[figure.at :]
    return bool(ECHO.search(before.rstrip("€$£ ") + " ")) and not PER_PIECE.match(after)


def is_honest_unknown(sentence: str) -> bool:
    """Tell whether a sentence says that something is not known or not in our hands."""
    return bool(UNSURE.search(sentence))
