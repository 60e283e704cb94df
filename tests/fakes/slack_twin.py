"""A local server that plays Slack, so that tests drive the real SDK, Bolt and Socket Mode.

People act over a line to the app, with retries, doubles and mix-ups where a test wants them:

    mia = twin.person(twin.add_user("Mia"), twin.over_http(url))  # or twin.over_sockets()
    await mia.presses(card, "handoff.claim")
    await mia.replies(card, "Hello!")
    await mia.submits(twin.views[-1], {"note": "Signed"})

`twin.mishaps` takes scopes, tokens, answers or the whole of Slack away.
"""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Self
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.slack import payloads
from tests.fakes.slack.delivery import FORM, Delivery, deliver, retry_headers, signed_headers
from tests.fakes.slack.door import Door
from tests.fakes.slack.echoes import Echoes
from tests.fakes.slack.events import message_event
from tests.fakes.slack.hooks import ResponseHooks
from tests.fakes.slack.lines import HttpCarrier, Line, SocketCarrier
from tests.fakes.slack.mishaps import Mishaps
from tests.fakes.slack.person import Person
from tests.fakes.slack.routes import application
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Channel, Json, Message, User, Usergroup, View, Workspace
from tests.fakes.slack.troubles import POSTING, Fault, Trouble
from tests.fakes.slack.web import ApiCall, WebApi

__all__ = ["ApiCall", "Delivery", "Message", "SlackTwin"]


