"""What befalls an app in Slack must look to the real client as it does there."""

import asyncio

import aiohttp
import aiohttp.test_utils
import aiohttp.web
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from integrations.slack.manifest import SCOPES
from tests.fakes.slack.lines import HttpCarrier, Line
from tests.fakes.slack.rates import BURST, Rates
from tests.fakes.slack.recorder import Recorder
from tests.fakes.slack.serving import connected
from tests.fakes.slack_twin import SlackTwin


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_names_the_scope_that_is_missing(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    twin.mishaps.grants("chat:write", "users:read")
    with pytest.raises(SlackApiError, match="missing_scope") as caught:
        await client.conversations_open(users=ann)
    answer = caught.value.response
    assert (answer["needed"], answer["provided"]) == ("im:write", "chat:write,users:read")
    assert (await client.auth_test()).headers["x-oauth-scopes"] == "chat:write,users:read"
    assert "email" not in (await client.users_info(user=ann))["user"]["profile"]


@pytest.mark.parametrize(
    ("scope", "kind"), [("channels:history", "public"), ("groups:history", "private")]
)
async def test_asks_for_the_scope_of_the_kind_of_channel(
    client: AsyncWebClient, twin: SlackTwin, scope: str, kind: str
) -> None:
    channel = twin.add_channel("leads", is_private=kind == "private")
    twin.mishaps.takes_scope_away(scope)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=channel)
    assert caught.value.response["needed"] == scope


