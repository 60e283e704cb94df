"""The currency of a sum: the visitor's, by their words or the country they name; never two in one sum."""

import re

from babel.numbers import get_territory_currencies

from agent.answering.places import country_of
from agent.answering.pricing import sign
from agent.answering.words import content_words

SAID = {
    "€": re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE),
    "$": re.compile(r"\$|\busd\b|\bdollars?\b|\bdólares\b|\bbucks\b", re.IGNORECASE),
    "£": re.compile(r"£|\bgbp\b|\bpounds?\b|\bsterling\b|\bquid\b", re.IGNORECASE),
    "CHF": re.compile(r"\bchf\b|\bfranken\b|\bfrancs\b", re.IGNORECASE),
}
OF_LANGUAGE = {"de": "€", "fr": "€", "es": "€", "pt": "€", "nl": "€", "it": "€"}


def said_currency(text: str) -> str:
    """Give the one currency that a visitor names, as its sign; else nothing."""
    named = [each for each, pattern in SAID.items() if pattern.search(text)]
    return named[0] if len(named) == 1 else ""


def likely_currencies(text: str, language: str) -> tuple[str, ...]:
    """Give the currencies a visitor may expect: of the country they name, then of their language."""
    countries = [code for word in content_words(text) if (code := country_of(word))]
    of_countries = [sign(each) for code in countries for each in get_territory_currencies(code)[:1]]
    of_language = [OF_LANGUAGE[language]] if language in OF_LANGUAGE else []
    return tuple(dict.fromkeys((*of_countries, *of_language)))
