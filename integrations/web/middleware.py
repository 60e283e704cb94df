"""Around every request: its id, its size, safe headers, and the last resort."""

import re
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.web.origins import TRACKING
from integrations.web.problems import problem
from integrations.web.services import WebServices

VISITOR_LIMIT = 64 * 1024
USUAL_LIMIT = 1024 * 1024
LARGE_LIMIT = 16 * 1024 * 1024
FILE_LIMIT = 52 * 1024 * 1024
LIMITS: Mapping[str, int] = {
    "/v1/conversations": VISITOR_LIMIT,
    "/demo/": VISITOR_LIMIT,
    "/desk/": VISITOR_LIMIT,
    "/v1/handoffs": VISITOR_LIMIT,
    "/v1/leads": VISITOR_LIMIT,
    "/v1/classify": LARGE_LIMIT,
    "/v1/inbound": LARGE_LIMIT,
    "/v1/documents": FILE_LIMIT,
}
# A little more than the largest file that may be allowed, and the form around it.
ATTACHMENT_LIMIT = 26 * 1024 * 1024
ATTACHMENTS = re.compile(r"/v1/conversations/[^/]+/attachments")
# The tracking API counts the unpacked bytes itself, and refuses with the 400 that its contract asks for.
COUNTS_ITSELF = re.compile(TRACKING)
# What an endpoint leaves in its request's scope to go on once all that stood around the endpoint has gone: thousands
# of streams are open at once, and half of the memory of each was that.
LASTING = "hotline.lasting"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

PAGES_POLICY = "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'"
# The documentation pages start their viewer by an inline script.
DOCS_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
SAFE_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
log = structlog.get_logger()


class RequestContext:
    """Names each request, answers what nobody foresaw, and notes how long everything took."""

    def __init__(self, app: ASGIApp, services: WebServices) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on under its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await _Answering(self._services, request_id, scope, send).run(self._app, receive)


class _Answering:
    """One request on its way."""

    def __init__(self, services: WebServices, request_id: str, scope: Scope, send: Send) -> None:
        self._services = services
        self._request_id = request_id
        self._scope = scope
        self._send = send
        self._status = 0

    async def run(self, app: ASGIApp, receive: Receive) -> None:
        started = time.perf_counter()
        try:
            await app(self._scope, receive, self._mark)
            if lasting := self._scope.pop(LASTING, None):
                _let_go(self._scope)
                await lasting(receive, self._mark)
        except Exception:
            log.exception("request.failed", method=self._scope["method"], path=self._scope["path"])
            if self._status:
                raise
            detail = f"This is our fault; the log has the reason under {self._request_id}."
            await problem(500, detail)(self._scope, receive, self._mark)
        finally:
            self._note(time.perf_counter() - started)

    async def _mark(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self._request_id
            for name, value in {
                **SAFE_HEADERS,
                "Content-Security-Policy": _policy(self._scope),
            }.items():
                headers.setdefault(name, value)
        await self._send(message)

    def _note(self, seconds: float) -> None:
        route = getattr(self._scope.get("route"), "path", "unknown")
        self._services.note_request(self._scope["method"], route, self._status, seconds)


class BodyLimit:
    """Refuses bodies that are too large: by their announced length, and while they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting what it sends."""
        if scope["type"] != "http" or COUNTS_ITSELF.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        most = _limit(scope["path"])
        if _announced(scope) > most:
            await problem(413, _too_large(most))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), send)


def _let_go(scope: Scope) -> None:
    """Drop what FastAPI keeps with a request beyond its endpoint."""
    for name in [name for name, value in scope.items() if isinstance(value, AsyncExitStack)]:
        del scope[name]


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _policy(scope: Scope) -> str:
    return DOCS_POLICY if scope["path"] in ("/docs", "/redoc") else PAGES_POLICY


def _limit(path: str) -> int:
    if ATTACHMENTS.fullmatch(path):
        return ATTACHMENT_LIMIT
    return next((most for prefix, most in LIMITS.items() if path.startswith(prefix)), USUAL_LIMIT)


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length[:20]) if length.isascii() and length.isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, _too_large(most))
        return message

    return counting


def _too_large(most: int) -> str:
    return f"The body is larger than the {most // 1024:,} KB that are accepted here; send less."
