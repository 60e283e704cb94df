"""Parts that take seconds to load come in behind the open port; who needs one earlier waits for it."""

import asyncio
import ctypes
import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import structlog

from agent.answering.searching import Search
from agent.errors import LibraryUnavailableError
from agent.facts import NOTHING_MORE, Fact, Findings, Library, Wanted
from integrations.app.documents import catch_up, watch_folders
from integrations.app.leading import lead
from integrations.app.refetching import Refetching
from integrations.clock import SystemClock
from knowledge.catalogue import Catalogue
from knowledge.chroma import import_chroma
from knowledge.indexing import IndexReport
from knowledge.library import ChromaLibrary, Embeddings
from knowledge.records import Duty
from knowledge.sources import Sources

if TYPE_CHECKING:
    from integrations.models.answer_reader import LearnedReader, StatementFile
    from integrations.models.embeddings import LocalEmbeddings

log = structlog.get_logger()
T = TypeVar("T")
PATIENCE = 20.0
STATEMENTS = "statements.npz"
LOOK_SECONDS = 3.0


@dataclass(slots=True)
class LoadingLibrary:
    """The library, as soon as it is in."""

    where: Path | str
    pages: Path | None
    catalogue: Catalogue
    embeddings: Callable[[], Embeddings] | None = None
    library: ChromaLibrary | None = None
    sources: Sources | None = None
    failure: str | None = None
    _trouble: str = ""
    _is_in: asyncio.Event = field(default_factory=asyncio.Event)
    _is_up_to_date: asyncio.Event = field(default_factory=asyncio.Event)

    async def load(self) -> None:
        """Open the library and bring it up to date with its pages; says what went wrong, and never raises."""
        started = perf_counter()
        try:
            await self._open()
        except (LibraryUnavailableError, OSError) as error:
            self.failure = str(error)
            log.exception("library.failed")
        finally:
            self._is_in.set()
            log.info("library.loaded", seconds=round(perf_counter() - started, 2))

    async def keep_up(self) -> None:
        """Follow what other processes make of a library on a server, which may be away for a while; until cancelled."""
        while isinstance(self.where, str):
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.sources is None:
                    await self._open()
                elif await self.sources.refresh():
                    log.info("library.reloaded", facts=len(self.facts()))
                await self._embed_waiting()
                self._note("")
            except (LibraryUnavailableError, OSError) as error:
                self._note(str(error))

    def _note(self, trouble: str) -> None:
        """Say once what is the matter; what is in memory goes on answering, and is well."""
        if trouble and trouble != self._trouble:
            log.warning("library.unavailable", reason=trouble)
        self._trouble = trouble
        self.failure = trouble if self.sources is None else None

    async def _embed_waiting(self) -> None:
        if self.sources is not None:
            await self.sources.embed_waiting()

    async def _open(self) -> None:
        seen = await asyncio.to_thread(self.catalogue.state)
        if self.library is None:
            self.library = await open_library(self.where, None, self.embeddings, can_rebuild=True)
        if isinstance(self.where, str) and self.library.count():
            self._is_in.set()  # others may be changing it for a while, and it can answer
        sources = Sources(self.library, self.catalogue, SystemClock(), seen)
        for report in await catch_up(sources, self.pages):
            _tell(report)
        self.sources = sources
        self._is_up_to_date.set()
        if not self.library.count():
            log.warning(
                "library.empty",
                mend="hotline index PATH|URL fills it; until then no question is answered",
            )

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        """Find facts, waiting for the library if it is still loading."""
        return await (await self._ready()).find(question, limit, wanted)

    def facts(self) -> tuple[Fact, ...]:
        """Give all facts; none while the library is still loading."""
        return self.library.facts() if self.library else ()

    async def watch(self) -> None:
        """Follow the folders of the library until cancelled."""
        sources = await self._up_to_date()
        await lead(self.catalogue, Duty.WATCH_FOLDERS, lambda: watch_folders(sources, self.pages))

    async def refetch(self, every: timedelta) -> None:
        """Fetch sites and pages of the web again when it is time, until cancelled."""
        refetching = Refetching(await self._up_to_date(), SystemClock(), every)
        await lead(self.catalogue, Duty.REFETCH_SITES, refetching.run)

    async def state(self) -> str:
        """Say `ok`, or what is the matter; an empty library is well, and visitors are still received."""
        if self.failure:
            return self.failure
        return "ok" if self._is_in.is_set() else "The library is still loading."

    async def close(self) -> None:
        """Close what was opened."""
        if self.library is not None:
            await self.library.close()

    async def _up_to_date(self) -> Sources:
        await self._is_up_to_date.wait()
        assert self.sources is not None  # noqa: S101  set before
        return self.sources

    async def _ready(self) -> Library:
        try:
            await asyncio.wait_for(self._is_in.wait(), PATIENCE)
        except TimeoutError as error:
            raise LibraryUnavailableError("The library is still loading.") from error
        if self.library is None:
            raise LibraryUnavailableError(self.failure or "The library could not be opened.")
        return self.library


