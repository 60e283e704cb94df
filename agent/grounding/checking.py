"""The check of one sentence: manners, links, names, then each clause against the statements that carry it."""

import re
from collections.abc import Iterator
from itertools import combinations

from agent.estimate import DISCOUNT, Estimate, money
from agent.grounding.clauses import Clause, clauses_of, part_of
from agent.grounding.manners import PROMISES, broken_manners
from agent.grounding.sources import Sources
from agent.grounding.statements import facts_of, sentences
from agent.grounding.support import (
    carriers,
    denied,
    half_right,
    is_honest_unknown,
    misplaced,
    out_of_range,
    restricted,
    split_figures,
    uncarried,
    unheard_of,
    unstated,
    widened,
)
from agent.grounding.tone import COURTESY, is_denied
from agent.grounding.words import PLACES, content, names_in, shared

LINK = re.compile(r"https?://[^\s)>\]]+|\b[\w.+-]+@[\w-]+\.[\w.-]+\b|\b(?:www\.)[^\s)>\]]+")
LIST_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+")
NAME = re.compile(r"(?<=[a-zà-ÿ0-9,;:’')] )[A-Z][\w-]*(?:\.\w+)?")
NAME_AMONG_CAPITALS = re.compile(r"\b[A-Z]\w*[A-Z]\w*(?:-\d+)?")
CAPITAL_NOUNS = ("de",)
CERTIFICATES = re.compile(
    r"\b(?:soc ?2|iso(?:/iec)? ?\d+|hipaa|pci|fedramp|gdpr|tisax|hitrust|en ?\d{4,}|bsi|fsc|b corp|ecovadis|haccp|ce)\b",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\b(?:yes|we|our|us|is|ja|wir|unser\w*|sí|somos|oui|nous|sim|nós|wij|onze)\b", re.I
)
PLACED = re.compile(r"\b(?:to|in|from|for|at|near|your|a|of|nach|in|aus|für|bei|a|en|de|desde|para|à|vers|em|naar|uit|voor)\s+$", re.I)  # fmt: skip
COMMON = frozenset(
    [
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "ai",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "english",
        "german",
        "french",
        "spanish",
        "dutch",
        "portuguese",
        "vat",
        "eu",
        "nl",
        "be",
        "kg",
        "cm",
        "mm",
        "ok",
        "faq",
        "pdf",
        "csv",
        "sie",
        "ihr",
        "ihre",
        "ihnen",
        "ihrem",
        "ihren",
        "usted",
        "ustedes",
        "u",
        "eur",
        "usd",
        "gbp",
    ]
)
LATIN = re.compile(r"[^\W\d_]", re.UNICODE)
CHECKED_SCRIPT = re.compile(r"[A-Za-zÀ-ÿĀ-ž]")


def objection(sentence: str, sources: Sources) -> str | None:
    """Name the rule that a sentence breaks, with what is unsupported; None when it may be shown."""
    said = LIST_MARK.sub("", sentence).strip().replace("**", "")
    if not said or _is_verbatim(said, sources):
        return None
    return next(_objections(said, sources), None)


def _objections(said: str, sources: Sources) -> Iterator[str]:
    is_own = all(sources.phrases.fullmatch(each) for each in re.split(r"(?<=[.?!])\s+", said))
    if not is_own:
        yield from _foreign_script(said)
        yield from broken_manners(said, sources.affirmed)
        yield from _broken_promise(said, sources)
    yield from (f"link: {each}" for each in _links(said) if each.lower() not in sources.stated)
    bare = LINK.sub(" ", said)
    clauses = clauses_of(bare)
    figures = tuple(figure for clause in clauses for figure in clause.figures)
    whole = Clause(bare, content(bare), figures, is_denied=False)
    yield from unstated(clauses, whole, sources)
    yield from _unknown_names(bare, sources)
    if is_own or said.endswith("?") or is_honest_unknown(said) or _is_promised(said, sources):
        return
    yield from half_right(whole, sources)
    yield from _denied_certificate(said, sources)
    for clause in clauses:
        yield from _of_clause(clause, whole, sources)
    if not _is_same_language(sources):
        yield from _without_anchor(bare, clauses, sources)


