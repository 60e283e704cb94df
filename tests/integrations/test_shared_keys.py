"""Several processes on one database sign and check with the same keys."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from integrations.app.shared_keys import keys_of, read_keys
from integrations.cli import app
from integrations.keys import Keys, ensure_keys
from integrations.serving import welcome
from integrations.settings import Settings
from knowledge.database import Database


def replica(address: str, folder: Path, api_key: str | None = None) -> Settings:
    return Settings(
        data_dir=folder,
        database_url=SecretStr(address),
        api_key=SecretStr(api_key) if api_key else None,
    )


def plain(keys: Keys) -> list[str]:
    return [key.get_secret_value() for key in (keys.api_key, keys.write_key, keys.signing_secret)]


async def test_replicas_that_start_together_agree(postgres_address: str, tmp_path: Path) -> None:
    replicas = [replica(postgres_address, tmp_path / str(number)) for number in range(4)]
    agreed = [plain(keys) for keys in await asyncio.gather(*map(read_keys, replicas))]
    assert agreed == [agreed[0]] * 4
    assert len(set(agreed[0])) == 3


def test_no_key_is_left_on_the_disk_of_a_replica(postgres_address: str, tmp_path: Path) -> None:
    asyncio.run(read_keys(replica(postgres_address, tmp_path)))
    assert list(tmp_path.iterdir()) == []


async def test_an_installation_keeps_its_keys_when_it_moves_to_a_server(
    postgres_address: str, tmp_path: Path
) -> None:
    before = ensure_keys(Settings(data_dir=tmp_path / "old"))
    first = await read_keys(replica(postgres_address, tmp_path / "old"))
    second = await read_keys(replica(postgres_address, tmp_path / "new"))
    assert plain(first) == plain(second) == plain(before)


async def test_a_folder_of_another_installation_changes_no_key(
    postgres_address: str, tmp_path: Path
) -> None:
    first = await read_keys(replica(postgres_address, tmp_path / "new"))
    ensure_keys(Settings(data_dir=tmp_path / "old"))
    assert plain(await read_keys(replica(postgres_address, tmp_path / "old"))) == plain(first)


async def test_a_key_that_was_set_is_taken(postgres_address: str, tmp_path: Path) -> None:
    keys = await read_keys(replica(postgres_address, tmp_path, "mine"))
    assert keys.api_key.get_secret_value() == "mine"


async def test_the_start_says_where_the_keys_are(postgres_address: str, tmp_path: Path) -> None:
    settings = replica(postgres_address, tmp_path)
    lines = welcome(settings, await read_keys(settings), "1")
    told = [line for line in lines if "`hotline keys` prints it" in line]
    assert len(told) == 2
    assert "the database hotline_" in told[0]


def test_a_command_prints_them(
    postgres_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", postgres_address)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    printed = CliRunner().invoke(app, ["keys"]).stdout
    keys = asyncio.run(read_keys(replica(postgres_address, tmp_path)))
    assert printed.splitlines() == [
        f"HOTLINE_API_KEY={keys.api_key.get_secret_value()}",
        f"HOTLINE_WRITE_KEY={keys.write_key.get_secret_value()}",
    ]


async def test_one_process_keeps_them_in_its_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    database = await Database.open(settings.database)
    keys = await keys_of(settings, database)
    await database.close()
    assert keys == ensure_keys(settings)
