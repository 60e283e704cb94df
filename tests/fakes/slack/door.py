"""The port at which the twin is reached, which can be shut and opened again."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.fakes.slack.web import hang_up

HOST = "127.0.0.1"


@dataclass(slots=True)
class Door:
    """Listens on one port of this machine; shut, it refuses who knocks and lets go who is in."""

    runner: web.AppRunner
    port: int = 0
    is_shut: bool = False
    _site: web.TCPSite | None = field(default=None)

    async def open(self) -> str:
        """Listen, at the same port as before, and give host and port."""
        self._site = web.TCPSite(self.runner, HOST, self.port, reuse_address=True)
        await self._site.start()
        self.port = self.runner.addresses[0][1]
        self.is_shut = False
        return f"{HOST}:{self.port}"

    async def shut(self) -> None:
        """Refuse connections until it is opened again."""
        self.is_shut = True
        if self._site is not None:
            await self._site.stop()
            self._site = None


def watching(door: Callable[[], Door]) -> Middleware:
    """What lets nobody through connections that were open when the door was shut."""

    @web.middleware
    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        if door().is_shut:
            hang_up(request)
        return await handler(request)

    return watch
