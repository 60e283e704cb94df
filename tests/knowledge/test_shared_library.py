"""One library of several processes: on a Chroma server, its records on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from chromadb.api.models.Collection import Collection
from numpy.typing import NDArray

from agent.errors import EmbeddingsUnavailableError, LibraryUnavailableError
from knowledge import vectors
from knowledge.catalogue import Catalogue
from knowledge.catalogued import Source, SourceKind
from knowledge.chroma import collection_name
from knowledge.chroma_server import ChromaServer
from knowledge.library import ChromaLibrary
from knowledge.sources import Sources
from tests.chroma import Chroma, free_port, running_chroma
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.knowledge.test_library import HashedEmbeddings

PRO, TEN = "Pro costs $49.", "Ten may share a seat."


@dataclass(frozen=True, slots=True)
class Process:
    """What one process has of the library."""

    library: ChromaLibrary
    sources: Sources
    catalogue: Catalogue
    embeddings: HashedEmbeddings

    @property
    def texts(self) -> set[str]:
        return {fact.text for fact in self.library.facts()}


@asynccontextmanager
async def process(
    chroma: str, postgres: str, embeddings: HashedEmbeddings | None = None
) -> AsyncIterator[Process]:
    embeddings, catalogue = embeddings or HashedEmbeddings(), Catalogue(postgres)
    seen = await asyncio.to_thread(catalogue.state)
    library = await ChromaLibrary.open(chroma, embeddings, can_rebuild=True)
    try:
        sources = Sources(library, catalogue, FixedClock(MONDAY_TEN), seen)
        yield Process(library, sources, catalogue, embeddings)
    finally:
        await library.close()


@pytest.fixture
def address(chroma: Chroma) -> str:
    return chroma.make()


@pytest.fixture
async def both(address: str, postgres_address: str) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(process(address, postgres_address))
        yield one, await stack.enter_async_context(process(address, postgres_address))


@pytest.fixture
def pages(tmp_path: Path) -> Source:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "prices.md").write_text(f"# Prices\n\n{PRO}\n\n# Seats\n\n{TEN}\n")
    return Source(str(tmp_path / "pages"), SourceKind.COMMAND)


def write(pages: Source, text: str) -> None:
    (Path(pages.name) / "prices.md").write_text(text)


async def test_what_one_indexes_the_others_find(
    both: tuple[Process, Process], pages: Source
) -> None:
    one, other = both
    await one.sources.index_path(pages)
    assert await other.sources.refresh()
    assert (await other.library.find("What does Pro cost?")).facts[0].fact.text == PRO


async def test_nothing_is_read_again_while_nothing_has_changed(
    both: tuple[Process, Process], pages: Source
) -> None:
    one, other = both
    await one.sources.index_path(pages)
    await other.sources.refresh()
    await one.sources.index_path(pages)
    assert not await other.sources.refresh()
    assert not await one.sources.refresh()


async def test_what_one_takes_out_or_changes_the_others_lose(
    both: tuple[Process, Process], pages: Source
) -> None:
    one, other = both
    await one.sources.index_path(pages)
    await other.sources.refresh()
    write(pages, "# Prices\n\nPro costs $59.\n")
    await other.sources.index_path(pages)
    await one.sources.refresh()
    assert one.texts == other.texts == {"Pro costs $59."}
    await one.sources.forget(pages)
    await other.sources.refresh()
    assert not other.texts


async def test_of_those_that_index_the_same_at_once_one_does(
    both: tuple[Process, Process], pages: Source
) -> None:
    one, other = both
    await asyncio.gather(one.sources.index_path(pages), other.sources.index_path(pages))
    embedded = [*one.embeddings.embedded, *other.embeddings.embedded]
    assert sorted(embedded) == ["Prices\nPro costs $49.", "Prices: Seats\nTen may share a seat."]
    assert one.texts == other.texts == {PRO, TEN}


async def test_only_what_is_new_is_read_again(both: tuple[Process, Process], pages: Source) -> None:
    one, other = both
    await one.sources.index_path(pages)
    await other.sources.refresh()
    (Path(pages.name) / "more.md").write_text("# More\n\nWe are in Leeds.\n")
    await one.sources.index_path(pages)
    before = {fact.text: fact for fact in other.library.facts()}
    await other.sources.refresh()
    after = {fact.text: fact for fact in other.library.facts()}
    assert after[PRO] is before[PRO]
    assert set(after) == {PRO, TEN, "We are in Leeds."}


async def test_what_somebody_died_over_is_made_whole_by_the_next(
    both: tuple[Process, Process], pages: Source, address: str
) -> None:
    one, other = both
    await one.sources.index_path(pages)
    await other.sources.refresh()
    one.catalogue.begin_change()
    await one.library.follow({})
    await other.sources.index_path(pages)
    assert other.texts == texts_at(address) == {PRO, TEN}


async def test_another_models_facts_are_taken_over_and_other_programs_left_alone(
    address: str, postgres_address: str, pages: Source
) -> None:
    async with process(address, postgres_address, HashedEmbeddings("old")):
        add_collection(address, "recipes")
    async with process(address, postgres_address, HashedEmbeddings("old")) as old:
        await old.sources.index_path(pages)
        async with process(address, postgres_address, HashedEmbeddings("new")) as new:
            await new.sources.index_path(pages)
            assert new.texts == {PRO, TEN}
        assert (await old.library.find("What does Pro cost?")).facts[0].fact.text == PRO
    assert names_at(address) == {"recipes", collection_name("new")}


async def test_another_models_facts_are_taken_over_where_one_process_has_the_server(
    address: str, tmp_path: Path, pages: Source
) -> None:
    for model in ("old", "new"):
        library = await ChromaLibrary.open(address, HashedEmbeddings(model))
        records = Catalogue(tmp_path / "documents.db")
        await Sources(library, records, FixedClock(MONDAY_TEN)).index_path(pages)
        assert {fact.text for fact in library.facts()} == {PRO, TEN}
        await library.close()
    assert names_at(address) == {collection_name("new")}


async def test_facts_that_waited_for_the_model_are_embedded_and_shown_to_all(
    both: tuple[Process, Process], address: str, postgres_address: str, pages: Source
) -> None:
    away = AwayEmbeddings()
    async with process(address, postgres_address, away) as one:
        await one.sources.index_path(pages)
        assert (await one.library.find("What does Pro cost?")).facts[0].fact.text == PRO
        away.is_away = False
        await one.sources.embed_waiting()
        assert one.library.waiting == 0
    await both[0].sources.refresh()
    assert both[0].texts == {PRO, TEN}


async def test_a_damaged_fact_is_left_out_until_it_is_indexed_again(
    address: str, postgres_address: str, pages: Source
) -> None:
    async with process(address, postgres_address) as one:
        await one.sources.index_path(pages)
        [key] = [fact.id for fact in one.library.facts() if fact.text == PRO]
    with collection_at(address) as collection:
        vectors_of = one.embeddings.embed([PRO])
        collection.update(ids=[key], documents=["Pro costs $0."], embeddings=vectors_of)
    async with process(address, postgres_address) as again:
        assert again.texts == {TEN}
        await again.sources.index_path(pages)
        assert again.texts == {PRO, TEN}


async def test_vectors_of_another_length_are_refused_with_a_sentence(
    address: str, postgres_address: str, pages: Source
) -> None:
    async with process(address, postgres_address) as one:
        with collection_at(address) as collection:
            collection.add(ids=["x"], embeddings=np.ones((1, 2), np.float32), documents=["x"])
        with pytest.raises(LibraryUnavailableError, match="dimension of 2, got 64"):
            await one.sources.index_path(pages)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, b'"0.6.3"', r"is Chroma 0.6.3; 1.0 or newer is needed"),
        (200, b"<html>Welcome</html>", "answers something else"),
        (404, b'{"detail": "Not Found"}', "answers something else"),
        (200, b'{"version": "1.0"}', "is no Chroma server"),
        (401, b"who are you?", "answers something else: 'who are you"),
    ],
)
async def test_what_is_no_chroma_of_today_is_told_from_it(
    status: int, body: bytes, told: str
) -> None:
    with answering(status, body) as address, pytest.raises(LibraryUnavailableError, match=told):
        await ChromaLibrary.open(address, HashedEmbeddings())


async def test_an_address_where_nobody_answers_is_told_without_its_key() -> None:
    with pytest.raises(LibraryUnavailableError, match="does not answer") as raised:
        await ChromaLibrary.open(f"http://a-key@127.0.0.1:{free_port()}", HashedEmbeddings())
    assert "a-key" not in str(raised.value)


async def test_a_path_within_a_database_is_no_address(chroma: Chroma) -> None:
    with pytest.raises(LibraryUnavailableError, match="the name of one database"):
        await ChromaLibrary.open(f"{chroma.address}/api/v2", HashedEmbeddings())


@pytest.fixture
def own_chroma() -> Iterator[Chroma]:
    with running_chroma() as server:
        yield server


async def test_what_is_in_memory_answers_while_the_server_is_away_and_all_goes_on_when_it_is_back(
    own_chroma: Chroma, postgres_address: str, pages: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "IN_MEMORY", 1)  # so that the index is asked, which is away
    async with process(own_chroma.make(), postgres_address) as one:
        await one.sources.index_path(pages)
        own_chroma.stop()
        assert (await one.library.find("What does Pro cost?")).facts[0].fact.text == PRO
        write(pages, "# Prices\n\nPro costs $59.\n")
        with pytest.raises(LibraryUnavailableError, match="does not answer"):
            await one.sources.index_path(pages)
        assert one.texts == {PRO, TEN}
        own_chroma.start()
        await one.sources.index_path(pages)
        assert one.texts == {"Pro costs $59."}


async def test_a_library_that_others_work_on_is_waited_for(
    both: tuple[Process, Process], pages: Source
) -> None:
    one, other = both
    async with one.catalogue.alone():
        waiting = asyncio.create_task(other.sources.index_path(pages))
        await asyncio.wait({waiting}, timeout=0.2)
        assert not waiting.done()
    assert (await waiting).added == 2


class AwayEmbeddings(HashedEmbeddings):
    """Out of reach until told otherwise."""

    is_away = True

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.is_away:
            raise EmbeddingsUnavailableError("The model is away.")
        return super().embed(texts)


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Run what answers every request with the same."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@contextmanager
def collection_at(address: str) -> Iterator[Collection]:
    """Open the collection behind everybody's back."""
    shelf = ChromaServer.open(address, HashedEmbeddings().name)
    try:
        yield shelf.collection
    finally:
        shelf.close(0, None)


def collections_of(address: str) -> str:
    parts = urlsplit(address)
    return f"http://{parts.netloc}/api/v2/tenants/default_tenant/databases{parts.path}/collections"


def add_collection(address: str, name: str) -> None:
    httpx.post(collections_of(address), json={"name": name}).raise_for_status()


def names_at(address: str) -> set[str]:
    return {each["name"] for each in httpx.get(collections_of(address)).json()}


def texts_at(address: str) -> set[str]:
    with collection_at(address) as collection:
        return set(collection.get(include=["documents"])["documents"] or [])
