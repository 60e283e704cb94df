"""What `hotline index` asks of a running server, which alone may write to its library: places to index or to forget.

It may read any file that the server may, so that not the API key but a pass of the data folder's owner opens it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import StreamingResponse

from agent.errors import HotlineError
from integrations.web.auth import ApiKey
from integrations.web.conversations import Body
from integrations.web.problems import unauthorized
from integrations.web.tokens import FolderPasses

PATH = "/v1/documents/places"
MOST_PLACES = 1_000
Place = Annotated[str, Field(min_length=1, max_length=4_096)]


class PlacesBody(Body):
    """Places to index (none: all known ones again) and to forget, and at most how many pages a site."""

    places: list[Place] = Field(default_factory=list, max_length=MOST_PLACES)
    forget: list[Place] = Field(default_factory=list, max_length=MOST_PLACES)
    pages: int = Field(500, ge=1, le=20_000)


Advance = Callable[[int, int], None]
IndexPlaces = Callable[[PlacesBody, Advance], Awaitable[str]]


def places_router(passes: FolderPasses, index: IndexPlaces) -> APIRouter:
    """Give the endpoint; `index` gives what was done as JSON."""
    router = APIRouter()

    @router.post(PATH, include_in_schema=False)
    async def index_places(body: PlacesBody, folder_pass: ApiKey) -> StreamingResponse:
        if folder_pass is None or not passes.is_valid(folder_pass.credentials):
            raise unauthorized("Only `hotline index` on this machine may do this.")
        return StreamingResponse(_lines(body, index), media_type="application/x-ndjson")

    return router


async def _lines(body: PlacesBody, index: IndexPlaces) -> AsyncIterator[str]:
    """Give JSON lines: how far it is, and at the end what was done or why nothing was."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str | None]()

    def advance(done: int, total: int) -> None:
        told = json.dumps({"done": done, "total": total})
        loop.call_soon_threadsafe(lines.put_nowait, told)

    async def work() -> None:
        try:
            lines.put_nowait(f'{{"indexed": {await index(body, advance)}}}')
        except HotlineError as error:
            lines.put_nowait(json.dumps({"failure": str(error)}))
        finally:
            lines.put_nowait(None)

    task = asyncio.create_task(work())
    try:
        while (line := await lines.get()) is not None:
            yield f"{line}\n"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
