"""Whether statements carry the words of a clause: what it says, denies, restricts and widens."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from agent.grounding.carrying import carriers, fit
from agent.grounding.clauses import INNER, Clause
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated
from agent.grounding.tone import QUANTITIES, UNSURE, has_quantity, quantities
from agent.grounding.words import content, shared

ENOUGH_WORDS = 0.5
ENOUGH_OF_A_DENIAL = 0.72
MOST_STRANGE = 0.3
VISITORS_SHARE = 0.5
ENOUGH_OF_ONE = 0.5
FEWEST_WORDS = 3
NET = re.compile(
    r"\b(?:before|excluding|excl\.?|plus|without|ohne|zzgl\.?|hors|sin|sem|exclusief) (?:VAT|MwSt|TVA|IVA|btw)\b",
    re.IGNORECASE,
)
FREE = content("free of charge, cost, included")
LIABLE = re.compile(
    r"\b(?:liab\w+|indemni\w+|insur(?:es?|ed)\b|covers? (?:the |any |all |your )?(?:contents?|loss\w*|damages?|costs?)|compensat\w+|haft\w+|ersetzen|Schadenersatz|responsab\w+|indemnis\w+|indemniz\w+|aansprakelijk\w*|vergoed\w*)",
    re.IGNORECASE,
)


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
    # That taxes come on top promises nobody anything.
    for part in INNER.split(NET.sub("", clause.text)):
        words = content(part)
        strange = words - shared(words, vocabulary)
        weight = sum(VISITORS_SHARE if word in sources.said_words else 1.0 for word in strange)
        if weight >= 1 and weight >= MOST_STRANGE * len(words):
            yield f"words: {' '.join(sorted(strange))[:60]}"


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
    best = sorted(behind, key=lambda each: -fit(clause, each, sources))[:1]
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
        told = _without(FREE, clause)
        if group == "free" and len(told.words) >= FEWEST_WORDS:
            backed = [s for s in backed if _says_enough(told, s, sources)]
        if not backed:
            yield f"quantity: {group}"


def given_away(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give what a clause in another language than the facts calls free, and no fact does that shares a word with it."""
    for group in sorted(quantities(clause.text) & {"free", "unlimited"}):
        words = _without(FREE, clause).words
        if words and not any(
            has_quantity(s.text, group) and shared(words, s.words | s.context)
            for s in sources.stock.statements
        ):
            yield f"quantity: {group}"


def _without(words: frozenset[str], clause: Clause) -> Clause:
    return replace(clause, words=clause.words - words)


def _says_enough(clause: Clause, stated: Stated, sources: Sources) -> bool:
    """Tell whether one statement has most of what a clause says, beside the visitor's words."""
    wanted = clause.words - sources.said_words
    return sources.stock.overlap(wanted, stated) >= ENOUGH_OF_ONE * sources.stock.weight(wanted)


def liable(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give a clause on who answers for damage that no one statement says as a whole."""
    if not LIABLE.search(clause.text) or is_honest_unknown(clause.text):
        return
    if not any(
        s.is_denied is clause.is_denied and _says_enough(clause, s, sources)
        for s in sources.stock.statements
    ):
        yield f"commitment: {clause.text[:60]}"


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


def is_honest_unknown(sentence: str) -> bool:
    """Tell whether a sentence says that something is not known or not in our hands."""
    return bool(UNSURE.search(sentence))
