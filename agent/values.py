"""Short values where the visitor's words are certain: "20,000 EUR", "2027-03-01", "decides alone", "CFO".

Where they are not, the value stays the quote: nothing is converted, rounded or guessed. Dates that depend on the
day they were said are resolved against the message's own time (UTC).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from agent.criteria import Criterion
from agent.language import detect_language
from agent.qualification import Evidence, Qualification
from agent.wording import mentions, words_of

CURRENCIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "zł": "PLN", "zl": "PLN", "円": "JPY", "₹": "INR",
    "₺": "TRY", "tl": "TRY", "₽": "RUB", "руб": "RUB", "рублей": "RUB", "₴": "UAH", "грн": "UAH", "₩": "KRW",
    "kč": "CZK", "ft": "HUF", "r$": "BRL", "us$": "USD", "元": "CNY", "원": "KRW", "₫": "VND",
}  # fmt: skip
CODES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "PLN",
    "SEK",
    "DKK",
    "NOK",
    "CZK",
    "RON",
    "HUF",
    "TRY",
    "RUB",
    "UAH",
    "CNY",
    "JPY",
    "KRW",
    "INR",
    "IDR",
    "VND",
    "BRL",
    "CAD",
    "AUD",
    "NZD",
    "MXN",
    "AED",
    "SAR",
]
MONEY_SIGN = "|".join(map(re.escape, sorted([*CURRENCIES, *CODES, "$"], key=len, reverse=True)))
SUM = re.compile(
    rf"(?P<before>{MONEY_SIGN})?\s?(?<![\w.,])(?P<number>\d{{1,3}}(?:[ .,'’\u00a0\u202f]\d{{3}})+|\d+(?:[.,]\d{{1,2}})?)"
    rf"\s?(?P<times>k|tsd|mio|m|million|millionen|millions|millones)?\b\.?\s?(?P<after>{MONEY_SIGN})?(?!\w)",
    re.IGNORECASE,
)
TIMES = {"k": 1_000, "tsd": 1_000}
MILLION = 1_000_000
REPEATED = re.compile(
    r"month|monthly|mth|weekly|per|each|every|annual|pro\b|monat|jährlich|woche|mes\b|mensu|mois|semaine|par\b|por\b|maand|jaarlijks|mese|mensil|miesi|måned|månad|ay\b|aylık|месяц|місяц|月|월",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(
    r"\b(?:I|ich|je|yo|ik|eu|io|ja|jag|jeg|minä|já|én|ben|я|εγώ|saya|tôi|my|mein|mia|mi)\b", re.I
)
NUMERIC_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b")
ISO_DATE = re.compile(r"\b20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
QUARTER = re.compile(r"\bQ([1-4])(?:\W{0,3}(20\d\d))?\b", re.IGNORECASE)
NO_DATE = re.compile(r"(?:[Ww]e|WE)?\s*(?:may)?")
"""What the parser takes for Wednesday and for May, and a visitor seldom means so."""

FORMATS: Mapping[str, str] = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
DECIDES_ALONE = "decides alone"


def with_values(qualification: Qualification) -> Qualification:
    """Give each known criterion, and what it replaced, the short value its words are certain of."""
    known = {criterion: _valued(criterion, each) for criterion, each in qualification.known.items()}
    return Qualification(known)


def _valued(criterion: Criterion, evidence: Evidence) -> Evidence:
    value = None if evidence.is_negative else _certain(criterion, evidence.quote, evidence.at)
    earlier = tuple(_valued(criterion, each) for each in evidence.earlier)
    return replace(evidence, value=value or evidence.quote, earlier=earlier)


def _certain(criterion: Criterion, quote: str, at: datetime) -> str | None:
    found: str | None = None
    match criterion:
        case Criterion.BUDGET:
            found = money_in(quote)
        case Criterion.TIMELINE:
            found = date_in(quote, at)
        case Criterion.AUTHORITY:
            found = _alone(quote)
        case Criterion.ECONOMIC_BUYER:
            found = _role(quote)
        case _:
            pass
    return found


def money_in(quote: str) -> str | None:
    """Give the one sum that a quote names, as "20,000 EUR"; None when there is none, several, or one a month."""
    found = [m for m in SUM.finditer(quote) if m["before"] or m["after"] or m["times"]]
    if len(found) != 1 or REPEATED.search(quote):
        return None
    amount = f"{_amount(found[0]):,.2f}".removesuffix(".00")
    return f"{amount} {_currency(found[0])}".strip()


def _amount(found: re.Match[str]) -> float:
    number = found["number"]
    is_whole = re.search(r"[ .,'’\u00a0\u202f]\d{3}$", number)
    plain = re.sub(r"\D", "", number) if is_whole else number.replace(",", ".")
    times = (found["times"] or "").lower()
    return float(plain) * (TIMES.get(times, MILLION) if times else 1)


def _currency(found: re.Match[str]) -> str:
    sign = (found["before"] or found["after"] or "").lower()
    return CURRENCIES.get(sign, sign.upper())


def date_in(quote: str, at: datetime) -> str | None:
    """Give the one date a quote names, as precise as it is said ("2027-03-01", "2027-03", "2027"), seen from `at`.

    None when there is none, several, or one that could be read in two ways (01/02, "three weeks").
    """
    if iso := ISO_DATE.findall(quote):
        return str(iso[0]) if len(iso) == 1 else None
    if quarters := QUARTER.findall(quote):
        return (
            f"{quarters[0][1]}-Q{quarters[0][0]}" if len(quarters) == 1 and quarters[0][1] else None
        )
    if NUMERIC_DATE.search(quote):
        return None
    languages = tuple(dict.fromkeys((detect_language(quote), "en")))
    dates = {
        each for words in _dated(quote, languages, at) if (each := _date(words, languages, at))
    }
    return dates.pop() if len(dates) == 1 else None


def _dated(quote: str, languages: tuple[str, ...], at: datetime) -> list[str]:
    from dateparser.search import search_dates

    found = search_dates(quote, languages=list(languages), settings=_settings(at, "future")) or []
    return [words for words, *_ in found if not NO_DATE.fullmatch(words)]


def _date(words: str, languages: tuple[str, ...], at: datetime) -> str | None:
    from dateparser.date import DateDataParser

    ahead, back = (
        DateDataParser(languages=list(languages), settings=_settings(at, way)).get_date_data(words)
        for way in ("future", "past")
    )
    if ahead.date_obj is None or back.date_obj is None:
        return None
    seen_from = at.replace(tzinfo=None)
    is_span = ahead.date_obj != back.date_obj and (
        ahead.date_obj - seen_from == seen_from - back.date_obj
    )
    return None if is_span else ahead.date_obj.strftime(FORMATS.get(ahead.period, "%Y-%m-%d"))


def _settings(at: datetime, prefer: str) -> dict[str, object]:
    return {
        "RELATIVE_BASE": at.replace(tzinfo=None),
        "PREFER_DATES_FROM": prefer,
        "PREFER_DAY_OF_MONTH": "last",  # so that "March" said in March is this one
    }


def _alone(quote: str) -> str | None:
    is_own = FIRST_PERSON.search(quote) and mentions("alone", quote, detect_language(quote))
    return DECIDES_ALONE if is_own else None


def _role(quote: str) -> str | None:
    roles = words_of("buyer", detect_language(quote)).pattern
    found = {m[0] for m in re.finditer(rf"(?:{roles})[\w'’-]*", quote, re.IGNORECASE)}
    return found.pop() if len(found) == 1 else None
