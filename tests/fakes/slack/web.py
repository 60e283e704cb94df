"""The HTTP side of the Slack twin: the Web API."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.fakes.slack.methods import METHODS
from tests.fakes.slack.rates import Rates
from tests.fakes.slack.scopes import MissingScopeError, check_scopes
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.state import Json, SlackError, Workspace
from tests.fakes.slack.troubles import Fault, Trouble, Troubles

CONNECTIONS_OPEN = "apps.connections.open"
STRUCTURED = ("[", "{")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call of a method as it arrived."""

    method: str
    arguments: Json


@dataclass(slots=True)
class WebApi:
    """Answers calls of the Web API from the workspace."""

    workspace: Workspace
    sockets: Sockets
    bot_token: str
    app_token: str
    clock: Callable[[], float] = time.monotonic
    token_error: str = ""
    troubles: Troubles = field(default_factory=Troubles)
    rates: Rates = field(default_factory=Rates)
    calls: list[ApiCall] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _called: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call of a method."""
        method, arguments = request.match_info["method"], await _read(request)
        self.calls.append(ApiCall(method, arguments))
        self._called.set()
        trouble = self.troubles.next_for(method) or self._too_soon(method, arguments)
        if trouble is not None and trouble.is_refusal:
            return _fail(trouble)
        answer = self._answer(request, method, arguments)
        if trouble is not None:
            await self._hold_back(request, trouble)
        scopes = ",".join(sorted(self.workspace.scopes))
        return web.json_response(answer, headers={"x-oauth-scopes": scopes})

    async def called(self, method: str, times: int) -> None:
        """Wait until this method was called so often."""
        while [call.method for call in self.calls].count(method) < times:
            self._called.clear()
            await self._called.wait()

    def is_good_token(self, token: str) -> bool:
        """Whether this is the bot's token, and still good."""
        return token == self.bot_token and not self.token_error

    def _answer(self, request: web.Request, method: str, arguments: Json) -> Json:
        methods = {**METHODS, CONNECTIONS_OPEN: self._open_connection}
        try:
            self._check_token(_token(request, arguments), method)
            check_scopes(self.workspace, method, arguments)
            answer = methods.get(method, _unknown)(self.workspace, arguments)
        except SlackError as error:
            return self._refuse(error)
        return {"ok": True, **answer}

    def _refuse(self, error: SlackError) -> Json:
        refused: Json = {"ok": False, "error": error.error}
        if isinstance(error, MissingScopeError):
            provided = ",".join(sorted(self.workspace.scopes))
            return {**refused, "needed": error.needed, "provided": provided}
        if error.error == "invalid_blocks":
            refused["errors"] = [detail.removeprefix("[ERROR] ") for detail in error.details]
        return {**refused, "response_metadata": {"messages": list(error.details)}}

    def _check_token(self, token: str, method: str) -> None:
        if method == "api.test":
            return
        if not token:
            raise SlackError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if (token == self.app_token) != (method == CONNECTIONS_OPEN):
            raise SlackError("not_allowed_token_type")
        if self.token_error:
            raise SlackError(self.token_error)

    def _open_connection(self, workspace: Workspace, _arguments: Json) -> Json:
        return {"url": f"ws://{workspace.host}/link/?ticket={self.sockets.issue_ticket()}"}

    def _too_soon(self, method: str, arguments: Json) -> Trouble | None:
        retry_after = self.rates.wait_for(method, arguments, self.clock())
        if retry_after is None:
            return None
        return Trouble(Fault.RATE_LIMIT, retry_after=retry_after)

    async def _hold_back(self, request: web.Request, trouble: Trouble) -> None:
        if trouble.fault is Fault.LATENCY:
            await asyncio.sleep(trouble.seconds)
        elif trouble.fault is Fault.SILENCE_AFTER:
            await self.closing.wait()
        else:
            hang_up(request)


def hang_up(request: web.Request) -> None:
    """Break the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()


def _fail(trouble: Trouble) -> web.Response:
    match trouble.fault:
        case Fault.RATE_LIMIT:
            headers = {"Retry-After": str(trouble.retry_after)}
            refused = {"ok": False, "error": "ratelimited"}
            return web.json_response(refused, status=429, headers=headers)
        case Fault.SERVER_ERROR:
            page = "<html>Server Error</html>"
            return web.Response(status=500, text=page, content_type="text/html")
        case Fault.UNAVAILABLE:
            page = "<html>Service Unavailable</html>"
            return web.Response(status=503, text=page, content_type="text/html")
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
