"""A store that is lived in, made once and copied for each test, so that each may damage its own."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.lived import lived
from tests.scenarios.world import photograph


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database `hotline.db` and the files of conversations, `files`."""
    folder = tmp_path_factory.mktemp("lived")

    async def live() -> None:
        async with lived(folder / "hotline.db", folder / "files"):
            pass

    asyncio.run(live())
    with closing(sqlite3.connect(folder / "hotline.db")) as connection:
        # Leads are looked at by a watch of their own, which has nothing left to do.
        connection.executescript("UPDATE leads SET due_at = NULL")
    return folder


@pytest.fixture
def place(lived_in: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    photograph(lived_in / "hotline.db", tmp_path / "hotline.db")
    shutil.copytree(lived_in / "files", tmp_path / "files")
    return tmp_path
