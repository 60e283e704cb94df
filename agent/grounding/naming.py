"""The names of a sentence: known, affirmed, and of what the sentence says them of."""

import re
from collections.abc import Iterator
from itertools import combinations

from agent.grounding.carrying import carriers
from agent.grounding.clauses import Clause, part_of
from agent.grounding.figures import read_figures
from agent.grounding.sources import Sources
from agent.grounding.statements import Stated
from agent.grounding.support import (
    is_honest_unknown,
    restricted,
)
from agent.grounding.tone import is_denied
from agent.grounding.words import PLACES, content, names_in, shared

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


def told_of_rivals(said: str, sources: Sources) -> Iterator[str]:
    """Give a rival of whom something is said that no fact says of it; the visitor's own use of it may be taken up."""
    if said.endswith("?") or is_honest_or_denied(said):
        return
    for rival in sources.rivals:
        for match in re.finditer(rf"\b{re.escape(rival)}\b", said, re.IGNORECASE):
            is_taken_up = _is_in(rival, sources.said_names) and PLACED.search(said[: match.start()])
            about = [s for s in sources.stock.statements if s.fact and _is_in(rival, s.names)]
            if not is_taken_up and not any(_says_more(said, rival, each) for each in about):
                yield f"disparagement: {match[0]}"


def _says_more(said: str, rival: str, stated: Stated) -> bool:
    """Tell whether a statement about a rival has something else of a sentence, too."""
    words = content(said) - content(rival)
    return bool(shared(words, stated.words | stated.context)) or any(
        stated.has(each) for each in read_figures(said)
    )


def denied_certificate(said: str, sources: Sources) -> Iterator[str]:
    """Give a certificate claimed for us that a fact says we do not hold."""
    if is_honest_or_denied(said) or not OURS.search(said):
        return
    for match in CERTIFICATES.finditer(said):
        with_it = [s for s in sources.stock.statements if _bare(match[0]) in _bare(s.text)]
        if with_it and all(each.is_denied for each in with_it):
            yield f"certificate: {match[0]}"


def unknown_names(said: str, sources: Sources) -> Iterator[str]:
    """Give the names and certificates that neither facts nor playbook have."""
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


def misnamed(clause: Clause, sources: Sources) -> Iterator[str]:
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


def _names(said: str, language: str) -> list[re.Match[str]]:
    pattern = NAME_AMONG_CAPITALS if language in CAPITAL_NOUNS else NAME
    found = [*pattern.finditer(said), *NAME_AMONG_CAPITALS.finditer(said)]
    return list({match.start(): match for match in found}.values())


def _titles(sources: Sources) -> str:
    return " ".join(fact.title for fact in sources.facts)


def _is_in(name: str, names: frozenset[str]) -> bool:
    name = PLACES.get(name, name)
    parts = [part for part in re.split(r"[-.]", name) if part]
    return (
        name in names
        or name.removesuffix("s") in names
        or (len(parts) > 1 and all(part in names for part in parts))
    )


def _bare(certificate: str) -> str:
    """Compare certificates however they are spaced: SOC2, ISO/IEC 27001."""
    return re.sub(r"\s|/iec", "", certificate.lower())


def is_honest_or_denied(said: str) -> bool:
    """Tell whether a sentence denies, or says that it does not know."""
    return is_denied(said) or is_honest_unknown(said)
