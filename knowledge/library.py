"""The knowledge library: facts found by meaning (Chroma) and by words, and whether they answer.

Threads of its own do all blocking work, so the event loop never waits and Chroma meets one thread only.
A damaged index is moved aside and built again from the pages; on a server, indexing again mends it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
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
    """The company's facts: in a folder, which one process may open at a time, or on a server that several share."""

    def __init__(
        self, worker: ThreadPoolExecutor, vectors: FactVectors, words: LexicalIndex
    ) -> None:
        self._worker = worker
        # A server may let wait, which must not hold up a search; Chroma in a folder wants one thread.
        self._changer = _one_thread() if vectors.is_shared else worker
        self._vectors = vectors
        self._words = words
        self._indexing = asyncio.Lock()
        self._is_closed = False
        self._catching_up: asyncio.Task[None] | None = None
        self._recent: dict[Sought, asyncio.Task[Findings]] = {}

    @classmethod
    async def open(
        cls,
        where: Path | str,
        embeddings: Embeddings,
        source: Path | None = None,
        progress: Progress | None = None,
        *,
        can_rebuild: bool = False,
    ) -> Self:
        """Open a library in a folder or at a server's address, building it from `source` where it is new or damaged.

        `progress` hears of facts embedded again, where the model is another one than last time. A damaged index is
        set aside where there is a source, or where the caller `can_rebuild` it; else, and for any other trouble,
        raises LibraryUnavailableError.
        """
        worker = _one_thread()
        loop = asyncio.get_running_loop()
        try:
            is_spare = can_rebuild or source is not None
            opening = partial(_open, where, embeddings, can_rebuild=is_spare)
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
        findings = await asyncio.shield(self._search(Sought.by(question, limit, wanted)))
        if self.waiting and not self._vectors.is_shared:
            self._begin_to_catch_up()
        return findings

    def _begin_to_catch_up(self) -> None:
        if self._catching_up is None or self._catching_up.done():
            self._catching_up = asyncio.create_task(self._catch_up())

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

    async def adopt(self, progress: Progress | None = None) -> bool:
        """Take over what other embedding models' collections hold, and tell whether there were any.

        Those who share a library take turns.
        """
        draft = self._draft()
        has_adopted = await self._change(draft.adopt_other_models, progress or _ignore)
        if has_adopted:
            await self._settle(draft)
        return has_adopted

    async def embed_waiting(self) -> None:
        """Embed what waits for that, a few facts at a time, so that searches come in between; raises LibraryUnavailableError."""
        draft = self._draft()
        while await self._change(draft.put_waiting):
            pass
        await self._settle(draft)

    @property
    def waiting(self) -> int:
        """Count the facts that wait to be embedded."""
        return len(self._vectors.waiting)

    async def reload(self) -> None:
        """Read what others have made of the library; visitors are answered meanwhile from what was read before."""
        async with self._indexing:
            self._publish(*await self._change(_with_words, self._vectors.again))

    async def close(self) -> None:
        """Let go of the files; the library cannot be used afterwards."""
        if not self._is_closed:
            self._is_closed = True
            # A server that hangs must not hold the end up: its connections are closed under whoever waits.
            thread = None if self._vectors.is_shared else self._changer
            await asyncio.get_running_loop().run_in_executor(thread, self._vectors.close)
            self._changer.shutdown(wait=False)
            self._worker.shutdown(wait=False)

    async def _prepare(self, source: Path | None, progress: Progress) -> None:
        if not self._vectors.is_shared:
            await self.adopt(progress)
        if source is not None and self.count() == 0:
            await self.index(source)

    async def _run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work on the thread that searches."""
        return await self._in(self._worker, partial(work, *args, **kwargs))

    async def _change(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do blocking work on the thread that speaks with Chroma."""
        return await self._in(self._changer, partial(work, *args, **kwargs))

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise LibraryUnavailableError("The library is closed.")
        from chromadb.errors import ChromaError

        try:
            return await asyncio.get_running_loop().run_in_executor(thread, work)
        except (ChromaError, sqlite3.Error, OSError, RuntimeError, ValueError) as error:
            raise LibraryUnavailableError(f"The library cannot be read now: {error}") from error

    def _draft(self) -> FactVectors:
        """Give what changes are made in: where searching would meet a server half-way, a copy."""
        return self._vectors.copy() if self._vectors.is_shared else self._vectors

    async def _settle(self, draft: FactVectors) -> None:
        """Let searches find what is there now."""
        now = draft.again if draft.is_shared else lambda: draft
        self._publish(*await self._change(_with_words, now))

    def _publish(self, vectors: FactVectors, words: LexicalIndex) -> None:
        self._vectors, self._words = vectors, words
        self._recent.clear()

    async def _follow(self, facts: Mapping[FactId, Fact], progress: Progress) -> IndexReport:
        draft = self._draft()
        known = dict(draft.facts)
        facts = {key: with_topics(fact) for key, fact in facts.items()}
        new = [fact for key, fact in facts.items() if key not in known]
        moved = [fact for key, fact in facts.items() if key in known and known[key] != fact]
        gone = [key for key in known if key not in facts]
        for start in range(0, len(new), BATCH):
            await self._change(draft.put, new[start : start + BATCH])
            progress(min(start + BATCH, len(new)), len(new))
        await self._change(draft.relabel, moved)
        await self._change(draft.remove, gone)
        await self._settle(draft)
        return IndexReport(len(new), len(facts) - len(new), len(gone))

    def _find(self, sought: Sought) -> Findings:
        return Search(self._vectors, self._words).find(sought)

    async def _catch_up(self) -> None:
        with suppress(LibraryUnavailableError):
            await self.embed_waiting()


def _with_words(read: Callable[[], FactVectors]) -> tuple[FactVectors, LexicalIndex]:
    vectors = read()
    return vectors, vectors.words()


def _look_at_failure(search: "asyncio.Task[Findings]") -> None:
    """Whoever awaits the search hears of its failure; nobody need."""
    if not search.cancelled():
        search.exception()


def _open(where: Path | str, embeddings: Embeddings, *, can_rebuild: bool) -> FactVectors:
    try:
        return FactVectors.open(where, embeddings)
    except BrokenIndexError as damage:
        if not can_rebuild or isinstance(where, str):
            raise LibraryUnavailableError(
                f"The library in {where} is damaged: {damage}"
            ) from damage
        aside = _move_aside(where)
        log.warning("library.rebuilt", folder=str(where), moved_to=str(aside), reason=str(damage))
    try:
        return FactVectors.open(where, embeddings)
    except BrokenIndexError as error:
        raise LibraryUnavailableError(f"The library in {where} cannot be built: {error}") from error


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="library")


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
