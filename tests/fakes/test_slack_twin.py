"""The twin must be taken for Slack by the SDK, by Bolt and by Socket Mode."""

import asyncio
import json

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.rep_desk import rep_desk
from tests.fakes.slack.serving import connected, served
from tests.fakes.slack.state import Json
from tests.fakes.slack_twin import Message, SlackTwin

CLAIM = {
    "type": "button",
    "action_id": "handoff.claim",
    "value": "handoff-1",
    "text": {"type": "plain_text", "text": "Claim"},
}
BLOCKS: list[Json] = [
    {"type": "header", "text": {"type": "plain_text", "text": "Hot lead"}},
    {"type": "actions", "elements": [CLAIM]},
]


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


async def post_handoff(client: AsyncWebClient, twin: SlackTwin, channel: str) -> Message:
    await client.chat_postMessage(channel=channel, text="Hot lead", blocks=BLOCKS)
    return twin.messages(channel)[-1]


async def error_of(client: AsyncWebClient, **message: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json=message)
    error: str = caught.value.response["error"]
    return error


async def test_knows_the_bot_and_refuses_other_tokens(
    client: AsyncWebClient, twin: SlackTwin
) -> None:
    assert (await client.auth_test())["bot_id"] == "B0TWIN"
    assert (await client.api_test())["ok"]
    for token, error in [
        ("xoxb-other", "invalid_auth"),
        (twin.app_token, "not_allowed_token_type"),
    ]:
        with pytest.raises(SlackApiError, match=error):
            await client.auth_test(token=token)


async def test_posts_threads_and_updates(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    posted = await client.chat_postMessage(channel="#leads", text="Hot lead", username="Hotline")
    reply = await client.chat_postMessage(channel=channel, text="More", thread_ts=posted["ts"])
    await client.chat_update(channel=channel, ts=posted["ts"], text="Claimed")
    thread = await client.conversations_replies(channel=channel, ts=posted["ts"])
    assert [message["text"] for message in thread["messages"]] == ["Claimed", "More"]
    assert thread["messages"][0]["reply_count"] == 1
    history = await client.conversations_history(channel=channel)
    assert [message["ts"] for message in history["messages"]] == [posted["ts"]]
    assert [m.ts for m in twin.messages(channel)] == [posted["ts"], reply["ts"]]
    assert twin.messages(channel)[0].username == "Hotline"


async def test_an_update_with_a_text_alone_takes_the_blocks_away(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    message = await post_handoff(client, twin, channel)
    await client.chat_update(channel=channel, ts=message.ts, text="Claimed")
    assert message.blocks == []


async def test_shows_metadata_only_when_asked(client: AsyncWebClient, channel: str) -> None:
    metadata = {"event_type": "handoff", "event_payload": {"id": "1"}}
    await client.chat_postMessage(channel=channel, text="Hot lead", metadata=metadata)
    [shown] = (await client.conversations_history(channel=channel, include_all_metadata=True))[
        "messages"
    ]
    [bare] = (await client.conversations_history(channel=channel))["messages"]
    assert shown["metadata"] == metadata
    assert "metadata" not in bare


async def test_pages_through_history(client: AsyncWebClient, channel: str) -> None:
    for text in ("one", "two", "three"):
        await client.chat_postMessage(channel=channel, text=text)
    pages = [
        [message["text"] for message in page["messages"]]
        async for page in await client.conversations_history(channel=channel, limit=2)
    ]
    assert pages == [["three", "two"], ["one"]]


async def test_knows_people_channels_and_reactions(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Hot lead")
    await client.reactions_add(channel=channel, timestamp=posted["ts"], name="eyes")
    await client.chat_postEphemeral(channel=channel, user=ann, text="Only you")
    assert (await client.users_info(user=ann))["user"]["real_name"] == "Ann Seller"
    assert len((await client.users_list())["members"]) == 2
    assert (await client.conversations_info(channel=channel))["channel"]["name"] == "leads"
    assert twin.messages(channel)[0].reactions == {"eyes": ["U0TWINBOT"]}
    assert [m.ephemeral_to for m in twin.ephemeral_messages(channel)] == [ann]


async def test_enters_a_channel_before_it_posts(client: AsyncWebClient, twin: SlackTwin) -> None:
    closed = twin.add_channel("closed", is_member=False)
    assert await error_of(client, channel=closed, text="Hello") == "not_in_channel"
    await client.conversations_join(channel=closed)
    assert (await client.chat_postMessage(channel=closed, text="Hello"))["ok"]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("channel_not_found", {"channel": "C404", "text": "Hi"}),
        ("thread_not_found", {"text": "Hi", "thread_ts": "1.000000"}),
        ("no_text", {}),
        ("msg_too_long", {"text": "x" * 40_001}),
        ("invalid_blocks", {"blocks": [{"type": "divider"}] * 51}),
        ("invalid_blocks", {"blocks": [section("x" * 3001)]}),
        (
            "invalid_blocks",
            {"blocks": [{"type": "section", "fields": [section("x")["text"]] * 11}]},
        ),
        (
            "invalid_blocks",
            {"blocks": [{"type": "section", "fields": [section("x" * 2001)["text"]]}]},
        ),
        ("invalid_blocks", {"blocks": [{**BLOCKS[0], "text": section("x")["text"]}]}),
        (
            "invalid_blocks",
            {"blocks": [{"type": "actions", "elements": [{**CLAIM, "value": "x" * 2001}]}]},
        ),
        ("invalid_blocks", {"blocks": [{"type": "actions", "elements": [CLAIM, CLAIM]}]}),
        ("invalid_blocks", {"blocks": [{"type": "carpet"}]}),
        ("msg_blocks_too_long", {"blocks": [section("x" * 2900)] * 5}),
        ("invalid_metadata_format", {"text": "Hi", "metadata": {"event_type": "handoff"}}),
    ],
)
async def test_enforces_the_limits(
    client: AsyncWebClient, channel: str, error: str, message: Json
) -> None:
    assert await error_of(client, **{"channel": channel, **message}) == error


async def test_takes_what_just_fits(client: AsyncWebClient, channel: str) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}
    button = {**CLAIM, "text": {"type": "plain_text", "text": "x" * 75}, "value": "x" * 2000}
    blocks = [header, section("x" * 3000), {"type": "actions", "elements": [button]}]
    text = "x" * 40_000
    assert (await client.chat_postMessage(channel=channel, text=text, blocks=blocks))["ok"]


