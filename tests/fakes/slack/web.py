"""The HTTP side of the Slack twin: the Web API and the response URLs."""

import asyncio
import json
import math
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.methods import METHODS, change_message
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Json, Message, SlackError, Workspace
from tests.fakes.slack.troubles import POSTING, Fault, Trouble, Troubles

CONNECTIONS_OPEN = "apps.connections.open"
RESPONSES_PER_URL = 5
STRUCTURED = ("[", "{")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of a method as it arrived."""

    method: str
    arguments: Json


@dataclass(slots=True)
class ResponseHook:
    """A response URL: where it answers, to whom, instead of which message, how often used."""

    channel: str
    user_id: str
    original: Message | None
    n_used: int = 0


@dataclass(slots=True)
class WebApi:
    """Answers calls of the Web API from the workspace."""

    workspace: Workspace
    sockets: Sockets
    bot_token: str
    app_token: str
    host: str = ""
    clock: Callable[[], float] = time.monotonic
    seconds_between_posts: float = 0.0
    troubles: Troubles = field(default_factory=Troubles)
    calls: list[ApiCall] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _called: asyncio.Event = field(default_factory=asyncio.Event)
    _hooks: dict[str, ResponseHook] = field(default_factory=dict)
    _posted_at: dict[str, float] = field(default_factory=dict)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a method."""
        method, arguments = request.match_info["method"], await _read(request)
        self.calls.append(ApiCall(method, arguments))
        self._called.set()
        trouble = self.troubles.next_for(method) or self._too_soon(method, arguments)
        if trouble is not None and trouble.fault is not Fault.SILENCE_AFTER:
            return _fail(trouble)
        answer = self._answer(request, method, arguments)
        if trouble is not None:
            await self.closing.wait()
        return web.json_response(answer)

    async def called(self, method: str, times: int) -> None:
        """Wait until this method was called so often."""
        while [call.method for call in self.calls].count(method) < times:
            self._called.clear()
            await self._called.wait()

    def new_response_url(self, channel: str, user_id: str, original: Message | None = None) -> str:
        """A fresh response URL."""
        token = uuid.uuid4().hex
        self._hooks[token] = ResponseHook(channel, user_id, original)
        return f"http://{self.host}/actions/{token}"

    async def respond(self, request: web.Request) -> web.StreamResponse:
        """Do what was posted to a response URL."""
        hook = self._hooks.get(request.match_info["token"])
        if hook is None or hook.n_used >= RESPONSES_PER_URL:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        hook.n_used += 1
        try:
            self._apply(hook, await request.json())
        except SlackError as error:
            return web.json_response({"ok": False, "error": error.error}, status=400)
        return web.json_response({"ok": True})

    def _answer(self, request: web.Request, method: str, arguments: Json) -> Json:
        methods = {**METHODS, CONNECTIONS_OPEN: self._open_connection}
        try:
            self._check_token(_token(request, arguments), method)
            answer = methods.get(method, _unknown)(self.workspace, arguments)
        except SlackError as error:
            details = {"messages": list(error.details)}
            return {"ok": False, "error": error.error, "response_metadata": details}
        return {"ok": True, **answer}

    def _check_token(self, token: str, method: str) -> None:
        if method == "api.test":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if (token == self.app_token) != (method == CONNECTIONS_OPEN):
            raise SlackError("not_allowed_token_type")

    def _open_connection(self, _workspace: Workspace, _arguments: Json) -> Json:
        return {"url": f"ws://{self.host}/link/?ticket={self.sockets.issue_ticket()}"}

    def _too_soon(self, method: str, arguments: Json) -> Trouble | None:
        if method != POSTING or not self.seconds_between_posts:
            return None
        channel, now = str(arguments.get("channel")), self.clock()
        if now < self._posted_at.get(channel, -math.inf) + self.seconds_between_posts:
            return Trouble(Fault.RATE_LIMIT, retry_after=math.ceil(self.seconds_between_posts))
        self._posted_at[channel] = now
        return None

    def _apply(self, hook: ResponseHook, response: Json) -> None:
        if hook.original is not None and response.get("delete_original"):
            self._delete(hook.original)
        elif hook.original is not None and response.get("replace_original"):
            change_message(self.workspace, hook.original, response)
        else:
            self._say(hook, response)

    def _delete(self, message: Message) -> None:
        channel = self.workspace.get_channel(message.channel)
        kept = channel.messages if message.ephemeral_to is None else channel.ephemeral
        kept.remove(message)

    def _say(self, hook: ResponseHook, response: Json) -> None:
        is_public = response.get("response_type") == "in_channel"
        method = METHODS[POSTING if is_public else "chat.postEphemeral"]
        method(self.workspace, {**response, "channel": hook.channel, "user": hook.user_id})


def _fail(trouble: Trouble) -> web.Response:
    match trouble.fault:
        case Fault.RATE_LIMIT:
            headers = {"Retry-After": str(trouble.retry_after)}
            refused = {"ok": False, "error": "ratelimited"}
            return web.json_response(refused, status=429, headers=headers)
        case Fault.SERVER_ERROR:
            page = "<html>Server Error</html>"
            return web.Response(status=500, text=page, content_type="text/html")
        case _:
            return web.json_response({"ok": False, "error": trouble.error})


def _unknown(_workspace: Workspace, _arguments: Json) -> Json:
    raise SlackError("unknown_method")


def _token(request: web.Request, arguments: Json) -> str:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bearer or str(arguments.pop("token", ""))


async def _read(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return {**request.query, **await request.json()}
    sent = {**request.query, **await request.post()}
    return {key: _unfold(str(value)) for key, value in sent.items()}


def _unfold(value: str) -> object:
    # In a form, blocks, metadata and views travel as JSON; a text may begin like JSON and be none.
    if not value.startswith(STRUCTURED):
        return value
    try:
        unfolded: object = json.loads(value)
    except ValueError:
        return value
    return unfolded