async def test_writes_under_another_name_only_if_granted(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.mishaps.takes_scope_away("chat:write.customize")
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.chat_postMessage(channel=channel, text="Hi", username="Dana")
    assert (await client.chat_postMessage(channel=channel, text="Hi"))["ok"]


async def test_writes_where_it_is_not_only_with_the_scope_for_it(
    client: AsyncWebClient, twin: SlackTwin
) -> None:
    elsewhere = twin.add_channel("elsewhere", is_member=False)
    twin.mishaps.grants("chat:write", "chat:write.public")
    assert (await client.chat_postMessage(channel=elsewhere, text="Hi"))["ok"]


def test_grants_what_our_manifest_asks_for() -> None:
    assert set(SCOPES) <= SlackTwin().workspace.scopes


async def test_takes_bursts_of_posts_and_then_one_a_second(client: AsyncWebClient) -> None:
    rates, clock = Rates(seconds_between_posts=1.0, burst=BURST), Clock()
    waits = [rates.wait_for("chat.postMessage", {"channel": "C1"}, clock()) for _ in range(5)]
    assert waits == [None] * BURST + [1]
    assert rates.wait_for("chat.postMessage", {"channel": "C2"}, clock()) is None
    clock.now = 1.0
    waits = [rates.wait_for("chat.postMessage", {"channel": "C1"}, clock()) for _ in range(2)]
    assert waits == [None, 1]


async def test_counts_calls_by_tier(twin: SlackTwin) -> None:
    rates, clock = Rates(has_tiers=True), Clock()
    waits = [rates.wait_for("users.list", {}, clock()) for _ in range(21)]
    assert waits == [None] * 20 + [60]
    clock.now = 60.0
    assert rates.wait_for("users.list", {}, clock()) is None


async def test_says_when_to_try_again(client: AsyncWebClient, twin: SlackTwin) -> None:
    twin.mishaps.limits_calls()
    for _ in range(20):
        await client.users_list()
    with pytest.raises(SlackApiError, match="ratelimited") as caught:
        await client.users_list()
    assert caught.value.response.status_code == 429
    assert 1 <= int(caught.value.response.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive"])
async def test_takes_the_token_away_and_gives_it_back(
    client: AsyncWebClient, twin: SlackTwin, channel: str, error: str
) -> None:
    twin.mishaps.revokes_token(error)
    with pytest.raises(SlackApiError, match=error):
        await client.chat_postMessage(channel=channel, text="Hi")
    twin.recovers()
    assert (await client.auth_test())["ok"]


async def test_loses_an_answer_after_posting(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.mishaps.loses_answers()
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=channel, text="Hi")
    assert [message.text for message in twin.messages(channel)] == ["Hi"]


async def test_does_what_it_answers_late(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.mishaps.answers_late(60, times=1, method="chat.postMessage")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.chat_postMessage(channel=channel, text="Hi"), 0.2)
    assert len(twin.messages(channel)) == 1


async def test_goes_down_and_comes_back_at_the_same_address(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    await twin.mishaps.goes_down()
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.chat_postMessage(channel=channel, text="Hi")
    await twin.mishaps.comes_back()
    assert (await client.chat_postMessage(channel=channel, text="Hi"))["ok"]


async def test_answers_503_until_it_recovers(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.mishaps.answers_503()
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="Hi")
    assert caught.value.response.status_code == 503
    twin.recovers()
    assert (await client.chat_postMessage(channel=channel, text="Hi"))["ok"]


async def test_may_post_a_reply_to_a_deleted_message_in_the_channel(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    card = (await client.chat_postMessage(channel=channel, text="Card"))["ts"]
    await client.chat_delete(channel=channel, ts=card)
    with pytest.raises(SlackApiError, match="thread_not_found"):
        await client.chat_postMessage(channel=channel, text="Hi", thread_ts=card)
    twin.mishaps.unthreads_replies()
    posted = await client.chat_postMessage(channel=channel, text="Hi", thread_ts=card)
    assert "thread_ts" not in posted["message"]


class Receiver:
    """An app that answers as it is told, and notes how it was called."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.hangs_for = 0
        self.extra: dict[str, str] = {}

    async def serve(self, request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        if self.hangs_for:
            self.hangs_for -= 1
            await asyncio.Event().wait()
        return aiohttp.web.Response(status=self.statuses.pop(0), headers=self.extra)

    @property
    def retries(self) -> list[tuple[str | None, str | None]]:
        return [
            (sent.get("X-Slack-Retry-Num"), sent.get("X-Slack-Retry-Reason"))
            for sent in self.headers
        ]


async def tell(twin: SlackTwin, receiver: Receiver, line: Line | None = None) -> int:
    """Send one event to the receiver and give the status of the last attempt."""
    server = aiohttp.test_utils.RawTestServer(receiver.serve)
    await server.start_server()
    told = line or twin.over_http(str(server.make_url("/")))
    answer = await told.event({"type": "message", "text": "Hi"})
    await server.close()
    return answer.status


async def test_tries_an_event_again_until_it_is_acknowledged(twin: SlackTwin) -> None:
    receiver = Receiver(500, 503, 200)
    assert await tell(twin, receiver) == 200
    assert receiver.retries == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len(set(receiver.bodies)) == 1


async def test_gives_up_after_three_retries(twin: SlackTwin) -> None:
    receiver = Receiver(500, 500, 500, 500, 200)
    assert await tell(twin, receiver) == 500
    assert len(receiver.headers) == 4


async def test_does_not_try_again_when_told_so(twin: SlackTwin) -> None:
    receiver = Receiver(500, 200)
    receiver.extra = {"X-Slack-No-Retry": "1"}
    assert await tell(twin, receiver) == 500
    assert receiver.statuses == [200]


async def test_tries_again_what_is_not_acknowledged_in_time() -> None:
    async with SlackTwin(ack_within=0.1) as twin:
        receiver = Receiver(200)
        receiver.hangs_for = 1
        assert await tell(twin, receiver) == 200
    assert receiver.retries == [(None, None), ("1", "http_timeout")]


async def test_tries_an_event_again_through_the_socket() -> None:
    async with SlackTwin(ack_within=0.1) as twin, aiohttp.ClientSession() as session:
        opened = await AsyncWebClient(base_url=twin.base_url).apps_connections_open(
            app_token=twin.app_token
        )
        async with session.ws_connect(opened["url"]) as socket:
            answer = await twin.over_sockets().event({"type": "message"})
            assert (await socket.receive_json())["type"] == "hello"
            sent = [await socket.receive_json() for _ in range(4)]
    assert not answer.is_acknowledged
    assert [(one["retry_attempt"], one["retry_reason"]) for one in sent] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
        (3, "timeout"),
    ]
    assert len({one["payload"]["event_id"] for one in sent}) == 1


async def test_a_socket_client_comes_back_after_an_outage(
    client: AsyncWebClient, twin: SlackTwin, ann: str, channel: str
) -> None:
    recorder = Recorder(client, twin)
    async with connected(recorder.app, twin):
        await twin.mishaps.goes_down()
        await twin.mishaps.comes_back()
        await twin.sockets.connected()
        await twin.person(ann, twin.over_sockets()).says(channel, "Back?")
    assert [event["text"] for event in recorder.heard] == ["Back?"]


async def test_tells_what_kept_an_event_from_arriving(twin: SlackTwin) -> None:
    nowhere = Line(twin.workspace, HttpCarrier("http://127.0.0.1:9/", lambda: "s", 1.0))
    answer = await nowhere.event({"type": "message"})
    assert (answer.status, answer.text, answer.attempt) == (0, "connection_failed", 3)
