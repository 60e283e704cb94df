"""What a person does in Slack reaches a real Bolt app, over HTTP and through a websocket."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.filling import CannotSendError
from tests.fakes.slack.lines import Line
from tests.fakes.slack.person import Person
from tests.fakes.slack.recorder import Recorder
from tests.fakes.slack.serving import connected, served
from tests.fakes.slack.state import Json, Message, View
from tests.fakes.slack_twin import SlackTwin


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


MENU = {"type": "overflow", "action_id": "more", "options": [option("snooze"), option("close")]}
REPS = {"type": "users_select", "action_id": "transfer", "placeholder": plain("To whom?")}
BUTTON = {"type": "button", "action_id": "claim", "value": "h-1", "text": plain("Claim")}
CARD: list[Json] = [
    {"type": "actions", "block_id": "act", "elements": [BUTTON, MENU, REPS]},
]
NOTE = {
    "type": "input",
    "block_id": "note",
    "label": plain("Note"),
    "element": {"type": "plain_text_input", "action_id": "text", "max_length": 10},
}
OUTCOME = {
    "type": "input",
    "block_id": "outcome",
    "optional": True,
    "label": plain("Outcome"),
    "element": {
        "type": "static_select",
        "action_id": "outcome",
        "options": [option("won"), option("lost")],
        "initial_option": option("won"),
    },
}
MODAL: Json = {
    "type": "modal",
    "callback_id": "closing",
    "private_metadata": "h-1",
    "title": plain("Close"),
    "submit": plain("Close"),
    "notify_on_close": True,
    "blocks": [NOTE, OUTCOME],
}
WRONG = {"response_action": "errors", "errors": {"note": "Say more."}}


@pytest.fixture
def recorder(client: AsyncWebClient, twin: SlackTwin) -> Recorder:
    return Recorder(client, twin)


@pytest.fixture(params=["http", "socket"])
async def line(
    request: pytest.FixtureRequest, twin: SlackTwin, recorder: Recorder
) -> AsyncIterator[Line]:
    async with AsyncExitStack() as stack:
        if request.param == "http":
            yield twin.over_http(await stack.enter_async_context(served(recorder.app)))
        else:
            await stack.enter_async_context(connected(recorder.app, twin))
            yield twin.over_sockets()


@pytest.fixture
def mia(twin: SlackTwin, ann: str, line: Line) -> Person:
    return twin.person(ann, line)


@pytest.fixture
async def card(client: AsyncWebClient, twin: SlackTwin, channel: str) -> Message:
    await client.chat_postMessage(channel=channel, text="Hot lead", blocks=CARD)
    return twin.messages(channel)[-1]


@pytest.fixture
async def modal(
    client: AsyncWebClient, twin: SlackTwin, mia: Person, card: Message, recorder: Recorder
) -> View:
    await mia.presses(card, "claim")
    await client.views_open(trigger_id=recorder.heard[-1]["trigger_id"], view=MODAL)
    return twin.views[-1]


async def test_tells_of_an_edit_with_the_words_before(
    mia: Person, card: Message, recorder: Recorder
) -> None:
    reply = await mia.replies(card, "Helo :wave: <https://a.example|site>")
    await mia.edits(reply, "Hello")
    said, edited = recorder.heard
    assert said["blocks"][0]["elements"][0]["elements"][1] == {"type": "emoji", "name": "wave"}
    assert said["thread_ts"] == card.ts
    assert edited["subtype"] == "message_changed"
    assert edited["message"]["text"] == "Hello"
    assert edited["previous_message"]["text"].startswith("Helo")


async def test_tells_of_a_deletion_with_the_words_before(
    mia: Person, card: Message, recorder: Recorder, twin: SlackTwin, channel: str
) -> None:
    reply = await mia.replies(card, "Oops")
    await mia.deletes(reply)
    assert recorder.heard[-1]["subtype"] == "message_deleted"
    assert recorder.heard[-1]["deleted_ts"] == reply.ts
    assert recorder.heard[-1]["previous_message"]["text"] == "Oops"
    assert twin.messages(channel) == [card]


async def test_leaves_a_tombstone_over_replies(
    mia: Person, card: Message, recorder: Recorder, client: AsyncWebClient, channel: str
) -> None:
    await mia.replies(card, "Mine")
    await mia.deletes(card)
    assert recorder.heard[-1]["message"]["subtype"] == "tombstone"
    await client.chat_postMessage(channel=channel, text="Still here", thread_ts=card.ts)
    thread = await client.conversations_replies(channel=channel, ts=card.ts)
    assert [m["text"] for m in thread["messages"]][1:] == ["Mine", "Still here"]


async def test_shares_a_file_in_a_thread(mia: Person, card: Message, recorder: Recorder) -> None:
    await mia.uploads(card.channel, "offer.pdf", b"%PDF", "The offer", thread_ts=card.ts)
    [event] = recorder.heard
    assert (event["subtype"], event["text"], event["thread_ts"]) == (
        "file_share",
        "The offer",
        card.ts,
    )
    assert [(f["name"], f["mimetype"]) for f in event["files"]] == [
        ("offer.pdf", "application/pdf")
    ]


async def test_reacts_and_takes_it_back(mia: Person, card: Message, recorder: Recorder) -> None:
    await mia.reacts(card, "eyes")
    await mia.unreacts(card, "eyes")
    assert [e["type"] for e in recorder.heard] == ["reaction_added", "reaction_removed"]
    assert recorder.heard[0]["item"]["ts"] == card.ts
    assert card.reactions == {}


async def test_presses_and_chooses(mia: Person, card: Message, recorder: Recorder) -> None:
    await mia.presses(card, "claim")
    await mia.chooses(card, "more", "snooze")
    await mia.chooses(card, "transfer", "U7")
    pressed, chosen, picked = (body["actions"][0] for body in recorder.heard)
    assert (pressed["value"], pressed["block_id"]) == ("h-1", "act")
    assert chosen["selected_option"]["value"] == "snooze"
    assert picked["selected_user"] == "U7"
    with pytest.raises(LookupError):
        await mia.chooses(card, "more", "never")


async def test_answers_through_the_response_url(
    mia: Person, card: Message, recorder: Recorder, twin: SlackTwin, channel: str
) -> None:
    await mia.presses(card, "claim")
    respond = AsyncRespond(response_url=recorder.heard[-1]["response_url"])
    await respond("Only for you", response_type="ephemeral", replace_original=False)
    await respond("Claimed", replace_original=True)
    assert [m.text for m in twin.ephemeral_messages(channel)] == ["Only for you"]
    assert card.text == "Claimed"


async def test_does_not_show_an_ephemeral_message_again(
    mia: Person, recorder: Recorder, client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    await client.chat_postEphemeral(channel=channel, user=mia.id, text="Draft", blocks=CARD)
    [draft] = twin.ephemeral_messages(channel)
    await mia.presses(draft, "claim")
    pressed = recorder.heard[-1]
    assert pressed["container"]["is_ephemeral"]
    assert "message" not in pressed
    respond = AsyncRespond(response_url=pressed["response_url"])
    await respond(delete_original=True)
    assert twin.ephemeral_messages(channel) == []


async def test_sends_a_modal_off_with_its_values(
    mia: Person, modal: View, recorder: Recorder
) -> None:
    answer = await mia.submits(modal, {"text": "Signed", "outcome": "lost"})
    view = recorder.heard[-1]["view"]
    assert view["private_metadata"] == "h-1"
    assert view["state"]["values"]["note"]["text"]["value"] == "Signed"
    assert view["state"]["values"]["outcome"]["outcome"]["selected_option"]["value"] == "lost"
    assert (answer.status, modal.is_open) == (200, False)


async def test_cannot_send_what_slack_would_not_let_through(mia: Person, modal: View) -> None:
    with pytest.raises(CannotSendError, match="must be filled"):
        await mia.submits(modal)
    with pytest.raises(CannotSendError, match="characters"):
        await mia.submits(modal, {"text": "far too long"})


async def test_keeps_a_modal_open_with_its_errors(
    mia: Person, modal: View, recorder: Recorder
) -> None:
    recorder.says = WRONG
    answer = await mia.submits(modal, {"text": "Hm"})
    assert answer.errors == {"note": "Say more."}
    assert modal.is_open


async def test_replaces_covers_and_clears_modals(
    mia: Person, modal: View, recorder: Recorder, twin: SlackTwin
) -> None:
    changed = {**MODAL, "title": plain("Sure?")}
    recorder.says = {"response_action": "update", "view": changed}
    await mia.submits(modal, {"text": "Hm"})
    recorder.says = {"response_action": "push", "view": MODAL}
    await mia.submits(modal, {"text": "Hm"})
    top = twin.views[-1]
    assert (modal.view["title"]["text"], top.previous_id) == ("Sure?", modal.id)
    recorder.says = {"response_action": "clear"}
    await mia.submits(top, {"text": "Hm"})
    assert not modal.is_open
    assert not top.is_open


async def test_tells_of_a_closed_modal(mia: Person, modal: View, recorder: Recorder) -> None:
    await mia.closes(modal)
    assert recorder.heard[-1]["type"] == "view_closed"
    assert recorder.heard[-1]["view"]["id"] == modal.id


async def test_types_a_command_and_sees_the_answer(
    mia: Person, recorder: Recorder, twin: SlackTwin
) -> None:
    elsewhere = twin.add_channel("elsewhere", is_member=False)
    recorder.says = "Two hot leads."
    await mia.types(elsewhere, "/hotline", "hot")
    heard = recorder.heard[-1]
    assert (heard["command"], heard["text"], heard["user_id"]) == ("/hotline", "hot", mia.id)
    assert [m.text for m in twin.ephemeral_messages(elsewhere)] == ["Two hot leads."]


async def test_uses_shortcuts(mia: Person, card: Message, recorder: Recorder) -> None:
    await mia.uses_shortcut("talk")
    await mia.uses_message_shortcut(card, "talk")
    assert [body["type"] for body in recorder.heard] == ["shortcut", "message_action"]
    assert recorder.heard[1]["message"]["ts"] == card.ts


async def test_opens_the_home_tab_and_presses_there(
    mia: Person, recorder: Recorder, client: AsyncWebClient, twin: SlackTwin
) -> None:
    await mia.opens_home()
    await client.views_publish(user_id=mia.id, view={"type": "home", "blocks": CARD})
    await mia.presses(twin.home(mia.id), "claim")
    await mia.opens_home()
    first, pressed, second = recorder.heard
    assert "view" not in first
    assert pressed["container"]["type"] == "view"
    assert pressed["view"]["type"] == "home"
    assert second["view"]["id"] == twin.home(mia.id).id


async def test_echoes_the_bots_own_doings(
    line: Line, recorder: Recorder, client: AsyncWebClient, twin: SlackTwin, channel: str
) -> None:
    twin.echoes_to(line)
    posted = await client.chat_postMessage(channel=channel, text="Hi")
    await client.chat_update(channel=channel, ts=posted["ts"], text="Hello")
    await client.chat_delete(channel=channel, ts=posted["ts"])
    await twin.echoed()
    kinds = sorted(str(event.get("subtype", event.get("bot_id"))) for event in recorder.heard)
    assert kinds == ["B0TWIN", "message_changed", "message_deleted"]


async def test_sends_events_doubled_and_out_of_order(
    mia: Person, line: Line, recorder: Recorder, channel: str
) -> None:
    line.is_holding = True
    for text in ("one", "two", "three"):
        await mia.says(channel, text)
    assert recorder.heard == []
    await line.release(2, 0, 0, 1)
    line.copies = 2
    await mia.says(channel, "four")
    texts = [event["text"] for event in recorder.heard]
    assert texts == ["three", "one", "one", "two", "four", "four"]