class SlackTwin:
    """Plays Slack on a loopback port: `async with SlackTwin() as twin`, then `twin.base_url`."""

    bot_token = "xoxb-twin"
    app_token = "xapp-1-twin"
    signing_secret = "twin-signing-secret"

    def __init__(
        self,
        *,
        ack_within: float = 3.0,
        clock: Callable[[], float] = time.monotonic,
        port: int = 0,
    ) -> None:
        self.workspace = Workspace()
        self.sockets = Sockets(ack_within)
        self.web = WebApi(self.workspace, self.sockets, self.bot_token, self.app_token, clock=clock)
        self.hooks = ResponseHooks(self.workspace, clock)
        self._ack_within = ack_within
        self.echoes = Echoes(self.workspace)
        self._runner = web.AppRunner(
            application(self.web, self.hooks, lambda: self._door),
            access_log=None,
            shutdown_timeout=0.2,
        )
        self._door = Door(self._runner, port)
        self.mishaps = Mishaps(self.web, self._door)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        self.workspace.host = await self._door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.web.closing.set()
        self.echoes.stop()
        await self.sockets.close()
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://{self.workspace.host}/api/"

    # What the workspace holds

    def add_user(self, name: str) -> str:
        """A new person, by id."""
        user_id = self.workspace.new_id("U")
        email = f"{name.lower().replace(' ', '.')}@example.com"
        self.workspace.users[user_id] = User(user_id, name, email)
        return user_id

    def add_channel(self, name: str, *, is_member: bool = True, is_private: bool = False) -> str:
        """A new channel, by id; the bot is in it unless told otherwise."""
        channel_id = self.workspace.new_id("C")
        self.workspace.channels[channel_id] = Channel(channel_id, name, is_member, is_private)
        return channel_id

    def add_usergroup(self, handle: str, *users: str) -> str:
        """A new group of people, by id."""
        group_id = self.workspace.new_id("S")
        self.workspace.usergroups[group_id] = Usergroup(group_id, handle, users)
        return group_id

    def lets_in(self, channel: str, *users: str) -> None:
        """Put people into a channel."""
        self.workspace.get_channel(channel).members.extend(users)

    def throws_the_bot_out(self, channel: str) -> None:
        """Take the bot out of a channel."""
        self.workspace.get_channel(channel).is_member = False

    def deactivates(self, user: str) -> None:
        """Let a person leave the company."""
        known = self.workspace.get_user(user)
        self.workspace.users[user] = replace(known, is_deleted=True)

    def goes_away(self, user: str, *, is_away: bool = True) -> None:
        """Let a person be away, or back."""
        self.workspace.users[user] = replace(self.workspace.get_user(user), is_away=is_away)

    def archive(self, channel: str) -> None:
        """Close a channel to new messages."""
        self.workspace.get_channel(channel).is_archived = True

    def messages(self, channel: str) -> list[Message]:
        """What stands in a channel and its threads, the oldest first."""
        return list(self.workspace.get_channel(channel).messages)

    def ephemeral_messages(self, channel: str) -> list[Message]:
        """What single people were shown in a channel."""
        return list(self.workspace.get_channel(channel).ephemeral)

    @property
    def views(self) -> list[View]:
        """The modals that were opened."""
        return list(self.workspace.views)

    def home(self, user: str) -> View:
        """The home tab as it was published for this person."""
        return self.workspace.homes[user]

    @property
    def calls(self) -> list[ApiCall]:
        """Every call of the Web API, failed ones too."""
        return list(self.web.calls)

    async def called(self, method: str, times: int = 1) -> None:
        """Wait until the app has called this method so often, failed calls too."""
        async with asyncio.timeout(self._ack_within):
            await self.web.called(method, times)

    # What goes wrong

    def fails_with(self, error: str, method: str | None = None, times: int | None = None) -> None:
        """Answer ok: false; without a method all but auth.test and apps.connections.open do."""
        self.web.troubles.add(Trouble(Fault.ERROR, method, times, error=error))

    def rate_limits(self, times: int, retry_after: int = 1, method: str | None = None) -> None:
        """Answer 429."""
        self.web.troubles.add(Trouble(Fault.RATE_LIMIT, method, times, retry_after=retry_after))

    def answers_500(self, times: int, method: str | None = None) -> None:
        """Answer 500 with a page in HTML."""
        self.web.troubles.add(Trouble(Fault.SERVER_ERROR, method, times))

    def times_out_after_posting(self, times: int = 1) -> None:
        """Store what chat.postMessage posts and never answer."""
        self.web.troubles.add(Trouble(Fault.SILENCE_AFTER, POSTING, times))

    def limits_posts(self, seconds: float = 1.0) -> None:
        """Take one post a channel in this time, as Slack does."""
        self.web.rates.seconds_between_posts = seconds

    def recovers(self) -> None:
        """End every trouble."""
        self.web.troubles.clear()
        self.web.rates.stop()
        self.mishaps.gives_token_back()

    # Who is there, and how the app hears of what they do

    def over_http(self, url: str) -> Line:
        """A line on which the app is posted to at this address."""
        return Line(self.workspace, HttpCarrier(url, lambda: self.signing_secret, self._ack_within))

    def over_sockets(self) -> Line:
        """A line through the app's open websocket."""
        return Line(self.workspace, SocketCarrier(self.sockets))

    def person(self, user: str, line: Line) -> Person:
        """A person at work, whose doings reach the app over this line."""
        return Person(self.workspace.get_user(user).id, self.workspace, self.hooks, line)

    def echoes_to(self, line: Line) -> None:
        """Tell the app also of what its own bot does, as Slack does."""
        self.echoes.go_to(line)

    async def echoed(self) -> None:
        """Wait until the app was told of all that its bot did."""
        await self.echoes.sent()

    # What people do

    def writes(self, user: str, channel: str, text: str) -> Json:
        """A person's message in a channel, and the event that tells of it."""
        return self._write(user, channel, text)

    def thread_reply(self, user: str, channel: str, thread_ts: str, text: str) -> Json:
        """A person's reply in a thread, and the event that tells of it."""
        return self._write(user, channel, text, thread_ts)

    def signed_headers(self, body: str, content_type: str = "application/json") -> dict[str, str]:
        """The headers with which Slack would send this body."""
        return signed_headers(self.signing_secret, body, content_type)

    async def send_event(
        self,
        url: str,
        event: Json,
        retry_num: int | None = None,
        event_id: str | None = None,
    ) -> Delivery:
        """Post an event to the app; give the event id again for a retry of the same event."""
        body = json.dumps(self._callback(event, event_id))
        headers = {**self.signed_headers(body), **retry_headers(retry_num)}
        return await deliver(url, body, headers, self._ack_within)

    async def click(
        self, url: str, user_id: str, action_id: str, message: Message, value: str | None = None
    ) -> Delivery:
        """Post a click on an element of a message to the app."""
        payload = self._clicked(user_id, action_id, message, value)
        return await self._post_form(url, {"payload": json.dumps(payload)})

    async def submit(self, url: str, view: View, values: Json) -> Delivery:
        """Post to the app a modal that its user sent off."""
        payload = payloads.view_submission(self.workspace, view, values)
        return await self._post_form(url, {"payload": json.dumps(payload)})

    async def command(
        self, url: str, user_id: str, channel: str, command: str, text: str = ""
    ) -> Delivery:
        """Post a slash command to the app."""
        return await self._post_form(url, self._typed(user_id, channel, command, text))

    # The same through Socket Mode; each gives back what the acknowledgement carries

    async def socket_event(
        self, event: Json, retry_num: int | None = None, event_id: str | None = None
    ) -> Json | None:
        """Send an event through the open websocket."""
        retried = {"retry_attempt": retry_num or 0, "retry_reason": "timeout" if retry_num else ""}
        callback = self._callback(event, event_id)
        return await self.sockets.send("events_api", callback, **retried)

    async def socket_click(
        self, user_id: str, action_id: str, message: Message, value: str | None = None
    ) -> Json | None:
        """Send a click on an element of a message through the open websocket."""
        payload = self._clicked(user_id, action_id, message, value)
        return await self.sockets.send("interactive", payload)

    async def socket_submit(self, view: View, values: Json) -> Json | None:
        """Send a modal that its user sent off through the open websocket."""
        payload = payloads.view_submission(self.workspace, view, values)
        return await self.sockets.send("interactive", payload, accepts_response_payload=True)

    async def socket_command(
        self, user_id: str, channel: str, command: str, text: str = ""
    ) -> Json | None:
        """Send a slash command through the open websocket."""
        typed = self._typed(user_id, channel, command, text)
        return await self.sockets.send("slash_commands", typed, accepts_response_payload=True)

    def _write(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Json:
        author, place = self.workspace.get_user(user), self.workspace.get_channel(channel)
        ts = self.workspace.new_ts()
        message = Message(ts, place.id, author.id, text, thread_ts=thread_ts)
        return message_event(self.workspace, self.workspace.post(place, message))

    def _callback(self, event: Json, event_id: str | None) -> Json:
        return payloads.event_callback(event, event_id or self.workspace.new_id("Ev"))

    def _clicked(self, user_id: str, action_id: str, message: Message, value: str | None) -> Json:
        action = payloads.clicked(message, action_id, value, self.workspace.new_ts())
        response_url = self.hooks.issue(message.channel, user_id, message)
        return payloads.block_actions(self.workspace, user_id, message, action, response_url)

    def _typed(self, user_id: str, channel: str, command: str, text: str) -> dict[str, str]:
        typed = payloads.slash_command(self.workspace, user_id, channel, command, text)
        return {**typed, "response_url": self.hooks.issue(channel, user_id)}

    async def _post_form(self, url: str, fields: dict[str, str]) -> Delivery:
        body = urlencode(fields)
        return await deliver(url, body, self.signed_headers(body, FORM), self._ack_within)
