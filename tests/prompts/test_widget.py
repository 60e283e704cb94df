"""The words of the widget: complete in each language, and the few in English that the script carries itself."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from prompts.phrases import Phrases, languages, widget_words

WEB = Path("integrations", "web")
CARRIED = Path(__file__).parents[2] / WEB / "widget" / "src" / "texts.ts"
IN_TESTS = Path(__file__).parents[1] / WEB / "widget" / "words.ts"
ENGLISH = widget_words("en")
SAID_BY_THE_SERVER = "expect_"
SHORT = 12  # a label of four letters may grow to this in any language


def placeholders(words: Phrases) -> dict[str, list[str]]:
    return {key: sorted(set(re.findall(r"\{(\w+)\}", text))) for key, text in words.texts.items()}


def words_in(source: Path) -> dict[str, str]:
    pairs = re.findall(
        r'^\s+(\w+):\s*"((?:[^"\\]|\\.)*)",', source.read_text("utf-8"), re.MULTILINE
    )
    return dict(pairs)


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_the_words_and_placeholders_of_english(language: str) -> None:
    assert placeholders(widget_words(language)) == placeholders(ENGLISH)


def test_what_the_script_carries_is_the_same_english() -> None:
    carried = words_in(CARRIED)
    assert {"launcher", "input", "send", "not_sent", "unavailable"} <= set(carried)
    assert carried == {key: ENGLISH.texts.get(key) for key in carried}


def test_the_widgets_own_tests_know_all_words() -> None:
    ours = {k: t for k, t in ENGLISH.texts.items() if not k.startswith(SAID_BY_THE_SERVER)}
    assert words_in(IN_TESTS) == ours


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
