"""The connection: who is let in, starting without Slack, and what the doctor finds."""

import json
import logging
import time

import aiohttp
import pytest

from agent.handoff import HandoffState
from integrations.slack import blocks
from integrations.slack.connection import SlackConnection, SlackCredentials
from integrations.slack.doctor import Checkup
from tests.fakes.slack.delivery import deliver, signed_headers
from tests.fakes.slack_twin import SlackTwin
from tests.integrations.slack.desk_room import Room, served

BODY = json.dumps({"type": "event_callback", "team_id": "T0TWIN", "event": {"type": "message"}})
JSON = "application/json"


async def test_refuses_a_bad_signature(room: Room) -> None:
    answer = await deliver(room.url, BODY, signed_headers("a guess", BODY, JSON), 2)
    assert answer.status == 401


async def test_refuses_a_body_that_was_changed(room: Room) -> None:
    answer = await deliver(room.url, BODY + " ", room.twin.signed_headers(BODY), 2)
    assert answer.status == 401


async def test_refuses_a_stale_timestamp(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    long_ago = time.time() - 301
    with monkeypatch.context() as patch:
        patch.setattr("tests.fakes.slack.delivery.time.time", lambda: long_ago)
        headers = room.twin.signed_headers(BODY)
    assert (await deliver(room.url, BODY, headers, 2)).status == 401


async def test_refuses_an_unsigned_click(room: Room) -> None:
    await room.hand_off()
    async with (
        aiohttp.ClientSession() as session,
        session.post(room.url, data={"payload": "{}"}) as answer,
    ):
        assert answer.status == 401
    assert (await room.handoff()).state is HandoffState.OPEN


async def test_refuses_bytes_that_are_no_text(room: Room) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(room.url, data=b"\xff\xfe") as answer,
    ):
        assert answer.status == 401


async def test_refuses_what_slack_signed_and_nobody_can_read(room: Room) -> None:
    answer = await deliver(room.url, "{", room.twin.signed_headers("{"), 2)
    assert answer.status == 400


async def test_answers_slacks_first_question(room: Room) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c-123"})
    answer = await deliver(room.url, body, room.twin.signed_headers(body), 2)
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "c-123"})


async def test_is_closed_over_http_without_a_signing_secret() -> None:
    connection = SlackConnection(SlackCredentials("xoxb-1"), "C1", "http://127.0.0.1:9/")
    async with served(connection) as url:
        answer = await deliver(url, BODY, signed_headers("", BODY, JSON), 2)
    assert answer.status == 404


async def test_acts_on_a_click_while_slacks_api_is_down(room: Room) -> None:
    await room.hand_off()
    room.twin.fails_with("fatal_error")
    room.twin.fails_with("fatal_error", "auth.test")
    await room.click(room.mia, blocks.CLAIM)
    assert (await room.handoff()).state is HandoffState.CLAIMED


async def test_starts_and_stops_while_slack_is_away() -> None:
    credentials = SlackCredentials("xoxb-1", "secret", "xapp-1")
    connection = SlackConnection(credentials, "C1", "http://127.0.0.1:9/", timeout=1)
    await connection.start()
    await connection.stop()


async def test_connects_once_slack_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integrations.slack.connection.FIRST_RETRY", 0.01)
    async with SlackTwin() as twin:
        twin.fails_with("internal_error", "apps.connections.open", times=2)
        credentials = SlackCredentials(twin.bot_token, app_token=twin.app_token)
        connection = SlackConnection(credentials, "C1", twin.base_url)
        await connection.start()
        await twin.sockets.connected()
        await connection.stop()


async def test_finds_nothing_wrong_when_all_is_well(room: Room) -> None:
    assert await room.connection.check() == Checkup()


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        ("invalid_auth", "copy its new bot token to SLACK_BOT_TOKEN"),
        ("account_inactive", "was removed from the workspace"),
        ("strange_thing", "Slack answered strange_thing"),
    ],
)
async def test_says_how_to_mend_the_token(room: Room, error: str, mend: str) -> None:
    room.twin.fails_with(error, "auth.test")
    assert mend in (await room.connection.check()).problems[0]


async def test_says_how_to_let_hotline_into_the_channel(room: Room) -> None:
    room.twin.workspace.get_channel(room.channel).is_member = False
    assert "Type /invite @Hotline there" in (await room.connection.check()).problems[0]


async def test_says_when_the_channel_is_archived_or_unknown(room: Room) -> None:
    room.twin.archive(room.channel)
    assert "The channel is archived" in (await room.connection.check()).problems[0]
    del room.twin.workspace.channels[room.channel]
    assert "Slack knows no such channel" in (await room.connection.check()).problems[0]


async def test_says_when_slack_cannot_be_reached() -> None:
    connection = SlackConnection(SlackCredentials("xoxb-1"), "C1", "http://127.0.0.1:9/", timeout=1)
    assert "Slack cannot be reached" in (await connection.check()).problems[0]


async def test_says_when_the_app_token_does_not_let_in(socket_room: Room) -> None:
    socket_room.twin.fails_with("invalid_auth", "apps.connections.open")
    assert "Check SLACK_APP_TOKEN" in (await socket_room.connection.check()).problems[0]


async def test_never_logs_a_secret(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await room.hand_off()
    await room.click(room.mia, blocks.CLAIM)
    await room.connection.check()
    secrets = (room.twin.bot_token, room.twin.signing_secret)
    assert not any(
        secret in caplog.text or secret in repr(vars(room.connection)) for secret in secrets
    )
