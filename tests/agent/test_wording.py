"""The words of the criteria: there for each language that is read, and none that fits everything."""

from dataclasses import fields

import pytest

from agent.clauses import LONGEST_QUOTE, shortened, statements
from agent.criterion_words import CriterionWords
from agent.language import KNOWN
from agent.wording import WORDS, mentions, words_of

NAMES = [field.name for field in fields(CriterionWords)]
DENIALS = {
    "en": "no budget", "de": "kein Budget", "es": "sin presupuesto", "fr": "pas de budget", "nl": "geen budget",
    "pt": "sem orçamento", "it": "nessun budget", "pl": "brak budżetu", "sv": "ingen budget", "da": "intet budget",
    "no": "uten budsjett", "fi": "ei budjettia", "cs": "není rozpočet", "ro": "nu avem buget", "hu": "nincs költségvetés",
    "tr": "bütçe yok", "ru": "нет бюджета", "uk": "немає бюджету", "el": "χωρίς προϋπολογισμό", "ar": "لا ميزانية",
    "zh": "没有预算", "ja": "予算がありません", "ko": "예산이 없습니다", "hi": "बजट नहीं है", "id": "belum ada anggaran",
    "vi": "chưa có ngân sách",
}  # fmt: skip


def test_each_language_that_is_read_has_its_words() -> None:
    assert set(WORDS) == set(DENIALS)
    assert len(WORDS) == len(KNOWN)


@pytest.mark.parametrize("language", sorted(WORDS))
@pytest.mark.parametrize("name", NAMES)
def test_no_sort_of_words_fits_what_says_nothing(language: str, name: str) -> None:
    assert not words_of(name, language).search("")
    assert not words_of(name, language).search("zzq 12 -- xyzzy")


@pytest.mark.parametrize(("language", "text"), DENIALS.items())
def test_a_missing_budget_is_understood_in_each_language(language: str, text: str) -> None:
    assert mentions("budget", text, language)
    assert mentions("no", text, language)


def test_an_unknown_language_has_the_english_words() -> None:
    assert mentions("budget", "the budget", "xx")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("...", []),
        ("We lose 1.5 hours a day. Do you have an API?", ["We lose 1.5 hours a day"]),
        ("Our CFO signs, can you send a quote?", ["Our CFO signs"]),
        ("Budget is there\nno deadline", ["Budget is there", "no deadline"]),
        ("予算はありません。いくらですか？", ["予算はありません"]),
        ("Fine.\n> no budget\n> no deadline", ["Fine"]),
    ],
)
def test_statements_are_the_sentences_that_ask_nothing(text: str, parts: list[str]) -> None:
    found = statements(text)
    assert [each.text for each in found] == parts
    assert all(each.text in text[each.start : each.end] for each in found)


def test_a_long_quote_ends_with_a_whole_word() -> None:
    text = "word " * 100
    assert len(shortened(text)) <= LONGEST_QUOTE
    assert text.startswith(shortened(text) + " ")