def _of_clause(clause: Clause, whole: Clause, sources: Sources) -> Iterator[str]:
    """Give what no statement carries of one clause; words are compared only within a language."""
    yield from misplaced(clause, whole, sources)
    yield from split_figures(clause, sources)
    yield from out_of_range(clause, sources)
    yield from _misnamed(clause, sources)
    if not _is_same_language(sources):
        return
    yield from denied(clause, sources)
    yield from widened(clause, sources)
    if not _is_courtesy(clause) and not clause.is_denied:
        yield from uncarried(clause, sources)
        yield from unheard_of(clause, sources)


def _denied_certificate(said: str, sources: Sources) -> Iterator[str]:
    """Give a certificate claimed for us that a fact says we do not hold."""
    if is_honest_or_denied(said) or not OURS.search(said):
        return
    for match in CERTIFICATES.finditer(said):
        with_it = [s for s in sources.stock.statements if _bare(match[0]) in _bare(s.text)]
        if with_it and all(each.is_denied for each in with_it):
            yield f"certificate: {match[0]}"


def backing(sentence: str, sources: Sources) -> tuple[str, ...]:
    """Give the ids of the facts a sentence rests on: those it quotes, those of its sums, else those that carry it."""
    said = sentence.strip()
    quoted = tuple(str(fact.id) for fact in sources.facts if said and said in fact.text)
    if quoted:
        return quoted[:1]
    if said.endswith("?") or is_honest_unknown(said) or is_courtesy(said):
        return ()
    if summed := [each for each in sources.estimates if _is_sum_of(each, said)]:
        prices = tuple(str(each.price.fact.id) for each in summed)
        return prices + tuple(str(f.id) for f in sources.facts if DISCOUNT.search(f.text))[:1]
    behind = [each for clause in clauses_of(LINK.sub(" ", said)) for each in carriers(clause, sources, 1)
              if _is_resting(clause, each.words | each.context, any(each.has(f) for f in clause.figures))]  # fmt: skip
    return facts_of(behind)[:3]


def _is_sum_of(estimate: Estimate, said: str) -> bool:
    currency = estimate.price.currency
    return any(money(amount, currency) in said for amount in (estimate.monthly, estimate.yearly))


def _is_resting(clause: Clause, words: frozenset[str], has_figure: bool) -> bool:  # noqa: FBT001 - a value, not a switch
    return has_figure or len(shared(clause.words, words)) >= max(2, 0.4 * len(clause.words))


def _is_promised(said: str, sources: Sources) -> bool:
    """Tell whether a sentence is about the rep who was called: the promises in it were checked."""
    return any(re.search(rf"\b{re.escape(name)}\b", said, re.I) for name in sources.reps)


def _is_verbatim(said: str, sources: Sources) -> bool:
    """Tell whether a whole sentence stands in the facts as it is."""
    return len(said) > 12 and any(
        said in sentences(fact.text) or said == fact.text for fact in sources.facts
    )


def _is_same_language(sources: Sources) -> bool:
    languages = {fact.language for fact in sources.facts}
    return not languages or sources.language in languages


def _foreign_script(said: str) -> Iterator[str]:
    letters = LATIN.findall(said)
    if letters and len(CHECKED_SCRIPT.findall(said)) < 0.5 * len(letters):
        yield "script: a writing that cannot be checked"


def _links(said: str) -> list[str]:
    return [link.rstrip(".,;:!?") for link in LINK.findall(said)]


def _names(said: str, language: str) -> list[re.Match[str]]:
    pattern = NAME_AMONG_CAPITALS if language in CAPITAL_NOUNS else NAME
    found = [*pattern.finditer(said), *NAME_AMONG_CAPITALS.finditer(said)]
    return list({match.start(): match for match in found}.values())


def _unknown_names(said: str, sources: Sources) -> Iterator[str]:
    for match in CERTIFICATES.finditer(said):
        if _bare(match[0]) not in _bare(sources.stated) and not is_honest_or_denied(said):
            yield f"certificate: {match[0]}"
    for match in _names(CERTIFICATES.sub(lambda m: " " * len(m[0]), said), sources.language):
        name = match[0].lower().removesuffix("'s").removesuffix("’s")
        if name in COMMON or _is_in(name, sources.names) or name.isdigit():
            continue
        is_taken_up = _is_in(name, sources.said_names) and (
            is_honest_or_denied(said) or said.endswith("?") or PLACED.search(said[: match.start()])
        )
        if not is_taken_up:
            yield f"name: {match[0]}"


