"""Amounts and counts as a language writes them: €1,249.50 or 1.249,50 €."""

from decimal import Decimal

from babel.numbers import format_decimal

LOCALES = {"en": "en", "de": "de", "es": "es", "fr": "fr", "pt": "pt_PT", "nl": "nl"}
SIGN_LAST = frozenset({"de", "es", "fr", "pt"})
UNGROUPED = frozenset({"fr"})
"""Languages that part thousands by a space, which is left out of figures of four digits."""
GROUPED_FROM = 10_000
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def amount_said(amount: Decimal, currency: str, language: str) -> str:
    """Write an amount of money as a language does, without cents when there are none."""
    cents = "" if amount == amount.to_integral_value() else ".00"
    number = _written(amount, language, f"#,##0{cents}")
    if language in SIGN_LAST:
        return f"{number} {currency.strip()}"
    return f"{currency} {number}" if currency.isalpha() else f"{currency}{number}"


def count_said(count: Decimal, language: str) -> str:
    """Write a number with the language's own separators."""
    return _written(count, language, "#,##0.###")


def _written(number: Decimal, language: str, pattern: str) -> str:
    is_grouped = language not in UNGROUPED or abs(number) >= GROUPED_FROM
    locale = LOCALES.get(language, "en")
    written: str = format_decimal(number, pattern, locale=locale, group_separator=is_grouped)
    return written.translate(SPACES)
