"""A store that is lived in, made once and copied for each test, so that each may damage its own."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.lived import Lived, lived, opened
from tests.postgres import Postgres
from tests.scenarios.world import photograph

WATCHED = "UPDATE leads SET due_at = NULL"
"""Leads are looked at by a watch of their own, which has nothing left to do."""


def live(where: Path | str, files: Path) -> None:
    """Let it all happen, in a loop of its own: a test's may run already."""

    async def happen() -> None:
        async with lived(where, files):
            pass

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(happen())).result()


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database `hotline.db` and the files of conversations, `files`."""
    folder = tmp_path_factory.mktemp("lived")
    live(folder / "hotline.db", folder / "files")
    with closing(sqlite3.connect(folder / "hotline.db")) as connection:
        connection.executescript(WATCHED)
    return folder


@pytest.fixture(scope="session")
def lived_in_on_postgres(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The same on a server: the name of the database, and the folder of the files."""
    address, files = postgres.make(), tmp_path_factory.mktemp("lived") / "files"
    live(address, files)
    files.mkdir(exist_ok=True)  # on a server the bytes lie in a table
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(WATCHED)
    return str(conninfo_to_dict(address)["dbname"]), files


@pytest.fixture(params=["sqlite", "postgresql"])
async def living(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Lived]:
    """A copy of either, opened."""
    if request.param == "sqlite":
        place = request.getfixturevalue("place")
        async with opened(place / "hotline.db", place / "files") as it:
            yield it
        return
    template, files = request.getfixturevalue("lived_in_on_postgres")
    server: Postgres = request.getfixturevalue("postgres")
    shutil.copytree(files, tmp_path / "files")
    address = server.make(template)
    async with opened(address, tmp_path / "files") as it:
        yield it
    server.drop(address)


@pytest.fixture
def place(lived_in: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    photograph(lived_in / "hotline.db", tmp_path / "hotline.db")
    shutil.copytree(lived_in / "files", tmp_path / "files")
    return tmp_path