async def test_names_the_place_of_a_fault(client: AsyncWebClient, channel: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="Hi", blocks=[section("x" * 3001)])
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_cannot_update_what_is_not_its_own(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    event = twin.writes(ann, channel, "Hello")
    for ts, error in [(event["ts"], "cant_update_message"), ("1.000000", "message_not_found")]:
        with pytest.raises(SlackApiError, match=error):
            await client.chat_update(channel=channel, ts=ts, text="Changed")


async def test_fails_as_often_as_it_is_told(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.fails_with("fatal_error", method="chat.postMessage", times=1)
    assert await error_of(client, channel=channel, text="Hi") == "fatal_error"
    assert (await client.chat_postMessage(channel=channel, text="Hi"))["ok"]


async def test_rate_limits_are_waited_out(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    twin.rate_limits(1, retry_after=0)
    assert (await client.chat_postMessage(channel=channel, text="Hi"))["ok"]
    assert len(twin.calls) == 2


async def test_takes_one_post_a_second_when_told(client: AsyncWebClient, twin: SlackTwin) -> None:
    one, other = twin.add_channel("one"), twin.add_channel("other")
    twin.limits_posts()
    await client.chat_postMessage(channel=one, text="Hi")
    await client.chat_postMessage(channel=other, text="Hi")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=one, text="Hi")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"


async def test_answers_500(client: AsyncWebClient, twin: SlackTwin, channel: str) -> None:
    twin.answers_500(1)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=channel, text="Hi")
    assert caught.value.response.status_code == 500


async def test_times_out_after_posting(twin: SlackTwin, channel: str) -> None:
    hasty = AsyncWebClient(twin.bot_token, base_url=twin.base_url, retry_handlers=[])
    twin.times_out_after_posting()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(hasty.chat_postMessage(channel=channel, text="Hi"), 0.3)
    assert [message.text for message in twin.messages(channel)] == ["Hi"]


async def test_events_reach_bolt_over_http(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    async with served(rep_desk(client, twin)) as url:
        event = twin.writes(ann, channel, "Any news?")
        delivery = await twin.send_event(url, event, retry_num=1, event_id="Ev1")
        await twin.called("chat.postMessage")
    assert delivery.status == 200
    assert [message.text for message in twin.messages(channel)] == ["Any news?", "Noted: Any news?"]


async def test_clicks_modals_and_commands_reach_bolt_over_http(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    message = await post_handoff(client, twin, channel)
    async with served(rep_desk(client, twin)) as url:
        assert (await twin.click(url, ann, "handoff.claim", message)).status == 200
        await twin.called("views.open")
        submitted = await twin.submit(url, twin.views[0], {})
        answered = await twin.command(url, ann, channel, "/leads", "cold")
    assert message.text == "handoff-1 is ann.seller's"
    assert json.loads(submitted.body) == {"response_action": "clear"}
    assert answered.body == "No cold leads."


async def test_bolt_refuses_what_is_signed_with_another_secret(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    async with served(rep_desk(client, twin)) as url:
        twin.signing_secret = "another"
        delivery = await twin.send_event(url, twin.writes(ann, channel, "Hi"))
    assert delivery.status == 401


async def test_events_reach_bolt_through_a_socket(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Hot lead")
    async with connected(rep_desk(client, twin), twin):
        event = twin.thread_reply(ann, channel, posted["ts"], "Mine")
        await twin.socket_event(event)
        await twin.called("chat.postMessage", times=2)
    assert twin.messages(channel)[-1].text == "Noted: Mine"
    assert {m.thread_ts for m in twin.messages(channel)} == {posted["ts"]}


async def test_clicks_modals_and_commands_reach_bolt_through_a_socket(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    message = await post_handoff(client, twin, channel)
    async with connected(rep_desk(client, twin), twin):
        await twin.socket_click(ann, "handoff.claim", message, "handoff-2")
        await twin.called("views.open")
        assert await twin.socket_submit(twin.views[0], {}) == {"response_action": "clear"}
        answered = await twin.socket_command(ann, channel, "/leads", "cold")
    assert message.text == "handoff-2 is ann.seller's"
    assert answered == {"text": "No cold leads."}


async def test_a_socket_client_comes_back_when_asked(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    async with connected(rep_desk(client, twin), twin):
        await twin.sockets.ask_to_reconnect()
        await twin.socket_event(twin.writes(ann, channel, "Still there?"))
    assert len(twin.sockets.acknowledged) == 1
