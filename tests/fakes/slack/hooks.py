"""Response URLs: good for half an hour and five answers."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.chat import change_message, post_ephemeral, post_message, remove_message
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

    def _apply(self, hook: ResponseHook, response: Json) -> None:
        if hook.original is not None and response.get("delete_original"):
            self._delete(hook.original)
        elif hook.original is not None and response.get("replace_original"):
            change_message(self.workspace, hook.original, response)
        else:
            self._say(hook, response)

    def _delete(self, message: Message) -> None:
        if message.ephemeral_to is None:
            remove_message(self.workspace, message)
            return
        self.workspace.get_channel(message.channel).ephemeral.remove(message)

    def _say(self, hook: ResponseHook, response: Json) -> None:
        is_public = response.get("response_type") == "in_channel"
        method = post_message if is_public else post_ephemeral
        method(self.workspace, {**response, "channel": hook.channel, "user": hook.user_id})
