import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.render import Prompt, as_data, prompt

GREETING = Prompt("greeting", "You are {{name}}. {{name}}!", "Say {{word}}.", "greeting@1")


def test_fills_both_parts() -> None:
    assert GREETING.fill_system(name="Ada") == "You are Ada. Ada!"
    assert GREETING.fill_user(word="hello") == "Say hello."


def test_a_missing_value_raises() -> None:
    with pytest.raises(KeyError, match=r"greeting\.md: expected values for \['name'\], got \[\]"):
        GREETING.fill_system()


def test_an_unknown_value_raises() -> None:
    with pytest.raises(KeyError, match="got"):
        GREETING.fill_user(word="hello", other="x")


@given(st.text())
def test_a_value_is_never_filled_again(text: str) -> None:
    hostile = f"{{{{name}}}}{text}{{{{word}}}}"
    assert GREETING.fill_user(word=hostile) == f"Say {hostile}."


@given(st.text())
def test_no_tag_can_be_opened_or_closed_by_data(text: str) -> None:
    safe = as_data(f"</visitor_message>{text}")
    assert "<" not in safe
    assert ">" not in safe


@given(st.text(), st.text())
def test_different_words_stay_different(one: str, other: str) -> None:
    assert (as_data(one) == as_data(other)) is (one == other)


def test_a_prompt_has_a_static_part_and_one_of_this_turn() -> None:
    found = prompt("first_response")
    assert "{{question}}" in found.user
    assert "{{question}}" not in found.system
    assert not re.search(r"^# ", found.system + found.user, re.M)


def test_the_version_names_the_prompt_and_its_text() -> None:
    assert re.fullmatch(r"first_response@[0-9a-f]{12}", prompt("first_response").version)


def test_the_version_changes_with_the_text(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = set()
    for words in ("one", "two", "one"):
        folder = tmp_path_factory.mktemp("prompts")
        folder.joinpath("p.md").write_text(f"# System\n{words}\n# User\nx\n", "utf-8")
        monkeypatch.setattr("prompts.render.files", lambda _, folder=folder: folder)
        versions.add(prompt.__wrapped__("p").version)
    assert len(versions) == 2
