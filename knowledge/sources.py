"""Several sources side by side in one library: each is followed on its own, and what did not change is left alone.

The catalogue says which facts each document gave. The library is made to hold exactly the facts of all documents,
so that a crash in between is mended by the next run, and a fact that two documents share goes with the last of them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from agent.clock import Clock
from agent.errors import LibraryUnavailableError
from agent.facts import Fact, FactId
from knowledge.catalogue import Catalogue
from knowledge.catalogued import (
    POSTED,
    Disagreement,
    DocumentId,
    Fetched,
    KnownDocument,
    LibraryState,
    Source,
)
from knowledge.contradictions import contradictions, superseded
from knowledge.documents import (
    RawDocument,
    Remark,
    Unopened,
    UnreadableDocumentError,
    open_files,
    read,
)
from knowledge.indexing import IndexReport, split, vetted
from knowledge.library import ChromaLibrary
from knowledge.records import Check
from knowledge.remarks import disagreement, remarked

NOTHING_LEFT = "has no text for visitors, or none once orders to the agent are left out"
READER = "1"
"""Raised when documents are read otherwise than before, so that unchanged ones are read again too."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found at a source; where it is not all (`is_complete`), what else was known of it stays.

    `unreachable` names documents that could not be fetched now and are not known to be gone, `remarks` say why.
    """

    documents: Iterable[RawDocument | Unopened]
    is_complete: bool = True
    unreachable: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _Read:
    """What reading a source gave."""

    documents: dict[str, KnownDocument] = field(default_factory=dict)
    facts: dict[FactId, Fact] = field(default_factory=dict)


class Sources:
    """The sources of one library. One change at a time, of all processes that share it; visitors are answered meanwhile.

    `seen` is the library's state before it was read.
    """

    def __init__(
        self,
        library: ChromaLibrary,
        catalogue: Catalogue,
        clock: Clock,
        seen: LibraryState | None = None,
    ) -> None:
        self._library = library
        self._catalogue = catalogue
        self._clock = clock
        self._seen = seen
        self._changing = asyncio.Lock()
        self._must_be_alone: Check = _sure

    async def refresh(self) -> bool:
        """Read what another process has made of the library, and tell whether one has; raises LibraryUnavailableError."""
        if not self._catalogue.is_shared or self._changing.locked():
            return False
        async with self._changing:
            state = await asyncio.to_thread(self._catalogue.state)
            if self._seen and state.generation == self._seen.generation:
                return False
            await self._library.reload()
            self._seen = state
            return True

    async def embed_waiting(self) -> None:
        """Embed what waited for the model; raises LibraryUnavailableError."""
        if not self._library.waiting:
            return
        async with self._alone():
            await self._library.embed_waiting()
            await self._note_change()

    async def index(
        self, source: Source, gathered: Gathered, progress: Progress | None = None
    ) -> IndexReport:
        """Make the library hold what a source says now; raises LibraryUnavailableError."""
        async with self._alone():
            known = {
                each.name: each
                for each in await asyncio.to_thread(self._catalogue.documents, source)
            }
            read = await asyncio.to_thread(self._read, source, gathered, known)
            kept = {
                name: each
                for name, each in known.items()
                if name in gathered.unreachable or not gathered.is_complete
            }
            documents = {**kept, **read.documents}
            report = await self._follow(source, documents, read.facts, progress)
            return replace(report, skipped=(*report.skipped, *gathered.remarks))

    async def index_path(self, source: Source, progress: Progress | None = None) -> IndexReport:
        """Index a folder or a file; raises LibraryUnavailableError, also when it is not there now."""
        place = Path(source.name)
        if not await asyncio.to_thread(place.exists):
            raise LibraryUnavailableError(f"{place} is not there; its facts are kept as they are.")
        return await self.index(source, Gathered(open_files(place)), progress)

    async def index_posted(self, progress: Progress | None = None) -> IndexReport:
        """Index what was posted and is not in the library yet."""
        return await self.index(
            POSTED, Gathered(await asyncio.to_thread(self._catalogue.posted)), progress
        )

    async def forget(self, source: Source) -> IndexReport:
        """Take a source with all its facts out of the library."""
        async with self._alone():
            return await self._follow(source, None, {}, None)

    async def post(self, raw: RawDocument) -> tuple[KnownDocument, bool]:
        """Keep and index a document; tells too whether anything changed. One that cannot be read is kept as skipped."""
        is_new = await asyncio.to_thread(self._catalogue.keep_posted, raw)
        await self.index_posted()
        documents = await asyncio.to_thread(self._catalogue.documents, POSTED)
        return next(each for each in documents if each.name == raw.name), is_new

    async def remove_posted(self, name: str) -> None:
        """Drop a posted document and its facts."""
        await asyncio.to_thread(self._catalogue.drop_posted, name)
        await self.index_posted()

    async def all(self) -> tuple[Source, ...]:
        """Give the sources."""
        return await asyncio.to_thread(self._catalogue.sources)

    async def documents(self) -> tuple[KnownDocument, ...]:
        """List all documents."""
        return await asyncio.to_thread(self._catalogue.documents)

    async def places(self) -> dict[str, Fetched | None]:
        """Give the sites, and the pages that were posted by their address, with when each was last asked for."""
        known = {each.place: each for each in await asyncio.to_thread(self._catalogue.fetched)}
        sites = [each.name for each in await self.all() if each.is_web]
        posted = await asyncio.to_thread(self._catalogue.documents, POSTED)
        pages = [each.name for each in posted if each.name.startswith(("http://", "https://"))]
        return {place: known.get(place) for place in (*sites, *pages)}

    async def note_fetched(self, place: str, pages: int, failure: str = "") -> None:
        """Note that a place was asked for now, if it is one of ours."""
        if place in await self.places():
            fetched = Fetched(place, self._clock.now(), pages, failure)
            await asyncio.to_thread(self._catalogue.keep_fetched, fetched)

    async def disagreements(self) -> tuple[Disagreement, ...]:
        """List what contradicts each other."""
        return await asyncio.to_thread(self._catalogue.disagreements)

    async def find_document(self, document_id: str) -> KnownDocument | None:
        """Find a document by its id."""
        documents = await self.documents()
        return next((each for each in documents if each.id == DocumentId(document_id)), None)

    def is_whole(self, documents: Iterable[KnownDocument]) -> bool:
        """Tell whether the library still has the facts of these documents."""
        held = self._library.known()
        return all(key in held for each in documents for key in each.facts)

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Keep all others from changing the library, and begin with what they have made of it."""
        async with self._changing, self._catalogue.alone() as check:
            self._must_be_alone = check
            await self._read_what_others_did()
            if await self._library.adopt():
                await self._note_change()
            yield
            self._seen = await asyncio.to_thread(self._catalogue.state)

    async def _read_what_others_did(self) -> None:
        if not self._catalogue.is_shared:
            return
        state = await asyncio.to_thread(self._catalogue.state)
        # Whoever was still changing it while nobody holds the lock has died over it.
        if state != self._seen or state.is_changing:
            await self._library.reload()
            self._seen = state

    async def _note_change(self) -> None:
        if self._catalogue.is_shared:
            await asyncio.to_thread(self._catalogue.note_change)

    def _read(
        self, source: Source, gathered: Gathered, known: Mapping[str, KnownDocument]
    ) -> _Read:
        found = _Read()
        for raw in gathered.documents:
            before = known.get(raw.name)
            is_same = before is not None and before.hash == _hash(raw) and self.is_whole([before])
            if before is not None and is_same:
                found.documents[raw.name] = before
            else:
                self._read_one(source, raw, found)
        return found

    def _read_one(self, source: Source, raw: RawDocument | Unopened, found: _Read) -> None:
        at = self._clock.now()
        try:
            if isinstance(raw, Unopened):
                raise UnreadableDocumentError(raw.reason)  # noqa: TRY301  one way for all that is skipped
            document = vetted(read(raw))
            facts = {fact.id: fact for fact in split(document, _place(source, raw.name))}
        except UnreadableDocumentError as error:
            found.documents[raw.name] = KnownDocument(
                source.name, raw.name, _hash(raw), at, skipped=str(error)
            )
            return
        language = next((fact.language for fact in facts.values()), document.language)
        found.facts |= {key: fact for key, fact in facts.items() if key not in found.facts}
        found.documents[raw.name] = KnownDocument(
            source.name, raw.name, _hash(raw), at, document.title, document.url, language, document.changed_at,
            "" if facts else NOTHING_LEFT, document.notes, tuple(facts),
        )  # fmt: skip

    async def _follow(
        self,
        source: Source,
        documents: Mapping[str, KnownDocument] | None,
        facts: Mapping[FactId, Fact],
        progress: Progress | None,
    ) -> IndexReport:
        """Bring library and catalogue in line; without `documents` the source is forgotten."""
        everything = await asyncio.to_thread(self._catalogue.documents)
        wanted = [each for each in everything if each.source != source.name] + list(
            (documents or {}).values()
        )
        held = {**self._library.known(), **facts}
        desired = {key: held[key] for each in wanted for key in each.facts if key in held}
        report, disagreements = await self._bring_in_line(desired, progress)
        await self._must_be_alone()
        if documents is None:
            await asyncio.to_thread(self._catalogue.forget, source, disagreements)
        else:
            await asyncio.to_thread(self._catalogue.save, source, documents.values(), disagreements)
        return remarked(report, documents or {}, disagreements)

    async def _bring_in_line(
        self, desired: Mapping[FactId, Fact], progress: Progress | None
    ) -> tuple[IndexReport, Sequence[Disagreement]]:
        """Make the library hold these facts; what contradicts what is found anew only where any of them changed."""
        if desired == self._library.known():
            known = await asyncio.to_thread(self._catalogue.disagreements)
            return IndexReport(kept=len(desired)), known
        found = await asyncio.to_thread(contradictions, desired.values())
        await asyncio.to_thread(self._catalogue.begin_change)
        report = await self._library.follow(superseded(desired, found), progress)
        return report, [disagreement(each) for each in found]


async def _sure() -> None:
    """Nobody else can have come in between."""


def _place(source: Source, name: str) -> str:
    """Give where a document came from: its address, its path, or the name it was posted by."""
    if source == POSTED or name.startswith(("http://", "https://")):
        return name
    place = Path(source.name)
    return str(place) if place.is_file() else f"{source.name}/{name}"


def _hash(raw: RawDocument | Unopened) -> str:
    if isinstance(raw, Unopened):
        return ""
    about = f"{READER}\0{raw.media_type}\0{raw.url}\0{raw.title}\0".encode()
    return sha256(about + raw.content).hexdigest()
