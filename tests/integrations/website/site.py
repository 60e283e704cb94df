"""A web site on this machine: pages by path, each with its type and headers, and a record of what was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(slots=True)
class Answer:
    """What a path answers."""

    body: bytes
    media_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(slots=True)
class Site:
    """A small web server."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def has(self, path: str, body: str | bytes, **about: object) -> None:
        content = body.replace("SITE", self.address).encode() if isinstance(body, str) else body
        self.answers[path] = Answer(content, **about)  # type: ignore[arg-type]

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        found = self.answers.get(request.path_qs)
        if found is None:
            return web.Response(status=404)
        await asyncio.sleep(found.delay)
        headers = {"Content-Type": found.media_type, **found.headers}
        return web.Response(body=found.body, status=found.status, headers=headers)


@asynccontextmanager
async def running_site() -> AsyncIterator[Site]:
    site = Site()
    application = web.Application()
    application.router.add_route("GET", "/{path:.*}", site.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        tcp = web.TCPSite(runner, "127.0.0.1", 0)
        await tcp.start()
        _, port = runner.addresses[0][:2]
        site.address = f"http://127.0.0.1:{port}"
        yield site
    finally:
        await runner.cleanup()
