"""A question about a price with all that its sum may be made of: charges in one currency, and what they include."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from agent.answering.allowances import Allowance, allowances
from agent.answering.charges import Charge, Part, charges_of
from agent.answering.counted import Count, period_of, spelt
from agent.answering.currencies import likely_currencies, said_currency
from agent.answering.explained import OF_ANY_PRICE, left_out
from agent.answering.places import plain
from agent.answering.searching import Search
from agent.answering.statements import Statement, is_comparison, is_story
from agent.answering.words import terms, terms_of
from agent.facts import Fact

PLACE_TERMS = terms(
    "site location warehouse depot store branch office restaurant plant clinic dc venue building facility standort lager filiale"
    " werk établissement entrepôt magasin restaurant emplacement almacén tienda sede centro nave armazém loja vestiging magazijn"
    " filiaal locatie sede"
)
PLACES = frozenset(t for t in PLACE_TERMS if not t.startswith("#")) | {"#branch", "#warehouse"}
WHOLE_BILL = terms(
    "account contract order bill job customer company konto vertrag compte contrat cuenta conta account"
)
SAME_THING = frozenset(
    {"#user", "#piece", "#box", "#pallet", "#parcel", "#bag", "#bottle", "#bundle", "#color", "#design", "#plate", "#machine", "#invoice", "#language"}
)  # fmt: skip
EXAMPLE = re.compile(
    r"\b(?:example|therefore|e\.g\.|for instance|beispiel|z\. ?B\.|par exemple|por ejemplo|por exemplo|bijvoorbeeld)|[x×=] ?[€£$]|= ",
    re.IGNORECASE,
)
STATED = re.compile(
    r"\b(?:prices?|rates|fees|preise|prix|tarifs|precios|preços|prijzen)\b[^.]*\b(?:per|a|je|pro|im|par|al|por)\s+(?P<unit>month|monat|mois|mes|mês|maand)\b",
    re.IGNORECASE,
)
EACH_SAID = re.compile(
    r"\b(?:each|apiece|every|per (?:site|location|warehouse|store)|je|jeweils|chacune?|cada|elk|elke|ieder|ciascun[oa])\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedPrice:
    """The question, its counts, and the charges and allowances of the current pages in one currency."""

    search: Search
    given: tuple[Count, ...]
    charges: tuple[Charge, ...]
    allowances: tuple[Allowance, ...]

    @property
    def text(self) -> str:
        """Give the question as written."""
        return self.search.text

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """Give the words that ask for something, with their terms: neither what is left out nor words of any price."""
        out = frozenset(left_out(self.text))
        return {
            word: asked | terms_of(word.removesuffix("s"))
            for word, asked in self.search.words.items()
            if word not in out
            and not asked & OF_ANY_PRICE
            and not word[0].isdigit()
            and not spelt(word)
        }

    @cached_property
    def is_each(self) -> bool:
        """Tell whether a count is that of each place."""
        return bool(EACH_SAID.search(self.text))

    def counting(self, noun: str) -> Count | None:
        """Give the visitor's count of a thing; any place counts as a place."""
        own = noun_terms(noun) - OF_ANY_PRICE
        is_place = bool(own & PLACES)
        for count in self.given:
            counted = noun_terms(count.noun) | count.after
            if is_same_thing(own, counted) or (is_place and counted & PLACES):
                return count
        return None

    def name_terms(self, charge: Charge) -> frozenset[str]:
        """Give what names a charge where it stands, beside its units and the words of any price."""
        own = terms(charge.name) - noun_terms(" ".join(charge.units)) - OF_ANY_PRICE
        return frozenset(t for t in own if not t[0].isdigit())

    def own_terms(self, charge: Charge) -> frozenset[str]:
        """Give what names a charge, with its column and heading."""
        units = frozenset(term for unit in charge.units for term in terms(plain(unit)))
        heading = "" if charge.statement.cells else charge.statement.heading
        named = terms(f"{charge.name} {charge.column} {heading}")
        return frozenset(t for t in named - units - OF_ANY_PRICE if not t[0].isdigit())


def is_same_thing(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two names mean one thing: by their own words, or by what is the same in every trade."""
    return any(not term.startswith("#") or term in SAME_THING for term in one & other)


def asked_prices(search: Search, given: Sequence[Count]) -> Iterable[AskedPrice]:
    """Give the question with its possible charges: in the currency it names, else in likely ones, then in the first."""
    told = [s for s in search.candidates if not _is_aside(s)]
    read = [_stated(charge, told) for s in told for charge in charges_of(s)]
    charges = _current([charge for charge in read if _is_reached(charge, given)])
    included = tuple(each for s in told for each in allowances(s))
    known = tuple(dict.fromkeys(charge.currency for charge in charges))
    said = said_currency(search.text)
    tried = (said,) if said else (*likely_currencies(search.text, search.language), *known[:1])
    for currency in dict.fromkeys(tried):
        own = tuple(charge for charge in charges if charge.currency == currency)
        if own:
            yield AskedPrice(search, tuple(given), own, included)


def _stated(charge: Charge, told: Sequence[Statement]) -> Charge:
    """Add the period that a page says of all its prices ("all prices are per site and month")."""
    if not charge.statement.cells or charge.is_once or any(period_of(u) for u in charge.units):
        return charge
    periods = {
        found["unit"].lower()
        for s in told
        if s.fact.page == charge.fact.page and (found := STATED.search(s.text))
    }
    return replace(charge, units=(*charge.units, *periods)) if len(periods) == 1 else charge


def _is_reached(charge: Charge, given: Sequence[Count]) -> bool:
    """Tell whether a price by quantity is that of a quantity given."""
    if charge.part is not Part.WHOLE or charge.low is None:
        return True
    nouns = noun_terms(charge.units[0])
    return any(
        (noun_terms(count.noun) | count.after) & nouns
        and charge.low <= count.value
        and (charge.high is None or count.value <= charge.high)
        for count in given
    )


def _is_aside(statement: Statement) -> bool:
    fact = statement.fact
    return is_story(fact) or is_comparison(fact) or bool(EXAMPLE.search(statement.text))


def _current(charges: Sequence[Charge]) -> list[Charge]:
    """Leave out what a page of a later date charges otherwise for the same unit."""
    return [charge for charge in charges if not any(_replaces(new, charge) for new in charges)]


def _replaces(new: Charge, old: Charge) -> bool:
    one, other = stated_date(new.fact), stated_date(old.fact)
    if one is None or other is None or one <= other or new.fact.page == old.fact.page:
        return False
    is_same = new.currency == old.currency and new.part == old.part and new.amount != old.amount
    return is_same and bool(units_of(old)) and units_of(new) == units_of(old)


def stated_date(fact: Fact) -> datetime | None:
    """Give the date that a page states of itself; the day it was read says nothing."""
    return fact.changed_at if fact.is_dated else None


def units_of(charge: Charge) -> frozenset[str]:
    """Give the stems of a charge's units, its periods by their English names."""
    nouns = (
        u for u in charge.units if u not in ("each", "once") and u.lower() not in ("one", "ones")
    )
    return frozenset(
        period_of(u) or min(terms_of(plain(u)) - {""}, key=lambda t: t.startswith("#"))
        for u in nouns
    )


def noun_terms(text: str) -> frozenset[str]:
    """Give the terms of a thing that is counted, though its name is a word of no weight in another language."""
    words = re.findall(r"[^\W\d_]{3,}", plain(text))
    forms = {form for word in words for form in (word, word.removesuffix("s"))}
    return frozenset(term for form in forms for term in terms_of(form))
