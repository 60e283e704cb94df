"""The HTTP server: uvicorn, told to end open streams before it waits for them."""

import socket
from collections.abc import Callable

import uvicorn

from integrations.app.hotline import Hotline
from integrations.web.audience import LiveAudience

GRACE_SECONDS = 5


class _Server(uvicorn.Server):
    """Says when the port is open, and ends the streams first: an open one would hold a restart up."""

    def __init__(
        self, config: uvicorn.Config, audience: LiveAudience, on_open: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._audience = audience
        self._on_open = on_open

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the port and say so."""
        await super().startup(sockets)
        if self.started:
            self._on_open()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then all else."""
        self._audience.close()
        await super().shutdown(sockets)


async def run_server(hotline: Hotline, on_open: Callable[[], None]) -> None:
    """Serve until a signal or a cancellation says stop."""
    settings = hotline.parts.settings
    config = uvicorn.Config(
        hotline.api,
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

    await _Server(config, hotline.parts.audience, opened).serve()
