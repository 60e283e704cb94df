"""A Bolt app that notes what reaches it."""

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.state import Json
from tests.fakes.slack_twin import SlackTwin


class Recorder:
    """A Bolt app that notes what arrives, and answers as a test tells it."""

    def __init__(self, client: AsyncWebClient, twin: SlackTwin) -> None:
        self.heard: list[Json] = []
        self.says: Json | str = ""
        self.app = AsyncApp(
            client=client,
            signing_secret=twin.signing_secret,
            ignoring_self_events_enabled=False,
        )
        for kind in ("message", "app_home_opened", "reaction_added", "reaction_removed"):
            self.app.event(kind)(self.hear_event)
        for action in ("claim", "more", "transfer"):
            self.app.action(action)(self.hear)
        self.app.shortcut("talk")(self.hear)
        self.app.view("closing")(self.hear)
        self.app.view_closed("closing")(self.hear)
        self.app.command("/hotline")(self.hear)

    async def hear_event(self, event: Json) -> None:
        self.heard.append(event)

    async def hear(self, ack: AsyncAck, body: Json) -> None:
        self.heard.append(body)
        await ack(self.says) if self.says else await ack()
