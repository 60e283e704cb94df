"""The words of the widget: complete in each language, and the same English as the script carries itself."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from prompts.phrases import Phrases, languages, widget_words

TEXTS = Path(__file__).parents[2] / "integrations" / "web" / "widget" / "src" / "texts.ts"
ENGLISH = widget_words("en")
SHORT = 12  # a label of four letters may grow to this in any language
SAID_BY_THE_SERVER = "expect_"


def placeholders(words: Phrases) -> dict[str, list[str]]:
    return {key: sorted(set(re.findall(r"\{(\w+)\}", text))) for key, text in words.texts.items()}


def words_of_the_script() -> dict[str, str]:
    source = TEXTS.read_text("utf-8")
    english = source[source.index("ENGLISH") : source.index("};")]
    pairs = re.findall(r'^\s+(\w+):\s*"((?:[^"\\]|\\.)*)",$', english, re.MULTILINE)
    return dict(pairs)


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_the_words_and_placeholders_of_english(language: str) -> None:
    assert placeholders(widget_words(language)) == placeholders(ENGLISH)


def test_the_script_carries_the_same_english() -> None:
    ours = {k: t for k, t in ENGLISH.texts.items() if not k.startswith(SAID_BY_THE_SERVER)}
    assert words_of_the_script() == ours


@pytest.mark.parametrize("language", sorted(languages()))
def test_nothing_is_twice_as_long_as_in_english(language: str) -> None:
    texts = widget_words(language).texts
    too_long = {k: t for k, t in texts.items() if len(t) > max(2 * len(ENGLISH.texts[k]), SHORT)}
    assert too_long == {}


@pytest.mark.parametrize("language", sorted(languages()))
def test_no_word_is_empty_or_written_twice(language: str) -> None:
    text = files("prompts").joinpath("widget", f"{language}.md").read_text("utf-8")
    assert len(re.findall(r"^## ", text, re.MULTILINE)) == len(widget_words(language).texts)
    assert all(widget_words(language).texts.values())


def test_an_unknown_language_gets_english() -> None:
    assert widget_words("xx") is ENGLISH or widget_words("xx").texts == ENGLISH.texts
