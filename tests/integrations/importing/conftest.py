"""A data folder of its own for each test, and the command line over it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from integrations.cli import app
from integrations.settings import setting_names

Hotline = Callable[..., Result]


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unused_tcp_port: int) -> Path:
    for name in setting_names():
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(folder))
    monkeypatch.setenv("HOTLINE_PORT", str(unused_tcp_port))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def hotline(data: Path) -> Hotline:
    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run