def _tell(report: IndexReport) -> None:
    log.info("library.indexed", added=report.added, kept=report.kept, removed=report.removed)
    for remark in (*report.skipped, *report.notes):
        log.warning("library.document_remarked", document=remark.file, reason=remark.reason)


async def open_library(
    where: Path | str,
    pages: Path | None,
    load: Callable[[], Embeddings] | None = None,
    *,
    can_rebuild: bool = False,
) -> ChromaLibrary:
    """Open the library, with the packaged embedding model where no other is given; takes a second or two."""
    # Half of each is spent outside of Python, so that side by side they take little longer than one.
    embeddings, _ = await asyncio.gather(
        asyncio.to_thread(load or packaged_embeddings), asyncio.to_thread(import_chroma)
    )
    return await ChromaLibrary.open(
        where, embeddings, pages, _tell_of_embedding, can_rebuild=can_rebuild
    )


@cache
def packaged_embeddings() -> "LocalEmbeddings":
    """Load the embedding model that needs no key, once for the library and for the answer reader."""
    from integrations.models.embeddings import LocalEmbeddings

    return LocalEmbeddings.load()


@dataclass(slots=True)
class LoadingReader:
    """The answer reader, loaded when it is first needed; what it embedded is kept in the folder for the next start."""

    folder: Path | None = None
    _reader: "LearnedReader | None" = None
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def chances(self, search: Search) -> Sequence[float]:
        """Give for each candidate the probability that it answers; raises LibraryUnavailableError."""
        return await (await self._ready()).chances(search)

    async def remember(self, facts: Sequence[Fact]) -> None:
        """Embed the statements of facts ahead; what goes wrong is left to the first question."""
        try:
            await (await self._ready()).remember(facts, self._kept())
        except LibraryUnavailableError as error:
            log.warning("answer_reader.failed", reason=str(error))

    def _kept(self) -> "StatementFile | None":
        from integrations.models.answer_reader import StatementFile

        return StatementFile(self.folder / STATEMENTS) if self.folder else None

    async def _ready(self) -> "LearnedReader":
        async with self._loading:
            if self._reader is None:
                self._reader = await asyncio.to_thread(_packaged_reader)
            return self._reader


def _packaged_reader() -> "LearnedReader":
    from integrations.models.answer_reader import LearnedReader

    return LearnedReader.load(packaged_embeddings())


def _tell_of_embedding(done: int, total: int) -> None:
    log.info("library.embedding", done=done, total=total)


async def warm(*loads: Callable[[], object]) -> None:
    """Run blocking loads in a thread, one after the other; a failure is logged and left to its first use."""
    for load in loads:
        try:
            await asyncio.to_thread(load)
        except Exception:
            log.exception("load.failed")


def settle_memory() -> None:
    """Take what was loaded out of the garbage collector's rounds, as it stays for good; give back what loading used."""
    gc.collect()
    gc.freeze()
    _give_back_freed()


def _give_back_freed() -> None:
    """Let glibc return its free pages, a tenth of the process; other C libraries do it by themselves or not at all."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
