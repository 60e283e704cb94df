"""The HTTP server: uvicorn, which leaves in good order.

Told to stop, it first says that it is not ready, so that a load balancer sends visitors elsewhere, and serves on for
a moment; then it ends the streams, whose readers come back to another process, and waits for what is being answered.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

import structlog
import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integrations.app.hotline import Hotline
from integrations.app.readiness import Draining
from integrations.web.audience import LiveAudience

GRACE_SECONDS: Final = 5
STOPS: Final = (signal.SIGINT, signal.SIGTERM)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Asks clients to use another connection, and so perhaps another process, once this one is about to stop."""

    app: ASGIApp
    draining: Draining

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start" and self.draining.has_begun:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, mark)


class _Server(uvicorn.Server):
    """Says when the port is open, drains before it stops, and ends with success: nothing is left undone."""

    def __init__(self, config: uvicorn.Config, leaving: "_Farewell", on_open: Callable[[], None]):
        super().__init__(config)
        self._leaving = leaving
        self._on_open = on_open

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then all else."""
        self._leaving.draining.has_begun = True
        self._leaving.audience.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Begin to stop at the first signal, at once at the second."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()

        def told(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._begin_to_stop)

        before = {number: signal.signal(number, told) for number in STOPS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _begin_to_stop(self) -> None:
        if self._leaving.draining.has_begun:
            self.force_exit = self.should_exit
            self.should_exit = True
            return
        self._leaving.draining.has_begun = True
        log.info("server.draining", seconds=self._leaving.seconds)
        asyncio.get_running_loop().call_later(self._leaving.seconds, self._stop)

    def _stop(self) -> None:
        self.should_exit = True


@dataclass(frozen=True, slots=True)
class _Farewell:
    """Who is told that the server stops, and how long it serves on before."""

    audience: LiveAudience
    draining: Draining
    seconds: float


async def run_server(hotline: Hotline, on_open: Callable[[], None]) -> None:
    """Serve until a signal or a cancellation says stop."""
    parts, settings = hotline.parts, hotline.parts.settings
    config = uvicorn.Config(
        Leaving(hotline.api, parts.draining),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )

    def opened() -> None:
        hotline.opened.set()
        on_open()

    farewell = _Farewell(parts.audience, parts.draining, settings.drain)
    await _Server(config, farewell, opened).serve()
