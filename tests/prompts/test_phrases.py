import re
from importlib.resources import files

import pytest

from agent.criteria import Question
from agent.occurrences import PatternKind
from agent.playbook import Playbook
from agent.reply import Move
from agent.signals import SignalKind
from knowledge.playbook import demo_playbook_path, load_playbook
from prompts.phrases import Phrases, languages, phrases, reasons

ENGLISH = phrases("en")
PLAYBOOK: Playbook = load_playbook(demo_playbook_path())


def placeholders(words: Phrases) -> dict[str, list[str]]:
    return {key: sorted(set(re.findall(r"\{(\w+)\}", text))) for key, text in words.texts.items()}


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_has_the_phrases_and_placeholders_of_english(language: str) -> None:
    assert placeholders(phrases(language)) == placeholders(ENGLISH)


@pytest.mark.parametrize("language", sorted(languages()))
def test_no_phrase_is_empty_or_written_twice(language: str) -> None:
    text = files("prompts").joinpath("phrases", f"{language}.md").read_text("utf-8")
    assert len(re.findall(r"^## ", text, re.M)) == len(phrases(language).texts)
    assert all(phrases(language).texts.values())


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_week_has_seven_days(language: str) -> None:
    assert len(set(phrases(language).fill("weekdays").split(", "))) == 7


def test_every_move_and_question_has_its_phrase() -> None:
    wordless = {Move.ANSWER, Move.SILENT, Move.DECLINE}
    moves = {move.value for move in Move if move not in wordless}
    assert moves | {f"ask_{question.value}" for question in Question} <= set(ENGLISH.texts)


def test_every_signal_has_its_reason() -> None:
    assert all(reasons().has(f"signal_{kind.value}") for kind in SignalKind)


def test_every_pattern_has_its_sentence() -> None:
    assert all(reasons().has(f"pattern_{kind.value}") for kind in PatternKind)
    assert reasons().has("pattern_burst_same")


def test_every_reason_named_in_code_exists() -> None:
    named = {
        match
        for module in (
            "scoring",
            "fit",
            "spells",
            "patterns",
            "decision",
            "briefing",
            "first_response",
        )
        for match in re.findall(
            r'"((?:event|fit|kind|act|span|decision|next|missing|note|direct)_\w+)"',
            files("agent").joinpath(f"{module}.py").read_text("utf-8"),
        )
    }
    assert len(named) > 15
    assert named <= set(reasons().texts)


def test_a_phrase_is_filled() -> None:
    assert ENGLISH.fill("rep_joined", rep="Mia") == "Mia has joined the conversation."


def test_a_value_that_looks_like_a_placeholder_stays_a_value() -> None:
    assert ENGLISH.fill("rep_joined", rep="{rep}") == "{rep} has joined the conversation."


def test_a_missing_value_raises() -> None:
    with pytest.raises(KeyError):
        ENGLISH.fill("rep_joined")


def test_an_unknown_value_raises() -> None:
    with pytest.raises(KeyError, match="no placeholder"):
        ENGLISH.fill("rep_joined", rep="Mia", name="Mia")


def test_a_missing_phrase_raises() -> None:
    assert not ENGLISH.has("no_such_phrase")
    with pytest.raises(KeyError):
        ENGLISH.fill("no_such_phrase")


@pytest.mark.parametrize("language", ["xx", "", "EN", "../en"])
def test_an_unknown_language_is_answered_in_english(language: str) -> None:
    assert phrases(language) is ENGLISH


def test_the_demo_speaks_and_discloses_itself_in_every_language_it_has_words_for() -> None:
    assert set(PLAYBOOK.replies.speaks) == languages() == set(PLAYBOOK.company.disclosure)
