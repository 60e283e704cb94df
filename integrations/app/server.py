"""The HTTP server: uvicorn, told to end open streams before it waits for them."""

import socket

import uvicorn
from fastapi import FastAPI

from integrations.web.audience import LiveAudience

GRACE_SECONDS = 5


class _Server(uvicorn.Server):
    """Ends the streams first: an open one would hold a restart up for the whole grace time."""

    def __init__(self, config: uvicorn.Config, audience: LiveAudience) -> None:
        super().__init__(config)
        self._audience = audience

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then all else."""
        self._audience.close()
        await super().shutdown(sockets)


async def run_server(api: FastAPI, audience: LiveAudience, host: str, port: int) -> None:
    """Serve until a signal or a cancellation says stop."""
    config = uvicorn.Config(
        api,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    await _Server(config, audience).serve()
