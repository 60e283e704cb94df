"""`hotline lead erase`, `lead export` and `doctor --audit`, over a data folder in which much has happened."""

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner, Result

from integrations.cli import app
from integrations.logs import configure_logs
from tests.knowledge.auditing.test_rules import spoil
from tests.knowledge.conftest import live
from tests.knowledge.conftest import lived_in as lived_in
from tests.knowledge.conftest import place as place
from tests.lived import MARKS


@pytest.fixture
def data(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (place / "files").rename(place / "attachments")
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(place))
    monkeypatch.setenv("HOTLINE_PLAYBOOK", "knowledge/demo/playbook.yaml")
    return place


def run(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=answer)


def files_of(data: Path) -> list[str]:
    return [path.name for path in (data / "attachments").iterdir()]


def test_a_dry_run_lists_what_would_go_and_keeps_it(data: Path) -> None:
    told = run("lead", "erase", "zebedee@marrow.example", "--dry-run")
    assert told.exit_code == 0
    assert "this would go" in told.output
    assert "messages" in told.output
    assert run("lead", "show", "zebedee@marrow.example").exit_code == 0


def test_whoever_says_no_erases_nothing(data: Path) -> None:
    told = run("lead", "erase", "zebedee@marrow.example", answer="n\n")
    assert told.exit_code == 1
    assert run("lead", "show", "zebedee@marrow.example").exit_code == 0


def test_a_person_is_erased_with_their_files(data: Path) -> None:
    assert len(files_of(data)) == 1
    told = run("lead", "erase", "zebedee@marrow.example", "--yes")
    assert told.exit_code == 0, told.output
    assert files_of(data) == []
    assert run("lead", "show", "zebedee@marrow.example").exit_code == 2


def test_nothing_of_them_is_left_in_the_file_of_the_database(data: Path) -> None:
    run("lead", "erase", "zebedee@marrow.example", "--yes")
    left = b"".join(path.read_bytes() for path in data.glob("hotline.db*")).lower()
    assert [mark for mark in MARKS if mark.encode() in left] == []


def test_an_export_holds_all_and_the_files(data: Path, tmp_path: Path) -> None:
    told = run("lead", "export", "zebedee@marrow.example", str(tmp_path / "his.zip"))
    assert told.exit_code == 0, told.output
    with zipfile.ZipFile(tmp_path / "his.zip") as archive:
        everything = json.loads(archive.read("lead.json"))
        (file,) = [name for name in archive.namelist() if name.endswith("quokka.txt")]
        assert archive.read(file) == b"a quokka of Zebedee Quill"
    assert everything["leads"]
    assert (tmp_path / "his.zip").stat().st_mode & 0o077 == 0


def test_an_export_overwrites_nothing(data: Path, tmp_path: Path) -> None:
    (tmp_path / "his.zip").write_bytes(b"something else")
    told = run("lead", "export", "zebedee@marrow.example", str(tmp_path / "his.zip"))
    assert told.exit_code == 2
    assert (tmp_path / "his.zip").read_bytes() == b"something else"


def test_a_back_up_made_before_loses_them_again(data: Path, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.hotline")
    assert run("backup", copy).exit_code == 0
    run("lead", "erase", "zebedee@marrow.example", "--yes")
    told = run("restore", copy, "--replace")
    assert told.exit_code == 0, told.output
    assert run("lead", "show", "user_id:u-yara").exit_code == 0
    assert run("lead", "show", "zebedee@marrow.example").exit_code == 2
    assert files_of(data) == []


def test_an_audit_finds_tells_and_mends(data: Path) -> None:
    assert "looked at in time" not in run("doctor", "--audit").output
    spoil(
        data / "hotline.db",
        "UPDATE conversations SET due_at = NULL, timer_at = '2030-01-01 00:00:00.000000'",
    )
    broken = run("doctor", "--audit", "--json")
    assert broken.exit_code == 1
    (rule,) = [
        each
        for each in json.loads(broken.stdout)["promises"]
        if each["promise"] == "looked at in time"
    ]
    assert rule["first"][0]["can_be_mended"]
    mended = run("doctor", "--audit", "--mend")
    assert "mended   looked at in time" in mended.output
    assert "broken   looked at in time" not in mended.output


def test_a_sound_store_is_said_to_be_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    told = run("doctor", "--audit")
    assert (told.exit_code, "promises are kept" in told.output) == (0, True)


def test_mending_goes_with_an_audit(data: Path) -> None:
    assert run("doctor", "--mend").exit_code == 2


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Whatever is logged, down to what only developers read."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    configure_logs("debug", "json", stream)
    yield stream
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_no_log_tells_who_anybody_is(log: io.StringIO, tmp_path: Path) -> None:
    live(tmp_path / "hotline.db", tmp_path / "files")
    told = log.getvalue().lower()
    assert "turn.recorded" in told
    assert [mark for mark in MARKS if mark in told] == []
