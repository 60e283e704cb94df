"""Amounts and counts as a language writes them: €1,249.50 or 1.249,50 €."""

from decimal import Decimal

from babel.numbers import format_currency, format_decimal

CODES = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
LOCALES = {"en": "en", "de": "de", "es": "es", "fr": "fr", "pt": "pt_PT", "nl": "nl"}
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def amount_said(amount: Decimal, currency: str, language: str) -> str:
    """Write an amount of money as a language does, without cents when there are none."""
    code = CODES.get(currency, currency.strip().upper())
    digits = 0 if amount == amount.to_integral_value() else 2
    pattern = "¤#,##0" if language == "nl" else None
    text = format_currency(
        amount,
        code,
        locale=LOCALES.get(language, "en"),
        currency_digits=False,
        format=_pattern(language, digits, pattern),
    )
    return text.translate(SPACES)


def count_said(count: Decimal, language: str) -> str:
    """Write a number with the language's own separators."""
    written: str = format_decimal(count, locale=LOCALES.get(language, "en"), group_separator=True)
    return written.translate(SPACES)


def _pattern(language: str, digits: int, given: str | None) -> str:
    number = "#,##0" + ("." + "0" * digits if digits else "")
    if given or language not in ("de", "es", "fr", "pt"):
        return f"¤{number}"
    return f"{number}\u00a0¤"
