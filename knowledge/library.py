"""The knowledge library: facts found by meaning (Chroma) and by words, and whether they answer.

One worker thread of its own does all blocking work, so the event loop never waits and Chroma meets
one thread only. A damaged index is moved aside and built again from the pages.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

import structlog

from agent.errors import LibraryUnavailableError
from agent.facts import NOTHING_MORE, Fact, FactId, Findings, Wanted
from knowledge.chroma import BrokenIndexError
from knowledge.indexing import IndexReport, read_facts
from knowledge.lexical import LexicalIndex
from knowledge.search import Search, Sought
from knowledge.topics import with_topics
from knowledge.vectors import BATCH, Embeddings, FactVectors, Progress

__all__ = ["ChromaLibrary", "Embeddings", "IndexReport"]

RECENT = 256

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger()


class ChromaLibrary:
    """The company's facts, on disk; one process may open a folder at a time."""

    def __init__(
        self, worker: ThreadPoolExecutor, vectors: FactVectors, words: LexicalIndex
    ) -> None:
        self._worker = worker
        self._vectors = vectors
        self._words = words
        self._indexing = asyncio.Lock()
        self._is_closed = False
        self._catching_up: asyncio.Task[None] | None = None
        self._recent: dict[Sought, asyncio.Task[Findings]] = {}

    @classmethod
    async def open(
        cls,
        folder: Path,
        embeddings: Embeddings,
        source: Path | None = None,
        progress: Progress | None = None,
        *,
        can_rebuild: bool = False,
    ) -> Self:
        """Open a library, building it from `source` where it is new or damaged.

        `progress` hears of facts embedded again, where the model is another one than last time. A damaged index is
        set aside where there is a source, or where the caller `can_rebuild` it; else, and for any other trouble,
        raises LibraryUnavailableError.
        """
        worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")
        loop = asyncio.get_running_loop()
        try:
            is_spare = can_rebuild or source is not None
            opening = partial(_open, folder, embeddings, can_rebuild=is_spare)
            vectors = await loop.run_in_executor(worker, opening)
            library = cls(worker, vectors, await loop.run_in_executor(worker, vectors.words))
        except BaseException:
            worker.shutdown(wait=False)
            raise
        try:
            await library._prepare(source, progress or _ignore)
        except BaseException:
            await library.close()
            raise
        return library

    async def find(self, question: str, limit: int = 6, wanted: Wanted = NOTHING_MORE) -> Findings:
        """Find facts for each question of a message, and of what is wanted besides.

        Answered means: all that is asked. While the embeddings are out of reach, words alone decide.
        """
        if not question.strip():
            return Findings()
        findings = await asyncio.shield(self._search(Sought(question, limit, wanted)))
        if self._vectors.waiting and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.create_task(self._catch_up())
        return findings

    def _search(self, sought: Sought) -> "asyncio.Task[Findings]":
        """Search, or join a search for the same that is going on or has just been done."""
        search = self._recent.get(sought)
        if search is None or (search.done() and (search.cancelled() or search.exception())):
            search = asyncio.create_task(self._run(self._find, sought))
            search.add_done_callback(_look_at_failure)
            self._recent[sought] = search
            if len(self._recent) > RECENT:
                del self._recent[next(iter(self._recent))]
        return search

    async def index(self, folder: Path, progress: Progress | None = None) -> IndexReport:
        """Make the library hold what the folder's pages say now; visitors are answered meanwhile."""
        async with self._indexing:
            try:
                reading = await asyncio.to_thread(read_facts, folder)
            except OSError as error:
                raise LibraryUnavailableError(f"The pages cannot be read: {error}") from error
            report = await self._follow(reading.facts, progress or _ignore)
            return replace(report, skipped=reading.skipped, notes=reading.notes)

    async def follow(
        self, facts: Mapping[FactId, Fact], progress: Progress | None = None
    ) -> IndexReport:
        """Make the library hold exactly these facts; visitors are answered meanwhile."""
        async with self._indexing:
            return await self._follow(facts, progress or _ignore)

    def known(self) -> Mapping[FactId, Fact]:
        """Give all facts by their ids, as they are now."""
        return dict(self._vectors.facts)

    def count(self) -> int:
        """Count the facts."""
        return len(self._vectors.facts)

    def facts(self) -> tuple[Fact, ...]:
        """Give all facts."""
        return tuple(self._vectors.facts.values())

    async def close(self) -> None:
        """Let go of the files; the library cannot be used afterwards."""
        if not self._is_closed:
            await self._run(self._vectors.close)
            self._is_closed = True
            self._worker.shutdown(wait=False)

    async def _prepare(self, source: Path | None, progress: Progress) -> None:
        await self._run(self._vectors.adopt_other_models, progress)
        await self._run(self._read_words_again)
        if source is not None and self.count() == 0:
            await self.index(source)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work on the library's own thread."""
        if self._is_closed:
            raise LibraryUnavailableError("The library is closed.")
        from chromadb.errors import ChromaError

        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._worker, lambda: work(*args, **kwargs)
            )
        except (ChromaError, sqlite3.Error, OSError, RuntimeError, ValueError) as error:
            raise LibraryUnavailableError(f"The library cannot be read now: {error}") from error

    async def _follow(self, facts: Mapping[FactId, Fact], progress: Progress) -> IndexReport:
        known = dict(self._vectors.facts)
        facts = {key: with_topics(fact) for key, fact in facts.items()}
        new = [fact for key, fact in facts.items() if key not in known]
        moved = [fact for key, fact in facts.items() if key in known and known[key] != fact]
        gone = [key for key in known if key not in facts]
        for start in range(0, len(new), BATCH):
            await self._run(self._vectors.put, new[start : start + BATCH])
            progress(min(start + BATCH, len(new)), len(new))
        await self._run(self._vectors.relabel, moved)
        await self._run(self._vectors.remove, gone)
        await self._run(self._read_words_again)
        self._recent.clear()
        return IndexReport(len(new), len(facts) - len(new), len(gone))

    def _find(self, sought: Sought) -> Findings:
        return Search(self._vectors, self._words).find(sought)

    async def _catch_up(self) -> None:
        """Embed what waits for that, a few facts at a time, so that searches come in between."""
        try:
            while await self._run(self._vectors.put_waiting):
                pass
        except LibraryUnavailableError:
            return

    def _read_words_again(self) -> None:
        self._words = self._vectors.words()


def _look_at_failure(search: "asyncio.Task[Findings]") -> None:
    """Whoever awaits the search hears of its failure; nobody need."""
    if not search.cancelled():
        search.exception()


def _open(folder: Path, embeddings: Embeddings, *, can_rebuild: bool) -> FactVectors:
    try:
        return FactVectors.open(folder, embeddings)
    except BrokenIndexError as damage:
        if not can_rebuild:
            raise LibraryUnavailableError(
                f"The library in {folder} is damaged: {damage}"
            ) from damage
        aside = _move_aside(folder)
        log.warning("library.rebuilt", folder=str(folder), moved_to=str(aside), reason=str(damage))
    try:
        return FactVectors.open(folder, embeddings)
    except BrokenIndexError as error:
        raise LibraryUnavailableError(
            f"The library in {folder} cannot be built: {error}"
        ) from error


def _move_aside(folder: Path) -> Path:
    number = 1
    while (aside := folder.with_name(f"{folder.name}.broken-{number}")).exists():
        number += 1
    try:
        return folder.rename(aside)
    except OSError as error:
        raise LibraryUnavailableError(
            f"The damaged library {folder} cannot be moved: {error}"
        ) from error


def _ignore(done: int, total: int) -> None:
    """Take no notice of progress."""
