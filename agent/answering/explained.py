"""What a visitor asks for held against a sum: nothing is shown while a number or a wish of theirs is left out of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from babel import Locale

from agent.answering.asking import HOLDS, Wanted
from agent.answering.counted import Count, amounts, spelt
from agent.answering.places import LANGUAGES, plain
from agent.answering.searching import Search
from agent.answering.statements import Statement
from agent.answering.steps import Sum
from agent.answering.words import ORDINARY, content_words, stem, terms, terms_of

OF_ANY_PRICE = terms(
    "price cost pay month year monthly yearly annual annually week day hour total sum bill invoice amount quote euro dollars pounds"
    " adds every usd eur gbp currency net gross vat tax preis kosten kostet zahlen gesamt summe prix payer coût tarif mois total precio cuesta"
    " cuánto pagar mes preço custa pagar mês prijs kosten betalen maand quanto costa prezzo"
)
LEFT_OUT = re.compile(
    r"\b(?:no|not|without|before|excluding|excl|except|leave out|leaving out|ignoring|apart from|none with|ohne|vor|sans|hors|sin|sem|zonder|exclusief|senza)\b\s*(?:the |any |den |die |das |les |los |las |os |as |de |het |more than )?(?P<words>(?:[\w'-]+\s?){1,3})",
    re.IGNORECASE,
)
OTHER_DEALINGS = terms(
    "lease leasing rent rental hire loan financing instalments miete mieten leasen louer alquilar alquiler alugar huren refund"
    " cancel cancelled stornieren annuler cancelar annuleren resell"
)
"""Other dealings than buying, each with prices of its own."""
BEFORE_TAX = re.compile(
    r"\b(?:ex|excl\w*\.?|net of|plus)\s*(?:vat|tax|mwst|tva|iva|btw)\b", re.IGNORECASE
)
ADDED_ON = re.compile(
    r"(?:\b(?:with|plus|including|incl|inc|and|mit|inkl|inklusive|und|samt|avec|et|con|y|com|met|en|incluindo|incluido|incluyendo|inclusief)\b|\+|&)\.?\s*(?:the |an? |our |your |my |den |die |das |einer? |la |le |les |el |os? |as? |de |het |een )*(?P<word>[^\W\d_][\w'-]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Worked:
    """A sum with the statements it rests on and the visitor's counts that it uses."""

    sum: Sum
    statements: tuple[Statement, ...]
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True)
class Explained:
    """A question beside a sum: which of its words and numbers the sum accounts for."""

    search: Search
    worked: Worked

    def leaves(self, given: Sequence[Count]) -> bool:
        """Tell whether a number, an added wish or a word that other prices turn on is left out."""
        if any(count not in self.worked.counts for count in given) or self._leaves_money():
            return True
        added = {plain(match["word"]) for match in ADDED_ON.finditer(self.search.text)}
        if self._leaves_month() or any(self._is_only_noted(w) for w in self._asked if w in added):
            return True
        return any(
            word in added or terms_of(word) & OTHER_DEALINGS or self._is_priced_elsewhere(word)
            for word in self._asked
            if not self._is_explained(word)
        )

    def _leaves_month(self) -> bool:
        """Tell whether the visitor names a month, and other prices of the page turn on one."""
        return months_in(self.search.text) and any(
            months_in(s.text) for s in self._others if s.fact.page == self._page
        )

    def _is_only_noted(self, word: str) -> bool:
        """Tell whether what is added stands in a row only beside its subject ("lid sold separately")."""
        rows = [s for s in self.worked.statements if s.cells]
        named = frozenset(
            t for s in rows for t in terms(f"{_subject(s)} {s.fact.heading} {s.fact.page}")
        )
        mine = terms_of(word) | terms_of(word.removesuffix("s"))
        if len(rows) < len(self.worked.statements) or mine & (named | OF_ANY_PRICE | self._counted):
            return False
        return any(mine & terms(s.text) for s in rows)

    def _leaves_money(self) -> bool:
        """Tell whether the visitor names an amount that the sum does not have."""
        used = {abs(step.amount) for step in self.worked.sum.steps}
        used |= {value for step in self.worked.sum.steps for value, _ in step.factors}
        return bool(set(amounts(self.search.text)) - used)

    @property
    def _page(self) -> str:
        return self.worked.statements[0].fact.page

    @cached_property
    def _asked(self) -> tuple[str, ...]:
        left_out = {
            word
            for match in LEFT_OUT.finditer(self.search.text)
            for word in content_words(match["words"])
        }
        words = content_words(BEFORE_TAX.sub(" ", self.search.text))
        return tuple(w for w in words if w not in left_out and not w[0].isdigit() and not spelt(w))

    @cached_property
    def _own(self) -> frozenset[str]:
        passages = {s.fact.id for s in self.worked.statements if not s.cells}
        beside = (
            s
            for s in self.search.candidates
            if s.fact.id in passages and not HOLDS[Wanted.AMOUNT].search(s.text)
        )
        return frozenset(
            term
            for s in (*self.worked.statements, *beside)
            for term in terms(f"{s.text} {s.heading} {s.asked} {s.fact.page} {s.fact.heading}")
        )

    def _is_explained(self, word: str) -> bool:
        mine = self.search.words.get(word, terms_of(word)) | terms_of(word.removesuffix("s"))
        return bool(mine & (self._own | OF_ANY_PRICE | self._counted))

    @cached_property
    def _counted(self) -> frozenset[str]:
        nouns = (plain(count.noun.strip(".,;:?!")) for count in self.worked.counts)
        return frozenset(term for noun in nouns for term in terms_of(noun))

    def _is_priced_elsewhere(self, word: str) -> bool:
        """Tell whether other statements with an amount or a percentage turn on a word."""
        if word in ORDINARY:
            return False
        return any(stem(word) in terms(_subject(s)) for s in self._others)

    @cached_property
    def _others(self) -> tuple[Statement, ...]:
        return tuple(
            s
            for s in self.search.candidates
            if s not in self.worked.statements and HOLDS[Wanted.AMOUNT].search(s.text)
        )


@cache
def _months() -> re.Pattern[str]:
    names = {
        plain(name)
        for language in LANGUAGES
        for name in Locale(language).months["format"]["wide"].values()
    }
    return re.compile(rf"\b(?:{'|'.join(sorted(names - {'may', 'mars'}))})\b")


def months_in(text: str) -> bool:
    """Tell whether a text names a month, in any of the languages."""
    return bool(_months().search(plain(text)))


def _subject(statement: Statement) -> str:
    if statement.cells:
        return " ".join(cell.value for cell in statement.cells[:3])
    return f"{statement.text} {statement.heading}"


def left_out(text: str) -> Iterator[str]:
    """Give the words of what a visitor does not want counted."""
    for match in LEFT_OUT.finditer(text):
        yield from content_words(match["words"])
