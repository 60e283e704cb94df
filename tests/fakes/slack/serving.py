"""Bolt apps as the product runs them: behind HTTP, and at the end of a websocket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from tests.fakes.slack_twin import SlackTwin


@asynccontextmanager
async def served(app: AsyncApp) -> AsyncIterator[str]:
    """The address of the app, served as the product serves it."""
    api, slack = FastAPI(), AsyncSlackRequestHandler(app)

    @api.post("/slack/events")
    async def receive(request: Request) -> Response:
        return await slack.handle(request)

    server = uvicorn.Server(uvicorn.Config(api, port=0, log_level="error", ws="none"))
    config = server.config
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/slack/events"
    await server.shutdown()


@asynccontextmanager
async def connected(app: AsyncApp, twin: SlackTwin) -> AsyncIterator[None]:
    """A Socket Mode client that listens for the app."""
    handler = AsyncSocketModeHandler(app, twin.app_token, ping_interval=0.1)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await twin.sockets.connected()
    yield
    await handler.close_async()  # type: ignore[no-untyped-call]
