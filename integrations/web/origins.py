"""Which web sites may talk to us from a visitor's browser, and what the developer of another one is told."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.web.problems import problem

EVERYBODY: Final = "*"
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
MOST_TOLD: Final = 1_000
# Chromium keeps a preflight for two hours at most.
PREFLIGHT_SECONDS: Final = 7_200
TRACKING: Final = r"/v1/(identify|track|page|screen|group|alias|batch|[itpsgab])"
VISITORS: Final = re.compile(r"/v1/conversations(/.*)?|/v1/widget(/.*)?")
CROSS_SITE: Final = re.compile(rf"{VISITORS.pattern}|{TRACKING}")
ASKING_HEADERS: Final = (
    *("Authorization", "Content-Type", "Last-Event-ID", "X-Request-Id"),
    *("Content-Encoding", "X-Retry-Count", "X-Strict-Mode"),  # the tracking SDKs'
)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AllowedOrigins:
    """The sites that may call: those that are set, and our own address; `*.` stands for any sub-domain, `*` for all."""

    allowed: tuple[str, ...]
    public_url: str

    @property
    def is_open(self) -> bool:
        """Tell whether every site may call."""
        return EVERYBODY in self.allowed

    @property
    def pattern(self) -> str:
        """Give the allowed origins as a pattern that has to match a whole origin."""
        known = (*self.allowed, *_own(self.public_url))
        return "|".join(_pattern(normal(each)) for each in known if each != EVERYBODY)

    def allows(self, origin: str, host: str) -> bool:
        """Tell whether a page of this origin may call the server that it knows as `host`."""
        asking = normal(origin)
        is_own = asking.partition("://")[2] == _without_port(host, asking)
        return self.is_open or is_own or re.fullmatch(self.pattern, asking) is not None


class VisitorOrigins:
    """Lets the allowed sites call the visitor's endpoints from a browser, and refuses all others there."""

    def __init__(self, app: ASGIApp, origins: AllowedOrigins) -> None:
        self._app = app
        self._origins = origins
        self._told: set[str] = set()
        self._open = CORSMiddleware(
            app,
            allow_origins=[EVERYBODY] if origins.is_open else (),
            allow_origin_regex=origins.pattern,
            allow_methods=["GET", "POST"],
            allow_headers=ASKING_HEADERS,
            expose_headers=["Retry-After", "X-Request-Id"],
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose by path and by who asks."""
        if scope["type"] != "http" or not CROSS_SITE.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        is_visitors = VISITORS.fullmatch(scope["path"])
        if is_visitors and origin and not self._origins.allows(origin, headers.get("host", "")):
            self._tell(origin)
            await problem(403, _refusal(origin))(scope, receive, _varying(send))
            return
        await self._open(scope, receive, _varying(send))

    def _tell(self, origin: str) -> None:
        """Say it in the log once for each site."""
        if origin in self._told or len(self._told) >= MOST_TOLD:
            return
        self._told.add(origin)
        log.warning(
            "origin.refused", origin=origin[:300], mend="Add it to HOTLINE_ALLOWED_ORIGINS."
        )


def normal(origin: str) -> str:
    """Write an origin as browsers do: in lower case, without the default port."""
    lower = origin.strip().rstrip("/").lower()
    scheme, _, place = lower.partition("://")
    return f"{scheme}://{place.removesuffix(DEFAULT_PORTS.get(scheme, '/'))}" if place else lower


def _own(public_url: str) -> Iterable[str]:
    """Give our own origin; on this machine, under each of its names."""
    parts = urlsplit(public_url)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    names: Sequence[str] = LOOPBACK if host in (*LOOPBACK, "::1") else (parts.netloc.removesuffix(port),)  # fmt: skip
    return (f"{parts.scheme}://{name}{port}" for name in names)


def _without_port(host: str, asking: str) -> str:
    return host.lower().removesuffix(DEFAULT_PORTS.get(asking.partition("://")[0], "/"))


def _pattern(origin: str) -> str:
    return re.escape(origin).replace(r"://\*\.", r"://([a-z0-9_-]+\.)+")


def _refusal(origin: str) -> str:
    return (
        f"The site {origin[:300]} may not talk to this Hotline. If it is yours, add it to HOTLINE_ALLOWED_ORIGINS "
        "where Hotline runs, and restart it."
    )


def _varying(send: Send) -> Send:
    """Tell caches that the answer depends on who asks."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "origin" not in headers.get("vary", "").lower():
                headers.add_vary_header("Origin")
        await send(message)

    return sending
