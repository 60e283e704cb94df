"""Scenario files are read whole or refused with the place and the reason."""

from collections import Counter
from pathlib import Path

import pytest

from integrations.evaluation.replies.scenarios import (
    Attack,
    Category,
    Channel,
    Kind,
    Scenario,
    UnusableScenarioError,
    read_rows,
)
from knowledge.playbook import demo_playbook_path

DEMO = demo_playbook_path().parent
GOOD = '{"id":"a","kind":"answerable","turns":[{"visitor":"hi"}]}'


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", ":2: This is no JSON"),
        ('{"id":"b","kind":"answerable","turns":[]}', ":2: turns"),
        ('{"id":"b","kind":"riddle","turns":[{"visitor":"x"}]}', ":2: kind"),
        ('{"id":"b","kind":"answerable","turns":[{"visitor":"x","expect":{"say":["y"]}}]}', "say"),
        (
            '{"id":"b","kind":"answerable","at":"2026-11-18T10:00:00","turns":[{"visitor":"x"}]}',
            "zone",
        ),
        ('{"id":"b","kind":"answerable","history":[{"at":"3d"}],"turns":[{"visitor":"x"}]}', "-3d"),
        (GOOD, 'The id "a" is there twice'),
        ("[" * 5000, ":2:"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text(f"{GOOD}\n{line}\n", encoding="utf-8")
    with pytest.raises(UnusableScenarioError) as refused:
        read_rows(path, Scenario)
    assert told in str(refused.value)


def test_an_empty_file_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    for name in ("empty.jsonl", "none.jsonl"):
        with pytest.raises(UnusableScenarioError):
            read_rows(tmp_path / name, Scenario)


def test_the_demo_company_has_questions_of_each_kind() -> None:
    kinds = Counter(row.kind for row in read_rows(DEMO / "replies.jsonl", Scenario))
    assert kinds[Kind.ANSWERABLE] + kinds[Kind.UNANSWERABLE] >= 60
    assert kinds[Kind.CONVERSATION] >= 15


def test_the_demo_companys_attacks_come_by_every_channel_after_everything() -> None:
    attacks = read_rows(DEMO / "attacks.jsonl", Attack)
    assert {attack.channel for attack in attacks} == set(Channel)
    assert {attack.category for attack in attacks} == set(Category)
    for attack in attacks:
        assert any(words.lower() in attack.obeyed.lower() for words in attack.never), attack.id
