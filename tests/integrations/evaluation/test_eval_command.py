import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.signals import TextReading
from integrations.cli import app
from integrations.evaluating import evaluate_file
from integrations.settings import setting_names
from tests.fakes import operator_app
from tests.integrations.evaluation.readings import a_text_reading

MESSAGES = Path(__file__).with_name("messages.jsonl")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (*setting_names(), "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "integrations.app", operator_app)


def evaluation(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", "signals", *map(str, arguments)])


def a_file(*lines: str) -> Path:
    file = Path("mine.jsonl")
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_shows_how_well_a_detector_reads_that_hears_the_word_cost_alone() -> None:
    ran = evaluation(MESSAGES)
    rows = [" ".join(line.split()) for line in ran.stdout.splitlines()]
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "12 messages" in rows
    assert any(row.startswith("signals, macro-F1 0.074") for row in rows)
    assert any(row.startswith("kind right 0.250") for row in rows)
    assert any(row.startswith("handoff precision 0.667") for row in rows)
    assert any(row.startswith("handoff recall 0.500") for row in rows)
    assert "non-sales handed off 0.200" in rows
    assert "competitors exact 0.333" in rows
    assert "competitors exact where named 1.000" in rows
    assert "language right 0.800" in rows
    assert "pricing 0.667 0.667 0.667 3 3" in rows
    assert "budget - - - 0 0" in rows
    assert "id t-06 non-sales handed off, wrong kind, wrong signals" in rows


def test_writes_the_page_and_the_figures_where_it_is_told() -> None:
    ran = evaluation(MESSAGES, "--html", "report.html", "--json", "report.json")
    assert ran.exit_code == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "messages.jsonl" in page
    figures = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert (figures["count"], figures["kind_accuracy"]) == (12, 0.25)
    assert figures["mistakes"][0]["id"] == "t-06"


def test_shows_as_many_mistakes_as_wanted() -> None:
    assert evaluation(MESSAGES, "--worst", "2").stdout.count("expected ") == 2
    assert "The worst" not in evaluation(MESSAGES, "--worst", "0").stdout


def test_a_bad_line_stops_it_before_anything_is_written() -> None:
    good = MESSAGES.read_text(encoding="utf-8").splitlines()[0]
    ran = evaluation(a_file(good, '{"id": "2", "text": "hi"}'), "--html", "report.html")
    assert ran.exit_code == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith('mine.jsonl:2: It has no "kind". Expected {"id": "1", "text": ')
    assert not Path("report.html").exists()


def test_a_file_without_messages_is_told() -> None:
    ran = evaluation(a_file("", ""))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == "mine.jsonl: There are no messages in it; expected one a line.\n"


@pytest.mark.parametrize("place", ["nowhere/report.html", "."])
def test_a_place_that_cannot_be_written_is_told_before_the_reading(place: str) -> None:
    ran = evaluation(MESSAGES, "--html", place)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "folder" in ran.stderr


def test_a_file_that_is_not_there_is_told() -> None:
    ran = evaluation("missing.jsonl")
    assert ran.exit_code == 2
    assert "missing.jsonl" in ran.stderr


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    ran = evaluation(MESSAGES)
    assert "Reading" in ran.stderr
    assert "12/12" in ran.stderr


def test_broken_text_can_be_reported_too() -> None:
    broken = '{"id": "1", "text": "cost \\ud800", "kind": "other", "temperature": "cold"}'
    ran = evaluation(a_file(broken), "--html", "report.html", "--json", "report.json")
    assert ran.exit_code == 0
    assert json.loads(Path("report.json").read_text())["mistakes"][0]["text"] == "cost \ud800"


def test_what_was_said_before_is_given_to_a_detector_that_reads_it() -> None:
    class Listener(operator_app.PriceDetector):
        heard: Sequence[tuple[str, str]] = ()

        def read_example(self, text: str, before: Sequence[tuple[str, str]]) -> TextReading:
            self.heard = [*before, ("visitor", text)]
            return a_text_reading()

    listener, steps = Listener(), list[tuple[int, int]]()
    evaluate_file(MESSAGES, lambda: listener, lambda done, total: steps.append((done, total)))
    assert listener.heard == [
        ("visitor", "hello"),
        ("agent", "Shall we show you around on Tuesday?"),
        ("visitor", "yes, Tuesday works"),
    ]
    assert steps[-1] == (12, 12)


def test_help_has_an_example() -> None:
    told = CliRunner().invoke(app, ["eval", "signals", "--help"]).output
    assert "Example: hotline eval signals messages.jsonl" in " ".join(told.split())
    assert "eval" in CliRunner().invoke(app, ["--help"]).output
