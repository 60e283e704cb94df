"""`hotline backup`, `hotline restore` and `hotline db move`, over real data folders."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from integrations.app.locking import data_folder
from integrations.cli import app
from integrations.settings import load_settings, setting_names
from knowledge.sqlite_file import SqliteFile
from tests.knowledge.old_rows import fill
from tests.postgres import Postgres

SECRET = "a-secret-in-an-address"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with something in each table."""
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    file = SqliteFile(tmp_path / "data" / "hotline.db")
    file.migrate_now()
    with file.engine().begin() as connection:
        fill(connection)
    return tmp_path / "data"


def hotline(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_back_up_is_made_and_comes_back(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with data_folder(load_settings()):
        made = hotline("backup", "copy.zip")
    assert made.exit_code == 0
    assert "copy.zip holds 3" in made.output
    assert "Keys are not in it" in made.output
    assert "Not in it, as they were gone before: 1 (f-1)." in made.output

    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "new"))
    restored = hotline("restore", "copy.zip")
    assert restored.exit_code == 0
    assert "read back and compared" in restored.output
    again = hotline("restore", "copy.zip")
    assert (again.exit_code, "--replace" in again.output) == (2, True)
    replaced = hotline("restore", "--replace", "copy.zip")
    assert "What was there before lies in" in replaced.output


def test_the_keys_come_back_where_they_were_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Keys are in it" in hotline("backup", "--with-keys", "copy.zip").output
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path / "new"))

    assert "The keys are those of the back-up." in hotline("restore", "copy.zip").output

    for name in ("api-key", "write-key", "secret"):
        assert (tmp_path / "new" / name).read_text() == (folder / name).read_text()


def test_nothing_is_restored_while_a_server_runs(folder: Path) -> None:
    hotline("backup", "copy.zip")

    with data_folder(load_settings()):
        refused = hotline("restore", "--replace", "copy.zip")

    assert (refused.exit_code, "Another Hotline works on" in refused.output) == (2, True)


def test_what_is_not_there_is_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "nothing.zip is not there" in hotline("restore", "nothing.zip").output
    monkeypatch.setenv("HOTLINE_DATA_DIR", "elsewhere")
    assert "There is nothing to back up" in hotline("backup", "copy.zip").output
    assert "There is nothing to move" in hotline("db", "move", "postgresql://x@y/z").output


@pytest.mark.parametrize("named_by", ["setting", "argument"])
def test_the_database_moves_to_a_server(
    folder: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, named_by: str
) -> None:
    address = postgres.make_empty()
    if named_by == "setting":
        monkeypatch.setenv("HOTLINE_DATABASE_URL", address)

    moved = hotline("db", "move", *([address] if named_by == "argument" else []))

    assert moved.exit_code == 0
    assert "messages 2" in moved.output
    assert "Set HOTLINE_DATABASE_URL to that address" in moved.output
    again = hotline("db", "move", address)
    assert (again.exit_code, "is not empty, and nothing was moved" in again.output) == (2, True)
    postgres.drop(address)


def test_nothing_is_moved_while_a_server_runs(folder: Path, postgres_address: str) -> None:
    with data_folder(load_settings()):
        refused = hotline("db", "move", postgres_address)

    assert (refused.exit_code, "Another Hotline works on" in refused.output) == (2, True)


@pytest.mark.parametrize(
    "address",
    [f"mysql://x:{SECRET}@y/z", "hotline", None, f"postgresql://x:{SECRET}@127.0.0.1:9/z"],
)
def test_an_address_that_does_not_do_is_told_without_its_password(
    folder: Path, address: str | None
) -> None:
    refused = hotline("db", "move", *([address] if address else []))

    assert refused.exit_code == 2
    assert SECRET not in refused.output
    assert (
        "postgresql://user:password@host" in refused.output or "connection failed" in refused.output
    )
