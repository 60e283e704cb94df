"""A small Bolt app with one listener of each kind."""

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.state import Json
from tests.fakes.slack_twin import SlackTwin

NOTE = {"type": "section", "text": {"type": "plain_text", "text": "Add a note."}}


def rep_desk(client: AsyncWebClient, twin: SlackTwin) -> AsyncApp:
    app = AsyncApp(client=client, signing_secret=twin.signing_secret)

    @app.event("message")
    async def reply(event: Json, say: AsyncSay) -> None:
        await say(f"Noted: {event['text']}", thread_ts=event.get("thread_ts") or event["ts"])

    @app.action("handoff.claim")
    async def claim(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        await ack()
        claimed = f"{body['actions'][0]['value']} is {body['user']['name']}'s"
        await respond(claimed, replace_original=True)
        view = {"type": "modal", "title": {"type": "plain_text", "text": "Note"}}
        shown = {**view, "callback_id": "note", "blocks": [NOTE]}
        await client.views_open(trigger_id=body["trigger_id"], view=shown)

    @app.view("note")
    async def note(ack: AsyncAck) -> None:
        await ack({"response_action": "clear"})

    @app.command("/leads")
    async def leads(ack: AsyncAck, command: Json) -> None:
        await ack(f"No {command['text']} leads.")

    return app