def _misnamed(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give the names of a clause that the passages behind it do not have, or that facts have only to deny."""
    names = [m[0] for m in _names(clause.text, sources.language) if m[0].lower() not in COMMON]
    behind = carriers(clause, sources, 3)
    for name in names:
        with_it = [each for each in sources.stock.statements if _is_in(name.lower(), each.names)]
        affirmed = [
            each for each in with_it if _is_in(name.lower(), each.affirmed_names) or not each.fact
        ]
        if (
            with_it
            and not clause.is_denied
            and not affirmed
            and not _is_in(name.lower(), names_in(_titles(sources)))
        ):
            yield f"denied: {name}"
        if clause.figures and with_it and behind:
            figures = [
                f
                for f in clause.figures
                if part_of(f.at, clause) == part_of(clause.text.find(name), clause)
            ]
            stated = [
                each
                for each in sources.stock.statements
                if any(each.has(figure) for figure in figures)
            ]
            is_own = any(each.fact is None for each in with_it)
            if (
                stated
                and not is_own
                and not any(_is_in(name.lower(), each.names) for each in stated)
            ):
                yield f"misplaced: {name}"
    if clause.figures:
        yield from restricted(clause, sources, names)
    yield from _never_together(clause, sources)


def _never_together(clause: Clause, sources: Sources) -> Iterator[str]:
    """Give two names or standards of a clause that stand in rows of facts, and never in one statement."""
    names = [m[0].lower() for m in re.finditer(r"\b[A-Z][\w-]*(?: \d{3,}[\d-]*)?", clause.text)]
    tokens = [name.split()[-1] for name in names if name not in COMMON]
    known = [
        each
        for each in dict.fromkeys(tokens)
        if any(_is_in(each, s.names) for s in sources.stock.statements if s.cells)
    ]
    for one, other in combinations(known, 2):
        both = [
            s for s in sources.stock.statements if _is_in(one, s.names) and _is_in(other, s.names)
        ]
        if not both and not clause.is_denied:
            yield f"misplaced: {one} with {other}"


def _titles(sources: Sources) -> str:
    return " ".join(fact.title for fact in sources.facts)


def _without_anchor(said: str, clauses: list[Clause], sources: Sources) -> Iterator[str]:
    """Give a sentence in another language than the facts that shares neither figure, name nor word with any."""
    if is_courtesy(said):
        return
    figures = [figure for clause in clauses for figure in clause.figures]
    words = frozenset(word for clause in clauses for word in clause.words)
    anchored = any(
        each.has(figure) for each in sources.stock.statements for figure in figures
    ) or any(
        len(sources.stock.weights) and word in sources.stock.weights and len(word) > 4
        for word in words
    )
    if not anchored and not any(clause.is_denied for clause in clauses):
        yield "unanchored: nothing in it can be compared"


def is_honest_or_denied(said: str) -> bool:
    """Tell whether a sentence denies, or says that it does not know."""
    return is_denied(said) or is_honest_unknown(said)


def _is_courtesy(clause: Clause) -> bool:
    return (
        bool(COURTESY.search(clause.text.strip())) and not clause.figures and len(clause.words) < 4
    )


def is_courtesy(said: str) -> bool:
    """Tell whether a sentence is courtesy alone."""
    return bool(COURTESY.search(said)) and len(content(said)) < 4


def _is_in(name: str, names: frozenset[str]) -> bool:
    name = PLACES.get(name, name)
    parts = [part for part in re.split(r"[-.]", name) if part]
    return (
        name in names
        or name.removesuffix("s") in names
        or (len(parts) > 1 and all(part in names for part in parts))
    )


def _broken_promise(said: str, sources: Sources) -> Iterator[str]:
    for rule, pattern in PROMISES:
        match = re.search(pattern, said, re.IGNORECASE)
        if not match or (rule != "done_deed" and match[0].lower() in sources.affirmed):
            continue
        if (
            rule == "done_deed"
            or not sources.may_promise
            or (rule == "promise_of_time" and not set(re.findall(r"\d+", said)) & sources.minutes)
        ):
            yield f"{rule}: {match[0]}"


def _bare(certificate: str) -> str:
    """Compare certificates however they are spaced: SOC2, ISO/IEC 27001."""
    return re.sub(r"\s|/iec", "", certificate.lower())
