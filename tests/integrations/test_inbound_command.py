"""`hotline inbound`, against a real server."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from agent.conversation import ConversationId
from integrations.cli import app
from tests.integrations.web.world import API_KEY, World, a_world, served

MAIL = (
    b"Message-ID: <1@x>\r\nFrom: dana@nordlift.example\r\nSubject: Prices\r\n\r\nWhat is the price?"
)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with a_world() as world, served(world) as client:
        monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("HOTLINE_PUBLIC_URL", str(client.base_url))
        monkeypatch.setenv("HOTLINE_API_KEY", API_KEY)
        yield world


async def hand_in(*args: str, mail: bytes = MAIL) -> Result:
    """Run the command beside the server."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["inbound", *args], mail)


async def said(world: World) -> list[str]:
    (talk,) = world.store.talks
    return [message.text for message in await world.conversations.messages(talk, 0)]


async def test_hands_in_a_mail_from_a_pipe(world: World) -> None:
    result = await hand_in("-")
    assert (result.exit_code, result.stdout) == (0, "")
    assert await said(world) == ["Prices\n\nWhat is the price?"]


async def test_hands_in_a_file_once(world: World, tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(MAIL)
    assert [(await hand_in(str(file))).exit_code for _ in range(2)] == [0, 0]
    assert len(await said(world)) == 1


async def test_prints_the_reply_that_it_waits_for(world: World) -> None:
    await hand_in("-")
    (talk,) = world.store.talks
    await world.answer(ConversationId(talk), "It is 29 EUR.")
    assert (await hand_in("-", "--wait", "5")).stdout == "It is 29 EUR.\n"


async def test_a_mail_that_says_nothing_is_refused_for_good(world: World) -> None:
    result = await hand_in("-", mail=b"From: dana@nordlift.example\r\n\r\n")
    assert result.exit_code == 2
    assert "422" in result.stderr


async def test_a_wrong_key_may_be_mended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_API_KEY", "hk_another_0123456789")
    assert (await hand_in("-")).exit_code == 75


async def test_without_a_server_the_mail_server_shall_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_PORT", str(_closed_port()))
    result = await hand_in("-")
    assert result.exit_code == 75
    assert "hotline serve" in result.stderr


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert (await hand_in(str(tmp_path / "no.eml"))).exit_code == 2


def _closed_port() -> int:
    """Give a port at which nobody answers."""
    from integrations.serving import free_port

    port = free_port()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}")
    return port
