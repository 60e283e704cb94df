"""`hotline index` beside a running server: the server, which has the library open, does the work."""

from collections.abc import Sequence

import httpx
from fastapi import APIRouter
from pydantic import BaseModel, TypeAdapter, ValidationError

from agent.errors import LibraryUnavailableError
from integrations.app.documents import IndexedPlace, Progress, source_of
from integrations.app.indexing import index_into
from integrations.app.locking import DataFolderInUseError
from integrations.app.parts import Parts
from integrations.app.shared_keys import read_keys
from integrations.clock import SystemClock
from integrations.keys import Keys
from integrations.settings import Settings
from integrations.web.places import PATH, Advance, PlacesBody, places_router
from integrations.web.tokens import FolderPasses

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  compared with, never listened on
INDEXED = TypeAdapter(list[IndexedPlace])
PATIENCE = httpx.Timeout(10.0, read=None)


class _Line(BaseModel):
    """What the server tells while it works."""

    done: int = 0
    total: int = 0
    indexed: list[IndexedPlace] | None = None
    failure: str = ""


def places_endpoint(parts: Parts) -> APIRouter:
    """Give the endpoint of the server that does the work."""

    async def index(wish: PlacesBody, advance: Advance) -> str:
        sources = parts.library.sources
        if sources is None:
            raise LibraryUnavailableError("The running server is still loading its library.")
        done = await index_into(sources, parts.settings, wish, advance)
        return INDEXED.dump_json(done).decode()

    return places_router(_passes(parts.keys), index)


async def hand_over(
    settings: Settings, places: Sequence[str], forget: Sequence[str], pages: int, progress: Progress
) -> list[IndexedPlace]:
    """Let the server that works on this data folder index places; raises DataFolderInUseError or LibraryUnavailableError."""
    wish = PlacesBody(places=_whole(places), forget=_whole(forget), pages=pages)
    headers = {"Authorization": f"Bearer {_passes(await read_keys(settings)).issue()}"}
    address = _address(settings)
    try:
        async with (
            httpx.AsyncClient(base_url=address, timeout=PATIENCE, trust_env=False) as client,
            client.stream("POST", PATH, json=wish.model_dump(), headers=headers) as response,
        ):
            if not response.is_success:
                raise _in_use(settings, f"the one at {address} is of another folder")
            return await _follow(response, progress)
    except (httpx.HTTPError, ValidationError) as error:
        raise _in_use(settings, f"none answers at {address}") from error


async def _follow(response: httpx.Response, progress: Progress) -> list[IndexedPlace]:
    async for text in response.aiter_lines():
        line = _Line.model_validate_json(text)
        if line.failure:
            raise LibraryUnavailableError(line.failure)
        if line.indexed is not None:
            return line.indexed
        progress(line.done, line.total)
    raise LibraryUnavailableError("The running server broke off; run the command again.")


def _whole(places: Sequence[str]) -> list[str]:
    """Give places as they are called anywhere: the server may run in another folder."""
    return [source_of(place).name for place in places]


def _passes(keys: Keys) -> FolderPasses:
    return FolderPasses(keys.signing_secret.get_secret_value(), SystemClock())


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _in_use(settings: Settings, because: str) -> DataFolderInUseError:
    return DataFolderInUseError(
        f"Another Hotline works on {settings.data_dir}, and {because}, so that nobody can be asked to index this. Set "
        "HOTLINE_HOST and HOTLINE_PORT as that server has them, or stop it first."
    )
