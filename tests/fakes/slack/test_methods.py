"""The methods beyond posting, called by the real client."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import modals, payloads
from tests.fakes.slack.state import Json
from tests.fakes.slack_twin import SlackTwin


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(title: str = "Note", **more: object) -> Json:
    blocks = [{"type": "section", "text": plain("Add a note.")}]
    return {"type": "modal", "title": plain(title), "blocks": blocks, **more}


HOME = {"type": "home", "blocks": [{"type": "header", "text": plain("Open")}]}


def trigger(twin: SlackTwin, user: str, view_id: str | None = None) -> str:
    return payloads.issue_trigger(twin.workspace, user, view_id)


async def test_opens_one_direct_channel_a_person(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    first = (await client.conversations_open(users=ann))["channel"]["id"]
    again = await client.conversations_open(users=[ann], return_im=True)
    await client.chat_postMessage(channel=ann, text="Psst")
    assert first.startswith("D")
    assert (again["channel"]["id"], again["channel"]["user"]) == (first, ann)
    assert [message.text for message in twin.messages(first)] == ["Psst"]


async def test_opens_nothing_with_who_left(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    twin.deactivates(ann)
    with pytest.raises(SlackApiError, match="user_disabled"):
        await client.conversations_open(users=ann)
    assert (await client.users_info(user=ann))["user"]["deleted"]
    with pytest.raises(SlackApiError, match="users_not_found"):
        await client.users_lookupByEmail(email="ann.seller@example.com")


async def test_knows_nobody_who_was_never_here(client: AsyncWebClient) -> None:
    for call in (client.conversations_open(users="U404"), client.users_info(user="U404")):
        with pytest.raises(SlackApiError, match="user_not_found"):
            await call


async def test_updates_a_view_unless_it_changed_meanwhile(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    opened = (await client.views_open(trigger_id=trigger(twin, ann), view=modal()))["view"]
    await client.views_update(view_id=opened["id"], view=modal("More"), hash=opened["hash"])
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=opened["id"], view=modal(), hash=opened["hash"])
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id="V404", view=modal())
    assert twin.views[0].view["title"]["text"] == "More"


async def test_finds_a_view_by_its_external_id(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    view = modal(external_id="draft-1")
    await client.views_open(trigger_id=trigger(twin, ann), view=view)
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        await client.views_open(trigger_id=trigger(twin, ann), view=view)
    await client.views_update(external_id="draft-1", view=modal("Draft"))
    assert twin.views[0].view["title"]["text"] == "Draft"


async def test_stacks_no_more_than_three_views(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    bottom = (await client.views_open(trigger_id=trigger(twin, ann), view=modal()))["view"]["id"]
    for _ in range(2):
        pushed = await client.views_push(trigger_id=trigger(twin, ann, bottom), view=modal())
        assert pushed["view"]["root_view_id"] == bottom
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await client.views_push(trigger_id=trigger(twin, ann, bottom), view=modal())


@pytest.mark.parametrize(
    ("error", "seconds", "uses"),
    [("expired_trigger_id", 3.1, 0), ("exchanged_trigger_id", 0, 1), ("invalid_trigger_id", 0, 0)],
)
async def test_a_trigger_opens_one_view_within_three_seconds(
    client: AsyncWebClient, twin: SlackTwin, ann: str, error: str, seconds: float, uses: int
) -> None:
    trigger_id = trigger(twin, ann)
    for _ in range(uses):
        await client.views_open(trigger_id=trigger_id, view=modal())
    twin.workspace.triggers[trigger_id].issued_at -= seconds
    used = "trigger.404" if error == "invalid_trigger_id" else trigger_id
    with pytest.raises(SlackApiError, match=error):
        await client.views_open(trigger_id=used, view=modal())
    assert modals.TRIGGER_SECONDS == 3.0


async def test_publishes_one_home_a_person(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    first = (await client.views_publish(user_id=ann, view=HOME))["view"]
    second = (await client.views_publish(user_id=ann, view=HOME, hash=first["hash"]))["view"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id=ann, view=HOME, hash=first["hash"])
    assert second["id"] == first["id"]
    assert twin.home(ann).view["type"] == "home"


async def test_uploads_a_file_into_a_thread(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Card")
    sent = await client.files_upload_v2(
        content="Hello", filename="offer.txt", channel=channel, thread_ts=posted["ts"]
    )
    message = twin.messages(channel)[-1]
    assert [file.name for file in message.files] == ["offer.txt"]
    assert message.thread_ts == posted["ts"]
    known = (await client.files_info(file=sent["file"]["id"]))["file"]
    assert (known["size"], known["mimetype"]) == (5, "text/plain")


async def test_gives_a_file_only_to_who_shows_the_token(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    sent = await client.files_upload_v2(content="Hello", filename="offer.txt", channel=channel)
    url = sent["file"]["url_private_download"]
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as refused:
            assert "Sign in" in await refused.text()
        bearer = {"Authorization": f"Bearer {twin.bot_token}"}
        async with session.get(url, headers=bearer) as given:
            assert await given.read() == b"Hello"


async def test_deletes_only_its_own_messages(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Oops")
    written = twin.writes(ann, channel, "Hello")
    await client.chat_delete(channel=channel, ts=posted["ts"])
    with pytest.raises(SlackApiError, match="cant_delete_message"):
        await client.chat_delete(channel=channel, ts=written["ts"])
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_delete(channel=channel, ts=posted["ts"])


async def test_links_to_a_message(client: AsyncWebClient, channel: str) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Hi")
    link = await client.chat_getPermalink(channel=channel, message_ts=posted["ts"])
    assert link["permalink"].endswith(f"/archives/{channel}/p{posted['ts'].replace('.', '')}")


async def test_takes_its_reaction_back(
    client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    posted = await client.chat_postMessage(channel=channel, text="Hi")
    await client.reactions_add(channel=channel, timestamp=posted["ts"], name="eyes")
    await client.reactions_remove(channel=channel, timestamp=posted["ts"], name="eyes")
    assert twin.messages(channel)[0].reactions == {}
    with pytest.raises(SlackApiError, match="no_reaction"):
        await client.reactions_remove(channel=channel, timestamp=posted["ts"], name="eyes")


async def test_finds_people_by_mail_presence_and_group(
    client: AsyncWebClient, twin: SlackTwin, ann: str
) -> None:
    group = twin.add_usergroup("closers", ann)
    twin.goes_away(ann)
    assert (await client.users_lookupByEmail(email="ANN.seller@example.com"))["user"]["id"] == ann
    assert (await client.users_getPresence(user=ann))["presence"] == "away"
    assert [g["handle"] for g in (await client.usergroups_list())["usergroups"]] == ["closers"]
    assert (await client.usergroups_users_list(usergroup=group))["users"] == [ann]


async def test_lists_channels_page_by_page(client: AsyncWebClient, twin: SlackTwin) -> None:
    for name in ("one", "two", "three"):
        twin.add_channel(name)
    twin.add_channel("secret", is_private=True)
    twin.add_channel("theirs", is_private=True, is_member=False)
    kinds = "public_channel,private_channel"
    names = [
        channel["name"]
        async for page in await client.conversations_list(types=kinds, limit=2)
        for channel in page["channels"]
    ]
    assert names == ["one", "two", "three", "secret"]


async def test_tells_who_is_in_a_channel(
    client: AsyncWebClient, twin: SlackTwin, channel: str, ann: str
) -> None:
    twin.lets_in(channel, ann)
    assert (await client.conversations_members(channel=channel))["members"] == [ann, "U0TWINBOT"]
    assert [c["id"] for c in (await client.users_conversations(user=ann))["channels"]] == [channel]


async def test_knows_the_team_and_the_bot(client: AsyncWebClient) -> None:
    assert (await client.team_info())["team"]["domain"] == "twin"
    assert (await client.bots_info(bot="B0TWIN"))["bot"]["user_id"] == "U0TWINBOT"


async def test_hides_private_channels_it_is_not_in(client: AsyncWebClient, twin: SlackTwin) -> None:
    secret = twin.add_channel("secret", is_private=True, is_member=False)
    with pytest.raises(SlackApiError, match="channel_not_found"):
        await client.conversations_info(channel=secret)
