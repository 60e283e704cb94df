"""Response URLs: good for half an hour and five answers."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.chat import change_message, remove_message, say, whisper
from tests.fakes.slack.state import Json, Message, SlackError, Workspace

RESPONSES = 5
SECONDS = 1800.0


@dataclass(slots=True)
class ResponseHook:
    """A response URL: where it answers, to whom, instead of which message, how often used."""

    channel: str
    user_id: str
    original: Message | None
    issued_at: float
    n_used: int = 0


@dataclass(slots=True)
class ResponseHooks:
    """The response URLs that were handed out."""

    workspace: Workspace
    clock: Callable[[], float] = time.monotonic
    _hooks: dict[str, ResponseHook] = field(default_factory=dict)

    def issue(self, channel: str, user_id: str, original: Message | None = None) -> str:
        """A fresh response URL."""
        token = uuid.uuid4().hex
        self._hooks[token] = ResponseHook(channel, user_id, original, self.clock())
        return f"http://{self.workspace.host}/actions/{token}"

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Do what was posted to a response URL."""
        hook = self._hooks.get(request.match_info["token"])
        if hook is None or self.clock() - hook.issued_at > SECONDS:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if hook.n_used >= RESPONSES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        hook.n_used += 1
        try:
            self._apply(hook, await request.json())
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.error}, status=400)
        return web.json_response({"ok": True})

    def answer(self, channel: str, user_id: str, response: Json) -> None:
        """Show what an app answers to a command, even where the bot is not in the channel."""
        place = self.workspace.get_channel(channel)
        if response.get("response_type") == "in_channel":
            say(self.workspace, place, response)
        else:
            whisper(self.workspace, place, user_id, response)

    def _apply(self, hook: ResponseHook, response: Json) -> None:
        if hook.original is not None and response.get("delete_original"):
            self._delete(hook.original)
        elif hook.original is not None and response.get("replace_original"):
            self._replace(hook.original, response)
        else:
            self.answer(hook.channel, hook.user_id, response)

    def _replace(self, message: Message, response: Json) -> None:
        event = change_message(self.workspace, message, response)
        if message.ephemeral_to is None:
            self.workspace.tell(event)

    def _delete(self, message: Message) -> None:
        if message.ephemeral_to is None:
            self.workspace.tell(remove_message(self.workspace, message))
            return
        self.workspace.get_channel(message.channel).ephemeral.remove(message)
